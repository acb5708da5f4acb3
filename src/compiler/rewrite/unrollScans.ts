import { o } from '../../primitives/vocabulary.ts'
import { call } from '../../program/call.ts'
import { activeGraph } from '../../program/graph.ts'
import type { Node } from '../../program/node.ts'
import type { Program } from '../../program/program.ts'
import { nodesOf, rebuild } from '../../program/program.ts'
import type { Scan, ScanParams } from '../../program/scan.ts'
import { isScan } from '../../program/scan.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Rewrite } from './rewrite.ts'
import { rewriting } from './rewrite.ts'

/** Counts the operations of a node, those of a loop once for each iteration. */
const operationsOf = (node: Node): number =>
  isScan(node)
    ? node.params.length * nodesOf(node.params.body.outputs).reduce((sum, own) => sum + operationsOf(own), 0)
    : 1

const sliceAt = (x: Tensor, i: number): Node => {
  const [, ...rest] = x.shape
  const row = o.slice(x, [i, ...rest.map(() => 0)], [i + 1, ...rest])
  return o.reshape(row, rest) as Node
}

const writtenOut = (
  { body, constants, carries, length, reverse, returned }: ScanParams,
  operands: readonly Node[]
): Tensor => {
  const graph = activeGraph()!
  const fixed = operands.slice(0, constants)
  const xs = operands.slice(constants + carries)
  let carried = operands.slice(constants, constants + carries)
  const iterations = new Array<readonly Node[]>(length)
  for (let step = 0; step < length; step++) {
    const i = reverse ? length - 1 - step : step
    const inputs = [...fixed, ...carried, ...xs.map((x) => sliceAt(x, i))]
    iterations[i] = rebuild(graph, body, inputs, (node, own) => unrollScans(node, own) ?? call(node.primitive, node.params, own)).outputs // prettier-ignore
    carried = iterations[i].slice(0, carries)
  }
  const parts = returned.flatMap((n) => (n < carries ? [carried[n]!] : iterations.map((outputs) => outputs[n]!)))
  const dtype = body.outputs[returned[0]!]!.dtype
  const flat = parts.map((x) => o.reshape(x, [sizeOf(x.shape)]))
  return flat.length === 0 ? o.full([0], 0, dtype) : o.concat(flat, 0)
}

/** Writes a scan out, one iteration after the other. */
export const unrollScans: Rewrite = (node, operands) => (isScan(node) ? writtenOut(node.params, operands) : undefined)

/** Returns an equal program without loops. */
export const withoutLoops = rewriting(unrollScans)

/**
 * Returns an equal program without loops of at most so many operations, those of each iteration counted. Loops that may stop stay loops
 * where they have more than so many iterations.
 */
export const withoutShortLoops = (program: Program, most: number, mostThatStop = Infinity): Program => {
  const mayStop = ({ params: { whileTrue, length } }: Scan): boolean => whileTrue !== undefined && length > mostThatStop
  const isShort = (node: Node): boolean => isScan(node) && operationsOf(node) <= most && !mayStop(node)
  return nodesOf(program.outputs).some(isShort)
    ? rewriting((node, operands) => (isShort(node) ? unrollScans(node, operands) : undefined))(program)
    : program
}
