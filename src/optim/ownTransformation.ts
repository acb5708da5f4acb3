import type { None } from '../tensor/arguments.ts'
import type { Optimizer, Transformation } from './optimizer.ts'
import { transformation } from './optimizer.ts'

/**
 * Makes an optimizer of one's own from `init` and `update`.
 *
 * @example
 * import { Opt, mul, sign, tensor, treeMap } from 'saddlepoint'
 * const signSgd = Opt.transformation({
 *   name: 'signSgd',
 *   init: () => [],
 *   update: (gradients, state) => [treeMap((g) => mul(sign(g), -0.1), gradients), state]
 * })
 * const [updates] = signSgd.update(tensor([3, -4]), [], tensor([0, 0]))
 * updates.data // => [-0.1, 0.1]
 */
export const ownTransformation = <S>(rules: Transformation<S>, ...more: None): Optimizer => ({
  ...transformation(rules, ...more),
  isOwn: true
})
