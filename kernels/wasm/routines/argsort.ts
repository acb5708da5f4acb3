import {
  block,
  branch,
  branchIf,
  call,
  defineFunction,
  f32,
  forRange,
  i32,
  ifThen,
  leave,
  loop,
  memory,
  select
} from '../encoder/index.ts'
import type { Code, FunctionRef, Local, Module } from '../encoder/index.ts'
import type { Routine } from '../../../src/compiler/schedule.ts'
import type { DType } from '../../../src/tensor/dtype.ts'
import { sizeOf } from '../../../src/tensor/shape.ts'
import type { Emission, Site } from '../stages/stage.ts'
import { unitStage } from '../stages/loops.ts'
import { elementBytes } from '../../../src/tensor/dtype.ts'

/**
 * Defines the function that tells, by the addresses of two elements, whether the second has to come before the first: it
 * is less, or it is a number and the first is NaN.
 */
const comesBefore = (module: Module, dtype: DType): FunctionRef<Readonly<Record<'first' | 'second', 'i32'>>, 'i32'> =>
  defineFunction(module, { params: { first: 'i32', second: 'i32' }, result: 'i32' }, (_, { first, second }) => {
    if (dtype === 'bool') return leave(i32.ltU(i32.load8U(second), i32.load8U(first)))
    if (dtype === 'int32') return leave(i32.ltS(i32.load(second), i32.load(first)))
    const [x, y] = [f32.load(first), f32.load(second)]
    return leave(i32.or(f32.lt(y, x), i32.and(f32.ne(x, x), f32.eq(y, y))))
  })

/**
 * Defines the function that merges each two neighbouring runs of `size` indices in the list at `from` into one in the list
 * at `to`, the left one first at ties. The keys of a line lie `step` bytes apart from `keys` on.
 */
const mergeRuns = (
  module: Module,
  dtype: DType,
  extent: number,
  step: number
): FunctionRef<Readonly<Record<'keys' | 'from' | 'to' | 'size', 'i32'>>, 'none'> => {
  const before = comesBefore(module, dtype)
  const params = { keys: 'i32', from: 'i32', to: 'i32', size: 'i32' } as const
  return defineFunction(module, { params }, (scope, { keys, from, to, size }) => {
    const [start, middle, end, left, right, out, index] = scope.locals('i32', 7)
    const least = (x: Code<'i32'>): Code<'i32'> => select('i32', i32.ltS(x, extent), x, extent)
    const indexAt = (place: Local<'i32'>): Code<'i32'> => i32.load(i32.add(from, i32.mul(place, 4)))
    const keyAt = (place: Local<'i32'>): Code<'i32'> => i32.add(keys, i32.mul(indexAt(place), step))
    const take = (place: Local<'i32'>): readonly Code[] => [index.set(indexAt(place)), place.set(i32.add(place, 1))]
    return [
      start.set(0),
      loop((next) => [
        middle.set(least(i32.add(start, size))),
        end.set(least(i32.add(middle, size))),
        left.set(start),
        right.set(middle),
        forRange(out, start, end, 1, [
          block((chosen) => [
            block((fromLeft) => [
              ifThen(i32.geS(left, middle), [take(right), branch(chosen)]),
              branchIf(fromLeft, i32.geS(right, end)),
              branchIf(fromLeft, i32.eqz(call(before, { first: keyAt(left), second: keyAt(right) }))),
              take(right),
              branch(chosen)
            ]),
            take(left)
          ]),
          i32.store(i32.add(to, i32.mul(out, 4)), index)
        ]),
        start.set(end),
        branchIf(next, i32.ltS(start, extent))
      ])
    ]
  })
}

/** Emits the indices that sort the lines along an axis. A unit is a line, which is sorted in the thread's scratch memory. */
export const emitArgsort = (site: Site, kernel: Routine): Emission => {
  const { module, addresses } = site
  const axis = kernel.params['axis'] as number
  const [{ shape, dtype }] = kernel.operands as [Routine['operands'][number]]
  const extent = shape[axis]!
  const inner = sizeOf(shape.slice(axis + 1))
  const lines = sizeOf(shape.slice(0, axis)) * inner
  if (lines * extent === 0) return { stages: [], scratchBytes: 0 }
  const bytes = elementBytes[dtype]
  const merge = mergeRuns(module, dtype, extent, inner * bytes)
  const passes = Math.ceil(Math.log2(Math.max(extent, 1)))
  const source = addresses[kernel.reads[0]!.buffer]!
  const result = addresses[kernel.writes[0]!]!
  const params = { begin: 'i32', end: 'i32', scratch: 'i32' } as const
  const run = defineFunction(module, { params }, (scope, { begin, end, scratch }) => {
    const [line, first, at] = scope.locals('i32', 3)
    const list = (n: number): Code<'i32'> => i32.add(scratch, (n % 2) * extent * 4)
    const keys = i32.add(i32.mul(first, bytes), source)
    return forRange(line, begin, end, 1, [
      first.set(i32.add(i32.mul(i32.divU(line, inner), extent * inner), i32.remU(line, inner))),
      forRange(at, 0, extent, 1, i32.store(i32.add(scratch, i32.mul(at, 4)), at)),
      Array.from({ length: passes }, (_, pass) =>
        call(merge, { keys, from: list(pass), to: list(pass + 1), size: 2 ** pass })
      ),
      inner === 1
        ? memory.copy(i32.add(i32.mul(first, 4), result), list(passes), extent * 4)
        : forRange(at, 0, extent, 1, [
            i32.store(
              i32.add(i32.mul(i32.add(first, i32.mul(at, inner)), 4), result),
              i32.load(i32.add(list(passes), i32.mul(at, 4)))
            )
          ])
    ])
  })
  const stage = unitStage(site, 'argsort', lines, extent * Math.max(passes, 1) * 6 + 20, (begin, end, scratch) =>
    call(run, { begin, end, scratch })
  )
  return {
    stages: [stage],
    scratchBytes: extent * 8
  }
}
