import { describe, expect, it } from 'vitest'
import * as s from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { drawsFrom, drawTensor } from '../support/draws.ts'

const numbers = (x: Tensor): readonly number[] => Array.from(x.data, (value) => value + 0)
const draws = drawsFrom(11)
const random = (...shape: number[]): Tensor => drawTensor(shape, () => draws.real(-1, 1))
const close = (actual: Tensor, expected: Tensor): void => {
  expect(actual.shape).toEqual(expected.shape)
  actual.data.forEach((value, i) => expect(value).toBeCloseTo(expected.data[i]!, 10))
}

describe('numbers', () => {
  it('take the dtype of the tensor beside them', () => {
    expect(s.add(s.tensor([1], [1], 'int32'), 2).dtype).toBe('int32')
    expect(s.where(s.tensor([true]), s.tensor([1], [1], 'int32'), 2).dtype).toBe('int32')
    expect(s.sub(3, s.tensor([1], [1], 'int32')).dtype).toBe('int32')
    expect(s.equal(2, s.tensor([2], [1], 'int32')).data[0]).toBe(1)
  })
  it('alone are float32 scalars', () => {
    expect(s.add(1, 2)).toMatchObject({ shape: [], dtype: 'float32' })
    expect(numbers(s.exp(0))).toEqual([1])
    expect(numbers(s.stack([1, 2]))).toEqual([1, 2])
  })
  it('inside a trace stay doubles', () => {
    const third = s.evaluate(() => [s.tensor([1 / 3]), s.full([1], 1 / 3), s.mul(s.ones([1]), 1 / 3)], {
      precision: 'float64'
    })()
    for (const x of third) expect(x.data[0]).toBe(1 / 3)
  })
  it('outside one are rounded', () => expect(s.tensor([1 / 3]).data[0]).toBe(Math.fround(1 / 3)))
})

describe('reductions', () => {
  const x = s.tensor([
    [1, 2],
    [3, 4]
  ])
  it('over no axes leave everything as it is', () => {
    for (const f of [s.sum, s.mean, s.prod, s.reduceMax, s.reduceMin, s.logsumexp]) close(f(x, { axes: [] }), x)
    expect(numbers(s.variance(x, { axes: [] }))).toEqual([0, 0, 0, 0])
    expect(numbers(s.norm(s.neg(x), { axes: [] }))).toEqual([1, 2, 3, 4])
  })
  it('over nothing give the neutral element', () => {
    expect(numbers(s.sum(s.zeros([0, 2]), { axes: [0] }))).toEqual([0, 0])
    expect(numbers(s.prod(s.zeros([0, 2]), { axes: [0] }))).toEqual([1, 1])
  })
  it('of a scalar are the scalar', () => {
    expect(s.sum(s.tensor(3))).toMatchObject({ shape: [] })
    expect(numbers(s.mean(s.tensor(3)))).toEqual([3])
  })
  it('of int32 stay int32', () => {
    const i = s.tensor([3, 1, 2], [3], 'int32')
    for (const [f, value] of [
      [s.sum, 6],
      [s.prod, 6],
      [s.reduceMax, 3],
      [s.reduceMin, 1]
    ] as const) {
      expect(f(i).dtype).toBe('int32')
      expect(numbers(f(i))).toEqual([value])
    }
  })
  it('lose no digits to a large mean', () => {
    expect(s.variance(s.tensor([10000, 10001, 10002])).data[0]).toBeCloseTo(2 / 3, 5)
  })
})

describe('order', () => {
  it('has ties in the order they came, and NaN last', () => {
    const x = s.tensor([2, NaN, 1, 2, 1])
    expect(numbers(s.argsort(x))).toEqual([2, 4, 0, 3, 1])
    expect(
      numbers(
        s.argmax(
          s.tensor([
            [1, 3, 3],
            [5, 5, 0]
          ])
        )
      )
    ).toEqual([1, 0])
    expect(
      numbers(
        s.argmin(
          s.tensor([
            [1, 3],
            [0, 3]
          ]),
          { axis: 0 }
        )
      )
    ).toEqual([1, 0])
    const [values, places] = s.topK(
      s.tensor([
        [1, 4, 4],
        [9, 8, 7]
      ]),
      2
    )
    expect(numbers(values)).toEqual([4, 4, 9, 8])
    expect(numbers(places)).toEqual([1, 2, 0, 1])
    expect(places.dtype).toBe('int32')
  })
})

