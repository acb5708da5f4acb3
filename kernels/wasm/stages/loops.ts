import type { FusedNest } from '../../../src/nest/fused.ts'
import { call, i32, select } from '../encoder/index.ts'
import type { Code } from '../encoder/index.ts'
import { emitLoops, planLoops } from '../loops/index.ts'
import type { LoopPlan, OperandType } from '../loops/index.ts'
import type { Loops } from '../../../src/compiler/schedule.ts'
import type { Emission, Site, Stage } from './stage.ts'
import { unitsPerTask } from './stage.ts'

/**
 * Makes a stage of `units` equal units of work: a task is a run of them, long enough to be worth a task. `cost`: nanoseconds
 * of a unit. `run` makes code for the units from `begin` to before `end`.
 */
export const unitStage = (
  { kernel }: Pick<Site, 'kernel'>,
  name: string,
  units: number,
  cost: number,
  run: (begin: Code<'i32'>, end: Code<'i32'>, scratch: Code<'i32'>) => Code
): Stage => {
  const size = unitsPerTask(units, cost)
  const tasks = Math.ceil(units / size)
  return {
    kernel,
    name,
    tasks,
    cost: (cost * units) / tasks,
    run: (task, scratch) => {
      const begin = i32.mul(task, size)
      const end = i32.mul(i32.add(task, 1), size)
      return run(begin, units % size === 0 ? end : select('i32', i32.ltS(end, units), end, units), scratch)
    }
  }
}

/** An operand of a nest, and its byte address. */
export interface NestOperand extends OperandType {
  readonly address: number
}

/** Emits a loop nest as it is planned: one stage, or two of which the second needs the first. `outputs`: byte addresses. */
export const emitNest = (
  site: Site,
  name: string,
  nest: FusedNest,
  operands: readonly NestOperand[],
  outputs: readonly number[],
  plan: LoopPlan = planLoops(nest, operands)
): readonly Stage[] => {
  const scratch = plan.scratchBytes === 0 ? 0 : site.reserve(plan.scratchBytes)
  const stages = emitLoops(site.module, plan, {
    operands: operands.map(({ address }) => address),
    outputs,
    scratch,
    readable: site.readable
  })
  return stages.map(({ run, units, cost }) =>
    unitStage(site, name, units, cost, (begin, end) => call(run, { begin, end }))
  )
}

/** Returns the buffers that a kernel reads as operands of a nest. */
export const operandsOf = (
  { schedule, addresses }: Site,
  reads: readonly { readonly buffer: number; readonly shape: readonly number[] }[]
): readonly NestOperand[] =>
  reads.map(({ buffer, shape }) => ({ shape, dtype: schedule.buffers[buffer]!.dtype, address: addresses[buffer]! }))

/** Emits a fused loop nest of the schedule, planned as all are or in another way. */
export const emitLoopsKernel = (site: Site, kernel: Loops, planNest = planLoops): Emission => {
  const operands = operandsOf(site, kernel.reads)
  const outputs = kernel.writes.map((buffer) => site.addresses[buffer]!)
  return {
    stages: emitNest(site, 'loops', kernel.nest, operands, outputs, planNest(kernel.nest, operands)),
    scratchBytes: 0
  }
}
