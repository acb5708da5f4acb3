import type * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Issues } from '../gan/check/issue.ts'
import { readIssues } from '../gan/check/issue.ts'
import type { Spec } from '../gan/game/spec.ts'
import type { FileIssue } from '../io/fileIssue.ts'
import type { Figures } from '../gan/train/figures.ts'
import type { ScheduledProbe } from '../gan/train/probe.ts'
import type { Signal } from '../gan/train/signal.ts'
import type { Rule, Rules } from '../tensor/options.ts'
import { anyFunction, anything, count, countOrZero, flag, optional, readOptions, text } from '../tensor/options.ts'
import { isRecord } from '../tensor/tree.ts'
import type { EngineName } from '../transform/compileStep.ts'
import type { RunData } from './data.ts'
import type { Origin } from './description.ts'
import { specText } from './description.ts'
import { issueOfRun } from './issueOfRun.ts'
import type { Plan } from './session.ts'

export interface RunOptions {
  readonly spec: Spec
  readonly data: RunData
  /** Samples in a minibatch, a whole number >= 1. */
  readonly batchSize: number
  /** Cycles of the update rule in all, those of former sessions included. */
  readonly steps: number
  /** Seed of initialization, of all draws, and of the order of data; 0 by default. */
  readonly seed?: number
  /** By name, since a folder says which; 'auto' by default. */
  readonly engine?: EngineName
  /**
   * Steps from one checkpoint to the next, at each of which samples are drawn and measured; a twentieth of `steps` by default, at
   * most 1000.
   */
  readonly every?: number
  /** How many of the latest checkpoints are kept, beside the best: 3 by default. */
  readonly keep?: number
  /** Whether to go on although the files of the data have changed since the run was begun; false by default. */
  readonly changedData?: boolean
  /**
   * What is measured on the way, each at the steps divisible by its `every`: lines of the metrics. One that is under way when
   * the signal stops the run is done again when it goes on.
   */
  readonly probes?: readonly ScheduledProbe[]
  /** Says where a spec came from that has functions of its own, which a file cannot hold. */
  readonly origin?: Origin
  /** Stops the run between steps; it can go on later. */
  readonly signal?: Signal
  /** Called when the run begins or goes on, with the steps that are done. */
  readonly onStart?: (step: number) => void
  /** Called for each step with its figures. */
  readonly onStep?: (step: number, figures: Figures) => void
  /** Called at each checkpoint with the figures of samples. */
  readonly onLook?: (step: number, scores: Readonly<Record<string, number | null>>) => void
}

const seeds: Rule = { expected: 'a whole number', accepts: Number.isSafeInteger }
const aName: Rule = { ...text, expected: 'the name of an engine' }
const someData: Rule = {
  expected: 'a data set { name, shape, sample or batches }',
  accepts: (x) =>
    isRecord(x) &&
    typeof x['name'] === 'string' &&
    Array.isArray(x['shape']) &&
    (x['fingerprint'] === undefined || typeof x['fingerprint'] === 'function') &&
    [x['sample'], x['batches']].some((f) => typeof f === 'function')
}
const anOrigin: Rule = {
  expected: '{ module, hash }',
  accepts: (x) => isRecord(x) && typeof x['module'] === 'string' && typeof x['hash'] === 'string'
}

const rules: Rules = {
  spec: anything,
  data: someData,
  batchSize: count,
  steps: countOrZero,
  seed: seeds,
  engine: aName,
  every: optional(count),
  keep: count,
  changedData: flag,
  probes: anything,
  origin: optional(anOrigin),
  signal: anything,
  onStart: optional(anyFunction),
  onStep: optional(anyFunction),
  onLook: optional(anyFunction)
}

/** Holds the options of a run with their defaults. */
export type All = RunOptions & Required<Pick<RunOptions, 'seed' | 'engine' | 'keep' | 'changedData'>>

/** Reads the options of a run, or says all that is wrong with them. */
export const optionsOf = (folder: string, options: RunOptions, more: readonly unknown[]): E.Either<Issues, All> =>
  readIssues('run', () => {
    const read = readOptions<RunOptions>(
      { seed: 0, engine: 'auto', keep: 3, changedData: false },
      options,
      rules,
      {},
      more
    )
    const named = readOptions<{ folder: string }>({}, { folder }, { folder: text })
    return { all: read.all, problems: [...named.problems, ...read.problems] }
  })

/** Says what the options make a run of; what its data hold is read for it. */
export const planOf = ({
  spec,
  data,
  batchSize,
  steps,
  seed,
  engine,
  every,
  keep,
  changedData,
  origin
}: All): TE.TaskEither<Issues, Plan> =>
  pipe(
    data.fingerprint ?? TE.right<FileIssue, string | undefined>(undefined),
    TE.bimap(issueOfRun, (fingerprint): Plan => ({
      spec,
      description: {
        spec: specText(spec, origin),
        data: data.name,
        ...(fingerprint === undefined ? {} : { fingerprint }),
        shape: data.shape,
        seed,
        batchSize,
        engine
      },
      steps,
      every,
      keep,
      changedData
    }))
  )
