import type { Frame } from '../worker/messages.ts'

/** Columns of figures over steps, for charts: NaN where a step has none. */
export interface History {
  readonly steps: readonly number[]
  readonly columns: Readonly<Record<string, readonly number[]>>
}

export const noHistory: History = { steps: [], columns: {} }

const most = 1200

const every2nd = <A>(list: readonly A[]): readonly A[] => list.filter((_, i) => i % 2 === 0)

const append = (history: History, step: number, row: Readonly<Record<string, number>>): History => {
  const n = history.steps.length
  const names = new Set([...Object.keys(history.columns), ...Object.keys(row)])
  const columns = Object.fromEntries(
    [...names].map((name) => [name, [...(history.columns[name] ?? Array<number>(n).fill(NaN)), row[name] ?? NaN]])
  )
  return { steps: [...history.steps, step], columns }
}

const thinned = ({ steps, columns }: History): History =>
  steps.length <= most
    ? { steps, columns }
    : {
        steps: every2nd(steps),
        columns: Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, every2nd(column)]))
      }

/** The figures of the last steps of a frame, and what was measured at it, by name. */
const rowOf = ({ figures, conditioning, points }: Frame): Readonly<Record<string, number>> => {
  const last = figures.at(-1)
  const players = Object.entries(last?.players ?? {}).flatMap(([player, { loss, gradientNorm, terms }]) => [
    [`${player} loss`, loss],
    [`${player} gradient norm`, gradientNorm],
    ...Object.entries(terms).map(([name, value]) => [`${player} ${name}`, value] as const)
  ])
  const spectrum = conditioning?.singularValues[0] ?? []
  return Object.fromEntries([
    ...players,
    ...(conditioning ? [['log condition', conditioning.logCondition]] : []),
    ...(spectrum.length > 0
      ? [
          ['largest', spectrum[0]],
          ['smallest', spectrum.at(-1)]
        ]
      : []),
    ...(points?.modes
      ? [
          ['modes', points.modes.captured],
          ['high quality', points.modes.highQuality]
        ]
      : [])
  ] as readonly (readonly [string, number])[])
}

/** Adds what a frame says; going back takes away what came after it. A frame that tells nothing new of its step adds nothing. */
export const withFrame = (history: History, frame: Frame): History => {
  const isKnown = frame.figures.length === 0 && history.steps.includes(frame.step)
  const later = history.steps.findIndex((step) => (isKnown ? step > frame.step : step >= frame.step))
  const before: History =
    later < 0
      ? history
      : {
          steps: history.steps.slice(0, later),
          columns: Object.fromEntries(
            Object.entries(history.columns).map(([name, column]) => [name, column.slice(0, later)])
          )
        }
  return isKnown ? before : thinned(append(before, frame.step, rowOf(frame)))
}
