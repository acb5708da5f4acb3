import { activeGraph } from '../program/graph.ts'
import { substitute } from '../program/program.ts'
import { rebuildResult, traceInto } from '../program/trace.ts'
import type { None } from '../tensor/arguments.ts'
import { requireFunction } from '../tensor/arguments.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Arguments } from './arguments.ts'
import type { LeafRule } from './customRule.ts'
import { applied, capturedBy, customJvpNode, recaptured, withRule } from './customRule.ts'
import { requireGiven } from './given.ts'
import { staged, tensorsLike } from './staged.ts'
import type { StaticOptions } from './statics.ts'
import { staticRules } from './statics.ts'
import { refuseNonlinear } from './transposition.ts'

/**
 * Gives `f` a derivative of your own: `rule(primals, tangents, result)` gives the tangent of the result, linear in the
 * tangents. It serves forward mode and, transposed, reverse mode; written in the library's ops it differentiates again.
 * Strings, truth values, functions and `staticArgnums` reach f as they are, and stand among primals and tangents.
 *
 * @throws when differentiated: NotSupported where f closes over a value that is being differentiated (pass it as an argument;
 * the rule may close over any); NotLinear where the rule can be seen not to be linear in the tangents
 *
 * @example
 * import { customJvp, grad, max, mul, tensor } from 'saddlepoint'
 * const straightThrough = customJvp((x) => max(x, 0), (_primals, [dx]) => mul(dx, 1))
 * grad(straightThrough)(tensor(-2)).data // => [1]
 */
export function customJvp<A extends Arguments, R>(
  f: (...args: A) => R,
  rule: (primals: A, tangents: A, result: R) => R,
  options?: StaticOptions
): (...args: A) => R
export function customJvp<A extends Arguments, R>(
  f: (...args: A) => R,
  rule: (primals: A, tangents: A, result: R) => R,
  options?: StaticOptions,
  ...more: None
): (...args: A) => R {
  const { staticArgnums } = requireGiven('customJvp', f, more, options, staticRules)
  requireFunction('customJvp', rule, 'a rule(primals, tangents, result)')
  return (...args) =>
    staged('customJvp', args, (graph, values) => {
      const { args: taken, traced, results, closure } = applied('customJvp', graph, f, values, staticArgnums)
      const like = { leaves: results, structure: traced.structure }
      const whole = (primals: readonly Tensor[], tangents: readonly Tensor[], all: readonly Tensor[]) => {
        const result = rebuildResult(traced, all) as R
        const given = rule(taken.rebuild(primals) as A, taken.rebuild(tangents) as A, result)
        return tensorsLike({ ...like, leaves: all }, given, ['a tangent', 'the result'], 'customJvp')
      }
      const captured = capturedBy('customJvp', graph, [taken.leaves, taken.leaves, results], whole)
      const ruleFor =
        (output: number): LeafRule =>
        (primals, tangents, all, now) =>
          linearIn(tangents, (moved) => recaptured(captured, now, whole(primals, moved, all)))[output]!
      const operands = { all: results, results, primals: taken.leaves, captured, closure }
      return rebuildResult(
        traced,
        withRule(graph, customJvpNode, operands, (application) => ({
          ...application,
          rule: ruleFor(application.output)
        }))
      ) as R
    })
}

/** Applies a function of tangents, and refuses what can be seen not to be linear. */
const linearIn = (
  tangents: readonly Tensor[],
  f: (tangents: readonly Tensor[]) => readonly Tensor[]
): readonly Tensor[] => {
  const graph = activeGraph()!
  const { program } = traceInto(graph, tangents, f, 'customJvp')
  refuseNonlinear(program)
  return substitute(graph, program.outputs, program.inputs, tangents)
}
