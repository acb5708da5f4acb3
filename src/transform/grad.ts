import { o } from '../primitives/vocabulary.ts'
import { traceInto, rebuildResult } from '../program/trace.ts'
import { fail } from '../tensor/error.ts'
import { drawShape } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { at, linearization, pullbackAt } from './linearization.ts'
import { staged, tensorsOf } from './staged.ts'

/** Which arguments to differentiate (default 0), and whether f returns `[loss, aux]`. */
export interface GradOptions<N extends number | readonly number[] = number> {
  readonly argnums?: N
  readonly hasAux?: boolean
}

/** The gradient's type: the chosen argument's, or a list of them. */
export type GradOf<A extends readonly unknown[], N> = N extends number
  ? A[N]
  : N extends readonly number[]
    ? { readonly [K in keyof N]: N[K] extends number ? A[N[K]] : never }
    : never

const scalarLoss = (op: string, y: Tensor | undefined): void => {
  if (y?.shape.length !== 0 || y.dtype !== 'float32')
    fail('ShapeMisfit', {
      op,
      expected: 'a function whose result is one float32 scalar, shape []',
      actual: y === undefined ? 'no tensor' : `${y.dtype}${drawShape(y.shape)}`,
      hint: 'Reduce it with sum or mean, or use jacrev'
    })
}

/** Value, aux and gradient in one trace. The other arguments stay ordinary values, so an outer gradient through them is right. */
const derive = (
  op: string,
  f: (...args: never[]) => unknown,
  options: GradOptions<number | readonly number[]>,
  args: readonly unknown[]
): { value: unknown; aux: unknown; gradient: unknown } => {
  const { argnums = 0, hasAux = false } = options
  const chosen = typeof argnums === 'number' ? [argnums] : argnums
  const outOfRange = chosen.find((n) => !Number.isInteger(n) || n < 0 || n >= args.length)
  if (outOfRange !== undefined)
    fail('InvalidArgument', {
      op,
      expected: `argnums among the ${String(args.length)} arguments`,
      actual: String(outOfRange)
    })
  return staged(op, args, (graph, values) => {
    const { leaves, rebuild } = tensorsOf(
      chosen.map((n) => values[n]),
      op
    )
    const integer = leaves.find((x) => x.dtype !== 'float32')
    if (integer !== undefined)
      fail('DTypeMisfit', {
        op,
        expected: 'float32 leaves to differentiate',
        actual: `${integer.dtype}${drawShape(integer.shape)}`
      })
    const traced = traceInto(
      graph,
      leaves,
      (inputs) => {
        const fresh = rebuild(inputs) as unknown[]
        const result = f(...(values.map((x, n) => (chosen.includes(n) ? fresh[chosen.indexOf(n)] : x)) as never[]))
        return hasAux ? result : [result]
      },
      op
    )
    const { outputs, inputs } = traced.program
    scalarLoss(op, outputs[0])
    const linear = linearization(graph, { inputs, outputs: outputs.slice(0, 1) }, op)
    const gradients = rebuild(pullbackAt(graph, linear, leaves, [o.full([], 1)])) as unknown[]
    const [value, aux] = rebuildResult(traced, at(graph, traced.program, leaves, outputs)) as unknown[]
    return { value, aux, gradient: typeof argnums === 'number' ? gradients[0] : gradients }
  })
}

/**
 * The gradient of a scalar function, as a function of the same arguments; trees in, the same trees out. With `hasAux`, f
 * returns `[loss, aux]` and the result is `[gradient, aux]`.
 *
 * @throws ShapeMisfit where f's result is no scalar; DTypeMisfit where an integer is to be differentiated
 *
 * @example
 * import { grad, sum, mul, tensor } from 'saddlepoint'
 * grad((x) => sum(mul(x, x)))(tensor([1, 2, 3])).data // => [2, 4, 6]
 * const [dx, dw] = grad((x, w) => sum(mul(x, w)), { argnums: [0, 1] })(tensor([1, 2]), tensor([3, 4]))
 * dx.data // => [3, 4]
 * dw.data // => [1, 2]
 */
export function grad<A extends readonly unknown[], X, const N extends number | readonly number[] = 0>(
  f: (...args: A) => readonly [Tensor, X],
  options: GradOptions<N> & { readonly hasAux: true }
): (...args: A) => [GradOf<A, N>, X]
export function grad<A extends readonly unknown[], const N extends number | readonly number[] = 0>(
  f: (...args: A) => Tensor,
  options?: GradOptions<N> & { readonly hasAux?: false }
): (...args: A) => GradOf<A, N>
export function grad(f: (...args: never[]) => unknown, options: GradOptions<number | readonly number[]> = {}) {
  return (...args: readonly unknown[]): unknown => {
    const { gradient, aux } = derive('grad', f, options, args)
    return options.hasAux === true ? [gradient, aux] : gradient
  }
}

/**
 * Value and gradient of a scalar function in one go: `[f(...), gradient]`, or `[[loss, aux], gradient]` with `hasAux`.
 *
 * @example
 * import { valueAndGrad, sum, mul, tensor } from 'saddlepoint'
 * const [value, gradient] = valueAndGrad((x) => sum(mul(x, x)))(tensor([1, 2]))
 * value.data // => [5]
 * gradient.data // => [2, 4]
 */
export function valueAndGrad<A extends readonly unknown[], X, const N extends number | readonly number[] = 0>(
  f: (...args: A) => readonly [Tensor, X],
  options: GradOptions<N> & { readonly hasAux: true }
): (...args: A) => [[Tensor, X], GradOf<A, N>]
export function valueAndGrad<A extends readonly unknown[], const N extends number | readonly number[] = 0>(
  f: (...args: A) => Tensor,
  options?: GradOptions<N> & { readonly hasAux?: false }
): (...args: A) => [Tensor, GradOf<A, N>]
export function valueAndGrad(f: (...args: never[]) => unknown, options: GradOptions<number | readonly number[]> = {}) {
  return (...args: readonly unknown[]): unknown => {
    const { value, aux, gradient } = derive('valueAndGrad', f, options, args)
    return [options.hasAux === true ? [value, aux] : value, gradient]
  }
}
