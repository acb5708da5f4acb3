import { call } from '../program/call.ts'
import { intern, lift } from '../program/graph.ts'
import type { Graph } from '../program/graph.ts'
import { input } from '../program/leaves.ts'
import type { Node } from '../program/node.ts'
import type { Primitive, Tangent } from '../program/primitive.ts'
import { isZero } from '../program/primitive.ts'
import type { Program } from '../program/program.ts'
import { dependents, nodesOf } from '../program/program.ts'
import { spread } from '../primitives/elementwise.ts'
import { fail } from '../tensor/error.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { vmap } from './vmap.ts'

/** Tangent of one result leaf from the argument leaves, their tangents, and that result. */
export type LeafRule = (primals: readonly Tensor[], tangents: readonly Tensor[], result: Tensor) => Tensor

/**
 * The identity on its first operand, a result of the function with a rule of its own. The operands behind it are that
 * function's arguments (`count` of them) and then whatever it closed over. Tangents go by the rule instead of by the
 * body, which is why this node, alone among primitives, carries a function; `id` tells one application from another.
 */
export interface CustomParams extends Record<string, unknown> {
  readonly id: number
  readonly output: number
  readonly count: number
  readonly rule: LeafRule
}

let applications = 0
/** A number that no other application of a custom rule has, so that consing keeps them apart. */
export const nextApplication = (): number => applications++

export const customJvpNode: Primitive<CustomParams> = {
  name: 'customJvp',
  shape: ([y]) => ({ shape: y!.shape, dtype: y!.dtype }),
  evaluate:
    () =>
    ([y], output) => {
      output.set(y!)
    },
  linearity: 'none',
  tangentsThrough: (operandCount) => Array.from({ length: operandCount - 1 }, (_, i) => i + 1),
  jvp: (vocabulary, [y, ...rest], [, ...tangents], _, { count, rule }): Tangent => {
    refuseClosure('customJvp', tangents.slice(count))
    return rule(rest.slice(0, count), tangents.slice(0, count).map(vocabulary.instantiate), y!)
  },
  batch: (vocabulary, [y, ...rest], [yMapped, ...mapped], params, size) => {
    const { count, rule } = params
    const marks = mapped.slice(0, count)
    const axes = marks.map((mark) => (mark ? 0 : null))
    const batchedRule: LeafRule = (primals, tangents, result) =>
      vmap(rule, { inAxes: [axes, axes, 0] })(primals, tangents, result)
    const value = spread(vocabulary, y!, yMapped!, size)
    return call(customJvpNode, { ...params, id: nextApplication(), rule: batchedRule }, [value, ...rest])
  },
  lower: () => ({ kind: 'alias', operand: 0 })
}

export const refuseClosure = (op: string, tangents: readonly Tangent[]): void => {
  if (!tangents.every(isZero))
    fail('NotSupported', {
      op,
      expected: 'a function whose differentiated values are all among its arguments',
      actual: 'one that closes over a value that is being differentiated',
      hint: 'Pass that value as an argument, so that the rule can give its derivative'
    })
}

/** Values of surrounding traces that a traced function used beside its inputs, constants aside. */
export const closureOf = ({ inputs, outputs }: Program): readonly Node[] => {
  const order = nodesOf(outputs)
  const inside = dependents(order, inputs)
  const isVariable = (x: Node): boolean => !inside.has(x) && (x.operands.length > 0 || x.primitive === input)
  const used = order.filter((node) => inside.has(node)).flatMap((node) => node.operands)
  return [...new Set([...used, ...outputs].filter(isVariable))]
}

/** A node that must stay as it is: interned without simplification. */
export const customNode = (
  graph: Graph,
  primitive: Primitive<CustomParams>,
  params: CustomParams,
  operands: readonly Tensor[]
): Node =>
  intern(
    graph,
    primitive,
    params,
    operands.map((x) => lift(graph, x, primitive.name))
  )
