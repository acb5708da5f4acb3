import { call } from '../program/call.ts'
import { intern, lift } from '../program/graph.ts'
import type { Graph } from '../program/node.ts'
import { input } from '../program/leaves.ts'
import type { Node } from '../program/node.ts'
import type { Primitive } from '../program/primitive.ts'
import type { Tangent } from '../program/tangent.ts'
import { isZero, zero } from '../program/tangent.ts'
import type { Program } from '../program/program.ts'
import { dependents, nodesOf, operandsSince, substitute } from '../program/program.ts'
import type { Traced } from '../program/trace.ts'
import { traceInto } from '../program/trace.ts'
import { spread } from '../primitives/rules/elementwise.ts'
import { literalValue } from '../primitives/rules/literal.ts'
import { fail } from '../tensor/error.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Argnums } from './argnums.ts'
import type { Arguments } from './arguments.ts'
import type { Leaves } from './staged.ts'
import { argumentsOf } from './statics.ts'
import { vmap } from './vmap.ts'

/**
 * Describes a node with a rule of its own: it is the identity on its first operand, a result of some function. Behind
 * it come all results of the function, as far as the rule wants them, then its arguments, then whatever it closed over:
 * operands rather than captured values, so that they are replaced when the node is put in another place. `id` tells one
 * application from another, since these nodes, alone among primitives, carry functions.
 */
export interface Application extends Record<string, unknown> {
  readonly id: number
  /** Which result the node is. */
  readonly output: number
  /** How many results, and then arguments, there are behind the first operand. */
  readonly results: number
  readonly count: number
}

/** Sorts the operands behind the first, or what belongs to them, by their part: arguments, closure, results. */
export const partsOf = <X>(
  { results, count }: Application,
  [, ...operands]: readonly X[]
): { readonly [K in 'results' | 'primals' | 'closure']: readonly X[] } => ({
  results: operands.slice(0, results),
  primals: operands.slice(results, results + count),
  closure: operands.slice(results + count)
})

/** Holds the rules that such nodes share. */
export const identity = {
  shape: ([y]) => ({ shape: y!.shape, dtype: y!.dtype }),
  evaluate:
    () =>
    ([y], output) => {
      output.set(y!)
    },
  identity: 'erased',
  linearity: 'none',
  // Tangents go by the rule instead of by the body.
  tangentsThrough: (operandCount, { results }) =>
    Array.from({ length: operandCount - 1 - results }, (_, i) => i + 1 + results),
  lower: () => ({ kind: 'alias', operand: 0 })
} satisfies Partial<Primitive<Application>>

/** Returns the axes for vmap: 0 for what is mapped, null for what is not. */
export const axesOf = (mapped: readonly boolean[]): readonly (number | null)[] =>
  mapped.map((mark) => (mark ? 0 : null))

/** Computes the tangent of one result leaf from the argument leaves, their tangents, and the results. */
export type LeafRule = (primals: readonly Tensor[], tangents: readonly Tensor[], results: readonly Tensor[]) => Tensor

export const customJvpNode: Primitive<Application & { readonly rule: LeafRule }> = {
  ...identity,
  name: 'customJvp',
  jvp: (vocabulary, operands, tangents, y, params): Tangent => {
    if (y.dtype !== 'float32') return zero(y)
    const { results, primals } = partsOf(params, operands)
    const moved = partsOf(params, tangents)
    refuseClosure('customJvp', moved.closure)
    return params.rule(primals, moved.primals.map(vocabulary.instantiate), results)
  },
  batch: (vocabulary, [y, ...rest], mapped, params, size) => {
    const marks = partsOf(params, mapped)
    const [moving, resulting] = [axesOf(marks.primals), axesOf(marks.results)]
    const rule: LeafRule = (primals, tangents, results) =>
      vmap(params.rule, { inAxes: [moving, moving, resulting] })(primals, tangents, results)
    const value = spread(vocabulary, y!, mapped[0]!, size)
    return call(customJvpNode, { ...params, id: nextApplication(value), rule }, [value, ...rest])
  }
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

/** Lists the values of surrounding traces that a traced function used beside its inputs, constants aside. */
const closureOf = ({ inputs, outputs }: Program): readonly Node[] => {
  const order = nodesOf(outputs, operandsSince(inputs))
  const inside = dependents(order, inputs)
  const isVariable = (x: Node): boolean =>
    !inside.has(x) && (x.operands.length > 0 || x.primitive === input) && literalValue(x) === undefined
  const used = order.filter((node) => inside.has(node)).flatMap((node) => node.operands)
  return [...new Set([...used, ...outputs].filter(isVariable))]
}

/** Applies a function to arguments in the running trace, and keeps what its rules are given. */
export interface Applied {
  readonly args: Leaves
  readonly traced: Traced
  readonly results: readonly Tensor[]
  readonly closure: readonly Node[]
}

export const applied = <A extends Arguments>(
  op: string,
  graph: Graph,
  f: (...args: A) => unknown,
  values: A,
  staticArgnums: Argnums | undefined
): Applied => {
  const args = argumentsOf(op, values, staticArgnums)
  const traced = traceInto(graph, args.leaves, (inputs) => f(...(args.rebuild(inputs) as A)), op)
  const { inputs, outputs } = traced.program
  return { args, traced, results: substitute(graph, outputs, inputs, args.leaves), closure: closureOf(traced.program) }
}

/** Returns a number that no other application in the trace of `x` has, so that consing keeps them apart. */
export const nextApplication = (x: Tensor): number => (x as Node).graph.count

/** Makes a node with a rule for each result, interned without simplification, as it must stay what it is. */
export const withRule = <P extends Application>(
  graph: Graph,
  primitive: Primitive<P>,
  values: { readonly [K in 'all' | 'results' | 'primals' | 'closure']: readonly Tensor[] },
  paramsOf: (application: Application) => P
): readonly Tensor[] => {
  const id = graph.count
  const behind = [...values.results, ...values.primals, ...values.closure]
  return values.all.map((value, output) => {
    const params = paramsOf({ id, output, results: values.results.length, count: values.primals.length })
    return intern(
      graph,
      primitive,
      params,
      [value, ...behind].map((x) => lift(graph, x, primitive.name))
    )
  })
}
