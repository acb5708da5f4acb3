import { call } from '../program/call.ts'
import { activeGraph, intern, lift } from '../program/graph.ts'
import type { Graph } from '../program/node.ts'
import { input } from '../program/leaves.ts'
import type { Node } from '../program/node.ts'
import type { Primitive } from '../program/primitive.ts'
import type { Tangent } from '../program/tangent.ts'
import { isZero, zero } from '../program/tangent.ts'
import type { Program } from '../program/program.ts'
import { dependents, nodesOf, operandsSince, substitute } from '../program/program.ts'
import type { Traced } from '../program/trace.ts'
import { traceDepth, traceInto } from '../program/trace.ts'
import { spread } from '../primitives/rules/elementwise.ts'
import { o } from '../primitives/vocabulary.ts'
import { literalValue } from '../primitives/rules/literal.ts'
import { fail } from '../tensor/error.ts'
import { range } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Argnums } from './argnums.ts'
import type { Arguments } from './arguments.ts'
import type { Leaves } from './staged.ts'
import { argumentsOf } from './statics.ts'
import { vanishing } from './transposition.ts'
import { vmap } from './vmap.ts'

/**
 * Describes a node with a rule of its own: it is the identity on its first operand, a result of some function. Behind
 * it come all results of the function, as far as the rule wants them, then its arguments, then what its rule closed over,
 * then what the function itself did: operands rather than captured values, so that they are replaced when the node is put
 * in another place. `id` tells one application from another, since these nodes, alone among primitives, carry functions.
 */
export interface Application extends Record<string, unknown> {
  readonly id: number
  /** Which result the node is. */
  readonly output: number
  /** How many results, then arguments, then values of the rule's closure there are behind the first operand. */
  readonly results: number
  readonly count: number
  readonly captured: number
}

