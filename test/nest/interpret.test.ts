import { describe, expect, it } from 'vitest'
import * as E from '../../src/nest/expression.ts'
import type { BinaryName, IntegerName } from '../../src/nest/functions.ts'
import type { Operand } from '../../src/nest/interpret.ts'
import { interpret } from '../../src/nest/interpret.ts'
import type { DType } from '../../src/tensor/dtype.ts'
import { allocate } from '../../src/tensor/dtype.ts'

const floats = (...values: number[]): Operand => ({ data: new Float64Array(values), shape: [values.length] })
const ints = (...values: number[]): Operand => ({ data: new Int32Array(values), shape: [values.length] })

/** The body at each element of the operands, which are vectors of one length. */
const along = (body: E.Scalar, ...operands: readonly Operand[]): readonly number[] => [
  ...interpret({ kind: 'nest', domain: operands[0]!.shape, dtype: body.dtype, body }, operands, 'float64')
]
const element = (operand: number, dtype: DType): E.Scalar => E.load(operand, [E.axis(0)], dtype)
const [i, j] = [element(0, 'int32'), element(1, 'int32')]

describe('integers', () => {
  const both = (name: IntegerName | BinaryName, x: number, y: number): number =>
    along(E.binary(name, i, j), ints(x), ints(y))[0]!
  it('divide towards the floor', () => {
    expect([7, -7, 7, -7].map((x, k) => both('floorDivide', x, k < 2 ? 2 : -2))).toEqual([3, -4, -4, 3])
    expect([7, -7, 7, -7].map((x, k) => both('modulo', x, k < 2 ? 3 : -3))).toEqual([1, 2, -2, -1])
  })
  it('shift and rotate as 32 unsigned bits', () => {
    expect(both('shiftRight', -1, 8)).toBe(0xffffff)
    expect(both('shiftLeft', -1, 31)).toBe(-2147483648)
    expect(both('rotateLeft', 0x80000001 | 0, 1)).toBe(3)
    expect(both('rotateLeft', 5, 0)).toBe(5)
    expect([both('and', 6, 3), both('or', 6, 3), both('xor', 6, 3)]).toEqual([2, 7, 5])
  })
  it('wrap around', () => {
    expect(both('add', 2147483647, 1)).toBe(-2147483648)
    expect(both('mul', 0x10001, 0x10001)).toBe(0x20001)
  })
})

describe('a load', () => {
  const x = floats(1, 2, 3)
  const shifted = E.load(0, [E.plus(E.axis(0), 1)], 'float32')
  it('out of range is refused', () => expect(() => along(shifted, x)).toThrow('index 3'))
  it('out of range behind a select that does not take it is not looked at', () => {
    const inside = E.within(E.plus(E.axis(0), 1), 3)
    expect(along(E.select(inside, shifted, E.literal(0)), x)).toEqual([2, 3, 0])
  })
  it('with the wrong number of indices is refused', () => {
    expect(() => along(E.load(0, [], 'float32'), x)).toThrow('0 indices')
  })
})

describe('a reduction', () => {
  const matrix: Operand = { data: new Float64Array([1, -2, 3, -4, 5, -6]), shape: [2, 3] }
  const reduce = (extents: readonly number[], combine: 'sum' | 'max', dtype: DType = 'float32'): readonly number[] => {
    const body = E.convert(E.load(0, [E.axis(0), E.axis(1)], 'float32'), dtype)
    return [...interpret({ kind: 'nest', domain: [2], dtype, body, reduction: { extents, combine } }, [matrix])]
  }
  it('runs over the axes behind those of the domain', () => {
    expect(reduce([3], 'sum')).toEqual([2, -5])
    expect(reduce([3], 'max')).toEqual([3, 5])
  })
  it('of nothing is 0, or the least value of the dtype', () => {
    expect(reduce([0], 'sum')).toEqual([0, 0])
    expect(reduce([0], 'max')).toEqual([-Infinity, -Infinity])
    expect(reduce([0], 'max', 'int32')).toEqual([-2147483648, -2147483648])
    expect(reduce([0], 'max', 'bool')).toEqual([0, 0])
  })
  it('over several axes takes every point once', () => {
    const body = E.convert(E.plus(E.times(E.axis(1), 10), E.axis(2)), 'float32')
    const nest = { kind: 'nest', domain: [2], dtype: 'float32', body } as const
    expect([...interpret({ ...nest, reduction: { extents: [2, 3], combine: 'sum' } }, [])]).toEqual([36, 36])
  })
})

describe('an expression', () => {
  it('shared by many others is computed once a point', () => {
    let x: E.Scalar = i
    for (let n = 0; n < 40; n++) x = E.plus(x, x)
    expect(along(x, ints(1))).toEqual([0])
  })
  it('is rounded once, when stored', () => {
    const tenth = E.binary('mul', E.literal(0.1), E.literal(3))
    const nest = { kind: 'nest', domain: [], dtype: 'float32', body: tenth } as const
    expect(interpret(nest, [])[0]).toBe(Math.fround(0.1 * 3))
    expect(interpret(nest, [], 'float64')[0]).toBe(0.1 * 3)
  })
  it('of a scalar domain has one point, of an empty one none', () => {
    expect(along(E.literal(1), { data: allocate('float32', 0), shape: [0] })).toEqual([])
  })
})
