import type { Rule } from '../../tensor/options.ts'
import { anything, count, countOrZero, optional } from '../../tensor/options.ts'
import type { Engine, EngineName } from '../../transform/compileStep.ts'
import type { BatchSize } from '../game/batchSize.ts'
import type { Figures } from './figures.ts'
import type { Issue } from '../check/issue.ts'
import { issue, issueOfProblem } from '../check/issue.ts'
import { readOptions } from '../../tensor/options.ts'
import type { Measurement, ScheduledProbe } from './probe.ts'
import { probeIssues } from './probe.ts'
import type { Signal } from './signal.ts'
import { signalIssues } from './signal.ts'
import type { Source } from './source.ts'
import { sourceIssues } from './source.ts'
import type { State } from '../step/state.ts'

export interface TrainOptions {
  readonly data: Source
  /**
   * Samples in a minibatch, a whole number >= 1; or by player, of the phases that move it:
   * `{ discriminator: 128, generator: 64 }`.
   */
  readonly batchSize: BatchSize
  /** Cycles of the update rule to run, a whole number; 0 gives the state as it begins. */
  readonly steps: number
  readonly engine?: EngineName | Engine
  /** Seed of initialization and of all draws, a whole number (default 0). */
  readonly seed?: number
  /** A state to go on from, instead of a new one: to the same bits as without a break, if the data go on, too. */
  readonly state?: State
  /** Stops training between steps; the result is that of the steps done. An AbortSignal will do. */
  readonly signal?: Signal
  /**
   * Called for each sound step, in order, with its number, from 1 in a new state, and its figures; awaited where it returns a
   * promise. Steps are done in portions of some 40 ms, and told after them.
   */
  readonly onStep?: (step: number, figures: Figures) => unknown
  /** Called with a copy of the state, the callback's own, at steps divisible by `stateEvery`, and awaited. */
  readonly onState?: (state: State, step: number) => unknown
  /** A whole number of steps >= 1. */
  readonly stateEvery?: number
  /** What is measured on the way, each at the steps divisible by its `every`; training goes on to the same bits. */
  readonly probes?: readonly ScheduledProbe[]
  /** Called with each measurement of a probe, in order, and awaited. */
  readonly onProbe?: (measurement: Measurement) => unknown
}

const aFunction: Rule = { expected: 'a function', accepts: (x) => typeof x === 'function' }
const aRecord: Rule = { expected: 'a record', accepts: (x) => typeof x === 'object' && x !== null }
const aSeed: Rule = { expected: 'a whole number', accepts: (x) => Number.isSafeInteger(x) }

/** Those that `Gan.compile` checks are let through here. */
const rules: Readonly<Record<string, Rule>> = {
  data: anything,
  batchSize: anything,
  engine: anything,
  steps: countOrZero,
  seed: optional(aSeed),
  state: optional(aRecord),
  signal: anything,
  onStep: optional(aFunction),
  onState: optional(aFunction),
  stateEvery: optional(count),
  probes: anything,
  onProbe: optional(aFunction)
}

/** Finds what is wrong with the options of `Gan.train` beside those that it hands on to `Gan.compile`. */
export const trainOptionIssues = (options: TrainOptions, more: readonly unknown[] = []): readonly Issue[] => {
  const { problems } = readOptions({}, options, rules, {}, more)
  const found = problems.map((problem) => issueOfProblem('InvalidValue', ['train'], problem))
  const { data, onState, probes, signal, stateEvery } = { ...options }
  const never = issue(
    'Missing',
    ['train', 'stateEvery'],
    'how many steps apart onState is called',
    'nothing',
    'Gan.train({ ..., stateEvery: 1000 })'
  )
  return [
    ...found,
    ...sourceIssues(data),
    ...signalIssues(signal),
    ...probeIssues(probes),
    ...(onState !== undefined && stateEvery === undefined ? [never] : [])
  ]
}
