import { call } from '../program/call.ts'
import type { Primitive, Tangent } from '../program/primitive.ts'
import { substitute } from '../program/program.ts'
import { rebuildResult, traceInto } from '../program/trace.ts'
import { spread } from '../primitives/elementwise.ts'
import { o } from '../primitives/vocabulary.ts'
import { fail } from '../tensor/error.ts'
import type { Aval, Tensor } from '../tensor/tensor.ts'
import { flatten, unflatten } from '../tensor/tree.ts'
import { closureOf, nextApplication, refuseClosure } from './customRule.ts'
import { intern, lift } from '../program/graph.ts'
import { staged, tensorsOf } from './staged.ts'
import { vmap } from './vmap.ts'

/** Cotangents of the argument leaves from the argument leaves, that of one result leaf, and that result. */
type LeafPullback = (primals: readonly Tensor[], cotangent: Tensor, result: Tensor) => readonly Tensor[]
interface ReverseParams extends Record<string, unknown> {
  readonly id: number
  readonly output: number
  readonly count: number
  readonly pullback: LeafPullback
}

/** The identity on a result; its tangent is a node that can only be transposed. */
const customVjpNode: Primitive<ReverseParams> = {
  name: 'customVjp',
  shape: ([y]) => ({ shape: y!.shape, dtype: y!.dtype }),
  evaluate:
    () =>
    ([y], output) => {
      output.set(y!)
    },
  linearity: 'none',
  tangentsThrough: (operandCount) => Array.from({ length: operandCount - 1 }, (_, i) => i + 1),
  jvp: (vocabulary, [y, ...rest], [, ...tangents], _, params): Tangent => {
    refuseClosure('customVjp', tangents.slice(params.count))
    const primals = rest.slice(0, params.count)
    return call(customVjpTangent, params, [
      y!,
      ...primals,
      ...tangents.slice(0, params.count).map(vocabulary.instantiate)
    ])
  },
  batch: (vocabulary, [y, ...rest], [yMapped, ...mapped], params, size) => {
    const { count, pullback } = params
    const marks = mapped.slice(0, count)
    const axes = marks.map((mark) => (mark ? 0 : null))
    // An argument that is not mapped was used by every slice: its cotangents add up.
    const batchedPullback: LeafPullback = (primals, cotangent, result) =>
      vmap(pullback, { inAxes: [axes, 0, 0] })(primals, cotangent, result).map((ct, i) =>
        marks[i] === true ? ct : o.reduceSum(ct, [0])
      )
    const value = spread(vocabulary, y!, yMapped!, size)
    return call(customVjpNode, { ...params, id: nextApplication(), pullback: batchedPullback }, [value, ...rest])
  },
  lower: () => ({ kind: 'alias', operand: 0 })
}

const reverseOnly = (): never =>
  fail('NotForward', {
    op: 'customVjp',
    expected: 'a transposed tangent',
    actual: 'a forward one: customVjp has a reverse rule only',
    hint: 'Give the rule with customJvp, which serves both modes'
  })

/** Operands: result, primals, tangents. Linear in the tangents, of which only the transpose is known. */
const customVjpTangent: Primitive<ReverseParams> = {
  name: 'customVjpTangent',
  shape: ([y]): Aval => ({ shape: y!.shape, dtype: y!.dtype }),
  evaluate: () => reverseOnly,
  linearity: 'jointly in all',
  jvp: reverseOnly,
  transpose: (_, cotangent, index, operands, { count, pullback }) =>
    pullback(operands.slice(1, 1 + count), cotangent, operands[0]!)[index - 1 - count]!,
  batch: reverseOnly,
  lower: () => ({ kind: 'routine' })
}

/**
 * `f` with a reverse rule of your own: `rule(primals, cotangent, result)` gives the cotangents of the arguments, a list.
 * Reverse mode only: jvp and what stands on it refuse it with the error NotForward. Prefer `customJvp`.
 *
 * @throws NotForward under jvp, linearize, jacfwd, hvp
 *
 * @example
 * import { customVjp, grad, mul, tensor } from 'saddlepoint'
 * const clipped = customVjp((x) => mul(x, 100), ([x], ct) => [mul(ct, 1)])
 * grad(clipped)(tensor(3)).data // => [1]
 */
export const customVjp =
  <A extends readonly unknown[], R>(
    f: (...args: A) => R,
    rule: (primals: A, cotangent: R, result: R) => A
  ): ((...args: A) => R) =>
  (...args) =>
    staged('customVjp', args, (graph, values) => {
      const { leaves, rebuild } = tensorsOf(values, 'customVjp')
      const traced = traceInto(graph, leaves, (inputs) => f(...(rebuild(inputs) as A)), 'customVjp')
      const { inputs, outputs } = traced.program
      const results = substitute(graph, outputs, inputs, leaves)
      const closure = closureOf(traced.program)
      const id = nextApplication()
      const pullback =
        (output: number): LeafPullback =>
        (primals, cotangent, result) => {
          const whole = results.map((y, i) => (i === output ? result : y))
          const cotangents = results.map((y, i) => (i === output ? cotangent : o.full(y.shape, 0)))
          const given = rule(
            rebuild(primals) as A,
            unflatten(traced.structure, cotangents) as R,
            unflatten(traced.structure, whole) as R
          )
          return flatten(given, 'customVjp').leaves as readonly Tensor[]
        }
      return rebuildResult(
        traced,
        results.map((result, output) =>
          intern(
            graph,
            customVjpNode,
            { id, output, count: leaves.length, pullback: pullback(output) },
            [result, ...leaves, ...closure].map((x) => lift(graph, x, 'customVjp'))
          )
        )
      ) as R
    })
