import { call } from '../../program/call.ts'
import { makeInput, openGraph, within } from '../../program/graph.ts'
import type { Graph, Node } from '../../program/node.ts'
import type { AnyPrimitive } from '../../program/primitive.ts'
import { dependents, nodesOf, operandsSince, rebuild, renamed, substitute } from '../../program/program.ts'
import type { ScanParams } from '../../program/scan.ts'
import { bodyOf } from '../../program/scan.ts'
import { o } from '../../primitives/vocabulary.ts'
import { literalValue } from '../../primitives/rules/literal.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { vanishing } from '../transposition.ts'

/** An input of a body in the running trace, and what it is given: a constant, a first carry, or xs with their leading axis. */
export interface Variable {
  readonly input: Node
  readonly value: Tensor
  /** Whether all that is returned is linear in it, together with the others that are. */
  readonly linear: boolean
}

/** A body in the running trace, over inputs of its own and whatever values of the trace it uses beside them. */
export interface OpenBody {
  readonly constants: readonly Variable[]
  readonly carries: readonly Variable[]
  readonly xs: readonly Variable[]
  /** The next value of each carry. */
  readonly next: readonly Node[]
  readonly ys: readonly Node[]
}

export type ScanOptions = Pick<ScanParams, 'length' | 'reverse' | 'keep' | 'whileTrue'>

/** Writes the body of a scan into the running trace, over fresh inputs. */
export const openBody = (graph: Graph, params: ScanParams, operands: readonly Tensor[]): OpenBody => {
  const { body, constants, carries, linear } = params
  const inputs = body.inputs.map((x) => makeInput(graph, x, String(x.params['label'])))
  const { outputs } = renamed(graph, body, inputs)
  const variables = inputs.map((input, i): Variable => ({ input, value: operands[i]!, linear: linear.includes(i) }))
  return {
    constants: variables.slice(0, constants),
    carries: variables.slice(constants, constants + carries),
    xs: variables.slice(constants + carries),
    next: outputs.slice(0, carries),
    ys: outputs.slice(carries)
  }
}

export const inputsOf = (variables: readonly Variable[]): readonly Node[] => variables.map(({ input }) => input)

/** Finds the carries, by number, that some outputs depend on, directly or by way of later iterations. */
const carriesNeeded = (
  { carries, next }: OpenBody,
  outputs: readonly Node[],
  also: readonly number[]
): ReadonlySet<number> => {
  const needed = new Set(also)
  const since = operandsSince(inputsOf(carries))
  for (;;) {
    const reached = new Set(nodesOf([...outputs, ...[...needed].map((n) => next[n]!)], since))
    const more = carries.flatMap(({ input }, n) => (reached.has(input) && !needed.has(n) ? [n] : []))
    if (more.length === 0) return needed
    for (const n of more) needed.add(n)
  }
}

/**
 * Repetitions and counts are read, not computed, by what they are fused into: they stay in the body, and what is repeated comes in as
 * a constant in their place.
 */
const unrepeated = (fixed: readonly Node[]): readonly Node[] => {
  const found = new Set<Node>()
  for (let node of fixed) {
    while (node.primitive.name === 'broadcastInDim' && literalValue(node.operands[0]!) === undefined)
      node = node.operands[0]!
    if (node.primitive.name !== 'iota') found.add(node)
  }
  return [...found]
}

/**
 * Makes the scan of a body that returns some of its outputs: carries by number, ys by number behind those. What no such
 * output needs is left out of the body. What does not depend on the iteration stays outside and comes in as a constant.
 */
export const closeBody = (
  scan: AnyPrimitive,
  graph: Graph,
  body: OpenBody,
  options: ScanOptions,
  returned: readonly number[]
): Tensor => {
  const count = body.carries.length
  const all = [...body.next, ...body.ys]
  const { whileTrue } = options
  const needed = carriesNeeded(
    body,
    returned.map((n) => all[n]!),
    [...returned.filter((n) => n < count), ...(whileTrue === undefined ? [] : [whileTrue])]
  )
  const kept = [...needed].sort((a, b) => a - b)
  const ys = [...new Set(returned.filter((n) => n >= count))]
  const outputs = [...kept, ...ys].map((n) => all[n]!)
  const carries = kept.map((n) => body.carries[n]!)

  const order = nodesOf(
    outputs,
    operandsSince([...inputsOf(body.constants), ...inputsOf(carries), ...inputsOf(body.xs)])
  )
  const reached = new Set(order)
  const xs = body.xs.filter(({ input }) => reached.has(input))
  const varying = dependents(order, [...inputsOf(carries), ...inputsOf(xs)])
  const read = [...order.filter((node) => varying.has(node)).flatMap(({ operands }) => operands), ...outputs]
  const fixed = unrepeated([...new Set(read)].filter((node) => !varying.has(node) && literalValue(node) === undefined))
  // A tangent that is certainly 0 stays so visibly: what is added to it is linear.
  const vanishes = vanishing()
  const zeros = fixed.filter((node) => vanishes(node))
  const outside = fixed.filter((node) => !zeros.includes(node))
  const moving = dependents(order, inputsOf(body.constants.filter(({ linear }) => linear)))
  const values = substitute(
    graph,
    outside,
    inputsOf(body.constants),
    body.constants.map(({ value }) => value)
  )
  const variables: readonly Variable[] = [
    ...outside.map((input, i) => ({ input, value: values[i]!, linear: moving.has(input) })),
    ...carries,
    ...xs
  ]

  const own = openGraph(graph.vocabulary)
  const closed = within(own, () => {
    const labels = [...outside.map((_, i) => `constant ${String(i)}`), ...carries.map((_, i) => `carry ${String(i)}`), ...xs.map((_, i) => `x ${String(i)}`)] // prettier-ignore
    const inputs = variables.map(({ input }, i) => makeInput(own, input, labels[i]!))
    const zero = zeros.map(({ shape, dtype }) => o.full(shape, 0, dtype) as Node)
    const made = (zero.length === 0 ? renamed : rebuild)(own, { inputs: [...inputsOf(variables), ...zeros], outputs }, [
      ...inputs,
      ...zero
    ])
    return { inputs, outputs: made.outputs }
  })
  const places = new Map([...kept, ...ys].map((n, place) => [n, place]))
  const params: ScanParams = {
    body: bodyOf(closed),
    constants: outside.length,
    carries: carries.length,
    length: options.length,
    reverse: options.reverse,
    returned: returned.map((n) => places.get(n)!),
    linear: variables.flatMap(({ linear }, i) => (linear ? [i] : [])),
    keep: options.keep,
    ...(whileTrue !== undefined && { whileTrue: places.get(whileTrue)! })
  }
  return call(
    scan,
    params,
    variables.map(({ value }) => value)
  )
}
