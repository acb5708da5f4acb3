import { cycle } from '../../src/gan/step/cycle.ts'
import type { Metrics } from '../../src/gan/step/metrics.ts'
import type { Spec } from '../../src/gan/game/spec.ts'
import { initialState } from '../../src/gan/step/state.ts'
import type { State } from '../../src/gan/step/state.ts'
import type { Tensor } from '../../src/index.ts'
import { Gan, Loss, Opt, pipe, Prior, Random as Keys } from '../../src/index.ts'
import type { Layer } from '../../src/nn/layer.ts'
import type { StepOf } from '../measure/job.ts'
import type { Random } from '../measure/random.ts'
import { uniform } from '../measure/random.ts'

/** Of all GANs here but the large one. */
export const latentSize = 64

/** What the two players have in common in every GAN here. */
export const specOf = (generator: Layer, discriminator: Layer, latent = latentSize): Spec => {
  const adam = Opt.adam({ learningRate: 2e-4, b1: 0.5, b2: 0.9 })
  return pipe(
    Gan.between({ generator, discriminator, prior: Prior.normal([latent]) }),
    Gan.withLoss(Loss.nonSaturating),
    Gan.withOptimizer('generator', adam),
    Gan.withOptimizer('discriminator', adam),
    Gan.withAverage({ decay: 0.999 })
  )
}

/** Numbers that the peers draw, too, in this order. */
export interface GanData {
  readonly real: Tensor
  readonly latents: readonly Tensor[]
  readonly perturbation: Tensor
}

const unitRows = ({ shape, dtype, data }: Tensor): Tensor => {
  const width = shape[1]!
  const rows = Float32Array.from(data)
  for (let at = 0; at < rows.length; at += width) {
    const row = rows.subarray(at, at + width)
    const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0))
    for (let i = 0; i < width; i++) row[i]! /= length
  }
  return { shape, dtype, data: rows }
}

export const ganData = (batch: number, features: readonly number[], random: Random, latent = latentSize): GanData => ({
  real: uniform([batch, ...features], 1, random),
  latents: Array.from({ length: 16 }, () => uniform([batch, latent], 1, random)),
  perturbation: unitRows(uniform([batch, latent], 1, random))
})

interface Feed {
  readonly real: Tensor
  /** The critic's latents, then the generator's. */
  readonly latents: readonly [Tensor, Tensor]
  readonly perturbation: readonly Tensor[]
}

/**
 * A whole cycle of a spec: both players, their optimizers, the average, and all metrics. It is the function that
 * Gan.compile compiles, with given draws; a trainer of Gan.compile takes no draws, and the peers' latents take turns.
 */
export const ganStep = (
  spec: Spec,
  { real, latents, perturbation }: GanData,
  seesPerturbation = false
): StepOf<State, Feed, Metrics> => ({
  carry: initialState(spec, {}, Keys.key(0)),
  feed: (step) => ({
    real,
    latents: [latents[(2 * step) % 16]!, latents[(2 * step + 1) % 16]!],
    perturbation: seesPerturbation ? [perturbation] : []
  }),
  step: (state, feed) =>
    cycle(spec, state, {
      batchSize: feed.real.shape[0]!,
      batch: () => ({ real: feed.real }),
      draws: (phase) => {
        const [direction] = feed.perturbation
        return {
          latent: feed.latents[phase === 0 ? 0 : 1],
          ...(phase === 0 || direction === undefined ? {} : { 'jacobianClamp/perturbation': direction })
        }
      }
    }),
  watch: {
    kind: 'loss',
    of: (metrics) => metrics['discriminator']!.loss.data[0]! + metrics['generator']!.loss.data[0]!
  }
})
