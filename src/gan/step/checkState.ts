import * as E from '#fp-ts/Either'
import { showValue } from '../../tensor/problem.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { isTensor, showAval } from '../../tensor/tensor.ts'
import type { Path } from '../../tensor/tree.ts'
import { flattenWithPaths, isRecord, unflatten } from '../../tensor/tree.ts'
import type { Issue, Issues } from '../check/issue.ts'
import { issue, issueOf } from '../check/issue.ts'
import { holds, isFromJson, showGiven } from './given.ts'
import type { State } from './state.ts'

/** A place where a state is not like the one that is wanted. */
export interface Difference {
  readonly path: Path
  readonly expected: string
  readonly actual: string
  /** Whether JSON was made of a tensor there. */
  readonly isJson: boolean
}

type Branch = Readonly<Record<string, unknown>> | readonly unknown[]

const isBranch = (x: unknown): x is Branch => (Array.isArray(x) || isRecord(x)) && !isTensor(x)

/** Levels below which a state is not looked for something to carry: one that comes from outside may be circular. */
const deepest = 16

/** Tests whether there is nothing that training could carry. */
const isEmpty = (x: unknown, depth = deepest): boolean =>
  x === undefined ||
  x === null ||
  (isBranch(x) && depth > 0 && Object.values(x).every((inner) => isEmpty(inner, depth - 1)))

/** Shows a part of a state: of a branch, what hangs on it. */
const showPart = (x: unknown): string =>
  isEmpty(x) ? 'nothing' : isTensor(x) ? showGiven(x) : isBranch(x) ? `{ ${Object.keys(x).join(', ')} }` : showValue(x)

/** Lists where `given`, which may be anything, is not like a state of tensors. The walk is bounded by `like`. */
export const differences = (like: unknown, given: unknown, path: Path = []): readonly Difference[] => {
  const differs = (expected: string): readonly Difference[] => [
    { path, expected, actual: showPart(given), isJson: isFromJson(given) }
  ]
  if (isTensor(like)) return holds(given, like) ? [] : differs(showAval(like))
  if (!isBranch(like) || isEmpty(like)) return isEmpty(given) ? [] : differs('nothing')
  if (!isBranch(given) || Array.isArray(given) !== Array.isArray(like)) return differs(showPart(like))
  const [wants, has] = [like as Readonly<Record<string, unknown>>, given as Readonly<Record<string, unknown>>]
  return [...new Set([...Object.keys(wants), ...Object.keys(has)])].flatMap((key) =>
    differences(wants[key], has[key], [...path, Array.isArray(like) ? Number(key) : key])
  )
}

const hints = {
  json: 'JSON keeps no typed arrays: save by Gan.stateToJson(state), load by Gan.stateFromJson(spec, text)',
  other:
    'Go on from a state of this very spec: await step.init(seed), or what a training of it gave. Gan.adopt takes over what fits from a state of another'
}

/** Makes an Issue of a difference. */
export const badState = ({ path, expected, actual, isJson }: Difference): Issue =>
  issue('BadState', ['state', ...path], expected, actual, isJson ? hints.json : hints.other)

/** Reads a tensor of a state that was found to be like the one that is wanted. */
export const tensorAt = (state: unknown, path: Path): Tensor | undefined => {
  const found = path.reduce<unknown>(
    (at, key) => (isBranch(at) ? (at as Record<string, unknown>)[key] : undefined),
    state
  )
  return isTensor(found) ? found : undefined
}

/** Builds a part of a state like the other, whose tensors are found by their paths, those that are not being the other's. */
export const stateOf = <T>(like: T, tensorAt: (path: Path) => Tensor | undefined): T => {
  const { leaves, paths, structure } = flattenWithPaths(like, 'state')
  return unflatten(
    structure,
    paths.map((path, i) => tensorAt(path) ?? leaves[i])
  ) as T
}

/**
 * Checks a state that came from outside against the shapes of the spec's own. Left is every place where they differ, Right a
 * state with these tensors and nothing else.
 */
export const checkState = (given: unknown, like: State): E.Either<Issues, State> => {
  const found = E.tryCatch(
    () => differences(like, given),
    (cause) => issueOf('BadState', ['state'], cause)
  )
  if (E.isLeft(found)) return E.left([found.left])
  const [first, ...others] = found.right.map(badState)
  return first === undefined ? E.right(stateOf(like, (path) => tensorAt(given, path))) : E.left([first, ...others])
}
