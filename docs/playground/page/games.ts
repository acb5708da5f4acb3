import type { Data, Game, JsonRecord } from '../worker/messages.ts'

/** The games that the page begins with: the first is there when it opens. */
export const ring: Data = { kind: 'ring' }

export const gameOf = (spec: JsonRecord, data: Data): Game => ({
  spec,
  data,
  batchSize: data.kind === 'dirac' ? 8 : data.kind === 'shapes' || data.kind === 'images' ? 32 : 128,
  seed: 0
})

const sgd = { optimizer: 'sgd', options: { learningRate: 0.1 } }

/** The Dirac-GAN of Mescheder et al. (2018): a generator that puts all mass at its bias, and a linear critic. */
export const diracSpec: JsonRecord = {
  format: 'saddlepoint spec 1',
  networks: {
    generator: {
      layer: 'dense',
      options: {
        inFeatures: 1,
        outFeatures: 1,
        weights: { initializer: 'zeros' },
        bias: { initializer: 'constant', options: { value: 1 } }
      }
    },
    discriminator: {
      layer: 'dense',
      options: {
        inFeatures: 1,
        outFeatures: 1,
        weights: { initializer: 'constant', options: { value: -1 } },
        bias: false
      }
    }
  },
  prior: { prior: 'normal', options: { shape: [1] } },
  loss: { loss: 'nonSaturating', options: { realTarget: 1 } },
  optimizers: { generator: sgd, discriminator: sgd },
  frozen: [['generator', 'weights']]
}
