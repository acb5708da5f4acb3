/**
 * Computes the gradient with respect to w: a product of dy as a matrix [outputs, pixels] with the transposed patch matrix,
 * contracted over the pixels of all images, a few hundred at a time.
 *
 * @category wasm
 */
import { call, defineFunction, forRange, forRangeOnce, i32, select } from '../encoder/index.ts'
import type { Body, Code, Module, Operand } from '../encoder/index.ts'
import { hasOtherLast } from '../contraction/column.ts'
import type { Left, PackedRight } from '../contraction/factor.ts'
import type { ChunkFunction } from '../contraction/chunkFunction.ts'
import { readLanes, writeLanes } from '../contraction/lanes.ts'
import { linearOutput } from '../contraction/output.ts'
import { definePanelProduct } from '../contraction/panels.ts'
import { planPanels } from '../contraction/plan.ts'
import type { Tiling } from '../contraction/plan.ts'
import type { ConvolutionOptions } from './options.ts'
import { emitFullFilterGradient, isFull } from './full.ts'
import { defineGather } from './gather.ts'
import type { ColumnTable, GatherFunction } from './gather.ts'
import { definePad, isInside } from './pad.ts'
import { leastPanels, outputSize } from './shape.ts'
import type { Convolution } from './shape.ts'
import { tableOutput } from './tableOutput.ts'

/** Steps of k per block, at most if possible. */
const DEPTH = 512
/** Pixels of an image from which dy is read in place, one image (or some of its rows) a block. */
const MANY_PIXELS = 128

/** A block of the contracted axis: whole images, or some rows of one. */
interface Block {
  readonly images: number
  readonly rows: number
  readonly depth: number
}

const blockOf = ({ batch }: Convolution, [oh, ow]: readonly [number, number]): Block => {
  const pixels = oh * ow
  if (pixels < MANY_PIXELS) {
    const images = Math.max(1, Math.min(batch, Math.floor(DEPTH / pixels)))
    return { images, rows: oh, depth: images * pixels }
  }
  let rows = oh
  while (rows > 1 && (oh % rows !== 0 || rows * ow > DEPTH)) rows--
  return { images: 1, rows, depth: rows * ow }
}

/** Reads dy in place where a block is (part of) one image, else copies the pixels of several images side by side. */
const leftOf = (
  module: Module,
  { batch, outputs }: Convolution,
  dy: Operand<'i32'>,
  pixels: number,
  block: Block,
  plan: Tiling
): Left => {
  const address = (group: Operand<'i32'>, image: Operand<'i32'>, row: Operand<'i32'>): Code<'i32'> =>
    i32.add(i32.add(i32.mul(i32.add(i32.mul(group, batch), image), outputs * pixels * 4), dy), i32.mul(row, pixels * 4))
  if (block.images === 1)
    return {
      kind: 'direct',
      address: ({ batch: group, row, k }) =>
        i32.add(address(group, i32.divU(k, pixels), row), i32.mul(i32.remU(k, pixels), 4)),
      row: pixels * 4,
      depth: 4
    }
  const rowBytes = block.depth * 4
  const pack = defineFunction(
    module,
    { params: { target: 'i32', source: 'i32', rows: 'i32', images: 'i32' } },
    (scope, { target, source, rows, images }) => {
      const [row, image, from, to] = scope.locals('i32', 4)
      const vector = scope.local('v128')
      const copy: Body = Array.from({ length: Math.ceil(pixels / 4) }, (_, v) => {
        const lanes = Math.min(4, pixels - v * 4)
        return [vector.set(readLanes(from, v * 16, 4, lanes)), writeLanes(to, v * 16, 4, lanes, vector)]
      })
      return forRangeOnce(row, 0, rows, 1, [
        from.set(source),
        to.set(target),
        forRangeOnce(image, 0, images, 1, [
          copy,
          from.set(i32.add(from, outputs * pixels * 4)),
          to.set(i32.add(to, pixels * 4))
        ]),
        source.set(i32.add(source, pixels * 4)),
        target.set(i32.add(target, rowBytes))
      ])
    }
  )
  return {
    kind: 'packed',
    row: rowBytes,
    depth: 4,
    bytes: Math.min(plan.tiles, plan.tilesPerPass) * 4 * rowBytes,
    pack: (target, { batch: group, row, rows, k, count }) =>
      call(pack, { target, source: address(group, i32.divU(k, pixels), row), rows, images: i32.divU(count, pixels) })
  }
}

