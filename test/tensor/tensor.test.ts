import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorAgainst } from '../../src/tensor/compare.ts'
import type { DType } from '../../src/tensor/dtype.ts'
import { allocate, precisionOf } from '../../src/tensor/dtype.ts'
import { axisOf, broadcastShapes, equalShapes, sizeOf, stridesOf } from '../../src/tensor/shape.ts'
import type { Nested } from '../../src/tensor/makeTensor.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'
import { isTensor } from '../../src/tensor/tensor.ts'
import { thrown } from '../support/thrown.ts'

describe('makeTensor', () => {
  it.each<readonly [Nested, readonly number[], readonly number[]]>([
    [5, [], [5]],
    [[1, 2, 3], [3], [1, 2, 3]],
    [[[1, 2], [3, 4], [5, 6]], [3, 2], [1, 2, 3, 4, 5, 6]],
    [[[[1], [2]]], [1, 2, 1], [1, 2]],
    [[], [0], []],
    [[[], []], [2, 0], []],
    [[new Float32Array([1, 2]), new Float32Array([3, 4])], [2, 2], [1, 2, 3, 4]]
  ])('reads the shape of %j', (nested, shape, data) => {
    const x = makeTensor(nested)
    expect(x.shape).toEqual(shape)
    expect(x.data).toEqual(new Float32Array(data))
    expect(isTensor(x)).toBe(true)
  }) // prettier-ignore

  it.each<readonly [unknown, string]>([
    [[[1, 2], [3]], '1 elements at depth 1'],
    [[[1], [2, 3]], '2 elements at depth 1'],
    [[1, [2]], '1 elements at depth 1'],
    [[[1], 2], 'a number at depth 1'],
    [[1, null], 'null at depth 1'],
    [[1, undefined], 'undefined at depth 1'],
    [['1'], '"1" at depth 1']
  ])('refuses %j', (nested, actual) => {
    expect(thrown(() => makeTensor(nested as Nested))).toMatchObject({ _tag: 'ShapeMisfit', op: 'tensor' })
    if (!(Array.isArray(nested) && Array.isArray(nested[1]))) expect(thrown(() => makeTensor(nested as Nested)).actual).toBe(actual)
  }) // prettier-ignore

  it.each<readonly [unknown, string]>([
    [{}, 'an object'],
    [null, 'null'],
    [undefined, 'undefined'],
    ['12', '"12"'],
    [Promise.resolve([1]), 'a promise'],
    [new DataView(new ArrayBuffer(8)), 'a DataView'],
    [new BigInt64Array(2), 'a BigInt64Array of 2 numbers']
  ])('takes %o for no numbers', (nested, actual) =>
    expect(thrown(() => makeTensor(nested as Nested))).toMatchObject({ _tag: 'InvalidArgument', op: 'tensor', actual })
  )

  it('refuses an array that holds itself', () => {
    const circular: unknown[] = []
    circular.push(circular)
    expect(thrown(() => makeTensor(circular as Nested))).toMatchObject({ _tag: 'InvalidArgument', op: 'tensor' })
  })

  it('takes a shape with as many elements, of whole numbers that are not negative', () => {
    expect(makeTensor([1, 2, 3, 4], [2, 2]).shape).toEqual([2, 2])
    expect(makeTensor([7], []).shape).toEqual([])
    expect(makeTensor([], [0, 3]).data.length).toBe(0)
    expect(thrown(() => makeTensor([1, 2], [3]))).toMatchObject({
      _tag: 'ShapeMisfit',
      expected: '3 elements for shape [3]',
      actual: '2 elements'
    })
    for (const shape of [[-1, -2], [0.5, 4], [NaN]]) expect(thrown(() => makeTensor([1, 2], shape))._tag).toBe('InvalidArgument') // prettier-ignore
  })

  it.each<readonly [string, Nested, DType, object]>([
    ['booleans', [true, false], 'bool', Uint8Array],
    ['numbers', [1, 0], 'float32', Float32Array],
    ['booleans among numbers', [true, 2], 'float32', Float32Array],
    ['an Int32Array', new Int32Array([1]), 'int32', Int32Array],
    ['a Float32Array', new Float32Array([1]), 'float32', Float32Array],
    ['a Float64Array', new Float64Array([1]), 'float32', Float64Array],
    ['a Uint8Array', new Uint8Array([1]), 'float32', Float32Array],
    ['nothing', [], 'float32', Float32Array]
  ])('has the dtype of %s', (_, nested, dtype, array) => {
    const x = makeTensor(nested)
    expect(x.dtype).toBe(dtype)
    expect(x.data.constructor).toBe(array)
  })

  it('takes a dtype', () => {
    expect(makeTensor([0, 2, -3], undefined, 'bool').data).toEqual(new Uint8Array([0, 1, 1]))
    expect(makeTensor([1, 2], undefined, 'int32').data).toEqual(new Int32Array([1, 2]))
    expect(makeTensor(new Int32Array([3]), undefined, 'float32').data).toEqual(new Float32Array([3]))
    expect(makeTensor([true, false], undefined, 'float32').data).toEqual(new Float32Array([1, 0]))
  })

  it('copies what it is given', () => {
    const source = new Float64Array([0.1, 0.2])
    const x = makeTensor(source)
    source[0] = 9
    expect(x.data).toEqual(new Float64Array([0.1, 0.2]))
  })
})

