/**
 * Computes y from x and w: a product of w as a matrix [outputs, inputs * taps] with patches gathered while they are packed.
 *
 * @category wasm
 */
import { i32 } from '../encoder/index.ts'
import type { Module, Operand } from '../encoder/index.ts'
import type { ChunkFunction } from '../contraction/chunkFunction.ts'
import { linearOutput } from '../contraction/output.ts'
import { definePanelProduct } from '../contraction/panels.ts'
import { planPanels } from '../contraction/plan.ts'
import type { ConvolutionOptions } from './options.ts'
import { emitFullForward, isFull } from './full.ts'
import type { Axes } from './gather.ts'
import { patches } from './patches.ts'
import { imagesTogether, leastPanels, outputSize } from './shape.ts'
import type { Convolution } from './shape.ts'
import { tableOutput } from './tableOutput.ts'

/** Steps of k per block, roughly. */
const DEPTH = 512

export const emitForward = (
  module: Module,
  shape: Convolution,
  { x, w, y }: Readonly<Record<'x' | 'w' | 'y', Operand<'i32'>>>,
  { accumulate = false, epilogue }: ConvolutionOptions = {}
): ChunkFunction => {
  if (isFull(shape)) return emitFullForward(module, shape, { x, w, y }, { accumulate, ...(epilogue && { epilogue }) })
  const { groups, batch, inputs, outputs, size, kernel, stride, padding, dilation } = shape
  const [oh, ow] = outputSize(shape)
  const pixels = oh * ow
  const taps = kernel[0] * kernel[1]
  const k = inputs * taps
  const channels = Math.min(inputs, Math.max(1, Math.floor(DEPTH / taps)))
  const rows = (oh - 1) * stride[0] + (kernel[0] - 1) * dilation[0] + 1
  const columns = (ow - 1) * stride[1] + (kernel[1] - 1) * dilation[1] + 1
  const window = { height: size[0], width: size[1], top: padding[0][0], left: padding[1][0], rows, columns }
  const images = imagesTogether(batch, pixels, channels * rows * columns * 4, 0.2)
  const products = (groups * batch) / images
  const n = images * pixels
  const plan = planPanels({ batch: products, m: outputs, n, k }, 2, {
    depth: channels * taps,
    leastPanels: leastPanels(Math.ceil(n / 8), products)
  })
  const group = pixels % 4 === 0 ? 4 : 1
  const table = images === 1 ? undefined : ({ steps: [outputs * pixels * 4, ow * 4, 4], start: 0, group } as const)
  const strides = { batch: images * outputs * pixels, row: pixels, column: 1 }
  const axes = (pitch: number): Axes => [
    { size: images, step: 0 },
    { size: oh, step: stride[0] * pitch },
    { size: ow, step: stride[1] * 4 }
  ]
  return definePanelProduct(module, {
    batch: products,
    k,
    plan,
    accumulate,
    left: {
      kind: 'direct',
      address: ({ batch: product, row, k: step }) => {
        const matrix = groups === 1 ? i32.const(0) : i32.mul(i32.divU(product, batch / images), outputs * k * 4)
        return i32.add(i32.add(matrix, w), i32.add(i32.mul(row, k * 4), i32.mul(step, 4)))
      },
      row: k * 4,
      depth: 4
    },
    right: patches(module, plan, {
      image: x,
      window,
      images,
      channels: inputs,
      channelsPerBlock: channels,
      grid: axes,
      taps: (pitch) => [
        { size: kernel[0], step: dilation[0] * pitch },
        { size: kernel[1], step: dilation[1] * 4 }
      ],
      table
    }),
    output:
      table === undefined
        ? linearOutput({ address: y, strides }, epilogue)
        : tableOutput({ address: y, strides }, group, epilogue)
  })
}
