import { makeInput } from '../../program/graph.ts'
import type { Graph, Node } from '../../program/node.ts'
import type { AnyPrimitive } from '../../program/primitive.ts'
import { dependents, nodesOf, operandsSince, substitute } from '../../program/program.ts'
import type { ScanParams } from '../../program/scan.ts'
import { partsOf, unpack } from '../../program/scan.ts'
import type { Tangent } from '../../program/tangent.ts'
import { zero } from '../../program/tangent.ts'
import type { Vocabulary } from '../../program/vocabulary.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { transposition } from '../transposition.ts'
import type { OpenBody, Variable } from './body.ts'
import { closeBody, inputsOf, openBody } from './body.ts'
import { leastKept } from './leastKept.ts'

/** A value that the backward pass reads of each iteration, and all of them, one an iteration along the leading axis. */
interface Residual {
  readonly node: Node
  readonly stacked: Tensor
}

/**
 * Computes residuals by a forward pass over the carries that are not linear. Truth values are kept as float32 beside the
 * others, so that one pass is enough; integers need a pass of their own.
 */
const residualsOf = (
  scan: AnyPrimitive,
  o: Vocabulary,
  graph: Graph,
  body: OpenBody,
  params: ScanParams,
  nodes: readonly Node[]
): readonly Residual[] => {
  const isLate = ({ linear }: Variable): boolean => linear
  const forward = (kept: readonly Node[]): readonly Residual[] => {
    if (kept.length === 0) return []
    const held = body.carries.filter((variable) => !isLate(variable))
    const ys = kept.map((node) => (node.dtype === 'bool' ? (o.convert(node, 'float32') as Node) : node))
    const open: OpenBody = {
      constants: body.constants,
      carries: held,
      xs: body.xs,
      next: body.next.filter((_, n) => !isLate(body.carries[n]!)),
      ys
    }
    const { whileTrue: _, ...options } = params
    const packed = closeBody(
      scan,
      graph,
      open,
      options,
      ys.map((__, n) => held.length + n)
    )
    const parts = unpack(
      o,
      packed,
      ys.map(({ shape }) => ({ shape: [params.length, ...shape] }))
    )
    return kept.map((node, n) => ({ node, stacked: node.dtype === 'bool' ? o.compare(parts[n]!, 0, 'ne') : parts[n]! }))
  }
  const isInteger = ({ dtype }: Node): boolean => dtype === 'int32'
  return [...forward(nodes.filter((node) => !isInteger(node))), ...forward(nodes.filter(isInteger))]
}

/**
 * Chooses what is kept of each iteration for the backward pass `outputs`, which reads values that depend on carries or on xs: of
 * those and of what they are computed from, the fewest bytes that do.
 */
const neededOf = (
  body: OpenBody,
  outputs: readonly Node[],
  cotangents: readonly Node[],
  { keep }: ScanParams
): readonly Node[] => {
  const held = inputsOf(body.carries.filter(({ linear }) => !linear))
  const xs = inputsOf(body.xs.filter(({ linear }) => !linear))
  const order = nodesOf(outputs, operandsSince([...inputsOf(body.constants), ...held, ...xs, ...cotangents]))
  const varying = dependents(order, [...held, ...xs])
  const late = dependents(order, cotangents)
  if (keep === 'carries') return order.filter((node) => held.includes(node))
  const read = [...order.filter((node) => late.has(node)).flatMap(({ operands }) => operands), ...outputs]
  const given = new Set(xs)
  const varies = (node: Node): boolean => varying.has(node) && !late.has(node) && !given.has(node)
  return leastKept([...new Set(read)].filter(varies), varies)
}

/**
 * Computes the cotangents of all operands that a scan is linear in: a scan in the other direction over the transposed body.
 * Its carries are the cotangents of the linear carries and the sums of those of the linear constants.
 */
