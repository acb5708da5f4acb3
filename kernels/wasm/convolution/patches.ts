/**
 * The patch matrix of some images as the packed right factor: columns are pixels, k is (channel, tap). The channels of
 * a block are copied with their border first, unless the window lies inside the image.
 *
 * @category wasm
 */
import { call, forRange, i32 } from '../encoder/index.ts'
import type { Code, Local, Module, Operand } from '../encoder/index.ts'
import { hasOtherLast } from '../contraction/column.ts'
import type { PackedRight } from '../contraction/factor.ts'
import type { Tiling } from '../contraction/plan.ts'
import { defineGather } from './gather.ts'
import type { Axes, Index, ColumnTable } from './gather.ts'
import { definePad, isInside } from './pad.ts'
import type { Window } from './pad.ts'

export interface Patches {
  /** Address of [product, image, channel, height, width]. */
  readonly image: Operand<'i32'>
  readonly window: Window
  /** Images of one product, channels of an image, channels gathered at once. */
  readonly images: number
  readonly channels: number
  readonly channelsPerBlock: number
  /** Pixels and taps, given the bytes between the rows of the source; the step between images is filled in. */
  readonly grid: (pitch: number) => Axes
  readonly taps: (pitch: number) => readonly [Index, Index]
  readonly table: ColumnTable | undefined
}

export const patches = (module: Module, plan: Tiling, patch: Patches): PackedRight => {
  const { window, images, channels, channelsPerBlock, table } = patch
  const inside = isInside(window)
  const plane = window.height * window.width * 4
  const channelStep = inside ? plane : window.rows * window.columns * 4
  const imageStep = inside ? channels * plane : channelsPerBlock * channelStep
  const pitch = (inside ? window.width : window.columns) * 4
  const [, gridRow, gridColumn] = patch.grid(pitch)
  const taps = patch.taps(pitch)
  const perChannel = taps[0].size * taps[1].size
  const gather = {
    columns: [{ size: images, step: imageStep }, gridRow, gridColumn],
    depth: [{ size: channelsPerBlock, step: channelStep }, ...taps],
    ...(table && { table })
  } as const
  const define = (columns: number) => defineGather(module, gather, { columns, vectors: Math.ceil(columns / 4) })
  const last = define(plan.lastColumns)
  const whole = hasOtherLast(plan) ? define(plan.vectors * 4) : last
  const pad = inside ? undefined : definePad(module, window)
  /** Address of the first channel of a block in the first image of a product. */
  const start = (product: Code<'i32'>, k: Code<'i32'>): Code<'i32'> =>
    i32.add(i32.add(i32.mul(product, images * channels * plane), patch.image), i32.mul(i32.divU(k, perChannel), plane))
  return {
    kind: 'packed',
    table: table !== undefined,
    pack: (which, target, { column, count, source, origin }) =>
      call(which === 'last' ? last : whole, { target, source, column, origin: i32.mul(origin, 0), count }),
    source: {
      each: 'block',
      bytes: inside ? 0 : images * imageStep,
      prepare: (source, room, { batch, k, count }) => {
        if (pad === undefined)
          return source.set(i32.add(start(batch, k), (-window.top * window.width - window.left) * 4))
        // The local serves as the counter first: it is set to its final value at the end.
        const at: Local<'i32'> = source
        const image = i32.divU(at, imageStep)
        return [
          forRange(at, 0, images * imageStep, imageStep, [
            call(pad, {
              target: i32.add(room, at),
              image: i32.add(start(batch, k), i32.mul(image, channels * plane)),
              channels: i32.divU(count, perChannel),
              firstRow: 0
            })
          ]),
          source.set(room)
        ]
      }
    }
  }
}
