import { call, defineFunction, f32, f64, forRange, i32 } from '../encoder/index.ts'
import type { Local } from '../encoder/index.ts'
import type { CumulativeSum } from '../../../src/compiler/schedule.ts'
import type { Emission, Site } from '../stages/stage.ts'
import { unitStage } from '../stages/loops.ts'

/** Emits running sums along an axis. A unit is one line, whose float32 are summed in double precision. */
export const emitCumulativeSum = (site: Site, kernel: CumulativeSum): Emission => {
  const { module, schedule, addresses } = site
  const { blocks, extent, inner, reads, writes } = kernel
  if (blocks * extent * inner === 0) return { stages: [], scratchBytes: 0 }
  const integers = schedule.buffers[writes[0]!]!.dtype === 'int32'
  const from = addresses[reads[0]!.buffer]!
  const apart = addresses[writes[0]!]! - from
  const line = defineFunction(module, { params: { start: 'i32' } }, (scope, { start }) => {
    const at = scope.local('i32')
    const end = i32.add(start, extent * inner * 4)
    const whole = scope.local('i32')
    const sum = scope.local('f64')
    const step = integers
      ? [whole.set(i32.add(whole, i32.load(at))), i32.store(i32.add(at, apart), whole)]
      : [sum.set(f64.add(sum, f64.promoteF32(f32.load(at)))), f32.store(i32.add(at, apart), f32.demoteF64(sum))]
    const limit = scope.local('i32')
    return [limit.set(end), forRange(at, start, limit, inner * 4, step)]
  })
  const run = defineFunction(module, { params: { begin: 'i32', end: 'i32' } }, (scope, { begin, end }) => {
    const unit: Local<'i32'> = scope.local('i32')
    const block = inner === 1 ? unit : i32.divU(unit, inner)
    const place = inner === 1 ? i32.const(0) : i32.remU(unit, inner)
    return forRange(
      unit,
      begin,
      end,
      1,
      call(line, { start: i32.add(i32.mul(i32.add(i32.mul(block, extent * inner), place), 4), from) })
    )
  })
  const stage = unitStage(site, 'cumulativeSum', blocks * inner, extent * 1.5 + 3, (begin, end) =>
    call(run, { begin, end })
  )
  return { stages: [stage], scratchBytes: 0 }
}
