import * as E from '#fp-ts/Either'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import { copyTree } from '../../transform/form.ts'
import type { Batch, BatchForm } from '../step/batch.ts'
import { formsOf } from '../step/batch.ts'
import { sizesOf } from '../game/batchSize.ts'
import type { TrainingStep } from '../step/compile.ts'
import type { State } from '../step/state.ts'
import type { Trainer } from '../step/trainer.ts'
import { nextTurn } from '../step/turn.ts'
import type { Issue, Issues } from '../check/issue.ts'
import { issueOf } from '../check/issue.ts'
import { told } from './callbacks.ts'
import type { Divergence } from './divergence.ts'
import { divergedMetrics, divergedState } from './divergence.ts'
import type { Figures } from './figures.ts'
import { figuresOf } from './figures.ts'
import type { RecoveryPoint } from './recoveryPoint.ts'
import { isFed, isStale, recoveryPointAt, recoveryPointOf, replayable } from './recoveryPoint.ts'
import type { Measurement } from './probe.ts'
import type { Pulled, Puller } from './source.ts'
import { samplerOf } from './source.ts'
import type { Trained } from './trained.ts'
import type { TrainOptions } from './trainOptions.ts'

/** Bounds how long a portion of steps is to take, so that the event loop has its turn between portions. */
const portionMilliseconds = 40

/** Holds what stays the same through a training. */
export interface Training {
  readonly step: TrainingStep
  readonly trainer: Trainer
  readonly puller: Puller
  readonly options: TrainOptions
  /** Cycles that came before this training. */
  readonly first: number
}

/** Says how far a training has come, between two portions of steps. */
interface Progress {
  readonly done: number
  /** The figures of the last step. */
  readonly figures: Figures
  /** Where training goes back to if it diverges. */
  readonly recovery: RecoveryPoint
  /** How many steps the next portion is to have. */
  readonly portion: number
  /** Warnings about the data. */
  readonly warnings: readonly Issue[]
  /** What probes measured. */
  readonly measurements: readonly Measurement[]
}

/** Says where a training ended, at a sound state, and how: Left is what went wrong. */
export interface End {
  readonly state: State
  readonly done: number
  readonly figures: Figures
  readonly warnings: readonly Issue[]
  readonly measurements: readonly Measurement[]
  readonly how: E.Either<Issues, Trained['stopped']>
}

/** Says that training goes on, or has ended. */
type Outcome = Promise<Progress | End>

const isEnd = (at: Progress | End): at is End => 'how' in at

const isAborted = ({ options: { signal } }: Training): boolean => signal?.aborted === true

/** Ends a training at its recovery point. */
const endAt = ({ recovery: { state, done }, figures, warnings, measurements }: Progress, how: End['how']): End => ({
  state,
  done,
  figures,
  warnings,
  measurements,
  how
})

const withOthers = ([first, ...rest]: Issues, others: readonly Issue[]): Issues => [first, ...rest, ...others]

/**
 * Ends a training at whose step something was not finite: with the last sound state, and what broke it. `others` went
 * wrong besides.
 */
const diverged = async (
  { step, options }: Training,
  progress: Progress,
  { issue, at }: Divergence,
  others: readonly Issue[] = []
): Promise<End> => {
  // Loaded only when a training went wrong.
  const { lastSound, traced } = await import('./recovery.ts')
  const reached = await lastSound(step, progress.recovery, at)
  const problem = await traced(issue, step, progress.recovery, reached, options.signal)
  return endAt({ ...progress, recovery: { ...progress.recovery, ...reached } }, E.left([problem, ...others]))
}

/** Takes a new recovery point; a number in it that is not finite ends the training, as does an engine that fails. */
const renewed = async (training: Training, progress: Progress): Outcome => {
  const taken = await recoveryPointOf(training.trainer, training.first)
  if (E.isLeft(taken)) return endAt(progress, taken)
  const { state, done } = taken.right
  const issue = divergedState(state, training.first + done)
  return issue === undefined
    ? { ...progress, recovery: taken.right }
    : diverged(training, progress, { issue, at: done - 1 })
}

