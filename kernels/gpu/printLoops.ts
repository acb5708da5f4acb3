import * as E from '#fp-ts/Either'
import type { Kernel as Work, Loops } from '../../src/compiler/schedule.ts'
import type { Nest } from '../../src/nest/nest.ts'
import { flatten } from './points/flatten.ts'
import type { Printer, PrintSite } from './kernel.ts'
import { obstacleTo } from './limits/obstacle.ts'
import type { KnownOperand } from './limits/obstacle.ts'
import type { Operand } from './points/points.ts'
import { printStages } from './points/printStages.ts'

/** What a kernel of the schedule reads, as kernels see it. */
export const operandsOf = ({ reads }: Pick<Work, 'reads'>, { schedule, rangeOf }: PrintSite): readonly Operand[] =>
  reads.map(({ buffer }) => ({ buffer, size: schedule.buffers[buffer]!.size, range: rangeOf(buffer) }))

/** A loop nest of one output. */
export const printLoops: Printer<Loops> = (work, site) => {
  const { domain, outputs, reduction } = work.nest
  const { dtype, body } = outputs[0]!
  const nest: Nest = { kind: 'nest', domain, dtype, body, ...(reduction && { reduction }) }
  const operands = operandsOf(work, site)
  const known = work.reads.map(({ shape }, i): KnownOperand => ({ shape, range: operands[i]!.range }))
  const obstacle = obstacleTo(nest, known)
  if (obstacle !== undefined) return E.left(obstacle)
  const flat = flatten(
    body,
    work.reads.map(({ shape }) => shape)
  )
  return E.right(printStages({ domain, body: flat, ...(reduction && { reduction }) }, operands, work.writes[0]!, site))
}
