import * as E from '#fp-ts/Either'
import { o } from '../../primitives/vocabulary.ts'
import { call } from '../../program/call.ts'
import { activeGraph } from '../../program/graph.ts'
import type { Node } from '../../program/node.ts'
import type { Program } from '../../program/program.ts'
import { nodesOf, rebuild } from '../../program/program.ts'
import type { ScanParams } from '../../program/scan.ts'
import { isScan } from '../../program/scan.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Rewrite } from './rewrite.ts'
import { rewriting } from './rewrite.ts'

/** The most operations that loops may come to where they are written out. */
const mostOperations = 1_000_000

const operationsIn = ({ outputs }: Program): number =>
  nodesOf(outputs).reduce(
    (sum, node) => sum + (isScan(node) ? node.params.length * operationsIn(node.params.body) : 1),
    0
  )

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

/** Counts the operations that written-out loops may come to at most, and come to. */
export interface TooManyOperations {
  readonly most: number
  readonly actual: number
}

/** Returns an equal program without loops, for devices that have none, unless it would be too long. */
export const withoutScans = (program: Program): E.Either<TooManyOperations, Program> => {
  if (!nodesOf(program.outputs).some(isScan)) return E.right(program)
  const actual = operationsIn(program)
  return actual > mostOperations ? E.left({ most: mostOperations, actual }) : E.right(rewriting(unrollScans)(program))
}
