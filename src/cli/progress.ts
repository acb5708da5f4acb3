import { SingleBar } from 'cli-progress'
import type { Mark, Progress } from './progressText.ts'
import { addMark, showBar, showProgress, rateOf } from './progressText.ts'

/** Names where progress is written: a stream of Node, such as process.stderr. */
export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }

export interface ProgressOptions {
  /** The step at which the run ends. */
  readonly total: number
  /** The step at which it begins, where it is resumed. */
  readonly first?: number
  /** process.stderr by default. */
  readonly stream?: ProgressStream
  /** Seconds between lines where the stream is no terminal, 10 by default. */
  readonly interval?: number
  /** The time in seconds; tests bring their own. */
  readonly now?: () => number
}

export interface ProgressReporter {
  /** Says that `step` steps are done; metrics stay shown until newer ones come. */
  readonly update: (step: number, metrics?: Progress['metrics']) => void
  /** Shows the last state and ends the report; on a terminal a process does not end before it. */
  readonly stop: () => void
}

interface Display {
  readonly show: (progress: Progress) => void
  readonly end: (progress: Progress) => void
}

const onTerminal = (stream: ProgressStream, start: Progress): Display => {
  const size = (): number => Math.max(8, Math.min(24, Math.floor((stream.columns ?? 80) / 5)))
  const bar = new SingleBar({
    stream,
    format: (_options, _params, { progress }: { readonly progress: Progress }) => showBar(progress, size()),
    // Interrupts belong to the command. A killed process must leave the terminal as it was: nothing is switched off.
    gracefulExit: false,
    hideCursor: false,
    linewrap: true
  })
  bar.start(start.total, start.step, { progress: start })
  const show = (progress: Progress): void => bar.update(progress.step, { progress })
  return {
    show,
    end: (progress) => {
      show(progress)
      bar.stop()
    }
  }
}

const inLines = (stream: ProgressStream, interval: number, now: () => number): Display => {
  let shownAt = now()
  let shown = ''
  const write = (progress: Progress): void => {
    const line = showProgress(progress)
    if (line !== shown) stream.write(`${line}\n`)
    shown = line
    shownAt = now()
  }
  return {
    show: (progress) => {
      if (now() - shownAt >= interval) write(progress)
    },
    end: write
  }
}

/**
 * Reports how far a run is: a bar on a terminal, and elsewhere (a file, a pipe, a CI log) a plain line now and then,
 * the last one at the end. Both show steps, rate, metrics and the time left.
 */
export const reportProgress = ({
  total,
  first = 0,
  stream = process.stderr,
  interval = 10,
  now = () => performance.now() / 1000
}: ProgressOptions): ProgressReporter => {
  let marks: readonly Mark[] = [{ step: first, seconds: now() }]
  let progress: Progress = { step: first, total, metrics: {} }
  const display = stream.isTTY === true ? onTerminal(stream, progress) : inLines(stream, interval, now)
  return {
    update: (step, metrics = progress.metrics) => {
      marks = addMark(marks, { step, seconds: now() })
      const rate = rateOf(marks)
      progress = { step, total, metrics, ...(rate === undefined ? {} : { rate }) }
      display.show(progress)
    },
    stop: () => display.end(progress)
  }
}