/** Ends a training after the steps that it did. */
const finished = async (training: Training, progress: Progress, how: End['how']): Promise<End> => {
  const at = await renewed(training, progress)
  if (!isEnd(at)) return endAt(at, how)
  if (E.isRight(how) || E.isRight(at.how)) return at
  // What went wrong first is told first. An engine that has died says the same twice.
  const others = at.how.left.filter(({ actual }) => how.left.every((one) => one.actual !== actual))
  return { ...at, how: E.left(withOthers(how.left, others)) }
}

/** Holds what some steps came to. */
interface Advanced {
  /** Figures of each sound step, in order. */
  readonly figures: readonly Figures[]
  /** The divergence at the first step that was not sound. */
  readonly divergence: (Divergence & { readonly figures: Figures }) | undefined
  readonly failed: E.Either<Issues, void>
  readonly milliseconds: number
}

/** Does one step for each of `fed`, and reads their metrics up to the first that is not finite. */
const advanced = async (
  { step, trainer, first }: Training,
  { done }: Progress,
  fed: readonly (readonly Batch[])[]
): Promise<Advanced> => {
  if (fed.length === 0) return { figures: [], divergence: undefined, failed: E.right(undefined), milliseconds: 0.1 }
  const figures: Figures[] = []
  let divergence: Advanced['divergence']
  const from = Date.now()
  const failed = await trainer.advance(fed.length, {
    ...(isFed(fed) ? { batches: (i: number) => fed[i] ?? [] } : {}),
    onStep: (i, metrics) => {
      if (divergence !== undefined) return
      const issue = divergedMetrics(step.spec, metrics, first + done + i)
      if (issue === undefined) figures.push(figuresOf(metrics))
      else divergence = { issue, at: done + i, figures: figuresOf(metrics) }
    }
  })()
  return { figures, divergence, failed, milliseconds: Math.max(Date.now() - from, 0.1) }
}

/** Takes the minibatches of the next `wanted` steps, as many of them as there are. */
const pulled = async (
  { step: { shapesAt, spec }, puller, first }: Training,
  done: number,
  wanted: number
): Promise<{ readonly fed: readonly (readonly Batch[])[]; readonly problem: Pulled['problem'] }> => {
  const forms: BatchForm[] = []
  /** Minibatches that have been taken at the end of each step. */
  const ends: number[] = []
  for (let i = 0; i < wanted; i++) {
    forms.push(...formsOf(shapesAt(first + done + i), spec.labels))
    ends.push(forms.length)
  }
  const { batches, problem } = await puller.pull(forms)
  const whole = ends.filter((end) => end <= batches.length)
  return { fed: whole.map((end, i) => batches.slice(whole[i - 1] ?? 0, end)), problem }
}

/** Calls `onStep` for each of some steps that were done, in order, and waits for each call. */
const toldSteps = async (
  { options: { onStep }, first }: Training,
  done: number,
  figures: readonly Figures[]
): Promise<E.Either<Issues, undefined>> => {
  if (onStep === undefined) return E.right(undefined)
  for (const [i, one] of figures.entries()) {
    const heard = await told('onStep', () => onStep(first + done + i + 1, one))
    if (E.isLeft(heard)) return heard
  }
  return E.right(undefined)
}

/** Warns of a first minibatch that the generator cannot give. */
const rangeWarnings = async (
  { step: { spec, batchSize }, options: { data } }: Training,
  fed: readonly (readonly Batch[])[]
): Promise<readonly Issue[]> => {
  const net = spec.networks['generator']
  // Loaded only where the generator may have bounds.
  if (net === undefined || ['dense', 'convolution'].includes((net.layers ?? [net]).at(-1)?.name ?? '')) return []
  const { rangeOfData } = await import('./rangeOfData.ts')
  return rangeOfData(spec, fed[0]?.[0]?.real, samplerOf(data), Math.max(...sizesOf(batchSize)))
}

/** Lists the numbers of steps at whose multiples training pauses to show its state. */
const pausesOf = ({ options: { stateEvery, probes = [] } }: Training): readonly number[] => [
  ...(stateEvery === undefined ? [] : [stateEvery]),
  ...probes.map(({ every }) => every)
]

/** Calls `onState` at a pause where it is due. */
const shown = async ({ options }: Training, progress: Progress, number: number): Outcome => {
  const { stateEvery, onState } = options
  if (onState === undefined || stateEvery === undefined || number % stateEvery > 0) return progress
  // A copy of the callback's own: it may give its memory away.
  const heard = await told('onState', () => onState(copyTree(progress.recovery.state), number))
  return E.isLeft(heard) ? endAt(progress, heard) : progress
}

