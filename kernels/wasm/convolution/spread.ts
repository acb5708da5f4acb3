/**
 * Computes the gradient with respect to an x of few channels. Gathering patches of dy would cost more than multiplying them, so
 * the product comes first, T[channel and tap, pixel of y] = w^T dy, one image at a time, and each pixel of x then adds
 * up the entries of T that reached it: by rows, four pixels at a time, in phases where there is a stride.
 *
 * @category wasm
 */
import {
  call,
  defineFunction,
  defineGlobal,
  f32x4,
  forRange,
  i32,
  i32x4,
  ifThen,
  memory,
  select,
  shuffle32,
  v128
} from '../encoder/index.ts'
import type { Body, Code, FunctionRef, Local, Module, Operand } from '../encoder/index.ts'
import { emitContraction } from '../contraction/index.ts'
import type { ChunkFunction } from '../contraction/index.ts'
import { readLanes, writeLanes } from '../contraction/lanes.ts'
import type { ConvolutionOptions } from './options.ts'
import { phasesAlong } from './phases.ts'
import type { Phase } from './phases.ts'
import { outputSize } from './shape.ts'
import type { Convolution } from './shape.ts'

/** Channels of x up to which this way is the faster one. */
const FEW_CHANNELS = 8

export const isSpread = ({ inputs, outputs }: Convolution): boolean => inputs <= FEW_CHANNELS && outputs >= 4

/** Multiply-adds worth a chunk. */
const CHUNK = 2 ** 18

/** Where things lie from the room's start, in bytes. Reads may stray `slack` beyond either end of T or of the zeros. */
interface Room {
  readonly slack: number
  readonly zeros: number
  readonly zeroBytes: number
  readonly bytes: number
}

const roomOf = (
  { inputs, kernel }: Convolution,
  [oh, ow]: readonly [number, number],
  columns: readonly Phase[]
): Room => {
  const reach = Math.max(
    0,
    ...columns.flatMap(({ offset, step, taps }) => [Math.abs(offset), Math.abs(offset + step * taps.length)])
  )
  const farthest = Math.max(...columns.map(({ pixels }) => pixels))
  const slack = (reach + farthest + 8) * 4
  const product = inputs * kernel[0] * kernel[1] * oh * ow * 4
  const zeros = slack + product + slack
  const zeroBytes = slack + kernel[1] * oh * ow * 4 + slack
  return { slack, zeros, zeroBytes, bytes: Math.ceil((zeros + zeroBytes) / 16) * 16 }
}

/** Returns, for one row and one column phase, the sums of four pixels by the first of them. */
const sumsOf =
  (rows: readonly Local<'i32'>[], columns: Phase, [oh, ow]: readonly [number, number], slack: number) =>
  (pixel: number): Code<'v128'> => {
    const terms = rows.flatMap((row) =>
      columns.taps.flatMap((tap, i): Code<'v128'>[] => {
        const first = pixel + columns.offset + i * columns.step
        const inside = [0, 1, 2, 3].map(
          (lane) => first + lane >= 0 && first + lane < ow && pixel + lane < columns.pixels
        )
        if (!inside.includes(true)) return []
        const value = v128.load(row, slack + (tap * oh * ow + first) * 4)
        const [a, b, c, d] = inside.map((is) => (is ? -1 : 0)) as [number, number, number, number]
        return [inside.includes(false) ? v128.and(value, i32x4.lanes(a, b, c, d)) : value]
      })
    )
    return (
      terms.reduce<Code<'v128'> | undefined>(
        (sum, term) => (sum === undefined ? term : f32x4.add(sum, term)),
        undefined
      ) ?? f32x4.const(0)
    )
  }

/** Adds up one image of x, at the address `image`. `product` and `zeros`: where the slack before T and before the zeros begins. */
type SpreadFunction = FunctionRef<Readonly<Record<'image' | 'product' | 'zeros', 'i32'>>, 'none'>

