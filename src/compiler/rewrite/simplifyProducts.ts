import { operandOf } from '../../primitives/rules/fold.ts'
import { literalValue } from '../../primitives/rules/literal.ts'
import type { Parts } from '../../primitives/rules/dotAxes.ts'
import { extentsOf, partsOf } from '../../primitives/rules/dotAxes.ts'
import { basic } from '../../primitives/basic.ts'
import { otherAxes } from '../../primitives/rules/requirements.ts'
import { o } from '../../primitives/vocabulary.ts'
import { call } from '../../program/call.ts'
import type { Node } from '../../program/node.ts'
import type { DotAxes } from '../../program/vocabulary.ts'
import { range, sizeOf } from '../../tensor/shape.ts'
import type { Shape } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Rewrite } from './rewrite.ts'
import { unrepeated } from './unrepeated.ts'

const ascending = (axes: readonly number[]): readonly number[] => axes.toSorted((a, b) => a - b)

/** Lists where the batch and free axes of either operand are in the result. */
const placesIn = (left: Parts, right: Parts): readonly [readonly number[], readonly number[]] => {
  const batch = range(left.batch.length)
  const ofA = range(left.free.length).map((n) => batch.length + n)
  const ofB = range(right.free.length).map((n) => batch.length + left.free.length + n)
  return [
    [...batch, ...ofA],
    [...batch, ...ofB]
  ]
}

/** Writes a contraction of one element as a product of the operands, each repeated over the other's axes. */
const asProduct = (operands: readonly Node[], parts: readonly [Parts, Parts], shape: Shape): Tensor => {
  const places = placesIn(...parts)
  const [a, b] = operands.map((x, side) => {
    const { batch, free, contract } = parts[side]!
    const own = o.transpose(x, [...batch, ...free, ...contract])
    return o.broadcastInDim(o.reshape(own, extentsOf(x, [...batch, ...free])), shape, places[side]!)
  })
  return o.mul(a!, b!)
}

/** Writes a contraction of one row and one column as the sum of an elementwise product. */
const asSum = (operands: readonly Node[], parts: readonly [Parts, Parts], shape: Shape): Tensor => {
  const [a, b] = operands.map((x, side) => {
    const { batch, free, contract } = parts[side]!
    return o.reshape(o.transpose(x, [...batch, ...contract, ...free]), extentsOf(x, [...batch, ...contract]))
  })
  const batch = parts[0].batch.length
  const depth = range(parts[0].contract.length).map((n) => batch + n)
  return o.reshape(o.reduceSum(o.mul(a!, b!), depth), shape)
}

/** Writes a contraction one operand of which is a number everywhere as sums of multiples of the other's elements. */
const asSums = (operands: readonly Node[], parts: readonly [Parts, Parts], shape: Shape): Tensor | undefined => {
  const side = operands.findIndex((x) => literalValue(x) !== undefined)
  if (side < 0) return undefined
  const other = (1 - side) as 0 | 1
  const x = operands[other]!
  const { batch, free, contract } = parts[other]
  const left = otherAxes(x, contract)
  const sums = o.transpose(
    o.reduceSum(o.mul(x, literalValue(operands[side]!)!), ascending(contract)),
    [...batch, ...free].map((n) => left.indexOf(n))
  )
  return o.broadcastInDim(sums, shape, placesIn(...parts)[other])
}

const isInOrder = (axes: readonly number[]): boolean => axes.every((n, i) => i === 0 || n > axes[i - 1]!)

/** Contracts an operand as it is before a transposition, its axes named as they are there. */
const untransposed = (operands: readonly Node[], axes: DotAxes, side: 0 | 1): Tensor | undefined => {
  const x = operands[side]!
  if (x.primitive !== basic.transpose) return undefined
  const permutation = x.params['permutation'] as readonly number[]
  const named = [...axes.batch[side], ...axes.contract[side]]
  if (!isInOrder(otherAxes(x, named).map((n) => permutation[n]!))) return undefined
  const renamed = (pair: DotAxes['batch']): DotAxes['batch'] => {
    const own = pair[side].map((n) => permutation[n]!)
    return side === 0 ? [own, pair[1]] : [pair[0], own]
  }
  const inner = x.operands[0]!
  const [a, b] = side === 0 ? [inner, operands[1]!] : [operands[0]!, inner]
  return o.dotGeneral(a, b, { contract: renamed(axes.contract), batch: renamed(axes.batch) })
}

