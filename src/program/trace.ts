import { fail } from '../tensor/error.ts'
import type { Aval } from '../tensor/tensor.ts'
import type { Structure } from '../tensor/tree.ts'
import { flatten, unflatten } from '../tensor/tree.ts'
import type { Graph } from './node.ts'
import { lift, makeInput, within } from './graph.ts'
import type { Node } from './node.ts'
import type { Program } from './program.ts'

/** What tracing a function gives: its program over fresh inputs, and the structure of its result. */
export interface Traced {
  readonly program: Program
  readonly structure: Structure
}

let depth = 0

/** Counts the traced functions that are running, one inside another: 0 outside a trace. */
export const traceDepth = (): number => depth

const deeper = <A>(body: () => A): A => {
  depth++
  try {
    return body()
  } finally {
    depth--
  }
}

/** Tells whether it is a promise, or works like one. */
export const isThenable = (x: unknown): x is PromiseLike<unknown> =>
  typeof x === 'object' && x !== null && 'then' in x && typeof x.then === 'function'

/**
 * Runs `f` once on fresh inputs of a running trace and gathers what it returns. Inputs are variables of their own,
 * never consed, which is what keeps nested differentiation from confusing one perturbation with another.
 * The program may depend on values of the surrounding trace, which f closed over.
 */
export const traceInto = (
  graph: Graph,
  avals: readonly Aval[],
  f: (inputs: readonly Node[]) => unknown,
  op: string
): Traced => {
  const inputs = avals.map((aval, i) => makeInput(graph, aval, `argument ${String(i)} of ${op}`))
  const result = within(graph, () => deeper(() => f(inputs)))
  if (isThenable(result)) {
    // The promise may reject later, with nobody left to hear it.
    Promise.resolve(result).catch(() => undefined)
    fail('AsyncTrace', {
      op,
      expected: 'a function that returns tensors',
      actual: 'a function that returns a promise',
      hint: 'Tracing is synchronous: await data first, then pass it in'
    })
  }
  const { leaves, structure } = flatten(result, op)
  return { program: { inputs, outputs: leaves.map((leaf) => lift(graph, leaf, op)) }, structure }
}

export const rebuildResult = (traced: Traced, outputs: readonly unknown[]): unknown =>
  unflatten(traced.structure, outputs)
