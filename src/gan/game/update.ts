import type { Problem } from '../../tensor/problem.ts'
import { anything, count } from '../../tensor/options.ts'
import { oneOf, readOptions } from '../../tensor/options.ts'

/**
 * Says who moves when in one cycle, the update rule of the game: phases in order, each a list of players that move at
 * once, from the same draws, all gradients taken before any of them moves. How far a player moves is its optimizer's
 * update (optim/optimizer.ts).
 */
export interface Update {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
  /** What is wrong with the options. */
  readonly problems?: readonly Problem[]
  readonly phases: (players: readonly string[]) => readonly (readonly string[])[]
}

export interface AlternatingOptions {
  /** Updates of the critic in a cycle, a whole number >= 1; 1 by default. */
  readonly discriminatorSteps?: number
  /** Who begins a cycle; the discriminator by default. */
  readonly first?: 'discriminator' | 'generator'
  /** Name of the player that moves apart from all others; 'discriminator' by default. */
  readonly critic?: string
}

/**
 * Moves the discriminator and all other players in turn: `discriminatorSteps` updates of the one, each with a minibatch
 * and latents of its own, then one of the others together.
 *
 * @see Goodfellow et al. (2014), algorithm 1
 *
 * @example
 * import { Update } from 'saddlepoint'
 * Update.alternating({ discriminatorSteps: 2 }).phases(['discriminator', 'generator'])
 * // => [['discriminator'], ['discriminator'], ['generator']]
 */
export const alternating = (given: AlternatingOptions = {}): Update => {
  const defaults = { discriminatorSteps: 1, first: 'discriminator', critic: 'discriminator' } as const
  const rules = { discriminatorSteps: count, first: oneOf('discriminator', 'generator'), critic: anything }
  const { all, problems } = readOptions(defaults, given, rules)
  const { discriminatorSteps, first, critic } = all
  return {
    name: 'alternating',
    options: { discriminatorSteps, first, critic },
    problems,
    phases: (players) => {
      const others = players.filter((player) => player !== critic)
      const critics = Array.from({ length: problems.length > 0 ? 1 : discriminatorSteps }, () => [critic])
      return first === 'generator' ? [others, ...critics] : [...critics, others]
    }
  }
}

/**
 * Moves all players at once, from one Play and the same parameters.
 *
 * @example
 * import { Update } from 'saddlepoint'
 * Update.simultaneous.phases(['discriminator', 'generator']) // => [['discriminator', 'generator']]
 */
export const simultaneous: Update = {
  name: 'simultaneous',
  options: {},
  phases: (players) => [players]
}
