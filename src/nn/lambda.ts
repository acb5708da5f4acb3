import * as E from '#fp-ts/Either'
import type { None } from '../tensor/arguments.ts'
import { anyFunction, countOrZero, flag, optional, readOptions, text } from '../tensor/options.ts'
import type { Rule } from '../tensor/options.ts'
import type { Shape } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Same } from './featureTypes.ts'
import type { Context, Layer, Tree } from './layer.ts'
import { layer } from './layer.ts'

export interface LambdaOptions {
  /** Features that come out, where the function changes them; unknown by default. */
  readonly output?: Shape
  /** Whether it keeps the features. */
  readonly preserves?: boolean
}

const shape: Rule = {
  expected: 'the extents of what comes out for one sample',
  accepts: (x) => Array.isArray(x) && x.every(countOrZero.accepts)
}
const rules = { name: text, f: anyFunction, output: optional(shape), preserves: flag }

/**
 * Makes a function of one's own a layer without parameters: of the batch, which may be a tree of tensors, and of the
 * context with its key, labels and whether it is training. Say `output` or `preserves` to have the layers behind it
 * checked.
 *
 * @example
 * import { concat, Net, tensor } from 'saddlepoint'
 * import type { Tensor } from 'saddlepoint'
 * const pair = Net.lambda('pair', (x: { a: Tensor; b: Tensor }) => concat([x.a, x.b], { axis: 1 }), { output: [3] })
 * pair.apply({ params: [], state: [] }, { a: tensor([[1, 2]]), b: tensor([[3]]) })[0].data // => [1, 2, 3]
 */
export function lambda<X extends Tree = Tensor>(
  name: string,
  f: (x: X, context: Context) => Tensor,
  options: LambdaOptions & { readonly preserves: true }
): Layer<unknown, Same>
export function lambda<X extends Tree = Tensor, const S extends Shape = Shape>(
  name: string,
  f: (x: X, context: Context) => Tensor,
  options: LambdaOptions & { readonly output: S }
): Layer<unknown, S>
export function lambda<X extends Tree = Tensor>(
  name: string,
  f: (x: X, context: Context) => Tensor,
  options?: LambdaOptions
): Layer
export function lambda<X extends Tree = Tensor>(
  name: string,
  f: (x: X, context: Context) => Tensor,
  options: LambdaOptions = {},
  ...more: None
): Layer {
  const { all, problems } = readOptions<LambdaOptions>({ preserves: false }, options, rules, { name, f }, more)
  const { output, preserves } = all as LambdaOptions & { readonly preserves: boolean }
  return layer<unknown, unknown>({
    name: text.accepts(name) ? name : 'lambda',
    options: { output, preserves },
    problems,
    preserves: (preserves as unknown) === true,
    takesTrees: true,
    fit: (features) => E.right(preserves ? features : output),
    apply: (context, x) => [f(x as Tree as X, context), context.state]
  })
}
