import type { Convolving } from '../../src/compiler/schedule.ts'
import { range } from '../../src/tensor/shape.ts'
import { printSums } from './arrange.ts'
import type { ConvolutionSums } from './convolutionSums.ts'
import { convolutionSums } from './convolutionSums.ts'
import { filterGradientSums } from './filterGradientSums.ts'
import { finishOf } from './epilogue.ts'
import { inputGradientSums } from './inputGradientSums.ts'
import type { Printer, Site } from './kernel.ts'
import { operandsOf } from './loops.ts'

const sumsOf: Readonly<Record<Convolving['kind'], (work: Convolving, site: Site) => ConvolutionSums>> = {
  conv: convolutionSums,
  convInputGradient: inputGradientSums,
  convFilterGradient: filterGradientSums
}

export const printConvolution: Printer<Convolving> = (work, site) => {
  const { kind, result, epilogue, writes } = work
  const { before, ...sums } = sumsOf[kind](work, site)
  const finish = finishOf(epilogue, result, range(result.length), operandsOf(work, site))
  return printSums({ ...sums, result, finish, writes: writes[0]! }, site, before)
}
