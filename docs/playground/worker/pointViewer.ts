import { E, Lab, Random, compile, grad, modeCoverage, reshape, sum, tensor } from '../../../src/core.ts'
import type { Gan, Tensor } from '../../../src/core.ts'
import { generatorWith, heldBy } from '../../../src/gan/step/generator.ts'
import type { Layer } from '../../../src/nn/layer.ts'
import type { Samples } from './dataset.ts'
import { ellipsesOf, lengthsOf } from './ellipses.ts'
import { latentsFor } from './latents.ts'
import type { Held, Viewer } from './viewer.ts'
import { floats, gridOver, meanOf } from './viewer.ts'

/** Cells of the critic's map along a side; samples shown; those of them at which its gradient is. */
const side = 48
const shown = 400
const pulled = 60

/** The critic as a function of points, a score each; absent where it gives something else, or asks for labels. */
const criticOf = ({ networks, labels }: Gan.Spec): ((held: Held, key: Tensor, x: Tensor) => Tensor) | undefined => {
  const net = networks['discriminator']
  if (net === undefined || labels !== undefined) return undefined
  const features = net.fit([2])
  const scores = net.output?.reduce((a, b) => a * b, 1) ?? 1
  if (E.isLeft(features) || scores !== 1) return undefined
  return ({ params, layers }, key, x) => net.apply({ params, state: layers, key, training: false }, x)[0]
}

/** Shows a generator of points of the plane, and what its critic makes of the plane. */
export const pointViewer = (spec: Gan.Spec, net: Layer, { sample, modes, extent }: Samples): Viewer => {
  const latents = latentsFor(spec, shown, 1)
  const grid = gridOver(extent, side)
  const drawn = sample(Random.key(2), shown)
  const reals = floats('real' in drawn ? drawn.real : drawn)
  const generate = compile((held: Held, key: Tensor, z: Tensor) => generatorWith(net, held, { key })(z))
  const jacobians = compile((held: Held, key: Tensor, z: Tensor) => {
    const G = generatorWith(net, held, { key })
    return [G(z), Lab.jacobian(G)(z)] as const
  })
  const D = criticOf(spec)
  const values = D && compile((held: Held, key: Tensor, x: Tensor) => reshape(D(held, key, x), [-1]))
  const pull = D && compile((held: Held, key: Tensor, x: Tensor) => grad((y: Tensor) => sum(D(held, key, y)))(x))

  const critic = async (judge: Held, key: Tensor, samples: Float32Array): Promise<object> => {
    const scores = await values?.(judge, key, grid)
    if (scores === undefined || scores.shape[0] !== side * side) return {}
    const pulls = await pull?.(judge, key, tensor(samples.slice(0, 2 * pulled), [pulled, 2]))
    return { critic: { side, values: floats(scores) }, ...(pulls ? { pull: floats(pulls) } : {}) }
  }

  return {
    see: async (state) => {
      const { key } = state
      const held = heldBy('playground', net, state, undefined)
      const made = await generate(held, key, latents.drawn)
      const samples = floats(made)
      const judge = state.players['discriminator']
      const { square } = latents
      const folded = square && (await generate(held, key, square.points))
      const around = square && (await jacobians(held, key, square.centres))
      const ellipses = around ? ellipsesOf(around[1], around[0]) : []
      const singularValues = ellipses.map(lengthsOf)
      const logs = singularValues.map(([long, short]) => 2 * Math.log(long / short)).filter(Number.isFinite)
      const covered = modes && modeCoverage(made, modes)
      return {
        points: {
          reals,
          samples,
          ellipses,
          ...(judge ? await critic(judge, key, samples) : {}),
          ...(folded ? { folded: { side: square.side, points: floats(folded) } } : {}),
          ...(covered ? { modes: covered } : {})
        },
        ...(logs.length > 0 ? { conditioning: { logCondition: meanOf(logs), singularValues } } : {})
      }
    },
    dispose: () => [generate, jacobians, values, pull].forEach((f) => f?.dispose())
  }
}
