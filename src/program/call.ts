import { allocate, precisionOf } from '../tensor/dtype.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { activeGraph, intern, lift, refuseUnusable } from './graph.ts'
import type { AnyPrimitive, Params } from './primitive.ts'
import type { Tangent } from './tangent.ts'
import { isSeparatelyLinear, linearOperands } from './primitive.ts'
import { isZero, zero } from './tangent.ts'
import { refuseUnfit } from './unfit.ts'

/** Applies a primitive to tensors: computes at once outside a trace, adds a node inside. */
export const call = (primitive: AnyPrimitive, params: Params, operands: readonly Tensor[]): Tensor => {
  const graph = activeGraph()
  if (graph === undefined) return evaluateOnce(primitive, params, operands)
  const nodes = operands.map((x) => lift(graph, x, primitive.name))
  if (primitive.simplify === undefined) return intern(graph, primitive, params, nodes)
  // A misfit is reported before a simplification could hide it.
  const aval = primitive.shape(nodes, params)
  return primitive.simplify(graph.vocabulary, nodes, params) ?? intern(graph, primitive, params, nodes, aval)
}

const evaluateOnce = (primitive: AnyPrimitive, params: Params, operands: readonly Tensor[]): Tensor => {
  for (const x of operands) refuseUnusable(x, primitive.name)
  const result = primitive.shape(operands, params)
  const inputs = operands.map((x) => x.data)
  const data = allocate(result.dtype, sizeOf(result.shape), precisionOf(inputs))
  primitive.evaluate(operands, result, params)(inputs, data)
  refuseUnfit(primitive, operands, result, data)
  return { shape: result.shape, dtype: result.dtype, data }
}

/** Applies a primitive to tangents: gives a Zero where linearity says so, writes zeros out where it does not. */
export const callTangent = (
  primitive: AnyPrimitive,
  params: Params,
  operands: readonly Tangent[],
  instantiate: (x: Tangent) => Tensor
): Tangent => {
  let zeros = false
  for (const x of operands) zeros ||= isZero(x)
  if (!zeros) return call(primitive, params, operands as readonly Tensor[])
  const linear = linearOperands(primitive, operands.length, params).map((i) => operands[i]!)
  const vanishes = isSeparatelyLinear(primitive) ? linear.some(isZero) : linear.length > 0 && linear.every(isZero)
  return vanishes ? zero(primitive.shape(operands, params)) : call(primitive, params, operands.map(instantiate))
}
