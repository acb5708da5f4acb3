import { activeGraph } from '../program/graph.ts'
import { rebuildResult, traceInto } from '../program/trace.ts'
import type { Arguments } from './arguments.ts'
import { at, linearization, pullbackAt } from './linearization.ts'
import { evaluateNow, tensorsLike, tensorsOf } from './staged.ts'

/**
 * Computes the vector-Jacobian product: `[f(...primals), pullback]`, where `pullback(cotangent)` gives one cotangent
 * per primal, in reverse mode. The cotangent has the structure and shapes of f's result.
 *
 * @throws ShapeMisfit where the cotangent does not fit the result
 *
 * @example
 * import { vjp, mul, tensor } from 'saddlepoint'
 * const [y, pullback] = vjp((a, b) => mul(a, b), tensor([2, 3]), tensor([5, 7]))
 * y.data // => [10, 21]
 * const [da, db] = pullback(tensor([1, 1]))
 * da.data // => [5, 7]
 * db.data // => [2, 3]
 */
export const vjp = <A extends Arguments, R>(f: (...args: A) => R, ...primals: A): [R, (cotangent: R) => A] => {
  const graph = activeGraph()
  if (graph === undefined)
    return [
      evaluateNow('vjp', primals, (_, args) => f(...args)),
      (cotangent) => evaluateNow('vjp', [primals, cotangent] as const, (_, [args, ct]) => vjp(f, ...args)[1](ct))
    ]
  const { leaves, rebuild } = tensorsOf(primals, 'vjp')
  const traced = traceInto(graph, leaves, (inputs) => f(...(rebuild(inputs) as A)), 'vjp')
  const linear = linearization(graph, traced.program, 'vjp')
  const { outputs } = traced.program
  const pullback = (cotangent: R): A => {
    const like = { leaves: outputs, structure: traced.structure }
    const cotangents = tensorsLike(like, cotangent, ['a cotangent', 'the result'], 'vjp')
    return rebuild(pullbackAt(graph, linear, leaves, cotangents)) as A
  }
  return [rebuildResult(traced, at(graph, traced.program, leaves, outputs)) as R, pullback]
}
