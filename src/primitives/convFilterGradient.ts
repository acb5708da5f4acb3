import { axis, binary, load } from '../nest/expression.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Primitive } from '../program/primitive.ts'
import { contract } from './reference/contract.ts'
import type { ConvolutionParams } from './rules/convolution.ts'
import { convolutionBatch, convolutionShape, imageAt, spatialAxes } from './rules/convolution.ts'
import { makeFrame } from './reference/paddedImages.ts'
import { sourceIndices } from './reference/sourceIndices.ts'

/**
 * The transpose of conv in its filter, w of x and y:
 * w[g, o, c, k] = sum over n, p of x[g, n, c, p * stride + k * dilation - low] * y[g, n, o, p].
 */
export const convFilterGradient: Primitive<ConvolutionParams> = {
  name: 'convFilterGradient',
  shape: convolutionShape('convFilterGradient', ['x', 'y'], 'w'),
  evaluate: ([x, y], _, params) => {
    const [groups, samples, channels] = x!.shape as [number, number, number]
    const filters = y!.shape[2]!
    const [inputs, taps, outputs] = [sizeOf(params.input), sizeOf(params.kernel), sizeOf(params.output)]
    const frame = makeFrame(params, samples, channels)
    const sums = new Float64Array(filters * channels * taps)
    const lines = sourceIndices([filters], [outputs])
    const places = sourceIndices([frame.samples, outputs], [filters * outputs, 1])
    const rows = sourceIndices([filters], [channels * taps])
    const columns = sourceIndices([channels * taps], [1])
    return ([a, b], w) => {
      for (let g = 0; g < groups; g++) {
        sums.fill(0)
        for (let n = 0; n < samples; n += frame.samples) {
          const count = Math.min(frame.samples, samples - n)
          const sample = g * samples + n
          frame.fill(a!, sample * channels * inputs, count)
          const contraction = {
            left: { lines, depth: places.subarray(0, count * outputs) },
            right: { lines: frame.taps, depth: frame.windows.subarray(0, count * outputs) },
            rows,
            columns,
            accumulate: true
          }
          contract(contraction, b!, sample * filters * outputs, frame.data, 0, sums, 0)
        }
        w.set(sums, g * sums.length)
      }
    }
  },
  linearity: { in: [0, 1], how: 'separately' },
  transpose: (o, cotangent, index, [x, y], params) =>
    index === 0 ? o.convInputGradient(y!, cotangent, params) : o.conv(x!, cotangent, params),
  batch: convolutionBatch('convFilterGradient', ['x', 'y'], 'w'),
  lower: ([x, y], result, params) => {
    const rank = result.shape.length
    const output = spatialAxes(params, rank + 1)
    return {
      kind: 'nest',
      domain: result.shape,
      dtype: result.dtype,
      body: binary(
        'mul',
        imageAt(0, params, [axis(0), axis(rank), axis(2)], output, spatialAxes(params, 3)),
        load(1, [axis(0), axis(rank), axis(1), ...output], y!.dtype)
      ),
      reduction: { extents: [x!.shape[1]!, ...params.output], combine: 'sum' },
      anchor: { kind: 'convFilterGradient' }
    }
  }
}
