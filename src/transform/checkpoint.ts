import { call } from '../program/call.ts'
import type { Primitive } from '../program/primitive.ts'
import { substitute } from '../program/program.ts'
import { rebuildResult, traceInto } from '../program/trace.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { LeafRule } from './customRule.ts'
import { closureOf, customJvpNode, customNode, nextApplication } from './customRule.ts'
import { pushforwardAt } from './linearization.ts'
import { staged, tensorsOf } from './staged.ts'

/** The identity, with a tag that consing respects: what depends on it is computed again. */
const recompute: Primitive<{ tag: number }> = {
  name: 'recompute',
  shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  evaluate:
    () =>
    ([x], output) => {
      output.set(x!)
    },
  linearity: { in: [0], how: 'jointly' },
  transpose: (_, cotangent) => cotangent,
  batch: (_, operands, __, params) => call(recompute, params, operands),
  lower: () => ({ kind: 'alias', operand: 0 })
}

/**
 * `f`, whose inner values are not kept for the backward pass but computed again there: less memory for one more forward
 * pass. Values and derivatives are unchanged, those of values that f closes over included.
 *
 * @see Chen et al., Training deep nets with sublinear memory cost (2016)
 *
 * @example
 * import { checkpoint, grad, sin, tensor } from 'saddlepoint'
 * grad(checkpoint((x) => sin(sin(x))))(tensor(0)).data // => [1]
 */
export const checkpoint =
  <A extends readonly unknown[], R>(f: (...args: A) => R): ((...args: A) => R) =>
  (...args) =>
    staged('checkpoint', args, (graph, values) => {
      const { leaves, rebuild } = tensorsOf(values, 'checkpoint')
      const traced = traceInto(graph, leaves, (inputs) => f(...(rebuild(inputs) as A)), 'checkpoint')
      const closure = closureOf(traced.program)
      const inputs = [...traced.program.inputs, ...closure]
      const variables: readonly Tensor[] = [...leaves, ...closure]
      const id = nextApplication()
      const rule =
        (output: number): LeafRule =>
        (primals, tangents) => {
          const again = primals.map((x) => call(recompute, { tag: id }, [x]))
          const program = { inputs, outputs: [traced.program.outputs[output]!] }
          return pushforwardAt(graph, program, again, tangents)[0]!
        }
      return rebuildResult(
        traced,
        substitute(graph, traced.program.outputs, traced.program.inputs, leaves).map((result, output) =>
          customNode(graph, customJvpNode, { id, output, count: variables.length, rule: rule(output) }, [
            result,
            ...variables
          ])
        )
      ) as R
    })
