import { Gan, Random, compile, reshape, vmap } from '../../../src/core.ts'
import type { Tensor } from '../../../src/core.ts'
import type { Samples } from './dataset.ts'
import type { Viewer } from './viewer.ts'
import { floats, gridOver } from './viewer.ts'

const side = 15
const batch = 8

type Params = Readonly<Record<string, Tensor>>
interface Two {
  readonly generator: Params
  readonly discriminator: Params
}

const paramsOf = ({ players }: Gan.State): Two => ({
  generator: players['generator']?.params as Params,
  discriminator: players['discriminator']?.params as Params
})

const numberAt = (params: Params, name: string): number => params[name]?.data[0] ?? NaN

/**
 * Shows a game of two numbers, the generator's bias and the critic's weight: the field along which gradients move them,
 * on a grid of the plane, and where they are.
 */
export const planeViewer = (spec: Gan.Spec, { sample, extent }: Samples): Viewer => {
  const field = compile((params: Two, biases: Tensor, weights: Tensor, real: Tensor, latent: Tensor) =>
    vmap((bias: Tensor, weight: Tensor) => {
      const at = {
        generator: { ...params.generator, bias: reshape(bias, [1]) },
        discriminator: { ...params.discriminator, weights: reshape(weight, [1, 1]) }
      }
      const gradient = Gan.field(spec)(at, { batch: real, draws: { latent } })
      return [reshape(gradient.generator.bias, []), reshape(gradient.discriminator.weights, [])] as const
    })(biases, weights)
  )
  const points = floats(gridOver(extent, side))
  const axis = (first: number): Tensor => {
    const data = points.filter((_, i) => i % 2 === first)
    return { shape: [data.length], dtype: 'float32', data }
  }
  let seen: Float32Array | undefined
  return {
    see: async (state) => {
      const params = paramsOf(state)
      if (seen === undefined) {
        const drawn = sample(Random.key(2), batch)
        const real = 'real' in drawn ? drawn.real : drawn
        const [across, up] = await field(params, axis(0), axis(1), real, spec.prior.sample(Random.key(3), batch))
        seen = points.map((_, i) => -((i % 2 === 0 ? across : up).data[i >> 1] ?? 0))
      }
      const at = [numberAt(params.generator, 'bias'), numberAt(params.discriminator, 'weights')] as const
      return { plane: { at, side, field: seen } }
    },
    dispose: field.dispose
  }
}
