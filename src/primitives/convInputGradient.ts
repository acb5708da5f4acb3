import { axis, binary, load } from '../nest/expression.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Primitive } from '../program/primitive.ts'
import { contract } from './reference/contract.ts'
import type { ConvolutionParams } from './rules/convolution.ts'
import { convolutionBatch, convolutionShape, resultAt, spatialAxes } from './rules/convolution.ts'
import { makeFrame } from './reference/paddedImages.ts'
import { sourceIndices } from './reference/sourceIndices.ts'

/**
 * The transpose of conv in its image, x of y and w: the transposed convolution.
 * x[g, n, c, q] = sum over o, k and the p with p * stride + k * dilation - low = q of y[g, n, o, p] * w[g, o, c, k].
 */
export const convInputGradient: Primitive<ConvolutionParams> = {
  name: 'convInputGradient',
  shape: convolutionShape('convInputGradient', ['y', 'w'], 'x'),
  evaluate: ([y, w], _, params) => {
    const [groups, samples, filters] = y!.shape as [number, number, number]
    const channels = w!.shape[2]!
    const [inputs, taps, outputs] = [sizeOf(params.input), sizeOf(params.kernel), sizeOf(params.output)]
    const frame = makeFrame(params, samples, channels)
    const lines = sourceIndices([channels * taps], [1])
    const places = sourceIndices([frame.samples, outputs], [filters * outputs, 1])
    const ofFilter = sourceIndices([filters], [channels * taps])
    const ofResult = sourceIndices([filters], [outputs])
    return ([a, b], x) => {
      for (let g = 0; g < groups; g++)
        for (let n = 0; n < samples; n += frame.samples) {
          const count = Math.min(frame.samples, samples - n)
          const sample = g * samples + n
          const contraction = {
            left: { lines, depth: ofFilter },
            right: { lines: places.subarray(0, count * outputs), depth: ofResult },
            rows: frame.taps,
            columns: frame.windows.subarray(0, count * outputs),
            accumulate: true
          }
          frame.data.fill(0)
          contract(contraction, b!, g * filters * channels * taps, a!, sample * filters * outputs, frame.data, 0)
          frame.drain(x, sample * channels * inputs, count)
        }
    }
  },
  linearity: { in: [0, 1], how: 'separately' },
  transpose: (o, cotangent, index, [y, w], params) =>
    index === 0 ? o.conv(cotangent, w!, params) : o.convFilterGradient(cotangent, y!, params),
  batch: convolutionBatch('convInputGradient', ['y', 'w'], 'x'),
  lower: ([y, w], result, params) => {
    const rank = result.shape.length
    const kernel = spatialAxes(params, rank + 1)
    return {
      kind: 'nest',
      domain: result.shape,
      dtype: result.dtype,
      body: binary(
        'mul',
        resultAt(0, params, [axis(0), axis(1), axis(rank)], spatialAxes(params, 3), kernel),
        load(1, [axis(0), axis(rank), axis(2), ...kernel], w!.dtype)
      ),
      reduction: { extents: [y!.shape[2]!, ...params.kernel], combine: 'sum' },
      anchor: { kind: 'convInputGradient' }
    }
  }
}
