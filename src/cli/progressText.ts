import { showCount, showNumber } from '../io/numbers.ts'

/** Says how far a run is, for a progress line. */
export interface Progress {
  readonly step: number
  readonly total: number
  /** Steps per second of late; absent while nothing is known yet. */
  readonly rate?: number
  /** Losses, modes and the like by name, in the order in which they are shown. */
  readonly metrics: Readonly<Record<string, number | string>>
}

const twoDigits = (n: number): string => String(n).padStart(2, '0')

/** Shows seconds as people say them: `17 s`, `3 min 20 s`, `2 h 05 min`, `1 d 03 h`. */
export const showDuration = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds))
  const minutes = Math.floor(whole / 60)
  const hours = Math.floor(minutes / 60)
  if (whole < 100) return `${String(whole)} s`
  if (hours < 1) return `${String(minutes)} min ${twoDigits(whole % 60)} s`
  if (hours < 24) return `${String(hours)} h ${twoDigits(minutes % 60)} min`
  return `${String(Math.floor(hours / 24))} d ${twoDigits(hours % 24)} h`
}

/** Shows steps per second, or seconds per step where it is slow. */
export const showRate = (rate: number): string =>
  rate >= 100
    ? `${showCount(rate)} steps/s`
    : rate >= 1
      ? `${showNumber(rate)} steps/s`
      : `${showNumber(1 / rate)} s/step`

const parts = ({ step, total, rate, metrics }: Progress): readonly string[] => [
  `${showCount(step)}/${showCount(total)}`,
  ...(rate === undefined || !(rate > 0) ? [] : [showRate(rate)]),
  ...Object.entries(metrics).map(([name, value]) => `${name} ${typeof value === 'number' ? showNumber(value) : value}`),
  ...(rate === undefined || !(rate > 0) || step >= total ? [] : [`${showDuration((total - step) / rate)} left`])
]

/** Shows one plain line: `12,300/30,000  1,070 steps/s  generator 0.812  modes 8/8  17 s left`. */
export const showProgress = (progress: Progress): string => parts(progress).join('  ')

/** Shows the same behind a bar of the given number of characters. */
export const showBar = (progress: Progress, size: number): string => {
  const done = progress.total > 0 ? Math.min(1, Math.max(0, progress.step / progress.total)) : 1
  const full = Math.floor(done * size)
  return `${'█'.repeat(full)}${'░'.repeat(size - full)}  ${showProgress(progress)}`
}

/** Pairs a step with the time, in seconds, at which it was done. */
export interface Mark {
  readonly step: number
  readonly seconds: number
}

/** Adds a mark to those of the last `window` seconds, and keeps one older mark to measure from. */
export const addMark = (marks: readonly Mark[], mark: Mark, window = 10): readonly Mark[] => {
  const recent = marks.findIndex(({ seconds }) => seconds > mark.seconds - window)
  return [...(recent < 0 ? marks.slice(-1) : marks.slice(Math.max(0, recent - 1))), mark]
}

/** Computes the steps per second between the first and the last of some marks; undefined where no time lies between. */
export const rateOf = (marks: readonly Mark[]): number | undefined => {
  const [first, last] = [marks[0], marks[marks.length - 1]]
  return first === undefined || last === undefined || last.seconds <= first.seconds
    ? undefined
    : (last.step - first.step) / (last.seconds - first.seconds)
}
