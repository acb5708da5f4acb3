import type { Rule } from '../../tensor/options.ts'
import { count } from '../../tensor/options.ts'

/** Says what latents end in: one-hot codes of these extents, then so many continuous ones. */
export interface Codes {
  readonly categories: readonly number[]
  readonly continuous: number
}

export const noCodes: Codes = { categories: [], continuous: 0 }

/** Accepts the extent of one one-hot code, or a list of several. */
export const categoriesRule: Rule = {
  expected: 'a whole number of at least 1, or a list of such',
  accepts: (x) => count.accepts(x) || (Array.isArray(x) && x.every(count.accepts))
}

/** Returns the extents of one-hot codes as a list. */
export const categoriesOf = (given: number | readonly number[]): readonly number[] =>
  typeof given === 'number' ? [given] : given

/** Counts the numbers of a latent that are codes. */
export const sizeOfCodes = ({ categories, continuous }: Codes): number => categories.reduce((a, b) => a + b, continuous)

/** Shows codes as they are written. */
export const showCodes = ({ categories, continuous }: Codes): string =>
  `categories [${categories.join(', ')}] and ${String(continuous)} continuous`
