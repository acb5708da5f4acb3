import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { Issue, Issues } from '../gan/check/issue.ts'
import { issue, readIssues } from '../gan/check/issue.ts'
import type { Spec } from '../gan/game/spec.ts'
import { holds, showGiven } from '../gan/step/given.ts'
import type { Kept } from '../gan/step/keptState.ts'
import { stateOfKept } from '../gan/step/keptState.ts'
import { planFor } from '../gan/step/planFor.ts'
import type { State } from '../gan/step/state.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { readOptions } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'
import { flattenWithPaths } from '../tensor/tree.ts'
import type { FileIssue } from './fileIssue.ts'
import { readSafetensors, writeSafetensors } from './safetensors.ts'
import { nameOf, pathOf } from './tensorName.ts'

/** Names the format, and its version, in the metadata of the file. */
export const stateFormat = 'saddlepoint state 1'

/**
 * Writes a state as the bytes of a safetensors file, which `fromSafetensors` reads: every tensor under its path,
 * `players.generator.params.0.weights`, every number to its bits. In Node and in browsers; a quarter smaller than
 * `stateToJson`, and Python's safetensors reads it.
 *
 * @param metadata texts to keep beside the tensors: the engine, a note
 * @throws InvalidArgument where there is no state
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
 * const again = Gan.fromSafetensors(spec, Gan.toSafetensors(state))
 * E.isRight(again) && again.right.players['generator'].params // => state.players['generator'].params
 */
export const toSafetensors = (
  state: State,
  metadata: Readonly<Record<string, string>> = {},
  ...more: None
): Uint8Array => {
  const op = 'Gan.toSafetensors'
  refuseMore(op, more)
  const { leaves, paths } = flattenWithPaths(state, op)
  if (leaves.length === 0)
    fail('InvalidArgument', { op, expected: 'a state', actual: showValue(state), hint: 'trained.right.state, say' })
  const tensors = leaves.map((leaf, i) => {
    const path = paths[i] ?? []
    return typeof leaf === 'object' && holds(leaf, leaf)
      ? ([nameOf(path), leaf] as const)
      : fail('InvalidArgument', {
          op,
          expected: 'a state, whose leaves are tensors',
          actual: `${showGiven(leaf)} at ${path.join('.') || 'its root'}`
        })
  })
  return writeSafetensors(Object.fromEntries(tensors), { ...metadata, format: stateFormat })
}

/** Makes an Issue of what is wrong with the bytes of a state. */
export const issueOfFile = ({ file, offset, expected, actual, hint }: FileIssue): Issue =>
  issue(
    'BadFile',
    offset === undefined ? [file] : [file, `byte ${String(offset)}`],
    expected,
    actual,
    hint ?? 'Gan.toSafetensors(state) writes it'
  )

/**
 * Reads a state of this spec from the bytes of a safetensors file. Left: what is wrong with the spec, with the bytes, or
 * every place where the state is not like one of the spec. Bytes from anywhere may be given. Never throws.
 *
 * @example
 * import { E, Gan, Loss, Net, Opt, Prior, pipe } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) }),
 *   Gan.withLoss(Loss.nonSaturating),
 *   Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
 *   Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 }))
 * )
 * const read = Gan.fromSafetensors(spec, new Uint8Array(4))
 * E.isLeft(read) && read.left[0].actual // => '4 bytes'
 */
export const fromSafetensors = (spec: Spec, bytes: Uint8Array, ...more: None): E.Either<Issues, State> =>
  pipe(
    readIssues('fromSafetensors', () => readOptions({}, {}, {}, {}, more)),
    E.chain(() => planFor(spec)),
    E.chain(({ state: like }) =>
      pipe(
        keptIn(bytes, 'state'),
        E.mapLeft((one): Issues => [one]),
        E.chain((kept) => stateOfKept(kept, like))
      )
    )
  )

/** Reads the tensors of a state's file. */
const keptIn = (bytes: Uint8Array, file: string): E.Either<Issue, readonly Kept[]> =>
  pipe(
    readSafetensors(bytes, { file }),
    E.mapLeft(issueOfFile),
    E.chain(({ tensors, metadata }) =>
      metadata['format'] === stateFormat
        ? E.right(Object.entries(tensors).map(([name, x]) => ({ ...x, path: pathOf(name), take: () => E.right(x) })))
        : E.left(
            issue(
              'BadFile',
              [file],
              `the format ${stateFormat} in its metadata`,
              showValue(metadata['format']),
              'A network alone is read by Gan.networkFromSafetensors(net, bytes)'
            )
          )
    )
  )
