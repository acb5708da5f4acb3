import { call, defineFunction, forRange, i32 } from '../encoder/index.ts'
import type { Body, Code, Local, Scope } from '../encoder/index.ts'
import type { Routine } from '../../../src/compiler/schedule.ts'
import { sizeOf } from '../../../src/tensor/shape.ts'
import type { Aval } from '../../../src/tensor/tensor.ts'
import { unitStage } from '../stages/loops.ts'
import type { Emission, Site } from '../stages/stage.ts'

/** The addresses of one matrix of each operand, of what it results in, and memory of the thread's own. */
export interface OneMatrix {
  readonly operands: readonly Local<'i32'>[]
  readonly result: Local<'i32'>
  readonly scratch: Local<'i32'>
}

/**
 * Emits a routine that does the same for one matrix after another, by code that `body` makes. A unit of work is a matrix,
 * computed by one thread.
 *
 * @param cost nanoseconds of one matrix
 */
export const emitMatrices = (
  site: Site,
  kernel: Routine,
  { cost, scratchBytes }: { readonly cost: number; readonly scratchBytes: number },
  body: (scope: Scope, one: OneMatrix) => Body
): Emission => {
  const { module, addresses } = site
  const count = sizeOf(kernel.operands[0]!.shape.slice(0, -2))
  if (count * sizeOf(kernel.result.shape) === 0) return { stages: [], scratchBytes: 0 }
  const from = kernel.reads.map(({ buffer }) => addresses[buffer]!)
  const result = addresses[kernel.writes[0]!]!
  const params = { begin: 'i32', end: 'i32', scratch: 'i32' } as const
  const run = defineFunction(module, { params }, (scope, { begin, end, scratch }) => {
    const unit = scope.local('i32')
    const at = (local: Local<'i32'>, aval: Aval, address: number): Code =>
      local.set(i32.add(i32.mul(unit, (sizeOf(aval.shape) / count) * 4), address))
    const operands = kernel.operands.map(() => scope.local('i32'))
    const target = scope.local('i32')
    return forRange(unit, begin, end, 1, [
      operands.map((local, i) => at(local, kernel.operands[i]!, from[i]!)),
      at(target, kernel.result, result),
      body(scope, { operands, result: target, scratch })
    ])
  })
  const stage = unitStage(site, kernel.primitive, count, cost, (begin, end, scratch) =>
    call(run, { begin, end, scratch })
  )
  return { stages: [stage], scratchBytes }
}
