import { axis, binary, load } from '../nest/expression.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Primitive } from '../program/primitive.ts'
import { contract } from './reference/contract.ts'
import type { ConvolutionParams } from './rules/convolution.ts'
import { convolutionBatch, convolutionShape, imageAt, spatialAxes } from './rules/convolution.ts'
import { makeFrame } from './reference/paddedImages.ts'
import { sourceIndices } from './reference/sourceIndices.ts'

/**
 * Convolution (correlation) of images x [G, N, C, ...input] by filters w [G, O, C, ...kernel] to y [G, N, O, ...output],
 * each group by itself: y[g, n, o, p] = sum over c, k of x[g, n, c, p * stride + k * dilation - low] * w[g, o, c, k].
 */
export const conv: Primitive<ConvolutionParams> = {
  name: 'conv',
  shape: convolutionShape('conv', ['x', 'w'], 'y'),
  evaluate: ([x, w], _, params) => {
    const [groups, samples, channels] = x!.shape as [number, number, number]
    const filters = w!.shape[1]!
    const [inputs, taps, outputs] = [sizeOf(params.input), sizeOf(params.kernel), sizeOf(params.output)]
    const frame = makeFrame(params, samples, channels)
    const lines = sourceIndices([filters], [channels * taps])
    const depth = sourceIndices([channels * taps], [1])
    const rows = sourceIndices([filters], [outputs])
    const columns = sourceIndices([frame.samples, outputs], [filters * outputs, 1])
    return ([a, b], y) => {
      for (let g = 0; g < groups; g++)
        for (let n = 0; n < samples; n += frame.samples) {
          const count = Math.min(frame.samples, samples - n)
          const sample = g * samples + n
          frame.fill(a!, sample * channels * inputs, count)
          const windows = frame.windows.subarray(0, count * outputs)
          const contraction = {
            left: { lines, depth },
            right: { lines: windows, depth: frame.taps },
            rows,
            columns: columns.subarray(0, count * outputs),
            accumulate: false
          }
          contract(contraction, b!, g * filters * channels * taps, frame.data, 0, y, sample * filters * outputs)
        }
    }
  },
  linearity: { in: [0, 1], how: 'separately' },
  transpose: (o, cotangent, index, [x, w], params) =>
    index === 0 ? o.convInputGradient(cotangent, w!, params) : o.convFilterGradient(x!, cotangent, params),
  batch: convolutionBatch('conv', ['x', 'w'], 'y'),
  lower: ([x, w], result, params) => {
    const rank = result.shape.length
    const kernel = spatialAxes(params, rank + 1)
    return {
      kind: 'nest',
      domain: result.shape,
      dtype: result.dtype,
      body: binary(
        'mul',
        imageAt(0, params, [axis(0), axis(1), axis(rank)], spatialAxes(params, 3), kernel),
        load(1, [axis(0), axis(2), axis(rank), ...kernel], w!.dtype)
      ),
      reduction: { extents: [x!.shape[2]!, ...params.kernel], combine: 'sum' },
      anchor: { kind: 'conv' }
    }
  }
}
