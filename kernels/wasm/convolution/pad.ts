/**
 * Copies channels of an image with their border of zeros to scratch, so that gathering never asks where the image ends.
 *
 * @category wasm
 */
import { defineFunction, forRange, i32, memory, select } from '../encoder/index.ts'
import type { Body, Code, FunctionRef, Local, Module } from '../encoder/index.ts'
import { readLanes, writeLanes } from '../contraction/lanes.ts'

/** An image seen through a window: `top` and `left` zeros before it (negative: cropped), `rows` x `columns` in all. */
export interface Window {
  readonly height: number
  readonly width: number
  readonly top: number
  readonly left: number
  readonly rows: number
  readonly columns: number
}

/** Tells whether the window shows nothing but the image, so that the image may be read where it is. */
export const isInside = ({ height, width, top, left, rows, columns }: Window): boolean =>
  top <= 0 && left <= 0 && top + height >= rows && left + width >= columns

/**
 * Copies `channels` channels, of which the first lies at the address `image`, to the address `target`, seen through the
 * window from row `firstRow` on.
 */
export type PadFunction = FunctionRef<Readonly<Record<'target' | 'image' | 'channels' | 'firstRow', 'i32'>>, 'none'>

/** Copies longer than this are left to memory.copy. */
const WRITTEN_OUT = 64

const copyRow = (to: Local<'i32'>, from: Local<'i32'>, offset: number, count: number, vector: Local<'v128'>): Body => {
  if (count > WRITTEN_OUT) return memory.copy(i32.add(to, offset * 4), from, count * 4)
  return Array.from({ length: Math.ceil(count / 4) }, (_, v) => {
    const lanes = Math.min(4, count - v * 4)
    return [vector.set(readLanes(from, v * 16, 4, lanes)), writeLanes(to, (offset + v * 4) * 4, 4, lanes, vector)]
  })
}

export const definePad = (module: Module, { height, width, top, left, rows, columns }: Window): PadFunction =>
  defineFunction(
    module,
    { params: { target: 'i32', image: 'i32', channels: 'i32', firstRow: 'i32' } },
    (scope, { target, image, channels, firstRow }) => {
      const [first, begin] = [Math.max(0, left), Math.max(0, -left)]
      const count = Math.min(columns, left + width) - first
      const vector = scope.local('v128')
      const [channel, row, start, end] = scope.locals('i32', 4)
      const [to, from, above] = scope.locals('i32', 3)
      const larger = (a: Code<'i32'>, limit: number): Code<'i32'> => select('i32', i32.gtS(a, limit), a, limit)
      const smaller = (a: Code<'i32'>, limit: number): Code<'i32'> => select('i32', i32.ltS(a, limit), a, limit)
      return [
        memory.fill(target, 0, i32.mul(channels, rows * columns * 4)),
        above.set(i32.sub(top, firstRow)),
        start.set(larger(above, 0)),
        end.set(smaller(i32.add(above, height), rows)),
        forRange(channel, 0, count > 0 ? channels : 0, 1, [
          to.set(i32.add(target, i32.mul(start, columns * 4))),
          from.set(i32.add(image, i32.add(i32.mul(i32.sub(start, above), width * 4), begin * 4))),
          forRange(row, start, end, 1, [
            copyRow(to, from, first, count, vector),
            to.set(i32.add(to, columns * 4)),
            from.set(i32.add(from, width * 4))
          ]),
          target.set(i32.add(target, rows * columns * 4)),
          image.set(i32.add(image, height * width * 4))
        ])
      ]
    }
  )