/** Contracts an operand before it is repeated along free axes, and repeats the result: a repetition is read, not computed. */
const repeatedLater = (
  operands: readonly Node[],
  axes: DotAxes,
  parts: readonly [Parts, Parts],
  shape: Shape,
  side: 0 | 1
): Tensor | undefined => {
  const once = unrepeated(operands[side]!, parts[side].free)
  if (once === undefined) return undefined
  const { value, repeated, kept } = once
  const renamed = (pair: DotAxes['batch']): DotAxes['batch'] =>
    pair.with(side, pair[side].map((n) => kept.indexOf(n))) as [readonly number[], readonly number[]] // prettier-ignore
  const [a, b] = operands.with(side, value as Node) as [Node, Node]
  const product = o.dotGeneral(a, b, { contract: renamed(axes.contract), batch: renamed(axes.batch) })
  const { batch, free } = parts[side]
  const gone = [...batch, ...free].flatMap((n, i) => (repeated.includes(n) ? [placesIn(...parts)[side][i]!] : []))
  return o.broadcastInDim(product, shape, range(shape.length).filter((n) => !gone.includes(n))) // prettier-ignore
}

/**
 * Moves the sign of an operand behind the product, where it costs no pass of its own. Factors other than -1 stay where they are,
 * since sums of what they do not multiply may overflow or vanish.
 */
export const signAfterProducts: Rewrite = ({ primitive, params }, operands) => {
  for (const [side, x] of operands.entries()) {
    const negative = operandOf(basic.neg, x)
    if (negative !== undefined) return o.neg(call(primitive, params, operands.with(side, negative as Node)))
  }
  return undefined
}

const contractions: Rewrite = (node, operands) => {
  const { params, shape } = node
  const axes = params as unknown as DotAxes
  const parts = partsOf(operands, axes)
  const [left, right] = parts
  const [a, b] = operands as readonly [Node, Node]
  const depth = sizeOf(extentsOf(a, left.contract))
  if (depth === 0 || sizeOf(shape) === 0) return o.full(shape, 0)
  if (depth === 1) return asProduct(operands, parts, shape)
  const uniform = asSums(operands, parts, shape)
  if (uniform !== undefined) return uniform
  if (sizeOf(extentsOf(a, left.free)) === 1 && sizeOf(extentsOf(b, right.free)) === 1)
    return asSum(operands, parts, shape)
  return (
    repeatedLater(operands, axes, parts, shape, 0) ??
    repeatedLater(operands, axes, parts, shape, 1) ??
    signAfterProducts(node, operands) ??
    untransposed(operands, axes, 0) ??
    untransposed(operands, axes, 1)
  )
}

/** Exchanges the operands of a contraction whose rows and columns are transposed afterwards. */
const turned: Rewrite = ({ params }, [x]) => {
  if (x!.primitive !== basic.dotGeneral) return undefined
  const permutation = params['permutation'] as readonly number[]
  const axes = x!.params as unknown as DotAxes
  const [a, b] = x!.operands as readonly [Node, Node]
  const [left, right] = partsOf([a, b], axes)
  const [batch, rows] = [left.batch.length, left.free.length]
  const swapped = [
    ...range(batch),
    ...range(right.free.length).map((n) => batch + rows + n),
    ...range(rows).map((n) => batch + n)
  ]
  if (!permutation.every((n, i) => n === swapped[i])) return undefined
  const other = ([one, two]: DotAxes['batch']): DotAxes['batch'] => [two, one]
  return o.dotGeneral(b, a, { contract: other(axes.contract), batch: other(axes.batch) })
}

const rules: Readonly<Record<string, Rewrite>> = {
  dotGeneral: contractions,
  transpose: turned,
  conv: signAfterProducts,
  convInputGradient: signAfterProducts,
  convFilterGradient: signAfterProducts
}

/**
 * Replaces contractions that are something simpler: products of elements, sums, sums of multiples; takes transpositions
 * around a contraction into its axes, and signs and repetitions of operands behind it.
 */
export const simplifyProducts: Rewrite = (node, operands) => rules[node.primitive.name]?.(node, operands)
