import { mul } from '../ops/arithmetic.ts'
import { where } from '../ops/comparison.ts'
import { bernoulli } from '../random/uniform.ts'
import type { None } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { belowOne, readOptions } from '../tensor/options.ts'
import type { Same } from './featureTypes.ts'
import type { Layer } from './layer.ts'
import { callOf, layer } from './layer.ts'

/**
 * Sets, in training or where the context asks for dropout, every number to 0 with probability `rate` and divides it
 * by 1 - rate else, so that its mean is kept; otherwise nothing happens. The mask is a function of the context's key
 * and of x's shape: applications with one key are one function.
 *
 * @formula y = m x / (1 - rate), m 0 with probability rate, else 1
 * @when a critic overfits
 * @see Srivastava et al., Dropout (2014)
 *
 * @throws InvalidArgument in training without a key
 *
 * @example
 * import { Net, ones, Random } from 'saddlepoint'
 * const layer = Net.dropout(0.5)
 * layer.apply({ params: [], state: [] }, ones([1, 3]))[0].data // => [1, 1, 1]
 * const context = { params: [], state: [], key: Random.key(0), training: true }
 * layer.apply(context, ones([10, 3]))[0].data.every((x) => x === 0 || x === 2) // => true
 */
export const dropout = (rate: number, ...more: None): Layer<unknown, Same> =>
  layer<unknown, Same>({
    name: 'dropout',
    title: callOf('dropout', rate),
    options: { rate },
    problems: readOptions({}, {}, { rate: belowOne }, { rate }, more).problems,
    apply: ({ state, key, training = false, dropout: drops = training }, x) => {
      if (!drops || rate === 0) return [x, state]
      const drawn =
        key ??
        fail('InvalidArgument', {
          op: callOf('dropout', rate),
          expected: 'a key in training',
          actual: 'none',
          hint: 'apply({ params, state, key, training: true }, x)'
        })
      return [where(bernoulli(drawn, 1 - rate, x.shape), mul(x, 1 / (1 - rate)), 0), state]
    }
  })
