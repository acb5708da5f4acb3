import { slice } from '../../../ops/assembly.ts'
import type { Rule } from '../../../tensor/options.ts'
import { count, optional } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import type { Generator } from '../generatorJacobian.ts'
import type { Play } from '../play.ts'
import { networkOf, playerOf, playerRule } from '../players.ts'

/** Says which latents of which network a penalty of a generator looks at. */
export interface SubsetOptions {
  /** Looks at the first so many latents of a minibatch alone, a whole number >= 1: cost is proportional to it. */
  readonly subset?: number
  /** Whose penalty it is; the generator's by default. */
  readonly player?: string
}

export const subsetRules = { subset: optional(count), player: playerRule }

/**
 * Returns the network that some options name as a function of latents, each by itself, and the latents it is looked at:
 * its batch statistics are those of the whole minibatch, held constant along latents, so that its Jacobians are those of
 * the generator that is sampled from, whose statistics stand still.
 */
export const lookedAt = (options: SubsetOptions, play: Play): readonly [Generator, Tensor] => {
  const trained = networkOf(play.networks, playerOf(options, 'generator'))
  const network = trained.perSample?.(play.latent, play.fakeLabels) ?? trained
  const [batch = 1] = play.latent.shape
  const rows = Math.min(options.subset ?? batch, batch)
  const first = (x: Tensor): Tensor => (rows === batch ? x : slice(x, { end: [rows] }))
  const labels = play.fakeLabels === undefined ? undefined : first(play.fakeLabels)
  return [(z) => network(z, labels), first(play.latent)]
}

/** Accepts a number of samples that have a variance. */
export const several: Rule = {
  expected: 'a whole number of at least 2',
  accepts: (x) => count.accepts(x) && x !== 1
}
