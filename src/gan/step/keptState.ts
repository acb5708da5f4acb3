import * as E from '#fp-ts/Either'
import { equalShapes } from '../../tensor/shape.ts'
import type { Aval, Tensor } from '../../tensor/tensor.ts'
import { showAval } from '../../tensor/tensor.ts'
import type { Path } from '../../tensor/tree.ts'
import { flattenWithPaths } from '../../tensor/tree.ts'
import type { Issues } from '../check/issue.ts'
import type { Difference } from './checkState.ts'
import { badState, stateOf } from './checkState.ts'
import type { State } from './state.ts'

/** A tensor that was kept outside the process. Its numbers are read when it is found to be one that is wanted. */
export interface Kept extends Aval {
  readonly path: Path
  /** Reads its numbers; Left says what is there in their place. */
  readonly take: () => E.Either<string, Tensor>
}

/** Names of records and numbers of lists are told apart by the state that is wanted alone. */
const keyOf = (path: Path): string => JSON.stringify(path.map(String))

/**
 * Builds a state like the one that is wanted from tensors that were kept. Left is every place where they are others, or
 * are missing, or where one is that has no place.
 */
export const stateOfKept = (kept: readonly Kept[], like: State): E.Either<Issues, State> => {
  const found = new Map(kept.map((one) => [keyOf(one.path), one]))
  const { leaves, paths } = flattenWithPaths(like, 'state')
  const wanted = new Set(paths.map(keyOf))
  const read = new Map<string, Tensor>()
  const missing = paths.flatMap((path, i): readonly Difference[] => {
    const aval = leaves[i] as Tensor
    const one = found.get(keyOf(path))
    const differs = (actual: string): readonly Difference[] => [
      { path, expected: showAval(aval), actual, isJson: false }
    ]
    if (one === undefined) return differs('nothing')
    if (one.dtype !== aval.dtype || !equalShapes(one.shape, aval.shape)) return differs(showAval(one))
    const tensor = one.take()
    if (E.isLeft(tensor)) return differs(tensor.left)
    read.set(keyOf(path), tensor.right)
    return []
  })
  const beside = kept.flatMap((one): readonly Difference[] =>
    wanted.has(keyOf(one.path)) ? [] : [{ path: one.path, expected: 'nothing', actual: showAval(one), isJson: false }]
  )
  const [first, ...others] = [...missing, ...beside].map(badState)
  return first === undefined ? E.right(stateOf(like, (path) => read.get(keyOf(path)))) : E.left([first, ...others])
}
