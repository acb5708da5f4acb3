import type { Figures } from '../gan/train/figures.ts'
import { isRecord } from '../tensor/tree.ts'

/** Sums the figures of steps, each name with how often it came: a term that counts every few steps, or a player that rests. */
export interface Meter {
  readonly [name: string]: readonly [sum: number, count: number]
}

/** Names the figures of a step: `discriminator loss`, `generator gradient norm`, `discriminator r1`. */
const named = (figures: Figures): readonly (readonly [string, number])[] =>
  Object.entries(figures).flatMap(([player, { loss, gradientNorm, terms, steps }]) => [
    [`${player} loss`, loss] as const,
    [`${player} gradient norm`, gradientNorm] as const,
    ...(steps === undefined ? [] : [[`${player} steps`, steps] as const]),
    ...Object.entries(terms).map(([name, value]) => [`${player} ${name}`, value] as const)
  ])

/** Adds the figures of one step. */
export const measured = (meter: Meter, figures: Figures): Meter => {
  const next: Record<string, readonly [number, number]> = { ...meter }
  for (const [name, value] of named(figures)) {
    const [sum, count] = next[name] ?? [0, 0]
    next[name] = [sum + value, count + 1]
  }
  return next
}

/** Computes the mean of each figure, to the digits that figures in single precision have. */
export const means = (meter: Meter): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(meter).map(([name, [sum, count]]) => [name, Number((sum / count).toPrecision(7))]))

/** Writes sums, to their bits. */
export const meterToText = (meter: Meter): string => JSON.stringify(meter)

/** Reads sums that were written; what is none is none. */
export const meterFromText = (text: string | undefined): Meter => {
  try {
    const read: unknown = JSON.parse(text ?? '{}')
    return isRecord(read) && Object.values(read).every((x) => Array.isArray(x) && x.every(Number.isFinite))
      ? (read as Meter)
      : {}
  } catch {
    return {}
  }
}