describe('indices', () => {
  it('may have any shape', () => {
    const x = random(3, 4)
    expect(
      s.take(
        x,
        [
          [0, 1],
          [2, 3]
        ],
        { axis: 1 }
      ).shape
    ).toEqual([3, 2, 2])
    expect(s.take(x, 2, { axis: 0 }).shape).toEqual([4])
    expect(s.oneHot([[0], [1]], 2).shape).toEqual([2, 1, 2])
  })
  it('that are computed read 0 out of range', () => {
    const y = s.evaluate((x: Tensor) => s.take(x, s.convert(s.mul(x, 2), 'int32')))(s.tensor([0, 0.5, 7]))
    expect(numbers(y)).toEqual([0, 0.5, 0])
  })
})

describe('pieces', () => {
  it('count from the end where they are negative', () => {
    const x = s.tensor([1, 2, 3, 4, 5])
    expect(numbers(s.slice(x, { start: [-3], end: [-1] }))).toEqual([3, 4])
    expect(s.slice(x, { start: [4], end: [2] }).shape).toEqual([0])
  })
  it('come back together', () => {
    const x = random(2, 6, 4)
    const halves = [s.slice(x, { end: [2, 3] }), s.slice(x, { start: [0, 3] })]
    close(s.concat(halves, { axis: -2 }), x)
    close(s.flip(s.flip(x, { axes: [0, 2] }), { axes: [0, 2] }), x)
    close(s.squeeze(s.expandDims(x, { axes: [0, -1] })), x)
    close(s.pad(s.pad(x, { low: [1, 0, 2], high: [0, 3, 1] }), { low: [-1, 0, -2], high: [0, -3, -1] }), x)
  })
})

describe('convolutions', () => {
  const x = random(2, 4, 5, 6)
  const w = random(6, 2, 3, 2)
  const options = {
    stride: [2, 1],
    padding: [
      [0, 2],
      [1, 0]
    ],
    dilation: [1, 2],
    groups: 2
  } as const
  it('with uneven padding are those of the padded image', () => {
    const padded = s.pad(x, { low: [0, 0, 0, 1], high: [0, 0, 2, 0] })
    close(s.conv2d(x, w, options), s.conv2d(padded, w, { ...options, padding: 0 }))
  })
  it('are adjoint to transposed ones', () => {
    const y = s.conv2d(x, w, options)
    const back = random(...y.shape)
    const shape = s.convTranspose2d(back, w, options).shape
    const outputPadding = [x.shape[2]! - shape[2]!, x.shape[3]! - shape[3]!] as const
    const adjoint = s.convTranspose2d(back, w, { ...options, outputPadding })
    close(s.sum(s.mul(y, back)), s.sum(s.mul(x, adjoint)))
  })
})

describe('images', () => {
  const x = random(2, 8, 4, 6)
  const sampled = (images: Tensor, matrix: readonly number[], options: s.AffineSampleOptions = {}): Tensor =>
    s.evaluate((y: Tensor) => s.affineSample2d(y, s.tensor(matrix, [2, 3]), options), { precision: 'float64' })(images)
  const identity = [1, 0, 0, 0, 1, 0]
  const modes = ['zeros', 'border', 'reflection'] as const
  it('split and come back', () => {
    close(s.spaceToDepth(s.depthToSpace(x, 2), 2), x)
    close(s.depthToSpace(s.spaceToDepth(x, 2), 2), x)
  })
  it('stay as they are at scale 1 and under the identity', () => {
    close(s.resizeBilinear2d(x, { scale: 1 }), x)
    close(s.upsampleNearest2d(x, 1), x)
    for (const alignCorners of [false, true])
      for (const paddingMode of modes) close(sampled(x, identity, { alignCorners, paddingMode }), x)
  })
  it('are mirrored by a matrix as by flip', () => {
    close(sampled(x, [-1, 0, 0, 0, 1, 0]), s.flip(x, { axes: [3] }))
    close(sampled(x, [1, 0, 0, 0, -1, 0]), s.flip(x, { axes: [2] }))
  })
  it('of one row can be sampled', () => {
    const line = random(1, 1, 1, 3)
    for (const paddingMode of modes) close(sampled(line, identity, { alignCorners: true, paddingMode }), line)
  })
})

describe('creation', () => {
  it('counts up and down', () => {
    expect(numbers(s.arange(3, 0, { step: -1 }))).toEqual([3, 2, 1])
    expect(s.arange(2, 2).shape).toEqual([0])
    expect(s.arange(3, undefined, { dtype: 'int32' }).dtype).toBe('int32')
  })
  it('meets both ends exactly', () => {
    const x = s.linspace(0.1, 0.7, 7)
    expect(x.data[0]).toBe(Math.fround(0.1))
    expect(x.data[6]).toBe(Math.fround(0.7))
  })
})
