import { fail } from '../../tensor/error.ts'
import type { Rule } from '../../tensor/options.ts'
import { optional } from '../../tensor/options.ts'
import type { Tensor } from '../../tensor/tensor.ts'

/** Names what a network maps: a tensor, or a tree of them (BiGAN's critic sees a pair). */
export type Input = Tensor | readonly Tensor[] | { readonly [name: string]: Tensor }
export interface Network {
  (x: Input, labels?: Tensor): Tensor
  /** What each of its layers makes of x, in order, where it is a chain of layers. */
  readonly stages?: readonly Network[]
  /**
   * The network that it is on a minibatch x, but of each sample by itself: what couples samples (batch statistics) is
   * that of x, which changes with the parameters and not with what the network is given. Absent where nothing does.
   */
  readonly perSample?: (x: Input, labels?: Tensor) => Network
}

/** Scores samples: [B], or [B, h, w] of patches. */
export interface Discriminator {
  (x: Input, labels?: Tensor): Tensor
  /** What the network gives as it is: [B, 1 + classes] where it classifies, say. */
  readonly output: Network
  /** What each of the network's layers makes of x, in order; none where it is no chain of layers. */
  readonly stages: () => readonly Network[]
}

/** Accepts a name of anything. */
export const anyName: Rule = { expected: 'a name', accepts: (x) => typeof x === 'string' && x !== '' }

/** Accepts the name of a player, or nothing where the usual one is meant. */
export const playerRule: Rule = optional({ ...anyName, expected: 'the name of a player' })

/** Returns the player that some options name, or the usual one. */
export const playerOf = ({ player }: { readonly player?: string }, usual: string): string => player ?? usual

/**
 * Returns a player's network.
 *
 * @throws InvalidArgument where no player has that name
 */
export const networkOf = (networks: Readonly<Record<string, Network>>, player: string): Network =>
  networks[player] ??
  fail('InvalidArgument', {
    op: 'play',
    expected: `a player called ${player}`,
    actual: Object.keys(networks).join(', ')
  })
