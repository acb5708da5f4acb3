/** The namespace `Checkpoint`: states of trainings in files. For Node. */
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Issue, Issues } from '../gan/check/issue.ts'
import { issue, readIssues, warning } from '../gan/check/issue.ts'
import type { Spec } from '../gan/game/spec.ts'
import { holds, showGiven } from '../gan/step/given.ts'
import type { State } from '../gan/step/state.ts'
import type { None } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Rule } from '../tensor/options.ts'
import { count, finite, optional, readOptions } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'
import { isRecord } from '../tensor/tree.ts'
import { checkpointName, entriesIn, tidyCheckpoints } from './checkpointFiles.ts'
import { makeDirectory, readBytes, writeAtomically } from './files.ts'
import type { FileIssue } from './fileIssue.ts'
import { readSafetensors } from './safetensors.ts'
import { fromSafetensors, issueOfFile, toSafetensors } from './stateSafetensors.ts'

export interface SaveOptions {
  /** How many of the latest are kept, 3 by default. */
  readonly keep?: number
  /** How good this state is; greater is better. The best of those that have one is kept beside the latest. */
  readonly score?: number
  /** Texts to keep in the file. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** What was found in a file. */
export interface Checkpoint {
  readonly state: State
  readonly file: string
  readonly metadata: Readonly<Record<string, string>>
  /** Later files that were passed over, since they are broken or of another spec. */
  readonly warnings: readonly Issue[]
}

const texts: Rule = {
  expected: 'texts by their names',
  accepts: (x) => isRecord(x) && Object.values(x).every((value) => typeof value === 'string')
}
const rules = { keep: count, score: optional(finite), metadata: texts }

const asIssues = (one: FileIssue): Issues => [issueOfFile(one)]

const isText = (directory: unknown): E.Either<Issues, string> =>
  typeof directory === 'string' && directory !== ''
    ? E.right(directory)
    : E.left([issue('BadFile', ['directory'], 'the path of a directory', showValue(directory), "'runs/first', say")])

/** Reads the step of a state, which comes from outside, as its file is named by it. */
const stepOf = ({ step }: State): number => {
  if (!holds(step, { dtype: 'int32', shape: [] }))
    fail('InvalidArgument', { op: 'Checkpoint.save', expected: 'a step', actual: showGiven(step) })
  return step.data[0]!
}

/**
 * Saves a state in a directory, as `step-000001200.safetensors`, and removes former ones but the latest and the best. The
 * file is written beside its place, fsynced and renamed: whatever happens, the last good one is there. A state is written
 * as `Gan.toSafetensors` writes it. One process at a time may save in a directory: what a killed one left unfinished is removed.
 *
 * @returns Right: the path of the file. Left: what kept it from being written. Never rejects.
 *
 * @example
 * import { Checkpoint, E, Gan, Issue, Loss, Net, Opt, Prior, pipe } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) }),
 *   Gan.withLoss(Loss.nonSaturating),
 *   Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
 *   Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 }))
 * )
 * const step = await pipe(spec, Gan.compile({ batchSize: 4, engine: 'reference' }))()
 * if (E.isLeft(step)) throw new Error(Issue.show(step.left))
 * const saved = await Checkpoint.save('/dev/null/run', await step.right.init(0))()
 * E.isLeft(saved) && saved.left[0].path // => ['/dev/null/run']
 */
export const save = (
  directory: string,
  state: State,
  options: SaveOptions = {},
  ...more: None
): TE.TaskEither<Issues, string> =>
  pipe(
    isText(directory),
    E.chain(() =>
      readIssues('save', () => readOptions<SaveOptions>({ keep: 3, metadata: {} }, options, rules, {}, more))
    ),
    E.bindTo('all'),
    E.bind('written', ({ all: { metadata } }) =>
      E.tryCatch(
        () => ({ step: stepOf(state), bytes: toSafetensors(state, metadata) }),
        (): Issues => [issue('BadState', ['state'], 'a state', showValue(state), 'trained.right.state, say')]
      )
    ),
    TE.fromEither,
    TE.chain(({ all: { keep, score: scored }, written: { step, bytes } }) => {
      const file = `${directory}/${checkpointName(step, scored)}`
      return pipe(
        makeDirectory(directory),
        TE.chain(() => writeAtomically(file, bytes)),
        TE.chain(() => tidyCheckpoints(directory, keep)),
        TE.bimap(asIssues, () => file)
      )
    })
  )

const readOne = (spec: Spec, file: string): TE.TaskEither<Issues, Omit<Checkpoint, 'warnings'>> =>
  pipe(
    readBytes(file),
    TE.mapLeft(asIssues),
    TE.flatMapEither((bytes) =>
      pipe(
        fromSafetensors(spec, bytes),
        E.map((state) => {
          const read = readSafetensors(bytes)
          return { state, file, metadata: E.isRight(read) ? read.right.metadata : {} }
        })
      )
    )
  )

/**
 * Loads the latest state of a spec from a directory that `save` wrote. A file that is broken, or holds a state of another
 * spec, is passed over with a warning; Left: what is wrong with each, where none can be loaded.
 *
 * @example
 * import { Checkpoint, E, Gan, Loss, Net, Opt, Prior, pipe } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) }),
 *   Gan.withLoss(Loss.nonSaturating),
 *   Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
 *   Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 }))
 * )
 * const loaded = await Checkpoint.load('/dev/null/run', spec)()
 * E.isLeft(loaded) && loaded.left[0].expected // => 'a readable directory'
 */
export const load = (directory: string, spec: Spec, ...more: None): TE.TaskEither<Issues, Checkpoint> =>
  pipe(
    isText(directory),
    E.chain((path) =>
      pipe(
        readIssues('load', () => readOptions({}, {}, {}, {}, more)),
        E.map(() => path)
      )
    ),
    TE.fromEither,
    TE.chain((path) => pipe(entriesIn(path), TE.mapLeft(asIssues))),
    TE.chain((entries) => async () => {
      const passed: Issue[] = []
      for (const { name } of entries) {
        const read = await readOne(spec, `${directory}/${name}`)()
        if (E.isRight(read)) return E.right({ ...read.right, warnings: passed.map(warning) })
        passed.push(...read.left)
      }
      const [first, ...others] = passed
      return E.left<Issues>(
        first === undefined
          ? [
              issue(
                'BadFile',
                [directory],
                'a checkpoint',
                'none in the directory',
                'Checkpoint.save(directory, state)()'
              )
            ]
          : [first, ...others]
      )
    })
  )
