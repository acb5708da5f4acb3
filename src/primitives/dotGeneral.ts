import { axis, binary, load } from '../nest/expression.ts'
import type { Scalar } from '../nest/expression.ts'
import { range, sizeOf } from '../tensor/shape.ts'
import type { Aval } from '../tensor/tensor.ts'
import type { Primitive } from '../program/primitive.ts'
import type { DotAxes } from '../program/vocabulary.ts'
import { contract } from './reference/contract.ts'
import type { Parts } from './rules/dotAxes.ts'
import { extentsOf, partsOf, requireDotAxes } from './rules/dotAxes.ts'
import { offsetsOf } from './reference/offsets.ts'
import { toFront } from './rules/leadingAxis.ts'
import { requireDType } from './rules/requirements.ts'
import { sourceIndices } from './reference/sourceIndices.ts'

/** The contracted axes of `own`, in the order in which their partners lie in the other operand. */
const inPartnersOrder = (own: Parts, other: Parts): readonly number[] =>
  other.contract.toSorted((m, n) => m - n).map((n) => own.contract[other.contract.indexOf(n)]!)

/** The permutation under which axis i becomes axis places[i]. */
const placing = (places: readonly number[]): readonly number[] => range(places.length).map((a) => places.indexOf(a))

/** Element of an operand at a point of the nest: batch axes come first, free axes from `firstFree`, contracted ones last. */
const element = (operand: number, x: Aval, parts: Parts, firstFree: number, rank: number): Scalar => {
  const places = new Map<number, number>()
  parts.batch.forEach((a, i) => places.set(a, i))
  parts.free.forEach((a, i) => places.set(a, firstFree + i))
  parts.contract.forEach((a, i) => places.set(a, rank + i))
  return load(
    operand,
    x.shape.map((_, a) => axis(places.get(a)!)),
    x.dtype
  )
}

/**
 * The contraction of two tensors: summed over paired axes, side by side over paired batch axes, every other axis of a
 * with every other of b. The result has the axes [batch..., free of a..., free of b...]. Its transposes are the same.
 */
export const dotGeneral: Primitive<Readonly<DotAxes>> = {
  name: 'dotGeneral',
  shape: (operands, params) => {
    requireDType('dotGeneral', operands, ['float32'])
    requireDotAxes(operands, params)
    const [a, b] = operands
    const [left, right] = partsOf(operands, params)
    return { shape: [...extentsOf(a!, [...left.batch, ...left.free]), ...extentsOf(b!, right.free)], dtype: a!.dtype }
  },
  evaluate: (operands, _, params) => {
    const [a, b] = operands
    const [left, right] = partsOf(operands, params)
    const [height, width] = [sizeOf(extentsOf(a!, left.free)), sizeOf(extentsOf(b!, right.free))]
    const [starts, otherStarts] = [offsetsOf(a!, left.batch), offsetsOf(b!, right.batch)]
    const contraction = {
      left: { lines: offsetsOf(a!, left.free), depth: offsetsOf(a!, left.contract) },
      right: { lines: offsetsOf(b!, right.free), depth: offsetsOf(b!, right.contract) },
      rows: sourceIndices([height], [width]),
      columns: sourceIndices([width], [1]),
      accumulate: false
    }
    return ([x, w], y) => {
      for (let i = 0; i < starts.length; i++)
        contract(contraction, x!, starts[i]!, w!, otherStarts[i]!, y, i * height * width)
    }
  },
  linearity: { in: [0, 1], how: 'separately' },
  transpose: (o, cotangent, index, operands, params) => {
    const [left, right] = partsOf(operands, params)
    const batch = range(left.batch.length)
    const ofA = left.free.map((_, i) => batch.length + i)
    const ofB = right.free.map((_, i) => batch.length + left.free.length + i)
    if (index === 0) {
      const x = o.dotGeneral(cotangent, operands[1]!, { contract: [ofB, right.free], batch: [batch, right.batch] })
      return o.transpose(x, placing([...left.batch, ...left.free, ...inPartnersOrder(left, right)]))
    }
    const w = o.dotGeneral(operands[0]!, cotangent, { contract: [left.free, ofA], batch: [left.batch, batch] })
    return o.transpose(w, placing([...right.batch, ...inPartnersOrder(right, left), ...right.free]))
  },
  batch: (o, [a, b], [inA, inB], { contract: sums, batch: pairs }) => {
    const moved = ([left, right]: DotAxes['batch']): DotAxes['batch'] => [
      inA ? left.map((n) => n + 1) : left,
      inB ? right.map((n) => n + 1) : right
    ]
    const contracted = moved(sums)
    const [left, right] = moved(pairs)
    if (inA && inB) return o.dotGeneral(a!, b!, { contract: contracted, batch: [[0, ...left], [0, ...right]] }) // prettier-ignore
    const product = o.dotGeneral(a!, b!, { contract: contracted, batch: [left, right] })
    return toFront(o, product, inA ? left.length : a!.shape.length - sums[0].length)
  },
  lower: (operands, result, params) => {
    const [a, b] = operands
    const [left, right] = partsOf(operands, params)
    const rank = result.shape.length
    const batch = left.batch.length
    const body = binary('mul', element(0, a!, left, batch, rank), element(1, b!, right, batch + left.free.length, rank))
    const nest = { kind: 'nest', domain: result.shape, dtype: result.dtype, body } as const
    const extents = extentsOf(a!, left.contract)
    // Without a contracted axis it is an elementwise product.
    return extents.length === 0
      ? nest
      : { ...nest, reduction: { extents, combine: 'sum' }, anchor: { kind: 'dotGeneral' } }
  }
}
