import { E, Gan } from '../../../src/core.ts'
import { figuresOf } from '../../../src/gan/train/figures.ts'
import type { Samples } from './dataset.ts'
import { imageViewer } from './imageViewer.ts'
import { textOf, textOfThrown } from './issues.ts'
import type { EngineChoice, Frame, IssueText, StepFigures } from './messages.ts'
import { phasesFor } from './phases.ts'
import { planeViewer } from './planeViewer.ts'
import { pointViewer } from './pointViewer.ts'
import type { Viewer } from './viewer.ts'

/** A game that is under way: plays when told to, and tells what is seen. */
export interface Session {
  readonly play: () => void
  readonly pause: () => void
  readonly advance: (steps: number) => void
  /** Pauses, and does the next phase of the update rule. */
  readonly advancePhase: () => void
  /** Plays at most so many steps a second; null for as many as it can do. */
  readonly limit: (most: number | null) => void
  /** Goes back to a recorded step. */
  readonly goBack: (step: number) => void
  readonly close: () => void
}

/** Whom a session tells. */
export interface Listener {
  readonly onFrame: (frame: Frame) => void
  readonly onState: (playing: boolean, issues: readonly IssueText[]) => void
}

/** Steps between messages take about so many milliseconds, and views at most this part of the time. */
const portion = 25
const viewShare = 0.3
const leastPause = 60
const mostRecords = 60
const mostFigures = 200
/** A limited game moves so often a second, or as often as it may step. */
const ticks = 20

interface Recorded {
  readonly step: number
  readonly state: Gan.State
}

const viewerFor = (spec: Gan.Spec, samples: Samples): Viewer | undefined => {
  const net = spec.networks['generator']
  if (net === undefined) return undefined
  if (samples.shape.length === 3) return imageViewer(spec, net, samples)
  return samples.shape[0] === 1 ? planeViewer(spec, samples) : pointViewer(spec, net, samples)
}

/** Thins a record that is full: every other of it stays, and the first. */
const thinned = <A>(list: readonly A[], most: number): readonly A[] =>
  list.length <= most ? list : list.filter((_, i) => i % 2 === 0)

const now = (): number => performance.now()

