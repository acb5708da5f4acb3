import { describe, expect, it } from 'vitest'
import {
  affineSample2d,
  avgPool2d,
  batchNorm,
  cumsum,
  dot,
  div,
  linspace,
  logSoftmax,
  maxPool2d,
  mul,
  outer,
  pow,
  prod,
  resizeBilinear2d,
  sort,
  spaceToDepth,
  square,
  standardize,
  sum,
  topK
} from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { grad } from '../../src/transform/grad.ts'
import { drawsFrom, drawTensor } from '../support/draws.ts'
import { slopeErrors } from '../support/slopes.ts'

/** Ops and arguments whose derivatives no reference value covers. */
const functions: Readonly<Record<string, { shapes: readonly (readonly number[])[]; f: (...xs: Tensor[]) => Tensor }>> =
  {
    'affineSample2d in images and matrices': {
      shapes: [
        [2, 3, 4, 5],
        [2, 2, 3]
      ],
      f: (x, m) => affineSample2d(x, m)
    },
    'affineSample2d of one matrix, corners aligned, mirrored': {
      shapes: [
        [2, 1, 4, 5],
        [2, 3]
      ],
      f: (x, m) => affineSample2d(x, mul(m, 3), { alignCorners: true, paddingMode: 'reflection' })
    },
    'affineSample2d with borders': {
      shapes: [
        [1, 2, 3, 3],
        [1, 2, 3]
      ],
      f: (x, m) => affineSample2d(x, mul(m, 2), { paddingMode: 'border' })
    },
    'batchNorm by given statistics': {
      shapes: [[3, 2, 2], [2], [2], [2], [2]],
      f: (x, scale, offset, mean, variance) =>
        batchNorm(x, scale, offset, { statistics: { mean, variance: square(variance) } })
    },
    'avgPool2d that counts what is inside': {
      shapes: [[1, 2, 5, 4]],
      f: (x) => avgPool2d(x, { window: 3, stride: 2, padding: 1, countIncludePad: false })
    },
    'maxPool2d with uneven padding': {
      shapes: [[1, 2, 5, 4]],
      f: (x) =>
        maxPool2d(x, {
          window: [3, 2],
          stride: 2,
          padding: [
            [0, 2],
            [1, 0]
          ]
        })
    },
    'pow in base and exponent': { shapes: [[4], [3, 1]], f: (x, y) => pow(square(x), y) },
    sort: { shapes: [[3, 5]], f: (x) => sort(x, { axis: 0 }) },
    topK: { shapes: [[3, 5]], f: (x) => topK(x, 2)[0] },
    'standardize over all axes': { shapes: [[3, 2]], f: (x) => standardize(x) },
    spaceToDepth: { shapes: [[1, 2, 4, 6]], f: (x) => spaceToDepth(x, 2) },
    'resizeBilinear2d by different factors': {
      shapes: [[1, 1, 3, 4]],
      f: (x) => resizeBilinear2d(x, { scale: [2, 0.5] })
    },
    dot: { shapes: [[4], [4]], f: (x, y) => dot(x, y) },
    outer: { shapes: [[4], [3]], f: (x, y) => outer(x, y) },
    cumsum: { shapes: [[3, 4]], f: (x) => square(cumsum(x, { axis: 0 })) },
    'linspace beside a variable': { shapes: [[5]], f: (x) => div(linspace(1, 3, 5), square(x)) }
  }

describe('derivatives against central differences', () => {
  for (const [name, { shapes, f }] of Object.entries(functions)) {
    const draws = drawsFrom(3)
    const xs = shapes.map((shape) => drawTensor(shape, () => draws.real(-1, 1)))
    it(`first: ${name}`, () => {
      const { forward, reverse } = slopeErrors(f, xs)
      expect(forward).toBeLessThan(1e-7)
      expect(reverse).toBeLessThan(1e-12)
    })
    it(`second: ${name}`, () => {
      const gradient = grad((...all: Tensor[]) => sum(square(f(...all))))
      const { forward, reverse } = slopeErrors(gradient, xs)
      expect(forward).toBeLessThan(1e-5)
      expect(reverse).toBeLessThan(1e-10)
    })
  }
  it('third: a product with zeros', () => {
    const at = drawTensor([4], () => 0)
    at.data.set([2, 0, 0, 3])
    const gradient = grad((x: Tensor) => sum(square(grad((y: Tensor) => prod(y))(x))))
    expect(slopeErrors(gradient, [at]).forward).toBeLessThan(1e-7)
  })
  it('third: logSoftmax', () => {
    const draws = drawsFrom(5)
    const gradient = grad((x: Tensor) => sum(square(grad((y: Tensor) => sum(square(logSoftmax(y))))(x))))
    expect(slopeErrors(gradient, [drawTensor([4], () => draws.real(-1, 1))]).forward).toBeLessThan(1e-6)
  })
})
