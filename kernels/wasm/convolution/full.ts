/**
 * Kernels as large as the image, no border: y is one pixel, and each form is an ordinary product of matrices. So are a
 * critic's last layer and the first layer of a generator that starts from a vector.
 *
 * @category wasm
 */
import type { Module, Operand } from '../encoder/index.ts'
import { emitContraction } from '../contraction/index.ts'
import type { Epilogue, ChunkFunction } from '../contraction/index.ts'
import type { ConvolutionOptions } from './options.ts'
import type { Convolution } from './shape.ts'

type Addresses = Readonly<Record<'x' | 'w' | 'y', Operand<'i32'>>>

export const isFull = ({ size, kernel, padding }: Convolution): boolean =>
  kernel[0] === size[0] && kernel[1] === size[1] && padding.flat().every((zeros) => zeros === 0)

const sizes = ({ groups, batch, inputs, outputs, size }: Convolution) => {
  const k = inputs * size[0] * size[1]
  return {
    ...{ groups, batch, outputs, k, area: size[0] * size[1], inputs },
    x: { batch: batch * k, row: k, column: 1 },
    w: { batch: outputs * k, row: k, column: 1 },
    y: { batch: batch * outputs, row: outputs, column: 1 }
  }
}

const turned = ({ batch, row, column }: { readonly batch: number; readonly row: number; readonly column: number }) => ({
  batch,
  row: column,
  column: row
})

export const emitFullForward = (
  module: Module,
  shape: Convolution,
  { x, w, y }: Addresses,
  options: ConvolutionOptions
): ChunkFunction => {
  const s = sizes(shape)
  return emitContraction(module, {
    ...options,
    ...{ batch: s.groups, m: s.outputs, n: s.batch, k: s.k },
    a: { address: w, strides: s.w },
    b: { address: x, strides: turned(s.x) },
    c: { address: y, strides: turned(s.y) }
  })
}

export const emitFullFilterGradient = (
  module: Module,
  shape: Convolution,
  { x, w, y }: Addresses,
  options: ConvolutionOptions
): ChunkFunction => {
  const s = sizes(shape)
  return emitContraction(module, {
    ...options,
    ...{ batch: s.groups, m: s.outputs, n: s.k, k: s.batch },
    a: { address: y, strides: turned(s.y) },
    b: { address: x, strides: s.x },
    c: { address: w, strides: s.w }
  })
}

/** Returns an epilogue that sees channels as rows, where in truth the channels are the batch. */
const channelsAsBatch =
  (epilogue: Epilogue): Epilogue =>
  (sum, at, scope, before) =>
    epilogue(
      sum,
      {
        ...at,
        read: (base, { row }) => at.read(base, { batch: row, row: 0, column: 0 })
      },
      scope,
      before
    )

/** Emits dx; with an epilogue as one product for each channel of x (of one group), so that it knows the channel. */
export const emitFullInputGradient = (
  module: Module,
  shape: Convolution,
  { x, w, y }: Addresses,
  options: ConvolutionOptions
): ChunkFunction => {
  const s = sizes(shape)
  const { accumulate = false, epilogue } = options
  if (epilogue !== undefined && s.groups === 1)
    return emitContraction(module, {
      ...{ accumulate, epilogue: channelsAsBatch(epilogue) },
      ...{ batch: s.inputs, m: s.batch, n: s.area, k: s.outputs },
      a: { address: y, strides: { ...s.y, batch: 0 } },
      b: { address: w, strides: { ...s.w, batch: s.area } },
      c: { address: x, strides: { ...s.x, batch: s.area } }
    })
  return emitContraction(module, {
    ...options,
    ...{ batch: s.groups, m: s.batch, n: s.k, k: s.outputs },
    a: { address: y, strides: s.y },
    b: { address: w, strides: s.w },
    c: { address: x, strides: s.x }
  })
}
