/**
 * Computes the gradient with respect to x (and what a transposed convolution computes): for each phase a product of the phase's
 * taps of w, copied to [inputs, outputs * taps], with patches of dy.
 *
 * @category wasm
 */
import { call, defineFunction, f32, forRangeOnce, i32 } from '../encoder/index.ts'
import type { Module, Operand } from '../encoder/index.ts'
import { concatenate } from '../contraction/concatenate.ts'
import type { PackedLeft } from '../contraction/factor.ts'
import type { ChunkFunction } from '../contraction/chunkFunction.ts'
import { linearOutput } from '../contraction/output.ts'
import { definePanelProduct } from '../contraction/panels.ts'
import { planPanels } from '../contraction/plan.ts'
import type { Tiling } from '../contraction/plan.ts'
import type { TileFunction } from '../contraction/tile.ts'
import type { ConvolutionOptions } from './options.ts'
import { emitFullInputGradient, isFull } from './full.ts'
import { patches } from './patches.ts'
import { phasesAlong } from './phases.ts'
import type { Phase } from './phases.ts'
import { imagesTogether, leastPanels, outputSize } from './shape.ts'
import type { Convolution } from './shape.ts'
import { tableOutput } from './tableOutput.ts'
import { emitSpread, isSpread } from './spread.ts'

/** Steps of k per block, roughly. */
const DEPTH = 512

type Addresses = Readonly<Record<'x' | 'w' | 'y', Operand<'i32'>>>

/** Returns the taps of a phase, as offsets into a kernel; `undefined` stands for a tap of zeros where there is none. */
const tapsOf = ({ kernel }: Convolution, rows: Phase, columns: Phase): readonly (number | undefined)[] =>
  rows.taps.length === 0 || columns.taps.length === 0
    ? [undefined]
    : rows.taps.flatMap((u) => columns.taps.map((v) => u * kernel[1] + v))

/** Copies w to [output channel, tap][input channel], in the order in which it lies. */
const leftOf = (
  module: Module,
  { inputs, outputs, kernel, batch }: Convolution,
  w: Operand<'i32'>,
  taps: readonly (number | undefined)[],
  images: number,
  plan: Tiling
): PackedLeft => {
  const size = kernel[0] * kernel[1]
  // An odd number of cache lines between steps, so that they spread over the cache.
  const stepBytes = (Math.ceil((Math.min(plan.tiles, plan.tilesPerPass) * 4) / 32) * 2 + 1) * 64
  const pack = defineFunction(
    module,
    { params: { target: 'i32', source: 'i32', rows: 'i32', channels: 'i32' } },
    (scope, { target, source, rows, channels }) => {
      const [row, channel, from, to] = scope.locals('i32', 4)
      return forRangeOnce(channel, 0, channels, 1, [
        from.set(source),
        to.set(target),
        forRangeOnce(row, 0, rows, 1, [
          taps.map((tap, i) => f32.store(to, tap === undefined ? 0 : f32.load(from, tap * 4), i * stepBytes)),
          from.set(i32.add(from, size * 4)),
          to.set(i32.add(to, 4))
        ]),
        source.set(i32.add(source, inputs * size * 4)),
        target.set(i32.add(target, taps.length * stepBytes))
      ])
    }
  )
  return {
    kind: 'packed',
    row: 4,
    depth: stepBytes,
    bytes: plan.depth * stepBytes,
    pack: (target, { batch: product, row, rows, k, count }) => {
      const group = i32.divU(product, batch / images)
      const channel = i32.add(i32.mul(group, outputs), i32.divU(k, taps.length))
      const from = i32.add(i32.add(i32.mul(channel, inputs * size * 4), w), i32.mul(row, size * 4))
      return call(pack, { target, source: from, rows, channels: i32.divU(count, taps.length) })
    }
  }
}

const emitPhase = (
  module: Module,
  shape: Convolution,
  { x, w, y }: Addresses,
  { accumulate = false, epilogue }: ConvolutionOptions,
  [rows, columns]: readonly [Phase, Phase],
  tiles: Map<string, TileFunction>
): ChunkFunction => {
  const { groups, batch, inputs, outputs, size, stride } = shape
  const [oh, ow] = outputSize(shape)
  const pixels = rows.pixels * columns.pixels
  const taps = tapsOf(shape, rows, columns)
  const k = outputs * taps.length
  const channels = Math.min(outputs, Math.max(1, Math.floor(DEPTH / taps.length)))
  const [down, across] = taps[0] === undefined ? [1, 1] : [rows.taps.length, columns.taps.length]
  const window = {
    ...{ height: oh, width: ow, top: -rows.offset, left: -columns.offset },
    rows: rows.pixels + (down - 1) * rows.step,
    columns: columns.pixels + (across - 1) * columns.step
  }
  const images = imagesTogether(batch, pixels, channels * window.rows * window.columns * 4, 2)
  const products = (groups * batch) / images
  const n = images * pixels
  const plan = planPanels({ batch: products, m: inputs, n, k }, 2, {
    depth: channels * taps.length,
    leastPanels: leastPanels(Math.ceil(n / 8), products)
  })
  const area = size[0] * size[1]
  const strides = { batch: images * inputs * area, row: area, column: 1 }
  const scattered = stride[0] > 1 || stride[1] > 1 || images > 1
  const group = stride[0] === 1 && stride[1] === 1 && pixels % 4 === 0 ? 4 : 1
  const table = scattered
    ? ({
        steps: [inputs * area * 4, stride[0] * size[1] * 4, stride[1] * 4],
        start: (rows.first * size[1] + columns.first) * 4,
        group
      } as const)
    : undefined
  return definePanelProduct(module, {
    batch: products,
    k,
    plan,
    accumulate,
    sharing: { tiles, output: `${images} ${group}` },
    left: leftOf(module, shape, w, taps, images, plan),
    right: patches(module, plan, {
      image: y,
      window,
      images,
      channels: outputs,
      channelsPerBlock: channels,
      grid: (pitch) => [
        { size: images, step: 0 },
        { size: rows.pixels, step: pitch },
        { size: columns.pixels, step: 4 }
      ],
      taps: (pitch) => [
        { size: down, step: rows.step * pitch },
        { size: across, step: columns.step * 4 }
      ],
      table
    }),
    output: scattered
      ? tableOutput({ address: x, strides }, group, epilogue)
      : linearOutput({ address: x, strides }, epilogue)
  })
}

/** Emits dx from w and dy. Rows of the result (for an epilogue) are channels of x. */
export const emitInputGradient = (
  module: Module,
  shape: Convolution,
  addresses: Addresses,
  options: ConvolutionOptions = {}
): ChunkFunction => {
  if (isFull(shape) && (options.epilogue === undefined || shape.groups === 1))
    return emitFullInputGradient(module, shape, addresses, options)
  if (isSpread(shape)) return emitSpread(module, shape, addresses, options)
  const { size, kernel, stride, padding, dilation } = shape
  const along = (axis: 0 | 1): readonly Phase[] =>
    phasesAlong(size[axis], kernel[axis], stride[axis], padding[axis][0], dilation[axis])
  const tiles = new Map<string, TileFunction>()
  const phases = along(0).flatMap((rows) => along(1).map((columns) => [rows, columns] as const))
  return concatenate(
    module,
    phases.map((phase) => emitPhase(module, shape, addresses, options, phase, tiles))
  )
}
