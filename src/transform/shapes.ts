import { o } from '../primitives/vocabulary.ts'
import { openGraph } from '../program/graph.ts'
import { rebuildResult, traceInto } from '../program/trace.ts'
import { blank } from '../tensor/tensor.ts'
import { flattenTensors, unflatten } from '../tensor/tree.ts'
import type { Arguments } from './arguments.ts'

/**
 * Returns what `f` gives with every tensor replaced by its shape and dtype (a `blank`): `f` is traced and no number is
 * computed, so the arguments may be blanks, too. Tensors among the arguments are inputs; numbers and anything else reach f
 * as they are.
 *
 * @throws whatever f throws, under the name `op`
 */
export const shapesOf = <A extends Arguments, R>(op: string, f: (...args: A) => R, ...args: A): R => {
  const { leaves, structure } = flattenTensors(args)
  const traced = traceInto(openGraph(o), leaves, (inputs) => f(...(unflatten(structure, inputs) as A)), op)
  return rebuildResult(traced, traced.program.outputs.map(blank)) as R
}
