import type { None } from '../../tensor/arguments.ts'
import { refuseMore } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import { requireOptions } from '../../tensor/options.ts'
import { showValue } from '../../tensor/problem.ts'
import { isRecord } from '../../tensor/tree.ts'
import type { FigureOptions } from './options.ts'
import { figureRules } from './options.ts'
import { drawLines, isNumbers } from './lines.ts'

/** Holds singular values, the greatest first: those of a run, or of a latent. */
export interface Spectrum {
  readonly name: string
  /** Spectra of one group share a colour, and the group's name is in the legend in place of theirs. */
  readonly group?: string
  readonly values: ArrayLike<number>
}

const isSpectrum = (x: unknown): boolean =>
  isRecord(x) &&
  typeof x['name'] === 'string' &&
  ['string', 'undefined'].includes(typeof x['group']) &&
  isNumbers(x['values'])

/**
 * Draws spectra on a logarithmic axis as the text of an SVG file, one line a run or a latent: singular values by their rank, counted
 * from 1. Values that are 0 leave the line, since a logarithm has no place for them.
 *
 * @throws InvalidArgument for what are no spectra, and for options that are none
 *
 * @example
 * import { Figure } from 'saddlepoint/figures'
 * const svg = Figure.spectra([{ name: 'plain', values: [30, 4, 0.2] }, { name: 'clamped', values: [9, 6, 2] }])
 * svg.includes('clamped') // => true
 */
export const spectra = (given: readonly Spectrum[], options: FigureOptions = {}, ...more: None): string => {
  const op = 'Figure.spectra'
  refuseMore(op, more)
  const { title = 'Singular values', ...rest } = requireOptions<FigureOptions>(op, options, figureRules)
  const list: unknown = given
  if (!Array.isArray(list) || !list.every(isSpectrum))
    fail('InvalidArgument', { op, expected: 'a list of spectra { name, values }', actual: showValue(list) })
  const lines = given.map(({ values, ...rest }) => ({ ...rest, x: Array.from(values, (_, i) => i + 1), y: values }))
  return drawLines(lines, { title, xLabel: 'rank', yLabel: 'singular value', logarithmic: true, ...rest })
}
