import { call } from '../program/call.ts'
import type { Primitive } from '../program/primitive.ts'
import type { Tangent } from '../program/tangent.ts'
import { zero } from '../program/tangent.ts'
import { rebuildResult } from '../program/trace.ts'
import { spread } from '../primitives/rules/elementwise.ts'
import { o } from '../primitives/vocabulary.ts'
import type { None } from '../tensor/arguments.ts'
import { requireFunction } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Aval, Tensor } from '../tensor/tensor.ts'
import type { Arguments } from './arguments.ts'
import type { Application } from './customRule.ts'
import {
  applied,
  axesOf,
  capturedBy,
  identity,
  nextApplication,
  partsOf,
  recaptured,
  refuseClosure,
  withRule
} from './customRule.ts'
import { requireGiven } from './given.ts'
import { staged, tensorsLike } from './staged.ts'
import type { StaticOptions } from './statics.ts'
import { staticRules, withStatics } from './statics.ts'
import { vmap } from './vmap.ts'

/**
 * Computes cotangents of the argument leaves from the argument leaves, the cotangent of one result leaf, the results, and
 * what the rule closed over.
 */
type LeafPullback = (
  primals: readonly Tensor[],
  cotangent: Tensor,
  results: readonly Tensor[],
  captured: readonly Tensor[]
) => readonly Tensor[]
type Reverse = Application & { readonly pullback: LeafPullback }

/** Maps a pullback over the leading axis of the cotangent and of what is marked; each of its results has that axis. */
const mappedOver = (
  marks: { readonly [K in 'primals' | 'results' | 'captured']: readonly boolean[] },
  pullback: LeafPullback
): LeafPullback =>
  vmap(pullback, {
    inAxes: [axesOf(marks.primals), 0, axesOf(marks.results), axesOf(marks.captured)]
  })

/** Stands for the identity on a result; its tangent is a node that can only be transposed. */
const customVjpNode: Primitive<Reverse> = {
  ...identity,
  name: 'customVjp',
  jvp: (vocabulary, operands, tangents, y, params): Tangent => {
    if (y.dtype !== 'float32') return zero(y)
    const { results, primals, captured } = partsOf(params, operands)
    const moved = partsOf(params, tangents)
    refuseClosure('customVjp', moved.closure)
    const given = [...results, ...primals, ...captured]
    return call(customVjpTangent, params, [y, ...given, ...moved.primals.map(vocabulary.instantiate)])
  },
  batch: (vocabulary, [y, ...rest], mapped, params, size) => {
    const marks = partsOf(params, mapped)
    const mappedPullback = mappedOver(marks, params.pullback)
    // An argument that is not mapped was used by every slice: its cotangents add up.
    const pullback: LeafPullback = (...args) =>
      mappedPullback(...args).map((ct, i) => (marks.primals[i] === true ? ct : o.reduceSum(ct, [0])))
    const value = spread(vocabulary, y!, mapped[0]!, size)
    return call(customVjpNode, { ...params, id: nextApplication(value), pullback }, [value, ...rest])
  }
}

const reverseOnly = (): never =>
  fail('NotForward', {
    op: 'customVjp',
    expected: 'a transposed tangent',
    actual: 'a forward one: customVjp has a reverse rule only',
    hint: 'Give the rule with customJvp, which serves both modes'
  })

/**
 * Takes the node's operands with the closure replaced by the tangents of the arguments. It is linear in the tangents,
 * and only its transpose is known.
 */
const customVjpTangent: Primitive<Reverse> = {
  name: 'customVjpTangent',
  reverseOnly: true,
  shape: ([y]): Aval => ({ shape: y!.shape, dtype: y!.dtype }),
  evaluate: () => reverseOnly,
  linearity: 'jointly in all',
  jvp: reverseOnly,
  transpose: (_, cotangent, index, operands, params) => {
    const { results, primals, captured } = partsOf(params, operands)
    const before = 1 + results.length + primals.length + captured.length
    return params.pullback(primals, cotangent, results, captured)[index - before]!
  },
  batch: (vocabulary, [y, ...rest], mapped, params, size) => {
    const marks = partsOf(params, mapped)
    const behind = params.results + params.count + params.captured
    const tangents = rest.slice(behind).map((dx, i) => spread(vocabulary, dx, marks.closure[i]!, size))
    const value = spread(vocabulary, y!, mapped[0]!, size)
    const pullback = mappedOver(marks, params.pullback)
    return call(customVjpTangent, { ...params, id: nextApplication(value), pullback }, [
      value,
      ...rest.slice(0, behind),
      ...tangents
    ])
  },
  lower: () => ({ kind: 'routine' })
}

/**
 * Gives `f` a reverse rule of your own: `rule(primals, cotangent, result)` gives the cotangents of the arguments, a
 * list. Strings, truth values, functions and `staticArgnums` reach f as they are; in the list anything, null say, may stand
 * for them. Reverse mode only: jvp and what stands on it refuse it with the error NotForward. Prefer `customJvp`.
 *
 * @throws NotForward where a tangent goes forward through f: under jvp, linearize, jacfwd, and under hvp and hessian of
 * what is not linear in f's result
 *
 * @example
 * import { customVjp, grad, mul, tensor } from 'saddlepoint'
 * const clipped = customVjp((x) => mul(x, 100), ([x], ct) => [mul(ct, 1)])
 * grad(clipped)(tensor(3)).data // => [1]
 */
export function customVjp<A extends Arguments, R>(
  f: (...args: A) => R,
  rule: (primals: A, cotangent: R, result: R) => readonly [...A],
  options?: StaticOptions
): (...args: A) => R
export function customVjp<A extends Arguments, R>(
  f: (...args: A) => R,
  rule: (primals: A, cotangent: R, result: R) => readonly [...A],
  options?: StaticOptions,
  ...more: None
): (...args: A) => R {
  const { staticArgnums } = requireGiven('customVjp', f, more, options, staticRules)
  requireFunction('customVjp', rule, 'a rule(primals, cotangent, result)')
  return (...args) =>
    staged('customVjp', args, (graph, values) => {
      const { args: taken, traced, results, closure } = applied('customVjp', graph, f, values, staticArgnums)
      const pullbackOf =
        (output: number) =>
        (primals: readonly Tensor[], cotangent: Tensor, all: readonly Tensor[]): readonly Tensor[] => {
          const cotangents = all.map((y, i) => (i === output ? cotangent : o.full(y.shape, 0, y.dtype)))
          const given = rule(
            taken.rebuild(primals) as A,
            rebuildResult(traced, cotangents) as R,
            rebuildResult(traced, all) as R
          )
          const like = { leaves: primals, structure: taken.structure }
          return tensorsLike(like, withStatics(taken, given), ['cotangents', 'the arguments'], 'customVjp')
        }
      const captured = capturedBy('customVjp', graph, [taken.leaves, results, results], (primals, cotangents, all) =>
        cotangents.flatMap((cotangent, output) => pullbackOf(output)(primals, cotangent, all))
      )
      const operands = { all: results, results, primals: taken.leaves, captured, closure }
      return rebuildResult(
        traced,
        withRule(graph, customVjpNode, operands, (application) => ({
          ...application,
          pullback: (primals, cotangent, all, now) =>
            recaptured(captured, now, pullbackOf(application.output)(primals, cotangent, all))
        }))
      ) as R
    })
}
