import type { Graph, Node } from '../../program/node.ts'
import type { AnyPrimitive } from '../../program/primitive.ts'
import { dependents, nodesOf, operandsSince } from '../../program/program.ts'
import type { ScanParams } from '../../program/scan.ts'
import { unpack } from '../../program/scan.ts'
import type { Vocabulary } from '../../program/vocabulary.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { OpenBody, Variable } from './body.ts'
import { closeBody, inputsOf } from './body.ts'
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
export const residualsOf = (
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
export const neededOf = (
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