/** Gathers the transposed patch matrix: columns are (channel, tap), k is (image, pixel). */
const rightOf = (
  module: Module,
  shape: Convolution,
  x: Operand<'i32'>,
  block: Block,
  plan: Tiling,
  table: ColumnTable | undefined
): PackedRight => {
  const { batch, inputs, size, kernel, stride, padding, dilation } = shape
  const [oh, ow] = outputSize(shape)
  const pixels = oh * ow
  const taps = kernel[0] * kernel[1]
  const window = {
    ...{ height: size[0], width: size[1], top: padding[0][0], left: padding[1][0] },
    rows: (oh - 1) * stride[0] + (kernel[0] - 1) * dilation[0] + 1,
    columns: (ow - 1) * stride[1] + (kernel[1] - 1) * dilation[1] + 1
  }
  const part = { ...window, rows: (block.rows - 1) * stride[0] + (kernel[0] - 1) * dilation[0] + 1 }
  const inside = isInside(window)
  const plane = size[0] * size[1] * 4
  const most = Math.min(inputs, Math.floor((plan.panelsPerPass * 8 + taps - 2) / taps) + 1)
  const channelStep = inside ? plane : part.rows * part.columns * 4
  const imageStep = inside ? inputs * plane : most * channelStep
  const pitch = (inside ? size[1] : part.columns) * 4
  const gather = {
    columns: [
      { size: inputs, step: channelStep },
      { size: kernel[0], step: dilation[0] * pitch },
      { size: kernel[1], step: dilation[1] * 4 }
    ],
    depth: [
      { size: block.images, step: imageStep },
      { size: block.rows, step: stride[0] * pitch },
      { size: ow, step: stride[1] * 4 }
    ],
    ...(table && { table })
  } as const
  const define = (columns: number): GatherFunction =>
    defineGather(module, gather, { columns, vectors: Math.ceil(columns / 4) })
  const last = define(plan.lastColumns)
  const whole = hasOtherLast(plan) ? define(plan.vectors * 4) : last
  const pad = inside ? undefined : definePad(module, part)
  return {
    kind: 'packed',
    table: table !== undefined,
    pack: (which, target, { column, count, source, origin }) =>
      call(which === 'last' ? last : whole, { target, source, column, origin, count }),
    source: {
      each: 'pass',
      bytes: inside ? 0 : block.images * imageStep,
      prepare: (source, room, { batch: group, origin, end, k, count }) => {
        const channel = i32.divU(origin, taps)
        const stop = i32.divU(i32.add(end, taps - 1), taps)
        const channels = i32.sub(select('i32', i32.ltS(stop, inputs), stop, inputs), channel)
        const firstRow = block.rows === oh ? i32.const(0) : i32.mul(i32.divU(i32.remU(k, pixels), ow), stride[0])
        const image = i32.add(i32.mul(group, batch), i32.divU(k, pixels))
        const from = i32.add(i32.add(i32.mul(image, inputs * plane), x), i32.mul(channel, plane))
        if (pad === undefined) {
          const cropped = (-window.top * size[1] - window.left) * 4
          return source.set(i32.add(i32.add(from, cropped), i32.mul(firstRow, size[1] * 4)))
        }
        // The local counts the bytes of the images done before it takes its value.
        const images = i32.divU(i32.add(count, pixels - 1), pixels)
        return [
          forRange(source, 0, i32.mul(images, imageStep), imageStep, [
            call(pad, {
              target: i32.add(room, source),
              image: i32.add(from, i32.mul(i32.divU(source, imageStep), inputs * plane)),
              channels,
              firstRow
            })
          ]),
          source.set(room)
        ]
      }
    }
  }
}

