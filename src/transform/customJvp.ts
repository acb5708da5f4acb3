import { rebuildResult } from '../program/trace.ts'
import type { None } from '../tensor/arguments.ts'
import { requireFunction } from '../tensor/arguments.ts'
import type { Arguments } from './arguments.ts'
import type { LeafRule } from './customRule.ts'
import { applied, customJvpNode, withRule } from './customRule.ts'
import { requireGiven } from './given.ts'
import { staged, tensorsLike } from './staged.ts'
import type { StaticOptions } from './statics.ts'
import { staticRules } from './statics.ts'

/**
 * Gives `f` a derivative of your own: `rule(primals, tangents, result)` gives the tangent of the result, linear in the
 * tangents. It serves forward mode and, transposed, reverse mode; written in the library's ops it differentiates again.
 * Strings, truth values, functions and `staticArgnums` reach f as they are, and stand among primals and tangents.
 *
 * @throws NotSupported (when differentiated) where f closes over a value that is being differentiated: pass it as an argument
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
      const ruleFor =
        (output: number): LeafRule =>
        (primals, tangents, all) => {
          const result = rebuildResult(traced, all) as R
          const given = rule(taken.rebuild(primals) as A, taken.rebuild(tangents) as A, result)
          const like = { leaves: all, structure: traced.structure }
          return tensorsLike(like, given, ['a tangent', 'the result'], 'customJvp')[output]!
        }
      const operands = { all: results, results, primals: taken.leaves, closure }
      return rebuildResult(
        traced,
        withRule(graph, customJvpNode, operands, (application) => ({
          ...application,
          rule: ruleFor(application.output)
        }))
      ) as R
    })
}
