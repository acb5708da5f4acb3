import * as E from '#fp-ts/Either'
import type { Kernel, Loops } from '../../src/compiler/schedule.ts'
import type { Nest } from '../../src/nest/nest.ts'
import { flatten } from './points/flatten.ts'
import type { Printer, PrintSite } from './kernel.ts'
import { obstacleTo } from './limits/obstacle.ts'
import type { KnownOperand } from './limits/obstacle.ts'
import type { Operand } from './points/points.ts'
import { printStages } from './points/printStages.ts'

/** Returns the arrays that a kernel of the schedule reads, flat. */
export const operandsOf = ({ reads }: Pick<Kernel, 'reads'>, { schedule, rangeOf }: PrintSite): readonly Operand[] =>
  reads.map(({ buffer }) => ({ buffer, size: schedule.buffers[buffer]!.size, range: rangeOf(buffer) }))

/** Prints a loop nest of one output. */
export const printLoops: Printer<Loops> = (kernel, site) => {
  const { domain, outputs, reduction } = kernel.nest
  const { dtype, body } = outputs[0]!
  const nest: Nest = { kind: 'nest', domain, dtype, body, ...(reduction && { reduction }) }
  const operands = operandsOf(kernel, site)
  const known = kernel.reads.map(({ shape }, i): KnownOperand => ({ shape, range: operands[i]!.range }))
  const obstacle = obstacleTo(nest, known)
  if (obstacle !== undefined) return E.left(obstacle)
  const flat = flatten(
    body,
    kernel.reads.map(({ shape }) => shape)
  )
  return E.right(
    printStages({ domain, body: flat, ...(reduction && { reduction }) }, operands, kernel.writes[0]!, site)
  )
}