/** Runs the probes that are due at a pause, and tells what they measured. */
const measured = async ({ step, options }: Training, progress: Progress, number: number): Outcome => {
  const { probes = [], onProbe, signal } = options
  if (probes.length === 0) return progress
  // Loaded only where there are any.
  const { probed } = await import('./probing.ts')
  const [measurements, how] = await probed(probes, step.spec, progress.recovery.state, number, signal, (one) =>
    told('onProbe', () => onProbe?.(one))
  )
  const next = { ...progress, measurements: [...progress.measurements, ...measurements] }
  if (E.isLeft(how)) return endAt(next, how)
  // Who keeps the state of this step is not shown one that was not measured: whoever goes on from it measures first.
  return how.right === 'aborted' ? endAt(next, E.right('aborted')) : next
}

/** Lets everything that looks at the state at a pause do so; who keeps it, last, so that what is kept was measured. */
const lookedAt = async (training: Training, progress: Progress, number: number): Outcome => {
  const after = await measured(training, progress, number)
  return isEnd(after) ? after : shown(training, after, number)
}

/** Does a portion of steps: pulls minibatches, advances, looks, tells, and lets the event loop have its turn. */
const portionDone = async (training: Training, progress: Progress): Outcome => {
  const { done, recovery, portion } = progress
  const { first, options } = training
  const { steps } = options
  const pauses = pausesOf(training)
  if (isAborted(training)) return finished(training, progress, E.right('aborted'))
  const wanted = Math.min(portion, steps - done, ...pauses.map((every) => every - ((first + done) % every)))
  const { fed, problem } = await pulled(training, done, wanted)
  if (isAborted(training)) return finished(training, progress, E.right('aborted'))

  const { figures, divergence, failed, milliseconds } = await advanced(training, progress, fed)
  const heard = await toldSteps(training, done, figures)
  const next: Progress = {
    ...progress,
    done: done + fed.length,
    figures: divergence?.figures ?? figures.at(-1) ?? progress.figures,
    recovery: replayable(recovery, fed, milliseconds),
    warnings: done === 0 ? await rangeWarnings(training, fed) : progress.warnings,
    portion: Math.max(1, Math.min(portion * 2, Math.round((fed.length * portionMilliseconds) / milliseconds)))
  }
  if (divergence !== undefined) return diverged(training, next, divergence, E.isLeft(heard) ? heard.left : [])
  for (const went of [failed, heard]) if (E.isLeft(went)) return finished(training, next, went)

  const number = first + next.done
  const isDue = fed.length > 0 && pauses.some((every) => number % every === 0)
  const renewedAt = isDue || isStale(next.recovery) ? await renewed(training, next) : next
  if (isEnd(renewedAt)) return renewedAt
  const after = isDue ? await lookedAt(training, renewedAt, number) : renewedAt
  if (isEnd(after)) return after
  if (problem !== undefined) return finished(training, after, E.left(RNEA.of(problem)))
  if (fed.length < wanted) return finished(training, after, E.right(isAborted(training) ? 'aborted' : 'exhausted'))
  await nextTurn()
  return after
}

const lastDone = (training: Training, progress: Progress): Outcome => finished(training, progress, E.right('done'))

/** Looks at a new state before its first step. */
const begun = (training: Training, progress: Progress): Outcome =>
  training.first > 0 || isAborted(training) ? Promise.resolve(progress) : measured(training, progress, 0)

/** Trains from a state until the steps are done, or something ends it before. Never rejects. */
export const trainedFrom = async (training: Training, start: State): Promise<End> => {
  let at: Progress = {
    done: 0,
    figures: {},
    recovery: recoveryPointAt(start),
    portion: 1,
    warnings: [],
    measurements: []
  }
  for (let next = begun; ; next = at.done < training.options.steps ? portionDone : lastDone) {
    try {
      const reached = await next(training, at)
      if (isEnd(reached)) return reached
      at = reached
    } catch (cause) {
      return endAt(at, E.left(RNEA.of(issueOf('CallbackFailed', ['train'], cause))))
    }
  }
}
