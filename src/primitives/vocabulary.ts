import { binaryFunctions, unaryFunctions } from '../nest/functions.ts'
import type { DType } from '../tensor/dtype.ts'
import { allocate, misfitOf } from '../tensor/dtype.ts'
import { fail } from '../tensor/error.ts'
import type { Shape } from '../tensor/shape.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { call, callTangent } from '../program/call.ts'
import { activeGraph, makeLiteral } from '../program/graph.ts'
import { isNode } from '../program/node.ts'
import type { AnyPrimitive, Params } from '../program/primitive.ts'
import type { Tangent } from '../program/tangent.ts'
import { isZero, zero } from '../program/tangent.ts'
import type { BilinearOp, BinaryOp, UnaryOp, Vocabulary } from '../program/vocabulary.ts'
import { basic } from './basic.ts'

/** Throws where a number is no element of the dtype. */
const requireElement = (value: number, dtype: DType): void => {
  const expected = misfitOf(dtype, value)
  if (expected !== undefined)
    fail('DTypeMisfit', {
      op: 'a number beside a tensor',
      expected: `${expected} to go with ${dtype}`,
      actual: String(value),
      hint: 'Convert the tensor to float32 first'
    })
}

const elementOf = (value: number, dtype: DType): number => {
  if (dtype === 'bool') return value === 0 ? 0 : 1
  requireElement(value, dtype)
  return dtype === 'int32' ? value | 0 : value
}

const full = (shape: Shape, value: number, dtype: DType = 'float32', wide = false): Tensor => {
  const number = elementOf(value, dtype)
  const graph = activeGraph()
  if (graph === undefined) {
    const data = allocate(dtype, sizeOf(shape), wide ? 'float64' : 'float32')
    return { shape, dtype, data: data.fill(number) }
  }
  const scalar = makeLiteral(graph, number, dtype)
  return shape.length === 0 ? scalar : call(basic.broadcastInDim, { shape, axes: [] }, [scalar])
}

const isWide = (x: Tangent): boolean => !isZero(x) && !isNode(x) && x.data instanceof Float64Array

const instantiate = (x: Tangent): Tensor => (isZero(x) ? full(x.shape, 0, x.dtype) : x)

/** A number takes the shape and dtype of what it stands beside, and its precision: what is in float64 stays so. */
const beside = (x: Tangent | number, other: Tangent, shape: Shape = other.shape): Tangent =>
  typeof x === 'number' ? besideOne(x, other, shape) : x

const besideOne = (x: number, other: Tangent, shape: Shape): Tensor => {
  requireElement(x, other.dtype)
  return full(shape, x, other.dtype, isWide(other))
}

/** No parameters. */
const none: Params = {}

const apply = (primitive: AnyPrimitive, params: Params, operands: readonly Tangent[]): Tangent =>
  callTangent(primitive, params, operands, instantiate)

const onOne =
  (primitive: AnyPrimitive): UnaryOp =>
  <T extends Tangent>(x: T) =>
    apply(primitive, none, [x]) as T

const onTwo = (primitive: AnyPrimitive): BinaryOp =>
  ((x: Tangent | number, y: Tangent | number) =>
    apply(primitive, none, [beside(x, y as Tangent), beside(y, x as Tangent)])) as BinaryOp

const bilinear = <P extends object>(primitive: AnyPrimitive): BilinearOp<P> =>
  ((x: Tangent, y: Tangent, params: P) => apply(primitive, params as Params, [x, y])) as BilinearOp<P>

const ascending = (axes: readonly number[]): readonly number[] => axes.toSorted((a, b) => a - b)
const zeros = (x: Tangent): readonly number[] => x.shape.map(() => 0)
const ones = (x: Tangent): readonly number[] => x.shape.map(() => 1)

/** Makes one entry for each name of a table. */
const named = <K extends string, A>(table: Readonly<Record<K, unknown>>, make: (name: K) => A): Record<K, A> =>
  Object.fromEntries(Object.keys(table).map((name) => [name, make(name as K)])) as Record<K, A>

/** The primitives as functions: eager outside a trace, staged inside one. */
export const o: Vocabulary = {
  ...named(unaryFunctions, (name) => onOne(basic[name])),
  ...named(binaryFunctions, (name) => onTwo(basic[name])),
  compare: (x, y, name) => call(basic.compare, { name }, [x, beside(y, x) as Tensor]),
  select: ((when: Tensor, x: Tangent | number, y: Tangent | number) =>
    apply(basic.select, {}, [when, beside(x, y as Tangent), beside(y, x as Tangent)])) as Vocabulary['select'],
  convert: (x, dtype) => call(basic.convert, { dtype }, [x]),
  stopGradient: (x) => call(basic.stopGradient, {}, [x]),
  reshape: <T extends Tangent>(x: T, shape: Shape) => apply(basic.reshape, { shape }, [x]) as T,
  transpose: <T extends Tangent>(x: T, permutation: readonly number[]) =>
    apply(basic.transpose, { permutation }, [x]) as T,
  broadcastInDim: <T extends Tangent>(x: T, shape: Shape, axes: readonly number[]) =>
    apply(basic.broadcastInDim, { shape, axes }, [x]) as T,
  reduceSum: <T extends Tangent>(x: T, axes: readonly number[]) =>
    apply(basic.reduceSum, { axes: ascending(axes) }, [x]) as T,
  reduceMax: (x, axes) => call(basic.reduceMax, { axes: ascending(axes) }, [x]),
  slice: <T extends Tangent>(x: T, start: readonly number[], limit: readonly number[], stride = ones(x)) =>
    apply(basic.slice, { start, limit, stride }, [x]) as T,
  pad: ((x: Tangent, value: Tangent | number, low: readonly number[], high: readonly number[], interior = zeros(x)) =>
    apply(basic.pad, { low, high, interior }, [
      x,
      // Zeros around a Zero are one.
      isZero(x) && value === 0 ? zero({ shape: [], dtype: x.dtype }) : beside(value, x, [])
    ])) as Vocabulary['pad'],
  concat: ((xs: readonly Tangent[], axis: number) => apply(basic.concat, { axis }, xs)) as Vocabulary['concat'],
  reverse: <T extends Tangent>(x: T, axes: readonly number[]) =>
    apply(basic.reverse, { axes: ascending(axes) }, [x]) as T,
  dotGeneral: bilinear(basic.dotGeneral),
  conv: bilinear(basic.conv),
  convInputGradient: bilinear(basic.convInputGradient),
  convFilterGradient: bilinear(basic.convFilterGradient),
  gather: <T extends Tangent>(x: T, indices: Tensor, batch: number) =>
    apply(basic.gather, { batch }, [x, indices]) as T,
  scatterAdd: ((x: Tangent, indices: Tensor, updates: Tangent, batch: number) =>
    apply(basic.scatterAdd, { batch }, [x, indices, updates])) as Vocabulary['scatterAdd'],
  cumulativeSum: <T extends Tangent>(x: T, axis: number) => apply(basic.cumulativeSum, { axis }, [x]) as T,
  iota: (shape, axis, dtype = 'int32') => call(basic.iota, { shape, axis, dtype }, []),
  argsort: (x, axis) => call(basic.argsort, { axis }, [x]),
  threefry: (key0, key1, counter0, counter1, word) => call(basic.threefry, { word }, [key0, key1, counter0, counter1]),
  bitsToUnit: (bits) => call(basic.bitsToUnit, {}, [bits]),
  full: (shape, value, dtype) => full(shape, value, dtype),
  instantiate
}
