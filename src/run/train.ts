import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Issue, Issues } from '../gan/check/issue.ts'
import { validate } from '../gan/check/validate.ts'
import type { State } from '../gan/step/state.ts'
import { countAt } from '../gan/step/state.ts'
import type { ScheduledProbe } from '../gan/train/probe.ts'
import { probed } from '../gan/train/probing.ts'
import type { Signal } from '../gan/train/signal.ts'
import { train as trainInMemory } from '../gan/train/train.ts'
import type { Failed, Trained } from '../gan/train/trained.ts'
import type { None } from '../tensor/arguments.ts'
import { realOf, sourceOf } from './data.ts'
import { files } from './folder.ts'
import { issueOfRun } from './issueOfRun.ts'
import { isEnding, isLook, isMeasured } from './journal.ts'
import type { Lock } from './lock.ts'
import { acquire } from './lock.ts'
import { looksAt } from './looks.ts'
import type { All, RunOptions } from './options.ts'
import { optionsOf, planOf } from './options.ts'
import type { Recorder } from './recorder.ts'
import { recorderOf } from './recorder.ts'
import type { Session } from './session.ts'
import { isConcluded, makeFolder, openSession } from './session.ts'
import { summarize } from './summary.ts'

/** Says what a run came to. */
export interface RunResult {
  readonly folder: string
  /** Steps that are done in all. */
  readonly step: number
  /** 'exhausted': the data ended before the steps did. */
  readonly stopped: 'done' | 'aborted' | 'exhausted'
  /** The last figures of samples. */
  readonly scores: Readonly<Record<string, number | null>>
  readonly state: State
  /** Steps and seconds of this session, without what compiling took; 0 of a run that was finished before. */
  readonly stepsDone: number
  readonly seconds: number
  readonly warnings: readonly Issue[]
}

/** So many real samples are drawn beneath those of a generator. */
const shown = 500

/** A line of means is written so many times in a run. */
const lines = 1000

/** Does what a signal kept the former session from at the step that it reached: its probes, and the look after them. */
const caughtUp = async (
  { spec, probes = [], signal, onLook }: All,
  { state, step, every, entries }: Session,
  recorder: Recorder
): Promise<E.Either<Issues, void>> => {
  if (state === undefined || step === 0) return E.right(undefined)
  const isMissed = ({ probe }: ScheduledProbe): boolean =>
    !entries.some((entry) => isMeasured(entry) && entry.step === step && entry.probe === probe.name)
  const [, how] = await probed(probes.filter(isMissed), spec, state, step, signal, async (one) => {
    recorder.measurement(one)
    return E.right(undefined)
  })
  if (E.isLeft(how)) return how
  if (how.right === 'aborted' || step % every > 0 || recorder.last()?.step === step) return E.right(undefined)
  return pipe(
    recorder.look(state),
    TE.map((look) => onLook?.(look.step, look.scores))
  )()
}

/** Trains what a session has yet to do. What cannot be written ends it, and is a Left of its own. */
const continued = async (
  all: All,
  session: Session,
  recorder: Recorder
): Promise<E.Either<Issues, E.Either<Failed, Trained>>> => {
  const { data, batchSize, steps, seed, engine, signal, spec, probes, onStep, onLook } = all
  const before = await caughtUp(all, session, recorder)
  if (E.isLeft(before)) return before
  let problem: Issues | undefined
  const stop: Signal = {
    get aborted() {
      return problem !== undefined || signal?.aborted === true
    },
    addEventListener: (type, listener) => signal?.addEventListener?.(type, listener),
    removeEventListener: (type, listener) => signal?.removeEventListener?.(type, listener)
  }
  const result = await trainInMemory({
    data: sourceOf(data, batchSize, seed),
    batchSize,
    steps: Math.max(0, steps - session.step),
    seed,
    engine,
    signal: stop,
    ...(session.state === undefined ? {} : { state: session.state }),
    stateEvery: session.every,
    onState: async (state: State) => {
      const looked = await recorder.look(state)()
      if (E.isLeft(looked)) problem = looked.left
      else onLook?.(looked.right.step, looked.right.scores)
    },
    ...(probes === undefined ? {} : { probes, onProbe: recorder.measurement }),
    onStep: (step, figures) => {
      recorder.step(step, figures)
      onStep?.(step, figures)
    }
  })(spec)()
  if (problem === undefined) return E.right(result)
  if (E.isRight(result)) result.right.step.dispose()
  return E.left(problem)
}

/** Writes down how a training ended, and the state that it reached. */
const concluded = (
  { onLook }: All,
  recorder: Recorder,
  result: E.Either<Failed, Trained>
): TE.TaskEither<Issues, void> => {
  const reached = E.isLeft(result) ? result.left.reached : result.right
  if (reached === undefined) return TE.right(undefined)
  const { state } = reached
  const step = countAt(state.step)
  if (E.isLeft(result)) {
    const [{ expected, actual }] = result.left.issues
    const why = `expected ${expected}; got ${actual}`
    return TE.chain(() => recorder.end({ step, ended: 'failed', why }))(recorder.interrupt(state))
  }
  const {
    stopped,
    step: { engine }
  } = result.right
  if (stopped === 'aborted') return recorder.interrupt(state)
  return pipe(
    recorder.last()?.step === step
      ? TE.right(undefined)
      : pipe(
          recorder.look(state),
          TE.map((look) => onLook?.(look.step, look.scores))
        ),
    TE.chain(() => recorder.end({ step, ended: stopped, engine }))
  )
}

