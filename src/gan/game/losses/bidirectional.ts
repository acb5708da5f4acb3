import { softplus } from '../../../ops/activation.ts'
import { add, neg } from '../../../ops/arithmetic.ts'
import { mean } from '../../../ops/reduction.ts'
import type { None } from '../../../tensor/arguments.ts'
import { fail } from '../../../tensor/error.ts'
import { oneOf, readOptions } from '../../../tensor/options.ts'
import { equalShapes, showShape } from '../../../tensor/shape.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import type { Term } from '../objective.ts'
import { of } from '../objective.ts'
import type { Play } from '../play.ts'
import { anyName, networkOf } from '../players.ts'
import type { Loss } from './loss.ts'

export interface BidirectionalOptions {
  /** What generator and encoder minimize: 'nonSaturating' (default), strong where D wins, or 'saturating', -L_D. */
  readonly generator?: 'nonSaturating' | 'saturating'
  /** The player that maps data to latents; 'encoder' by default. */
  readonly encoder?: string
}

interface Pairs {
  readonly x: Tensor
  readonly z: Tensor
  readonly [name: string]: Tensor
}

/** Pairs data with their codes, (x, E(x)). */
const pairsOfData = ({ networks, real, latent, realLabels }: Play, encoder: string): Pairs => {
  const code = networkOf(networks, encoder)(real, realLabels)
  if (!equalShapes(code.shape.slice(1), latent.shape.slice(1)))
    fail('ShapeMisfit', {
      op: encoder,
      expected: `codes shaped like latents, [B, ${latent.shape.slice(1).join(', ')}]`,
      actual: showShape(code.shape),
      hint: `Make the last layer of the ${encoder} agree with the prior`
    })
  return { x: real, z: code }
}

/** Pairs fakes with their latents, (G(z), z). */
const pairsOfFakes = ({ fake, latent }: Play): Pairs => ({ x: fake, z: latent })

/** Computes D's scores of pairs, of data first. */
const scoresOfPairs = (play: Play, encoder: string): { readonly onReal: Tensor; readonly onFake: Tensor } => {
  const onReal = play.D(pairsOfData(play, encoder), play.realLabels)
  return { onReal, onFake: play.D(pairsOfFakes(play), play.fakeLabels) }
}

/**
 * Plays BiGAN, or ALI: an encoder E maps data to latents, D tells pairs (x, E(x)) from pairs (G(z), z), given as { x,
 * z }. Generator and encoder minimize the same, and move together wherever the update rule moves all but the critic.
 * At the equilibrium E inverts G. D begins with `Net.join` for vectors. Penalties of D's slope (`Reg.r1`, `r2`,
 * `gradientPenalty`, `maxGradientPenalty`) are those of D as a function of pairs: in x and z together, at pairs.
 *
 * @formula L_D = E softplus(-D(x, E(x))) + E softplus(D(G(z), z)), L_G = L_E = E softplus(D(x, E(x))) + E
 * softplus(-D(G(z), z)), or -L_D
 * @cost an encoder pass beside the non-saturating loss
 * @when latents of data are wanted
 * @see Donahue, Krähenbühl, Darrell, Adversarial feature learning (2017), equation 3
 * @see Dumoulin et al., Adversarially learned inference (2017), algorithm 1
 *
 * @example
 * import { Gan, Loss, Net, Prior, pipe } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({
 *     generator: Net.dense(8, 2),
 *     discriminator: Net.serial(Net.join, Net.dense(2 + 8, 64), Net.relu, Net.dense(64, 1)),
 *     encoder: Net.dense(2, 8),
 *     prior: Prior.normal([8])
 *   }),
 *   Gan.withLoss(Loss.bidirectional())
 * )
 * Object.keys(spec.loss?.objectives ?? {}) // => ['discriminator', 'generator', 'encoder']
 */
export const bidirectional = (options: BidirectionalOptions = {}, ...more: None): Loss => {
  const usual = { generator: 'nonSaturating', encoder: 'encoder' } as const
  const rules = { generator: oneOf('nonSaturating', 'saturating'), encoder: anyName }
  const { all, problems } = readOptions<BidirectionalOptions>(usual, options, rules, {}, more)
  const encoder = anyName.accepts(all.encoder) ? all.encoder : 'encoder'
  const discriminator: Term = (play) => {
    const { onReal, onFake } = scoresOfPairs(play, encoder)
    return add(mean(softplus(neg(onReal))), mean(softplus(onFake)))
  }
  const nonSaturating: Term = (play) => {
    const { onReal, onFake } = scoresOfPairs(play, encoder)
    return add(mean(softplus(onReal)), mean(softplus(neg(onFake))))
  }
  const others = all.generator === 'saturating' ? (play: Play) => neg(discriminator(play)) : nonSaturating
  return {
    name: 'bidirectional',
    options: { ...all },
    problems,
    raw: true,
    shown: { real: (play) => pairsOfData(play, encoder), fake: pairsOfFakes },
    objectives: {
      discriminator: of('bidirectional', discriminator),
      generator: of('bidirectional', others),
      [encoder]: of('bidirectional', others)
    }
  }
}