/** Lets messages in. A message channel has no least delay, as timers have. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })

const rest = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)))

export interface Opening {
  readonly spec: Gan.Spec
  readonly samples: Samples
  readonly batchSize: number
  readonly seed: number
  readonly engine: EngineChoice
}

/** Compiles a game and begins it; Left is why it cannot. */
export const openSession = async (
  { spec, samples, batchSize, seed, engine }: Opening,
  { onFrame, onState }: Listener
): Promise<E.Either<readonly IssueText[], Session>> => {
  const options = { batchSize, sampler: samples.sample, engine }
  const compiled = await Gan.compile(options)(spec)()
  if (E.isLeft(compiled)) return E.left(compiled.left.map(textOf))
  const step = compiled.right
  const initial = await step.init(seed)
  const begun = await step.trainer(initial)()
  if (E.isLeft(begun)) return E.left(begun.left.map(textOf))
  const viewer = viewerFor(spec, samples)
  const phases = phasesFor(spec, options)

  let trainer = begun.right
  let at = 0
  /** Phases of the cycle after `at` that are shown; the trainer's state is the one before them. */
  let phase = 0
  let playing = false
  let closed = false
  let left = 0
  let perPortion = 1
  let limit: number | null = null
  let figures: readonly StepFigures[] = []
  let records: readonly Recorded[] = [{ step: 0, state: initial }]
  let recordEvery = 1
  let rate = 0
  let nextView = 0
  let running: Promise<void> = Promise.resolve()

  const stop = (issues: readonly IssueText[] = []): void => {
    playing = false
    left = 0
    onState(false, issues)
  }

  const record = (state: Gan.State): void => {
    if (at - (records.at(-1)?.step ?? 0) < recordEvery) return
    records = [...records, { step: at, state }]
    if (records.length > mostRecords) {
      records = thinned(records, mostRecords)
      recordEvery *= 2
    }
  }

  /** Shows the state, or what the first phases of a cycle make of it. */
  const show = async (): Promise<void> => {
    const started = now()
    const snapshot = await trainer.snapshot()()
    if (E.isLeft(snapshot)) {
      stop(snapshot.left.map(textOf))
      return
    }
    record(snapshot.right)
    const state = phase === 0 ? snapshot : await phases.after(snapshot.right, phase)
    if (E.isLeft(state)) {
      phase = 0
      stop(state.left.map(textOf))
      return
    }
    const seen = (await viewer?.see(state.right)) ?? {}
    const moved = phases.at(at)
    onFrame({
      step: at,
      phase: { done: phase, count: moved.length, moved: moved[phase - 1] ?? [] },
      stepsPerSecond: rate,
      figures,
      extent: samples.extent,
      recorded: records.map((one) => one.step),
      ...seen
    })
    figures = []
    const cost = now() - started
    nextView = now() + Math.max(leastPause, cost / viewShare - cost)
  }

  /** Does a portion of steps. */
  const move = async (): Promise<void> => {
    const most = limit === null ? perPortion : Math.max(1, Math.min(perPortion, Math.round(limit / ticks)))
    const steps = playing ? most : Math.min(left, perPortion)
    const first = at
    phase = 0
    const told: StepFigures[] = []
    const stride = Math.ceil(steps / 8)
    let broken: number | undefined
    const started = now()
    const moved = await trainer.advance(steps, {
      onStep: (i, metrics) => {
        at = first + i + 1
        if (i % stride !== 0 && i !== steps - 1) return
        const players = figuresOf(metrics)
        if (Object.values(players).some(({ loss }) => !Number.isFinite(loss))) broken ??= at
        told.push({ step: at, players })
      }
    })()
    const spent = now() - started
    figures = [...figures, ...told].slice(-mostFigures)
    left = Math.max(0, left - (at - first))
    if (E.isLeft(moved)) {
      stop(moved.left.map(textOf))
      return
    }
    if (broken !== undefined) {
      stop([
        {
          path: [],
          text: `The training diverged at step ${String(broken)}: a loss is not finite. Go back to a recorded step, or change the game.`,
          isWarning: false
        }
      ])
      return
    }
    const done = at - first
    const measured = (1000 * done) / Math.max(spent, 0.01)
    rate = rate === 0 ? measured : 0.8 * rate + 0.2 * measured
    perPortion = Math.max(1, Math.min(500, Math.round((done * portion) / Math.max(spent, 0.1))))
  }

  const run = async (): Promise<void> => {
    try {
      while (!closed && (playing || left > 0)) {
        const began = now()
        await move()
        if (now() >= nextView || (!playing && left === 0)) await show()
        await (playing && limit !== null ? rest(1000 / Math.min(ticks, limit) - (now() - began)) : turn())
      }
      if (closed) return
      await show()
      onState(playing, [])
    } catch (cause) {
      stop([textOfThrown(cause)])
    }
  }

  /** What goes wrong in a view is told, and ends nothing else. */
  const told = (done: Promise<void>): Promise<void> => done.catch((cause: unknown) => stop([textOfThrown(cause)]))

  const start = (): void => {
    running = running.then(run)
  }

  const advancePhase = async (): Promise<void> => {
    phase += 1
    if (phase < phases.at(at).length) await show()
    else {
      left = 1
      await run()
    }
  }

  const goBack = async (to: number): Promise<void> => {
    const found = records.findLast((one) => one.step <= to)
    if (found === undefined) return
    const again = await step.trainer(found.state)()
    if (E.isLeft(again)) {
      stop(again.left.map(textOf))
      return
    }
    trainer.dispose()
    trainer = again.right
    at = found.step
    phase = 0
    records = records.filter((one) => one.step <= at)
    figures = []
    await show()
  }

  running = told(show())
  return E.right({
    play: () => {
      if (playing) return
      playing = true
      onState(true, [])
      start()
    },
    pause: () => {
      playing = false
      onState(false, [])
    },
    limit: (most) => {
      limit = most
    },
    advance: (steps) => {
      left += steps
      start()
    },
    advancePhase: () => {
      playing = false
      left = 0
      onState(false, [])
      running = told(running.then(advancePhase))
    },
    goBack: (to) => {
      playing = false
      running = told(running.then(() => goBack(to)))
    },
    close: () => {
      closed = true
      void running.then(() => {
        viewer?.dispose()
        phases.dispose()
        trainer.dispose()
        step.dispose()
      })
    }
  })
}