describe('shapes', () => {
  const extents = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 })
  it('broadcast commutatively, associatively where they do, with [] as unit', () => {
    fc.assert(
      fc.property(extents, extents, extents, (a, b, c) => {
        expect(broadcastShapes(a, b)).toEqual(broadcastShapes(b, a))
        expect(broadcastShapes(a, [])).toEqual(a)
        expect(broadcastShapes(a, a)).toEqual(a)
        const [ab, bc] = [broadcastShapes(a, b), broadcastShapes(b, c)]
        if (ab !== undefined && bc !== undefined) expect(broadcastShapes(ab, c)).toEqual(broadcastShapes(a, bc))
      })
    )
    expect(broadcastShapes([2, 1, 3], [4, 1])).toEqual([2, 4, 3])
    expect(broadcastShapes([2], [3])).toBeUndefined()
    expect(broadcastShapes([0], [1])).toEqual([0])
    expect(broadcastShapes([0], [2])).toBeUndefined()
  })

  it('have sizes and row-major strides', () => {
    expect(sizeOf([])).toBe(1)
    expect(sizeOf([2, 0, 3])).toBe(0)
    expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1])
    expect(equalShapes([1, 2], [1, 2])).toBe(true)
    expect(equalShapes([1, 2], [1, 2, 1])).toBe(false)
  })

  it('count axes from either end', () => {
    expect([-3, -1, 0, 2].map((axis) => axisOf(axis, 3))).toEqual([0, 2, 0, 2])
    expect([-4, 3, 0.5, NaN].map((axis) => axisOf(axis, 3))).toEqual([undefined, undefined, undefined, undefined])
    expect(axisOf(0, 0)).toBeUndefined()
  })
})

describe('arrays', () => {
  it('are allocated for a dtype and a precision', () => {
    expect(allocate('float32', 2)).toEqual(new Float32Array(2))
    expect(allocate('float32', 2, 'float64')).toEqual(new Float64Array(2))
    expect(allocate('int32', 2, 'float64')).toEqual(new Int32Array(2))
    expect(allocate('bool', 2, 'float64')).toEqual(new Uint8Array(2))
    expect(precisionOf([new Int32Array(1), new Float32Array(1)])).toBe('float32')
    expect(precisionOf([new Float32Array(1), new Float64Array(1)])).toBe('float64')
  })

  it('are compared by their largest error, relative to what is expected above 1', () => {
    expect(errorAgainst([1, 2], [1, 2])).toBe(0)
    expect(errorAgainst([0.5], [0.25])).toBe(0.25)
    expect(errorAgainst([110], [100])).toBeCloseTo(0.1)
    expect(errorAgainst([1], [1, 2])).toBe(Infinity)
    expect(errorAgainst([NaN, Infinity], [NaN, Infinity])).toBe(0)
    expect(errorAgainst([NaN], [1])).toBeNaN()
    expect(errorAgainst([1], [NaN])).toBeNaN()
    expect(errorAgainst([Infinity], [-Infinity])).toBeNaN()
    expect(errorAgainst([0], [-0])).toBe(0)
  })
})
