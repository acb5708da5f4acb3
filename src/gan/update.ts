/**
 * Who moves when, in one cycle: phases in order, each a list of players that move at once, from the same draws, all
 * gradients taken before any of them moves.
 */
export interface Update {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
  readonly phases: (players: readonly string[]) => readonly (readonly string[])[]
}

/**
 * The discriminator (`critic`, default 'discriminator') and all other players in turn: `discriminatorSteps` updates of the
 * one, one of the others together. `first` says who begins a cycle (default 'discriminator').
 *
 * @see Goodfellow et al. (2014), algorithm 1
 *
 * @example
 * import { Update } from 'saddlepoint'
 * Update.alternating({ discriminatorSteps: 2 }).phases(['discriminator', 'generator'])
 * // => [['discriminator'], ['discriminator'], ['generator']]
 */
export const alternating = ({
  discriminatorSteps = 1,
  first = 'discriminator',
  critic = 'discriminator'
}: {
  readonly discriminatorSteps?: number
  readonly first?: 'discriminator' | 'generator'
  readonly critic?: string
} = {}): Update => ({
  name: 'alternating',
  options: { discriminatorSteps, first, critic },
  phases: (players) => {
    const others = players.filter((player) => player !== critic)
    const critics = Array.from({ length: Math.max(0, Math.floor(discriminatorSteps)) }, () => [critic])
    return first === 'generator' ? [others, ...critics] : [...critics, others]
  }
})

/**
 * All players at once, from one Play and the same parameters.
 *
 * @example
 * import { Update } from 'saddlepoint'
 * Update.simultaneous.phases(['discriminator', 'generator']) // => [['discriminator', 'generator']]
 */
export const simultaneous: Update = { name: 'simultaneous', options: {}, phases: (players) => [players] }
