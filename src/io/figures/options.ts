import type { Rule, Rules } from '../../tensor/options.ts'
import { optional, text } from '../../tensor/options.ts'

/** Holds what every figure may be told. */
export interface FigureOptions {
  /** Stands above the figure. */
  readonly title?: string
  /** What the figure shows, in a sentence, for those who hear it read. */
  readonly description?: string
  /** Pixels, 640 by default. */
  readonly width?: number
  /** Pixels, 360 by default. */
  readonly height?: number
}

const pixels: Rule = {
  expected: 'a whole number from 64 to 8192',
  accepts: (x) => Number.isInteger(x) && (x as number) >= 64 && (x as number) <= 8192
}

export const figureRules: Rules = {
  title: optional(text),
  description: optional(text),
  width: optional(pixels),
  height: optional(pixels)
}
