import { literalValue } from '../../primitives/rules/literal.ts'
import { basic } from '../../primitives/basic.ts'
import { o } from '../../primitives/vocabulary.ts'
import { call } from '../../program/call.ts'
import type { Node } from '../../program/node.ts'
import { equalShapes, sizeOf } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { patternOf } from '../fuse/pattern.ts'
import type { Rewrite } from './rewrite.ts'

const transposes: Rewrite = ({ params, shape }, [x]) => {
  const permutation = params['permutation'] as readonly number[]
  const moved = permutation.filter((n) => x!.shape[n] !== 1)
  // Axes of extent 1 may go anywhere.
  if (moved.every((n, i) => i === 0 || n > moved[i - 1]!)) return o.reshape(x!, shape)
  if (x!.primitive !== basic.broadcastInDim) return undefined
  const own = x!.params['axes'] as readonly number[]
  const places = own.map((n) => permutation.indexOf(n))
  const order = places.map((_, i) => i).sort((i, j) => places[i]! - places[j]!)
  return o.broadcastInDim(
    o.transpose(x!.operands[0]!, order),
    shape,
    places.toSorted((a, b) => a - b)
  )
}

/** The operand of a concat that a slice lies in. */
const sliceOfConcat = (
  x: Node,
  start: readonly number[],
  limit: readonly number[],
  stride: readonly number[]
): Tensor | undefined => {
  const axis = x.params['axis'] as number
  let first = 0
  for (const operand of x.operands) {
    const extent = operand.shape[axis]!
    if (start[axis]! >= first && limit[axis]! <= first + extent)
      return o.slice(operand, start.with(axis, start[axis]! - first), limit.with(axis, limit[axis]! - first), stride)
    first += extent
  }
  return undefined
}

const slices: Rewrite = ({ params, shape }, [x]) => {
  const [start, limit, stride] = ['start', 'limit', 'stride'].map((name) => params[name] as readonly number[]) as [
    readonly number[],
    readonly number[],
    readonly number[]
  ]
  if (x!.primitive === basic.concat) return sliceOfConcat(x!, start, limit, stride)
  if (x!.primitive !== basic.broadcastInDim || sizeOf(shape) === 0) return undefined
  const inner = x!.operands[0]!
  const own = x!.params['axes'] as readonly number[]
  const of = (list: readonly number[], single: number): readonly number[] =>
    own.map((n, i) => (inner.shape[i] === 1 ? single : list[n]!))
  return o.broadcastInDim(o.slice(inner, of(start, 0), of(limit, 1), of(stride, 1)), shape, own)
}

/** Puts reshapes that merge axes behind elementwise work, so that the work before and after them is one kernel. */
const reshapesLast: Rewrite = (node, operands) => {
  const { primitive, params, shape } = node
  const reshaped = operands.filter((x) => literalValue(x) === undefined)
  const from = reshaped[0]?.operands[0]
  const merges = (x: Node): boolean => patternOf(x).kind === 'alias'
  if (from === undefined || !reshaped.every((x) => merges(x) && equalShapes(x.operands[0]!.shape, from.shape)))
    return undefined
  const before = operands.map((x) => {
    const value = literalValue(x)
    return value === undefined ? x.operands[0]! : o.full(from.shape, value, x.dtype)
  })
  return o.reshape(call(primitive, params, before), shape)
}

/**
 * Moves less: slices values before they are repeated or put together, drops transpositions that move nothing, and puts
 * reshapes behind elementwise work.
 */
export const simplifyMovement: Rewrite = (node, operands) => {
  const { name, elementwise } = node.primitive
  if (name === 'transpose') return transposes(node, operands)
  if (name === 'slice') return slices(node, operands)
  return elementwise === true ? reshapesLast(node, operands) : undefined
}
