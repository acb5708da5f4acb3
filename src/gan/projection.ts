import { clamp } from '../ops/arithmetic.ts'
import { treeMap } from '../tensor/tree.ts'

/** What becomes of a player's parameters after each of its updates. */
export interface Projection {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
  readonly apply: <P>(params: P) => P
}

/**
 * Every parameter clamped to [-limit, limit] after each update: the Lipschitz bound of the first WGAN (limit 0.01 there).
 *
 * @see Arjovsky, Chintala, Bottou, Wasserstein GAN (2017), algorithm 1
 */
export const clip = (limit: number): Projection => ({
  name: 'clip',
  options: { limit },
  apply: (params) => treeMap((p) => clamp(p, { min: -limit, max: limit }), params)
})
