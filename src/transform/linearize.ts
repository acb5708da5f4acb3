import { substitute } from '../program/program.ts'
import { o } from '../primitives/vocabulary.ts'
import { activeGraph, lift } from '../program/graph.ts'
import { rebuildResult, traceInto } from '../program/trace.ts'
import type { Arguments } from './arguments.ts'
import { evaluateNow, tensorsOf } from './staged.ts'
import { jvp, tangentsFor } from './jvp.ts'
import { at, linearization, refuseReverseOnly } from './linearization.ts'

/**
 * Linearizes f: `[f(...primals), push]`, where `push(...tangents)` is the linear map df at `primals`. Inside a trace f
 * is traced once and its primal values are shared by every push; outside each push is a jvp of its own.
 *
 * @example
 * import { linearize, mul, tensor } from 'saddlepoint'
 * const [y, push] = linearize((x) => mul(x, x), tensor([3]))
 * y.data // => [9]
 * push(tensor([2])).data // => [12]
 */
export const linearize = <A extends Arguments, R>(f: (...args: A) => R, ...primals: A): [R, (...tangents: A) => R] => {
  const graph = activeGraph()
  if (graph === undefined)
    return [evaluateNow('linearize', primals, (_, args) => f(...args)), (...tangents) => jvp(f, primals, tangents)[1]]
  const taken = tensorsOf(primals, 'linearize')
  const { leaves, rebuild } = taken
  const traced = traceInto(graph, leaves, (inputs) => f(...(rebuild(inputs) as A)), 'linearize')
  const linear = linearization(graph, traced.program, 'linearize')
  refuseReverseOnly(traced.program, linear.tangents)
  const y = at(graph, traced.program, leaves, traced.program.outputs)
  const dy = linear.tangents.map((x) => lift(graph, o.instantiate(x), 'linearize'))
  const push = (...tangents: A): R => {
    const directions = tangentsFor('linearize', taken, tangents).map(o.instantiate)
    const from = [...traced.program.inputs, ...linear.tangentInputs]
    return rebuildResult(traced, substitute(graph, dy, from, [...leaves, ...directions])) as R
  }
  return [rebuildResult(traced, y) as R, push]
}
