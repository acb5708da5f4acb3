import type { Node } from '../program/node.ts'
import { o } from '../primitives/vocabulary.ts'
import { makeInput } from '../program/graph.ts'
import { isZero, zero } from '../program/tangent.ts'
import { traceInto } from '../program/trace.ts'
import type { None } from '../tensor/arguments.ts'
import { requireGiven } from './given.ts'
import { linearization } from './linearization.ts'
import { pushforward } from './pushforward.ts'
import { staged, tensorsOf } from './staged.ts'
import { transposition } from './transposition.ts'
import type { Tensor } from '../tensor/tensor.ts'

/**
 * Tests whether a derivative of `f(x)` with respect to `x` is more than a structural zero: false where every path is
 * cut, by stopGradient, by integers, or because f does not use x.
 *
 * @example
 * import { reaches, stopGradient, mul, tensor } from 'saddlepoint'
 * reaches((x) => mul(x, 2), tensor(1)) // => true
 * reaches((x) => stopGradient(x), tensor(1)) // => false
 */
export function reaches<X>(f: (x: X) => Tensor, x: X): boolean
export function reaches<X>(f: (x: X) => Tensor, x: X, ...more: None): boolean {
  requireGiven('reaches', f, more)
  let found = false
  staged('reaches', [x], (graph, [point]) => {
    const { leaves, rebuild } = tensorsOf(point, 'reaches')
    const { program } = traceInto(graph, leaves, ([...inputs]) => f(rebuild(inputs) as X), 'reaches')
    const directions = program.inputs.map((node) =>
      node.dtype === 'float32' ? makeInput(graph, node, 'direction') : zero(node)
    )
    found = pushforward(program, directions).some((tangent) => !isZero(tangent))
    return []
  })
  return found
}

/**
 * Tests the same of a gradient: where derivatives reach `x` they are also taken in reverse mode, so that whatever `grad`
 * throws of a rule is thrown here.
 */
export const gradientReaches = <X>(f: (x: X) => Tensor, x: X): boolean => {
  let found = false
  staged('grad', [x], (graph, [point]) => {
    const { leaves, rebuild } = tensorsOf(point, 'grad')
    const { program } = traceInto(graph, leaves, ([...inputs]) => f(rebuild(inputs) as X), 'grad')
    const { tangentInputs, tangents } = linearization(graph, program, 'grad')
    const moved = tangents.filter((tangent): tangent is Node => !isZero(tangent))
    found = moved.length > 0
    const cotangents = moved.map(({ shape }) => o.full(shape, 1))
    if (found) transposition({ inputs: tangentInputs, outputs: moved }, cotangents)
    return []
  })
  return found
}
