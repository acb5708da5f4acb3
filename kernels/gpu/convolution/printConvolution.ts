import * as E from '#fp-ts/Either'
import type { Convolving } from '../../../src/compiler/schedule.ts'
import { range } from '../../../src/tensor/shape.ts'
import type { ConvolutionSums } from './forward.ts'
import { convolutionSums } from './forward.ts'
import { filterGradientSums } from './filterGradient.ts'
import { finishOf } from '../sums/epilogue.ts'
import { inputGradientSums } from './inputGradient.ts'
import type { Printer, PrintSite } from '../kernel.ts'
import { operandsOf } from '../printLoops.ts'
import { sizeObstacle } from '../limits/obstacle.ts'
import { printSums } from '../sums/printSums.ts'

const sumsOf: Readonly<Record<Convolving['kind'], (convolving: Convolving, site: PrintSite) => ConvolutionSums>> = {
  conv: convolutionSums,
  convInputGradient: inputGradientSums,
  convFilterGradient: filterGradientSums
}

/** Prints a convolution, or its gradient with respect to the input or the filter. */
export const printConvolution: Printer<Convolving> = (convolving, site) => {
  const { kind, result, epilogue, writes } = convolving
  const operands = operandsOf(convolving, site)
  const obstacle = sizeObstacle([...operands.map(({ size }) => [size]), result])
  if (obstacle !== undefined) return E.left(obstacle)
  const { before, ...sums } = sumsOf[kind](convolving, site)
  const finish = finishOf(epilogue, result, range(result.length), operands)
  return printSums({ ...sums, result, finish, writes: writes[0]! }, site, before)
}