/** Sorts the operands behind the first, or what belongs to them, by their part: arguments, closure, results. */
export const partsOf = <X>(
  { results, count, captured }: Application,
  [, ...operands]: readonly X[]
): { readonly [K in 'results' | 'primals' | 'captured' | 'closure']: readonly X[] } => ({
  results: operands.slice(0, results),
  primals: operands.slice(results, results + count),
  captured: operands.slice(results + count, results + count + captured),
  closure: operands.slice(results + count + captured)
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
  tangentsThrough: (operandCount, application) => {
    const { primals, closure } = partsOf(application, range(operandCount))
    return [...primals, ...closure]
  },
  lower: () => ({ kind: 'alias', operand: 0 })
} satisfies Partial<Primitive<Application>>

/** Returns the axes for vmap: 0 for what is mapped, null for what is not. */
export const axesOf = (mapped: readonly boolean[]): readonly (number | null)[] =>
  mapped.map((mark) => (mark ? 0 : null))

/**
 * Computes the tangent of one result leaf, by its number, from the argument leaves, their tangents, the results, and what the rule
 * closed over.
 */
export type LeafRule = (
  output: number,
  primals: readonly Tensor[],
  tangents: readonly Tensor[],
  results: readonly Tensor[],
  captured: readonly Tensor[]
) => Tensor

/** Computes the cotangents of the arguments that a function is linear in from all arguments and the cotangent of one result. */
export type LeafTranspose = (
  primals: readonly Tensor[],
  cotangent: Tensor,
  captured: readonly Tensor[]
) => readonly Tensor[]

/** Maps a transpose over the leading axis; an argument that is not mapped was used by every slice, so its cotangents add up. */
const summedOver = (
  marks: { readonly [K in 'primals' | 'captured']: readonly boolean[] },
  transpose: LeafTranspose
): LeafTranspose => {
  const each = vmap(transpose, { inAxes: [axesOf(marks.primals), 0, axesOf(marks.captured)] })
  return (...args) => each(...args).map((ct, i) => (marks.primals[i] === true ? ct : o.reduceSum(ct, [0])))
}

export type Ruled = Application & { readonly rule: LeafRule; readonly transpose?: LeafTranspose }

export const customJvpNode: Primitive<Ruled> = {
  ...identity,
  name: 'customJvp',
  transpose: (_, cotangent, index, operands, params): Tangent => {
    const place = index - 1 - params.results
    const { primals, captured } = partsOf(params, operands)
    if (params.transpose === undefined) return index === 0 ? cotangent : zero(operands[index]!)
    if (place < 0 || place >= params.count) return zero(operands[index]!)
    return params.transpose(primals, cotangent, captured)[place]!
  },
  jvp: (vocabulary, operands, tangents, y, params): Tangent => {
    if (y.dtype !== 'float32') return zero(y)
    const { results, primals, captured } = partsOf(params, operands)
    const moved = partsOf(params, tangents)
    refuseClosure('customJvp', moved.closure)
    // The rule reads results that have it, too: f itself has no part in their derivatives.
    const ruled = results.map((value, output) =>
      output === params.output ? y : call(customJvpNode, { ...params, output }, [value, ...operands.slice(1)])
    )
    return params.rule(params.output, primals, moved.primals.map(vocabulary.instantiate), ruled, captured)
  },
  batch: (vocabulary, operands, mapped, params, size) => {
    // The value and all results have the axis, whether they vary along it or not.
    const whole = operands.map((x, i) => (i <= params.results ? spread(vocabulary, x, mapped[i]!, size) : x))
    const marks = partsOf(params, mapped)
    const moving = axesOf(marks.primals)
    const inAxes = [moving, moving, marks.results.map(() => 0), axesOf(marks.captured)]
    const rule: LeafRule = (output, ...args) =>
      vmap((...each: typeof args) => params.rule(output, ...each), { inAxes })(...args)
    const transpose = params.transpose && summedOver(marks, params.transpose)
    const own = { ...params, id: nextApplication(whole[0]!), rule, ...(transpose && { transpose }) }
    return call(customJvpNode, own, whole)
  }
}

export const refuseClosure = (op: string, tangents: readonly Tangent[]): void => {
  const vanishes = vanishing()
  if (!tangents.every((x) => isZero(x) || vanishes(x as Node)))
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
  const used = order.filter((node) => inside.has(node)).flatMap((node) => node.operands)
  return [...new Set([...used, ...outputs].filter((x) => !inside.has(x) && isVariable(x)))]
}

const isVariable = (x: Node): boolean =>
  (x.operands.length > 0 || x.primitive === input) && literalValue(x) === undefined

let isLooking = false

/**
 * Finds what a rule closes over, by running it on inputs like those that it will be given: where an inner transformation has
 * ended when the rule is wanted, other values stand for it. In the outermost function none does, so none is looked for;
 * nor in a rule that is itself looked through, which may call its own function.
 */
export const capturedBy = (
  op: string,
  graph: Graph,
  avals: readonly (readonly Tensor[])[],
  rule: (...parts: (readonly Tensor[])[]) => readonly Tensor[]
): readonly Node[] => {
  if (isLooking || traceDepth() < 2) return []
  isLooking = true
  try {
    const lengths = avals.map((part) => part.length)
    const parts = (all: readonly Tensor[]): (readonly Tensor[])[] =>
      lengths.map((length, i) => {
        const from = lengths.slice(0, i).reduce((sum, n) => sum + n, 0)
        return all.slice(from, from + length)
      })
    const start = graph.count
    const { outputs } = traceInto(graph, avals.flat(), (inputs) => rule(...parts(inputs)), op).program
    // What the rule made is made again when it runs again; what was there before is what it closed over.
    const isOwn = (node: Node): boolean => node.id >= start
    return nodesOf(outputs, (node) => (isOwn(node) ? node.operands : [])).filter((x) => !isOwn(x) && isVariable(x))
  } catch {
    // It is said where the rule is wanted, if it ever is.
    return []
  } finally {
    isLooking = false
  }
}

/** Puts what stands for captured values now in their places in what a rule gave. */
export const recaptured = (
  captured: readonly Node[],
  now: readonly Tensor[],
  values: readonly Tensor[]
): readonly Tensor[] => {
  const graph = activeGraph()!
  return captured.every((x, i) => x === now[i])
    ? values
    : substitute(
        graph,
        values.map((x) => lift(graph, x, 'a rule')),
        captured,
        now
      )
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
  values: { readonly [K in 'all' | 'results' | 'primals' | 'captured' | 'closure']: readonly Tensor[] },
  paramsOf: (application: Application) => P
): readonly Tensor[] => {
  const id = graph.count
  const { results, primals, captured, closure } = values
  const behind = [...results, ...primals, ...captured, ...closure]
  return values.all.map((value, output) => {
    const params = paramsOf({
      id,
      output,
      results: results.length,
      count: primals.length,
      captured: captured.length
    })
    return intern(
      graph,
      primitive,
      params,
      [value, ...behind].map((x) => lift(graph, x, primitive.name))
    )
  })
}
