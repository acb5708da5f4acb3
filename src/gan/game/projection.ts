import { clamp } from '../../ops/arithmetic.ts'
import type { None } from '../../tensor/arguments.ts'
import type { Problem } from '../../tensor/problem.ts'
import { positive, readOptions } from '../../tensor/options.ts'
import { treeMap } from '../../tensor/tree.ts'

/** Says what becomes of a player's parameters after each of its updates. */
export interface Projection {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
  /** What is wrong with the options. */
  readonly problems?: readonly Problem[]
  readonly apply: <P>(params: P) => P
}

/**
 * Clamps every parameter after each update: the Lipschitz bound of the first WGAN (limit 0.01 there).
 *
 * @formula p <- max(-limit, min(p, limit))
 * @cost one pass over the parameters
 * @when a WGAN is to be that of its first paper: `Reg.gradientPenalty` bounds slopes better
 * @see Arjovsky, Chintala, Bottou, Wasserstein GAN (2017), algorithm 1
 *
 * @example
 * import { Projection, tensor } from 'saddlepoint'
 * Projection.clip(0.01).apply({ w: tensor([-3, 0.005]) }).w.data // => [-0.01, 0.005]
 */
export const clip = (limit: number, ...more: None): Projection => ({
  name: 'clip',
  options: { limit },
  problems: readOptions({}, {}, { limit: positive }, { limit }, more).problems,
  apply: (params) => treeMap((p) => clamp(p, { min: -limit, max: limit }), params)
})