type Addresses = Readonly<Record<'x' | 'w' | 'y', Operand<'i32'>>>

/** Computes dw as a product; `table` says where its columns lie where they are not one behind the other. */
const emitProduct = (
  module: Module,
  shape: Convolution,
  { x, w, y }: Addresses,
  { accumulate = false, epilogue }: ConvolutionOptions,
  table?: ColumnTable
): ChunkFunction => {
  const { groups, batch, inputs, outputs, kernel } = shape
  const [oh, ow] = outputSize(shape)
  const taps = kernel[0] * kernel[1]
  const n = inputs * taps
  const k = batch * oh * ow
  const block = blockOf(shape, [oh, ow])
  const panels = Math.ceil(n / 8)
  const plan = planPanels({ batch: groups, m: outputs, n, k }, 2, {
    depth: block.depth,
    leastPanels: Math.max(Math.min(block.images === 1 ? 1 : 4, panels), leastPanels(panels, groups))
  })
  const strides = { batch: outputs * n, row: table === undefined ? n : taps, column: 1 }
  return definePanelProduct(module, {
    batch: groups,
    k,
    plan,
    accumulate,
    left: leftOf(module, shape, y, oh * ow, block, plan),
    right: rightOf(module, shape, x, block, plan, table),
    output:
      table === undefined
        ? linearOutput({ address: w, strides }, epilogue)
        : tableOutput({ address: w, strides }, table.group, epilogue)
  })
}

/** The quotient of x's channels by y's from which their roles are exchanged. */
const MANY_TIMES = 4

/**
 * Whether to gather patches of dy rather than of x. Without strides dw is just as well the filter gradient of the
 * convolution that has dy for its image and x for its result, with the filter's channels exchanged and its taps reversed;
 * the fewer channels the gathered array has, the less there is to gather.
 */
const isExchanged = ({ inputs, outputs, stride }: Convolution, { epilogue, anyRow }: ConvolutionOptions): boolean =>
  stride[0] === 1 && stride[1] === 1 && inputs >= MANY_TIMES * outputs && (epilogue === undefined || anyRow === true)

const emitExchanged = (
  module: Module,
  shape: Convolution,
  { x, w, y }: Addresses,
  options: ConvolutionOptions
): ChunkFunction => {
  const { inputs, outputs, kernel, padding, dilation } = shape
  const border = (axis: 0 | 1): readonly [number, number] => {
    const reach = (kernel[axis] - 1) * dilation[axis]
    return [reach - padding[axis][0], reach - padding[axis][1]]
  }
  const taps = kernel[0] * kernel[1]
  const exchanged: Convolution = {
    ...shape,
    ...{ inputs: outputs, outputs: inputs, size: outputSize(shape), padding: [border(0), border(1)] }
  }
  return emitProduct(module, exchanged, { x: y, w, y: x }, options, {
    steps: [inputs * taps * 4, -kernel[1] * 4, -4],
    start: (taps - 1) * 4,
    group: 1
  })
}

/**
 * Emits dw from x and dy. Rows of the result (for an epilogue) are output channels, columns (input channel, tap); where
 * the epilogue reads nothing by row, they may be exchanged.
 */
export const emitFilterGradient = (
  module: Module,
  shape: Convolution,
  addresses: Addresses,
  options: ConvolutionOptions = {}
): ChunkFunction => {
  if (isFull(shape)) return emitFullFilterGradient(module, shape, addresses, options)
  if (isExchanged(shape, options)) return emitExchanged(module, shape, addresses, options)
  return emitProduct(module, shape, addresses, options)
}