/** Says what a session came to: of a training in memory and what was seen of its samples. */
const resultOf = (
  folder: string,
  { warnings: passedOver }: Session,
  recorder: Recorder,
  { state, stopped, stepsDone, seconds, warnings }: Trained
): RunResult => ({
  folder,
  step: countAt(state.step),
  stopped,
  scores: recorder.last()?.scores ?? {},
  state,
  stepsDone,
  seconds,
  warnings: [...passedOver, ...warnings]
})

const summarized = (folder: string, result: E.Either<Failed, Trained>): TE.TaskEither<Issues, void> => {
  const [stopped, engine] = E.isLeft(result) ? ['failed', 'none'] : [result.right.stopped, result.right.step.engine]
  const { stepsDone = 0, seconds = 0 } = (E.isLeft(result) ? result.left.reached : result.right) ?? {}
  return pipe(summarize(folder, { stopped, engine, stepsDone, seconds }), TE.mapLeft(issueOfRun))
}

const trained = (folder: string, all: All, session: Session, lock: Lock): TE.TaskEither<Issues, RunResult> => {
  const { spec, data, batchSize, steps, seed, engine, keep } = all
  const lineEvery = Math.max(1, Math.ceil(steps / lines))
  return pipe(
    data.shape.length === 1
      ? realOf(data, data.rows === undefined && data.sample === undefined ? batchSize : shown, seed)
      : TE.right<Issues, undefined>(undefined),
    TE.chain((real) => async () => {
      const looks = looksAt(spec, data, { seed, engine, real })
      const recorder = recorderOf({ folder, lock, looks, keep, lineEvery }, session)
      const result = await continued(all, session, recorder)
      const written = await pipe(
        TE.fromEither(result),
        TE.chainFirst((training) => concluded(all, recorder, training)),
        TE.chainFirst((training) => summarized(folder, training))
      )()
      looks.dispose()
      if (E.isRight(result) && E.isRight(result.right)) result.right.right.step.dispose()
      return pipe(
        written,
        E.chain((training) => E.mapLeft(({ issues }: Failed) => issues)(training)),
        E.map((training) => resultOf(folder, session, recorder, training))
      )
    })
  )
}

/** Gives what a run that was finished before came to; a kill may have come between its end and its report. */
const finished = (
  folder: string,
  state: State,
  { step, entries, warnings }: Session
): TE.TaskEither<Issues, RunResult> => {
  const engine = entries.findLast(isEnding)?.engine ?? ''
  const scores = entries.findLast(isLook)?.scores ?? {}
  const session = { stopped: 'done', engine, stepsDone: 0, seconds: 0 } as const
  return pipe(
    isConcluded(folder),
    TE.chain((concludedBefore) =>
      concludedBefore ? TE.right(undefined) : pipe(summarize(folder, session), TE.mapLeft(issueOfRun))
    ),
    TE.map(() => ({ folder, step, stopped: 'done', scores, state, stepsDone: 0, seconds: 0, warnings }))
  )
}

/**
 * Trains in a folder, or goes on with the run that it holds, to the same bits as one that was never stopped, whatever stopped
 * it: a run is a function of spec, data, sizes and seed to a folder, and to ask for one that is finished only reads it. The
 * folder comes to hold `spec.json` and `run.json`, which say what the run is of; `metrics.jsonl`, a record a line; pictures in
 * `samples`; `checkpoints`, as `Checkpoint.save` writes them, the latest and the best; at the end `report.html`, which is
 * drawn from the metrics and pictures alone. For Node.
 *
 * @returns Right: what the run came to, also where the signal stopped it. Left: the folder is of another run (every difference
 * is named), another process works in it (`Busy`), files cannot be written, or the training failed; what it had reached is
 * in the folder. Never rejects.
 *
 * @example
 * import { E, Gan, Loss, Net, Opt, Prior, Toy, pipe } from 'saddlepoint'
 * import { Run } from 'saddlepoint/run'
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) }),
 *   Gan.withLoss(Loss.nonSaturating),
 *   Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
 *   Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 }))
 * )
 * const data = { name: 'ring', shape: [2], sample: Toy.ring().sample }
 * const run = await Run.train('/dev/null/run', { spec, data, batchSize: 8, steps: 100 })()
 * E.isLeft(run) && run.left[0].path // => ['/dev/null/run']
 */
export const train = (folder: string, options: RunOptions, ...more: None): TE.TaskEither<Issues, RunResult> =>
  pipe(
    TE.fromEither(optionsOf(folder, options, more)),
    TE.bindTo('all'),
    TE.chainFirst(({ all }) => TE.fromEither(validate(all.spec))),
    TE.chainFirst(() => makeFolder(folder)),
    TE.bind('lock', () => pipe(acquire(`${folder}/${files.lock}`), TE.mapLeft(issueOfRun))),
    TE.chain(({ all, lock }) =>
      TE.bracket(
        TE.right<Issues, Lock>(lock),
        () =>
          pipe(
            planOf(all),
            TE.chain((plan) => openSession(folder, plan)),
            TE.chain((session) => {
              all.onStart?.(session.step)
              return session.isEnded && session.state !== undefined
                ? finished(folder, session.state, session)
                : trained(folder, all, session, lock)
            })
          ),
        () => TE.fromTask(() => lock.release())
      )
    )
  )
