import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { None } from '../../tensor/arguments.ts'
import { refuseMore } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import { readOptions } from '../../tensor/options.ts'
import { showValue } from '../../tensor/problem.ts'
import { showAval } from '../../tensor/tensor.ts'
import type { Path } from '../../tensor/tree.ts'
import { flattenWithPaths, isRecord } from '../../tensor/tree.ts'
import type { Issue, Issues } from '../check/issue.ts'
import { issue, readIssues } from '../check/issue.ts'
import type { Spec } from '../game/spec.ts'
import { holds, showGiven } from './given.ts'
import type { Kept } from './keptState.ts'
import { stateOfKept } from './keptState.ts'
import { planFor } from './planFor.ts'
import type { State } from './state.ts'
import type { WrittenTensor } from './writtenTensor.ts'
import { isWrittenTensor, readTensor, writtenTensor } from './writtenTensor.ts'

/** Names the format, and its version. */
const format = 'saddlepoint state 1'

/** A tensor as it is written, with its place in the state. */
interface Written extends WrittenTensor {
  readonly path: Path
}

/**
 * Writes a state as text, which `stateFromJson` reads: every number to its bits, NaN and -0 among them. Four letters for
 * three bytes. For files, localStorage, requests, in Node and in browsers.
 *
 * @throws InvalidArgument where there is no state, TooLarge where text of its size is none (512 MB)
 *
 * @example
 * import { E, Gan, Issue, Loss, Net, Opt, Prior, pipe } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) }),
 *   Gan.withLoss(Loss.nonSaturating),
 *   Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
 *   Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 }))
 * )
 * const step = await pipe(spec, Gan.compile({ batchSize: 4, engine: 'reference' }))()
 * if (E.isLeft(step)) throw new Error(Issue.show(step.left))
 * const state = await step.right.init(0)
 * const text = Gan.stateToJson(state)
 * const again = Gan.stateFromJson(spec, text)
 * E.isRight(again) && Gan.stateToJson(again.right) === text // => true
 */
export const stateToJson = (state: State, ...more: None): string => {
  const op = 'Gan.stateToJson'
  refuseMore(op, more)
  const { leaves, paths } = flattenWithPaths(state, op)
  const tensors = leaves.map((leaf, i): Written => {
    const path = paths[i] ?? []
    if (typeof leaf === 'number' || !holds(leaf, leaf))
      return fail('InvalidArgument', {
        op,
        expected: 'a state, whose leaves are tensors',
        actual: `${showGiven(leaf)} at ${path.join('.') || 'its root'}`
      })
    return { path, ...writtenTensor(leaf) }
  })
  if (tensors.length === 0)
    fail('InvalidArgument', { op, expected: 'a state', actual: showValue(state), hint: 'trained.right.state, say' })
  try {
    return JSON.stringify({ format, tensors })
  } catch {
    return fail('TooLarge', {
      op,
      expected: 'a state of at most 384 MB',
      actual: 'more',
      hint: 'Write each player alone'
    })
  }
}

const noJson = (actual: string): Issue =>
  issue('BadState', ['state'], `text in the format ${format}`, actual, 'Gan.stateToJson(state) writes it')

const isPath = (x: unknown): x is Path =>
  Array.isArray(x) && x.every((key) => typeof key === 'string' || Number.isSafeInteger(key))

const isWritten = (x: unknown): x is Written => isRecord(x) && isPath(x['path']) && isWrittenTensor(x)

/** Reads the list of tensors of a text, none of which is decoded yet. */
const writtenIn = (text: unknown): E.Either<Issue, readonly Written[]> => {
  if (typeof text !== 'string') return E.left(noJson(showValue(text)))
  return pipe(
    E.tryCatch(
      (): unknown => JSON.parse(text),
      () => noJson(text === '' ? 'no letter' : 'text that is no JSON, or was cut short')
    ),
    E.chain((parsed) => {
      if (!isRecord(parsed) || parsed['format'] !== format || !Array.isArray(parsed['tensors']))
        return E.left(noJson(isRecord(parsed) && 'format' in parsed ? showValue(parsed['format']) : 'other JSON'))
      const { tensors } = parsed as { readonly tensors: readonly unknown[] }
      const stranger = tensors.findIndex((x) => !isWritten(x))
      return stranger === -1
        ? E.right(tensors as readonly Written[])
        : E.left(noJson(`tensor ${String(stranger)} without its path, dtype, shape or data`))
    })
  )
}

/** Decodes the numbers only of a tensor that is wanted. */
const keptBy = (written: Written): Kept => ({
  ...written,
  take: () =>
    pipe(
      readTensor(written),
      E.fromNullable(`${showAval(written)} in ${String(written.data.length)} letters that are others`)
    )
})

/**
 * Reads a state of this spec from what `stateToJson` wrote. Left: what is wrong with the spec, with the text, or every place
 * where the state is not like one of the spec. Text from anywhere may be given: sizes are checked before anything is
 * decoded, and nothing is built but what the spec has. Never throws.
 *
 * @example
 * import { E, Gan, Issue, Loss, Net, Opt, Prior, pipe } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) }),
 *   Gan.withLoss(Loss.nonSaturating),
 *   Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
 *   Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 }))
 * )
 * const read = Gan.stateFromJson(spec, '{ "epoch": 3 }')
 * E.isLeft(read) && read.left[0].actual // => 'other JSON'
 */
export const stateFromJson = (spec: Spec, text: string, ...more: None): E.Either<Issues, State> =>
  pipe(
    readIssues('stateFromJson', () => readOptions({}, {}, {}, {}, more)),
    E.chain(() => planFor(spec)),
    E.chain(({ state: like }) =>
      pipe(
        writtenIn(text),
        E.mapLeft((one): Issues => [one]),
        E.chain((written) => stateOfKept(written.map(keptBy), like))
      )
    )
  )
