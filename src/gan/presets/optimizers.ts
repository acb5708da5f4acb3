import type { Endomorphism } from '#fp-ts/Endomorphism'
import { flow } from '#fp-ts/function'
import type { Optimizer } from '../../optim/optimizer.ts'
import { withOptimizer } from '../game/editSpec.ts'
import type { Spec } from '../game/spec.ts'

/** Moves generator and discriminator by an optimizer, or the second by one of its own. */
export const both = (generator: Optimizer, discriminator: Optimizer = generator): Endomorphism<Spec> =>
  flow(withOptimizer('generator', generator), withOptimizer('discriminator', discriminator))
