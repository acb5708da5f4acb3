import type { None } from '../../../tensor/arguments.ts'
import { either, oneOf, readOptions } from '../../../tensor/options.ts'
import { aPlayer, fewSteps, somePlayers } from './options.ts'
import type { Update } from './rule.ts'
import { of } from './rule.ts'
import { together } from './simultaneous.ts'

export interface AlternatingOptions {
  /** Updates of the critic in a cycle, a whole number from 1 to 1,000; 1 by default. */
  readonly discriminatorSteps?: number
  /** Who begins a cycle; the discriminator by default. */
  readonly first?: 'discriminator' | 'generator'
  /** Name of the player that moves apart from all others, or of several that do so together; 'discriminator' by default. */
  readonly critic?: string | readonly string[]
}

/**
 * Moves the discriminator and all other players in turn: `discriminatorSteps` updates of the one, each with a minibatch
 * and latents of its own, then one of the others together. Several critics move at once, on the same minibatch.
 *
 * @see Goodfellow et al. (2014), algorithm 1
 *
 * @example
 * import { Update } from 'saddlepoint'
 * Update.alternating({ discriminatorSteps: 2 }).phases(['discriminator', 'generator']).map(({ players }) => players)
 * // => [['discriminator'], ['discriminator'], ['generator']]
 * const several = Update.alternating({ critic: ['discriminator', 'second'] })
 * several.phases(['discriminator', 'generator', 'second']).map(({ players }) => players)
 * // => [['discriminator', 'second'], ['generator']]
 */
export const alternating = (given: AlternatingOptions = {}, ...more: None): Update => {
  const defaults = { discriminatorSteps: 1, first: 'discriminator', critic: 'discriminator' } as const
  const rules = {
    discriminatorSteps: fewSteps,
    first: oneOf('discriminator', 'generator'),
    critic: either(aPlayer, somePlayers)
  }
  const { all, problems } = readOptions(defaults, given, rules, {}, more)
  const { discriminatorSteps, first, critic } = all
  return of(
    'alternating',
    (players) => {
      const named = typeof critic === 'string' ? [critic] : critic
      const others = together(players.filter((player) => !named.includes(player)))
      const critics = Array.from({ length: problems.length > 0 ? 1 : discriminatorSteps }, () => together(named))
      return first === 'generator' ? [others, ...critics] : [...critics, others]
    },
    { discriminatorSteps, first, critic },
    problems
  )
}