const defineSpread = (
  module: Module,
  shape: Convolution,
  x: Operand<'i32'>,
  { accumulate = false, epilogue }: ConvolutionOptions,
  phases: readonly [readonly Phase[], readonly Phase[]],
  room: Room
): SpreadFunction => {
  const { inputs, size, kernel, stride } = shape
  const [oh, ow] = outputSize(shape)
  const [down, across] = phases
  return defineFunction(
    module,
    { params: { image: 'i32', product: 'i32', zeros: 'i32' } },
    (scope, { image, product, zeros }) => {
      const [channel, q, target] = scope.locals('i32', 3)
      const [first, second] = scope.locals('v128', 2)
      const finish = (value: Local<'v128'>, offset: number, step: number, count: number): Body => {
        const statements: Code[] = []
        const own = readLanes(target, offset, step, count)
        const before: Body = accumulate ? value.set(f32x4.add(value, own)) : []
        if (epilogue === undefined) return [before, writeLanes(target, offset, step, count, value)]
        const elsewhere = (base: Operand<'i32'>): Code<'i32'> => i32.add(i32.sub(target, x), base)
        const place: Parameters<typeof epilogue>[1] = {
          like: (base) => readLanes(elsewhere(base), offset, step, count),
          read: (base, { row }) => readLanes(i32.add(base, i32.mul(channel, row * 4)), 0, 0, 4),
          write: (base, _, what) => writeLanes(elsewhere(base), offset, step, count, what),
          writeLike: (base, what) => writeLanes(elsewhere(base), offset, step, count, what)
        }
        const result = epilogue(value, place, scope, (statement) => statements.push(statement))
        return [before, statements, value.set(result), writeLanes(target, offset, step, count, value)]
      }
      const rowOf = (rows: Phase): Body => {
        const starts = rows.taps.map(() => scope.local('i32'))
        const pointers = rows.taps.map((tap, i) => {
          const at = i32.add(q, rows.offset + i * rows.step)
          const plane = i32.add(i32.mul(channel, kernel[0] * kernel[1]), tap * kernel[1])
          const inside = i32.add(product, i32.mul(i32.add(i32.mul(plane, oh), at), ow * 4))
          return (starts[i] as Local<'i32'>).set(select('i32', i32.ltU(at, oh), inside, zeros))
        })
        const sums = across.map((columns) => sumsOf(starts, columns, [oh, ow], room.slack))
        const widest = Math.max(...across.map(({ pixels }) => pixels))
        const four = Array.from({ length: Math.ceil(widest / 4) }, (_, v): Body => {
          const pixel = v * 4
          if (across.length === 2) {
            const [even, odd] = sums as [(p: number) => Code<'v128'>, (p: number) => Code<'v128'>]
            const count = Math.min(8, size[1] - pixel * 2)
            const [a, b] = [scope.local('v128'), scope.local('v128')]
            return [
              a.set(even(pixel)),
              b.set(odd(pixel)),
              first.set(shuffle32(a, b, 0, 4, 1, 5)),
              second.set(shuffle32(a, b, 2, 6, 3, 7)),
              finish(first, pixel * 8, 4, Math.min(4, count)),
              count > 4 ? finish(second, pixel * 8 + 16, 4, count - 4) : []
            ]
          }
          return across.map((columns, phase) => {
            const count = Math.min(4, columns.pixels - pixel)
            if (count <= 0) return []
            const sum = sums[phase] as (p: number) => Code<'v128'>
            return [first.set(sum(pixel)), finish(first, (pixel * stride[1] + columns.first) * 4, stride[1] * 4, count)]
          })
        })
        return [
          pointers,
          target.set(
            i32.add(
              i32.add(image, i32.mul(channel, size[0] * size[1] * 4)),
              i32.mul(i32.add(i32.mul(q, stride[0]), rows.first), size[1] * 4)
            )
          ),
          four
        ]
      }
      return forRange(
        channel,
        0,
        inputs,
        1,
        down.map((rows) => forRange(q, 0, rows.pixels, 1, rowOf(rows)))
      )
    }
  )
}

export const emitSpread = (
  module: Module,
  shape: Convolution,
  { x, w, y }: Readonly<Record<'x' | 'w' | 'y', Operand<'i32'>>>,
  options: ConvolutionOptions
): ChunkFunction => {
  const { groups, batch, inputs, outputs, size, kernel, stride, padding, dilation } = shape
  const [oh, ow] = outputSize(shape)
  const taps = kernel[0] * kernel[1]
  const along = (axis: 0 | 1): readonly Phase[] =>
    phasesAlong(size[axis], kernel[axis], stride[axis], padding[axis][0], dilation[axis])
  const phases = [along(0), along(1)] as const
  const room = roomOf(shape, [oh, ow], phases[1])
  // Every instance has its own globals, so these are the running thread's.
  const [weights, gradient, result] = [
    defineGlobal(module, 'i32', 0),
    defineGlobal(module, 'i32', 0),
    defineGlobal(module, 'i32', 0)
  ]
  const [m, n, k] = [inputs * taps, oh * ow, outputs]
  const product = emitContraction(module, {
    ...{ batch: 1, m, n, k },
    a: { address: weights, strides: { batch: 0, row: 1, column: m } },
    b: { address: gradient, strides: { batch: 0, row: n, column: 1 } },
    c: { address: result, strides: { batch: 0, row: n, column: 1 } }
  })
  const spread = defineSpread(module, shape, x, options, phases, room)
  const images = groups * batch
  const perChunk = Math.max(1, Math.min(Math.floor(CHUNK / (m * n * k)), Math.ceil(images / 32)))
  const run = defineFunction(module, { params: { chunk: 'i32', scratch: 'i32' } }, (scope, { chunk, scratch }) => {
    const [image, end, part] = scope.locals('i32', 3)
    const [start, zeros] = scope.locals('i32', 2)
    return [
      start.set(i32.add(scratch, Math.ceil(product.scratchBytes / 16) * 16)),
      zeros.set(i32.add(start, room.zeros)),
      memory.fill(zeros, 0, room.zeroBytes),
      image.set(i32.mul(chunk, perChunk)),
      end.set(i32.add(image, perChunk)),
      ifThen(i32.gtS(end, images), end.set(images)),
      forRange(image, image, end, 1, [
        weights.set(i32.add(i32.mul(i32.divU(image, batch), outputs * m * 4), w)),
        gradient.set(i32.add(i32.mul(image, outputs * n * 4), y)),
        result.set(i32.add(start, room.slack)),
        forRange(part, 0, product.chunks, 1, call(product.run, { chunk: part, scratch })),
        call(spread, { image: i32.add(i32.mul(image, inputs * size[0] * size[1] * 4), x), product: start, zeros })
      ])
    ]
  })
  return {
    run,
    chunks: Math.ceil(images / perChunk),
    scratchBytes: Math.ceil(product.scratchBytes / 16) * 16 + room.bytes
  }
}
