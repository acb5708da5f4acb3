import { substitute } from '../program/program.ts'
import { rebuildResult, traceInto } from '../program/trace.ts'
import { flatten, unflatten } from '../tensor/tree.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { closureOf, customJvpNode, customNode, nextApplication } from './customRule.ts'
import { staged, tensorsOf } from './staged.ts'

/**
 * `f` with a derivative of your own: `rule(primals, tangents, result)` gives the tangent of the result, linear in the
 * tangents. It serves forward mode and, transposed, reverse mode; written in the library's ops it differentiates again.
 *
 * @throws NotSupported (when differentiated) where f closes over a value that is being differentiated: pass it as an argument
 *
 * @example
 * import { customJvp, grad, max, mul, tensor } from 'saddlepoint'
 * const straightThrough = customJvp((x) => max(x, 0), (_primals, [dx]) => mul(dx, 1))
 * grad(straightThrough)(tensor(-2)).data // => [1]
 */
export const customJvp =
  <A extends readonly unknown[], R>(
    f: (...args: A) => R,
    rule: (primals: A, tangents: A, result: R) => R
  ): ((...args: A) => R) =>
  (...args) =>
    staged('customJvp', args, (graph, values) => {
      const { leaves, rebuild } = tensorsOf(values, 'customJvp')
      const traced = traceInto(graph, leaves, (inputs) => f(...(rebuild(inputs) as A)), 'customJvp')
      const { inputs, outputs } = traced.program
      const results = substitute(graph, outputs, inputs, leaves)
      const closure = closureOf(traced.program)
      const id = nextApplication()
      const whole = rebuildResult(traced, results) as R
      return rebuildResult(
        traced,
        results.map((result, output) =>
          customNode(
            graph,
            customJvpNode,
            {
              id,
              output,
              count: leaves.length,
              rule: (primals, tangents, y) => {
                const tangent = rule(rebuild(primals) as A, rebuild(tangents) as A, resultWith(whole, output, y))
                return flatten(tangent, 'customJvp').leaves[output] as Tensor
              }
            },
            [result, ...leaves, ...closure]
          )
        )
      ) as R
    })

/** The result tree with one leaf as the rule is to see it (batched rules see a slice of it). */
const resultWith = <R>(whole: R, output: number, y: Tensor): R => {
  const { leaves, structure } = flatten(whole, 'customJvp')
  return unflatten(structure, leaves.with(output, y)) as R
}
