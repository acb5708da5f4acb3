import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import { count, countOrZero, optional, requireOptions } from '../tensor/options.ts'
import { fail } from '../tensor/error.ts'
import { showValue } from '../tensor/problem.ts'

/**
 * Computes the probability that `samples` uniform draws from `support` things hold at least one thing twice: 1 - prod over
 * i < samples of (1 - i / support), the birthday paradox.
 *
 * @example
 * import { Lab } from 'saddlepoint'
 * Lab.collisionProbability({ support: 365, samples: 23 }).toFixed(4) // => '0.5073'
 */
export const collisionProbability = (
  given: { readonly support: number; readonly samples: number },
  ...more: None
): number => {
  refuseMore('collisionProbability', more)
  const { support, samples } = requireOptions('collisionProbability', given, { support: count, samples: countOrZero })
  if (samples > support) return 1
  let log = 0
  // Beyond -40 the probability is 1 to rounding.
  for (let i = 1; i < samples && log > -40; i++) log += Math.log1p(-i / support)
  return -Math.expm1(log)
}

/** Beyond so many things the draws are not counted one by one, but by the approximation, which is then right to one draw. */
const exactly = 1e12

/**
 * Finds the least number of uniform draws from `support` things that hold one twice with a probability of at least 1/2:
 * about sqrt(2 support log 2).
 *
 * @example
 * import { Lab } from 'saddlepoint'
 * Lab.samplesForCollision(365) // => 23
 */
export const samplesForCollision = (support: number, ...more: None): number => {
  refuseMore('samplesForCollision', more)
  if (!count.accepts(support))
    fail('InvalidArgument', { op: 'samplesForCollision', expected: count.expected, actual: showValue(support) })
  if (support > exactly) return Math.ceil(0.5 + Math.sqrt(0.25 + 2 * support * Math.LN2))
  let log = 0
  let samples = 1
  while (log > -Math.LN2 && samples <= support) {
    log += Math.log1p(-samples / support)
    samples += 1
  }
  return samples
}

/** Says what was seen of duplicates: pairs in one sample, trials with one in them, or the size at which half of them had. */
export type Duplicates =
  | { readonly samples: number; readonly pairs: number }
  | { readonly samples: number; readonly trials: number; readonly withDuplicate: number }
  | { readonly samples: number }

/**
 * Estimates how many things a distribution produces from duplicates among its samples, as if all came equally often (so the
 * true number may be larger): from `pairs` that coincide in one draw of `samples`, samples (samples - 1) / (2 pairs); from
 * how many of `trials` draws of `samples` had a duplicate, -samples (samples - 1) / (2 log(1 - withDuplicate / trials));
 * where a draw of `samples` has one half of the time, samples² / (2 log 2). Infinity where no duplicate was seen.
 *
 * @see Arora and Zhang, Do GANs actually learn the distribution? An empirical study (2017), theorem 1
 *
 * @example
 * import { Lab } from 'saddlepoint'
 * Lab.supportSize({ samples: 640, pairs: 3 }) // => 68160
 * Math.round(Lab.supportSize({ samples: 23 })) // => 382
 */
export const supportSize = (seen: Duplicates, ...more: None): number => {
  const op = 'supportSize'
  refuseMore(op, more)
  const rules = {
    samples: { expected: 'a whole number of at least 2', accepts: (x: unknown) => count.accepts(x) && x !== 1 },
    pairs: optional(countOrZero),
    trials: optional(count),
    withDuplicate: optional(countOrZero)
  }
  const { samples, ...rest } = requireOptions(op, seen, rules)
  const pairs = (samples * (samples - 1)) / 2
  if ('pairs' in rest) return pairs / rest.pairs
  if ('trials' in rest) {
    const { trials, withDuplicate } = rest
    if (!(withDuplicate <= trials))
      fail('InvalidArgument', { op, expected: 'trials withDuplicate, at most all', actual: showValue(withDuplicate) })
    return -pairs / Math.log1p(-withDuplicate / trials)
  }
  return samples ** 2 / (2 * Math.LN2)
}
