import { call, defineFunction, f32, f32x4, forRange, i32, i32x4, ifThen, memory, v128 } from '../encoder/index.ts'
import type { Body, Code, Local } from '../encoder/index.ts'
import type { ScatterAdd } from '../../../src/compiler/schedule.ts'
import type { Emission, Site } from '../stages/stage.ts'

/** Elements of a row that one task adds to. */
const width = 64

/**
 * Emits the sum of updates into rows. A task has some columns of one batch: it copies them, then adds the updates in their
 * order, so that a row which several updates name gets the same sum on any thread.
 */
export const emitScatterAdd = (site: Site, kernel: ScatterAdd): Emission => {
  const { module, schedule, addresses } = site
  const { batches, rows, picked, size, base, reads, writes } = kernel
  const strips = Math.ceil(size / width)
  const tasks = rows === 0 ? 0 : batches * strips
  if (tasks === 0) return { stages: [], scratchBytes: 0 }
  const integers = schedule.buffers[writes[0]!]!.dtype === 'int32'
  const [indices, updates, x] = reads.map(({ buffer }) => addresses[buffer]!) as [number, number, number?]
  const result = addresses[writes[0]!]!
  const row = size * 4
  const addOne = (to: Local<'i32'>, from: Local<'i32'>): Code =>
    integers
      ? i32.store(to, i32.add(i32.load(to), i32.load(from)))
      : f32.store(to, f32.add(f32.load(to), f32.load(from)))
  const addFour = (to: Local<'i32'>, from: Local<'i32'>): Code =>
    v128.store(to, (integers ? i32x4 : f32x4).add(v128.load(to), v128.load(from)))
  const setOne = (to: Local<'i32'>): Code => (integers ? i32.store(to, base ?? 0) : f32.store(to, base ?? 0))
  const run = defineFunction(module, { params: { task: 'i32' } }, (scope, { task }) => {
    const [batch, strip, bytes, n, place, to, from, left] = scope.locals('i32', 8)
    /** Runs `body` for each row of the strip, at whose first element `to` points. */
    const eachRow = (body: Body): Body => [
      to.set(i32.add(i32.add(i32.mul(batch, rows * row), strip), result)),
      forRange(n, 0, rows, 1, [body, to.set(i32.add(to, row))])
    ]
    const copied: Body =
      x === undefined
        ? eachRow([forRange(left, 0, bytes, 4, [place.set(i32.add(to, left)), setOne(place)])])
        : x === result
          ? []
          : eachRow(memory.copy(to, i32.add(to, x - result), bytes))
    return [
      batch.set(i32.divU(task, strips)),
      strip.set(i32.mul(i32.remU(task, strips), width * 4)),
      bytes.set(i32.sub(row, strip)),
      ifThen(i32.gtS(bytes, width * 4), bytes.set(width * 4)),
      copied,
      forRange(n, 0, picked, 1, [
        place.set(i32.load(i32.mul(i32.add(i32.mul(batch, picked), n), 4), indices)),
        // Unsigned: a negative index is out of range too.
        ifThen(i32.ltU(place, rows), [
          to.set(i32.add(i32.add(i32.mul(i32.add(i32.mul(batch, rows), place), row), strip), result)),
          from.set(i32.add(i32.add(i32.mul(i32.add(i32.mul(batch, picked), n), row), strip), updates)),
          forRange(left, 16, i32.add(bytes, 1), 16, [
            addFour(to, from),
            to.set(i32.add(to, 16)),
            from.set(i32.add(from, 16))
          ]),
          forRange(left, i32.and(bytes, -16), bytes, 4, [
            addOne(to, from),
            to.set(i32.add(to, 4)),
            from.set(i32.add(from, 4))
          ])
        ])
      ])
    ]
  })
  const cost = (rows + picked) * Math.min(size, width) * 0.3 + picked * 2 + 20
  return {
    stages: [{ kernel: site.kernel, name: 'scatterAdd', tasks, cost, run: (task) => call(run, { task }) }],
    scratchBytes: 0
  }
}
