import { activeGraph } from '../program/graph.ts'
import { substitute } from '../program/program.ts'
import { rebuildResult, traceInto } from '../program/trace.ts'
import type { None } from '../tensor/arguments.ts'
import { requireFunction } from '../tensor/arguments.ts'
import type { Rules } from '../tensor/options.ts'
import { anyFunction, optional } from '../tensor/options.ts'
import { o } from '../primitives/vocabulary.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Arguments } from './arguments.ts'
import type { LeafRule, LeafTranspose } from './customRule.ts'
import { applied, capturedBy, customJvpNode, recaptured, withRule } from './customRule.ts'
import { requireGiven } from './given.ts'
import { staged, tensorsLike } from './staged.ts'
import type { StaticOptions } from './statics.ts'
import { staticRules, withStatics } from './statics.ts'
import { refuseNonlinear } from './transposition.ts'

/** Says more about a function with a forward rule. */
export interface CustomJvpOptions<A extends Arguments, R> extends StaticOptions {
  /**
   * The transpose of f in the arguments that it is linear in, where another rule applies f to tangents: (primals,
   * cotangent) -> a list of cotangents like the arguments; those of the others are not read. Without it the
   * operations of f are transposed one by one, and what was transposed is differentiated by theirs.
   */
  readonly transpose?: (primals: A, cotangent: R) => readonly unknown[]
}

const rules: Rules = { ...staticRules, transpose: optional(anyFunction) }

/**
 * Gives `f` a derivative of your own: `rule(primals, tangents, result)` gives the tangent of the result, linear in the
 * tangents. It serves forward mode and, transposed, reverse mode; written in the library's ops it differentiates again.
 * Second derivatives are those of the rule, as it reads the primals and the result, whose derivative is the rule again; f has no part in them: where a rule
 * stands in for another derivative (straight through), they are that one's.
 * Strings, truth values, functions and `staticArgnums` reach f as they are, and stand among primals and tangents.
 *
 * @throws when differentiated: NotSupported where f closes over a value that is being differentiated (pass it as an argument;
 * the rule may close over any); NotLinear where the rule can be seen not to be linear in the tangents
 *
 * @example
 * import { customJvp, grad, max, mul, tensor } from 'saddlepoint'
 * const straightThrough = customJvp((x) => max(x, 0), (_primals, [dx]) => mul(dx, 1))
 * grad(straightThrough)(tensor(-2)).data // => [1]
 * const cube = customJvp((x) => mul(x, mul(x, x)), ([x], [dx]) => mul(mul(3, mul(x, x)), dx))
 * grad(grad(cube))(tensor(2)).data // => [12]
 */
export function customJvp<A extends Arguments, R>(
  f: (...args: A) => R,
  rule: (primals: A, tangents: A, result: R) => R,
  options?: CustomJvpOptions<A, R>
): (...args: A) => R
export function customJvp<A extends Arguments, R>(
  f: (...args: A) => R,
  rule: (primals: A, tangents: A, result: R) => R,
  options?: CustomJvpOptions<A, R>,
  ...more: None
): (...args: A) => R {
  const { staticArgnums, transpose } = requireGiven('customJvp', f, more, options, rules)
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
      const transposed =
        transpose &&
        ((primals: readonly Tensor[], cotangents: readonly Tensor[]): readonly Tensor[] => {
          const given = transpose(taken.rebuild(primals) as A, rebuildResult(traced, cotangents) as R)
          const form = { leaves: primals, structure: taken.structure }
          return tensorsLike(form, withStatics(taken, given), ['cotangents', 'the arguments'], 'customJvp')
        })
      const captured = [
        ...new Set([
          ...capturedBy('customJvp', graph, [taken.leaves, taken.leaves, results], whole),
          ...(transposed ? capturedBy('customJvp', graph, [taken.leaves, results], transposed) : [])
        ])
      ]
      const transposeFor = (output: number): { readonly transpose?: LeafTranspose } =>
        transposed === undefined
          ? {}
          : {
              transpose: (primals, cotangent, now) => {
                const all = results.map((y, i) => (i === output ? cotangent : o.full(y.shape, 0, y.dtype)))
                return recaptured(captured, now, transposed(primals, all))
              }
            }
      const tangentOf: LeafRule = (output, primals, tangents, all, now) =>
        linearIn(tangents, (moved) => recaptured(captured, now, whole(primals, moved, all)))[output]!
      const operands = { all: results, results, primals: taken.leaves, captured, closure }
      return rebuildResult(
        traced,
        withRule(graph, customJvpNode, operands, (application) => ({
          ...application,
          rule: tangentOf,
          ...transposeFor(application.output)
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
