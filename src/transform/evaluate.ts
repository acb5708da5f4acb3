import type { Precision } from '../tensor/dtype.ts'
import type { Arguments } from './arguments.ts'
import { evaluateNow } from './staged.ts'

/**
 * Evaluates `f` at once by the reference evaluator, as one program. `precision: 'float64'` keeps doubles throughout
 * (results are Float64Arrays), which is what gradient checks use; default float32.
 *
 * @example
 * import { evaluate, exp } from 'saddlepoint'
 * evaluate(() => exp(1), { precision: 'float64' })().data[0] // => 2.718281828459045
 */
export const evaluate =
  <A extends Arguments, R>(
    f: (...args: A) => R,
    options: { readonly precision?: Precision } = {}
  ): ((...args: A) => R) =>
  (...args) =>
    evaluateNow('evaluate', args, (_, values) => f(...values), options.precision ?? 'float32')