const cotangentsOf = (
  scan: AnyPrimitive,
  o: Vocabulary,
  cotangent: Tensor,
  operands: readonly Tensor[],
  params: ScanParams
): readonly Tangent[] => {
  const { graph } = cotangent as Node
  const body = openBody(graph, params, operands)
  const { length, returned } = params
  const count = body.carries.length
  const isLinear = ({ linear }: Variable): boolean => linear
  const constants = body.constants.filter(isLinear)
  const carries = body.carries.filter(isLinear)
  const xs = body.xs.filter(isLinear)
  const linearCarries = body.carries.flatMap((variable, n) => (isLinear(variable) ? [n] : []))
  const given = unpack(o, cotangent, partsOf(params))
  const variable = (of: Node, value: Tensor): Variable => ({
    input: makeInput(graph, of, 'cotangent of a scan'),
    value,
    linear: true
  })
  const zeros = ({ shape }: Node): Tensor => o.full(shape, 0)
  const sumOf = (n: number): Tensor | undefined =>
    given
      .filter((_, i) => returned[i] === n)
      .reduce<Tensor | undefined>((sum, x) => (sum === undefined ? x : o.add(sum, x)), undefined)

  const ofCarries = linearCarries.map((n) => variable(body.next[n]!, sumOf(n) ?? zeros(body.next[n]!)))
  const ysReturned = [...new Set(returned.filter((n) => n >= count))]
  const ofYs = ysReturned.map((n) => variable(body.ys[n - count]!, sumOf(n)!))
  const sums = constants.map(({ input }) => variable(input, zeros(input)))
  const pulled = transposition(
    {
      inputs: inputsOf([...constants, ...carries, ...xs]),
      outputs: [...linearCarries.map((n) => body.next[n]!), ...ysReturned.map((n) => body.ys[n - count]!)]
    },
    inputsOf([...ofCarries, ...ofYs])
  )
  const written = pulled.map((x) => o.instantiate(x) as Node)
  const next = [
    ...written.slice(constants.length, constants.length + carries.length),
    ...sums.map(({ input }, n) => o.add(input, written[n]!) as Node)
  ]
  const ys = written.slice(constants.length + carries.length)
  const cotangents = inputsOf([...ofCarries, ...ofYs, ...sums])

  const needed = neededOf(body, [...next, ...ys], cotangents, params)
  const residuals = residualsOf(scan, o, graph, body, params, needed)
  const kept = residuals.map(({ node, stacked }) => ({
    input: makeInput(graph, node, 'residual of a scan'),
    value: stacked,
    linear: false
  }))
  const replaced = substitute(
    graph,
    [...next, ...ys],
    residuals.map(({ node }) => node),
    inputsOf(kept)
  ) as readonly Node[]
  const back: OpenBody = {
    constants: body.constants.filter((x) => !isLinear(x)),
    carries: [...ofCarries, ...sums],
    xs: [...body.xs.filter((x) => !isLinear(x)), ...kept, ...ofYs],
    next: replaced.slice(0, next.length),
    ys: replaced.slice(next.length)
  }
  const options = { length, reverse: !params.reverse, keep: params.keep }
  const packed = closeBody(
    scan,
    graph,
    back,
    options,
    [...next, ...ys].map((_, n) => n)
  )
  const avals = [...next, ...ys.map(({ shape }) => ({ shape: [length, ...shape] }))]
  const parts = unpack(o, packed, avals)
  const byInput = new Map<Node, Tensor>([
    ...carries.map(({ input }, n) => [input, parts[n]!] as const),
    ...constants.map(({ input }, n) => [input, parts[carries.length + n]!] as const),
    ...xs.map(({ input }, n) => [input, parts[next.length + n]!] as const)
  ])
  return [...body.constants, ...body.carries, ...body.xs].map(
    ({ input }, i) => byInput.get(input) ?? zero(operands[i]!)
  )
}

/** The cotangents that were computed last for a list of operands: transposition asks for each operand in turn. */
const known = new WeakMap<readonly Tensor[], readonly [cotangent: Tensor, all: readonly Tangent[]]>()

/** Computes the cotangent of one operand, all being computed at the first. */
export const cotangentOfScan = (
  scan: AnyPrimitive,
  o: Vocabulary,
  cotangent: Tensor,
  index: number,
  operands: readonly Tensor[],
  params: ScanParams
): Tangent => {
  const last = known.get(operands)
  const all = last?.[0] === cotangent ? last[1] : cotangentsOf(scan, o, cotangent, operands, params)
  known.set(operands, [cotangent, all])
  return all[index]!
}
