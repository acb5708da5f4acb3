import { basic } from '../../primitives/basic.ts'
import { otherAxes } from '../../primitives/rules/requirements.ts'
import { o } from '../../primitives/vocabulary.ts'
import type { Node } from '../../program/node.ts'
import { range, sizeOf } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Rewrite } from './rewrite.ts'
import { unrepeated } from './unrepeated.ts'

type Reduce = (x: Tensor, axes: readonly number[]) => Tensor

/** Reduces a value before it is repeated: `count` says how often each element was there. */
const ofBroadcast = (
  x: Node,
  axes: readonly number[],
  reduce: Reduce
): { value: Tensor; count: number } | undefined => {
  const once = unrepeated(x, axes)
  if (once === undefined) return undefined
  const { value, repeated, kept } = once
  const rest = axes.filter((n) => !repeated.includes(n)).map((n) => kept.indexOf(n))
  return { value: reduce(value, rest), count: sizeOf(repeated.map((n) => x.shape[n]!)) }
}

/** Reduces x before its axes are permuted, and permutes those that remain. */
const ofTranspose = (x: Node, axes: readonly number[], reduce: Reduce): Tensor | undefined => {
  if (x.primitive !== basic.transpose) return undefined
  const permutation = x.params['permutation'] as readonly number[]
  const inner = x.operands[0]!
  const reduced = axes.map((n) => permutation[n]!)
  const left = otherAxes(inner, reduced)
  return o.transpose(
    reduce(inner, reduced.toSorted((a, b) => a - b)),
    otherAxes(x, axes).map((n) => left.indexOf(permutation[n]!))
  ) // prettier-ignore
}

const ofSum = (x: Node, axes: readonly number[]): Tensor | undefined => {
  if (x.primitive !== basic.reduceSum) return undefined
  const inner = x.operands[0]!
  const before = x.params['axes'] as readonly number[]
  const left = otherAxes(inner, before)
  return o.reduceSum(inner, [...before, ...axes.map((n) => left[n]!)])
}

/**
 * Makes sums and maxima go over less: over values before they are repeated or transposed, and over the axes of two sums at
 * once. Factors stay with the terms, whose sum may overflow without them.
 */
export const simplifyReductions: Rewrite = ({ primitive, params, shape, dtype }, [x]) => {
  const axes = params['axes'] as readonly number[]
  if (primitive === basic.reduceSum) {
    const repeated = ofBroadcast(x!, axes, o.reduceSum)
    // Nothing sums up to 0, even to what is infinite.
    if (repeated?.count === 0) return o.full(shape, 0, dtype)
    if (repeated !== undefined) return o.mul(repeated.value, repeated.count)
    return ofTranspose(x!, axes, o.reduceSum) ?? ofSum(x!, axes)
  }
  if (primitive !== basic.reduceMax || range(x!.shape.length).some((n) => x!.shape[n] === 0)) return undefined
  return ofBroadcast(x!, axes, o.reduceMax)?.value ?? ofTranspose(x!, axes, o.reduceMax)
}
