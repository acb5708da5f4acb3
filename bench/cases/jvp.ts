import { Lab, jacfwd, jacrev, jvp as push, Random, reshape, vmap } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import type { Bench, Group } from '../measure/bench.ts'
import { dcganGenerator, dcganJob, namedSizes } from './dcgan.ts'
import { latentSize } from './gan.ts'
import { computing } from './computing.ts'
import type { About, Job } from '../measure/job.ts'
import { jobOf } from '../measure/job.ts'
import { mulberry32, uniform } from '../measure/random.ts'

export const pixels = 784

/** A function of the DCGAN generator's parameters, latents and a tangent, whose result stays in the engine. */
export const generatorJob = (
  about: About,
  latents: number,
  shapes: readonly (readonly number[])[],
  f: (G: (z: Tensor) => Tensor, z: Tensor, v: Tensor) => readonly Tensor[]
): Job => {
  const random = mulberry32(1)
  const generator = dcganGenerator(namedSizes, random)
  const { params, state } = generator.init(Random.key(0))
  const latent = (): Tensor => uniform([latents, latentSize], 1, random)
  return jobOf(
    about,
    computing({ params, z: latent(), v: latent() }, shapes, ({ params: weights, z, v }) =>
      f((latents) => generator.apply({ params: weights, state }, latents)[0], z, v)
    )
  )
}

/** What a tangent costs: at most about twice the function. */
const tangents = (): Group => ({
  jobs: [
    generatorJob({ name: 'jvp: G' }, 64, [[64, 1, 28, 28]], (G, z) => [G(z)]),
    generatorJob(
      { name: 'jvp: G and a tangent', against: 'jvp: G' },
      64,
      [
        [64, 1, 28, 28],
        [64, 1, 28, 28]
      ],
      (G, z, v) => push(G, [z], [v])
    )
  ]
})

/** The Jacobians [784, 64] of 8 latents: 64 tangents of each, batched, or 784 cotangents. */
const jacobian = (mode: 'forward' | 'reverse', against?: string): Job =>
  generatorJob(
    {
      name: `jvp: Jacobian ${mode}`,
      script: 'jacobian',
      sizes: { mode, latents: 8 },
      ...(against === undefined ? {} : { against })
    },
    8,
    [[8, pixels, latentSize]],
    (G, z) => {
      const image = (latent: Tensor): Tensor => reshape(G(reshape(latent, [1, latentSize])), [pixels])
      return [vmap((mode === 'forward' ? jacfwd : jacrev)(image))(z)]
    }
  )

/** Their singular values, from the Jacobians themselves. */
const spectrum = (about: About): Job => generatorJob(about, 8, [[8, latentSize]], (G, z) => [Lab.spectrum(G)(z)])

const jacobians = (): Group => ({
  jobs: [
    jacobian('forward'),
    jacobian('reverse', 'jvp: Jacobian forward'),
    spectrum({ name: 'jvp: spectrum', against: 'jvp: Jacobian forward' })
  ]
})

/** A whole GAN step without Jacobian clamping, with the secant form and with the exact one. */
const clamps = (): Group => ({
  jobs: [
    dcganJob({ name: 'gan-dcgan' }, 'none'),
    dcganJob({ name: 'gan-dcgan-clamp', against: 'gan-dcgan' }, 'secant'),
    dcganJob({ name: 'gan-dcgan-clamp by jvp', against: 'gan-dcgan' }, 'jvp')
  ]
})

export const jvp: Bench = { name: 'jvp', groups: () => [tangents(), jacobians(), clamps()] }
