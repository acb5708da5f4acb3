import { initialState } from '../../src/gan/step/state.ts'
import { Lab, Program, Random, singularValues } from '../../src/index.ts'
import type { Engine } from '../../src/engines/engine.ts'
import type { EngineName } from '../../src/engines/select.ts'
import type { Bench } from '../measure/bench.ts'
import type { About, Job } from '../measure/job.ts'
import { jobOf } from '../measure/job.ts'
import { mulberry32, uniform } from '../measure/random.ts'
import { digest } from '../report/digest.ts'
import { computing } from './computing.ts'
import { dcganJob, dcganSpec, namedSizes } from './dcgan.ts'
import { latentSize } from './gan.ts'
import { generatorJob, pixels } from './jvp.ts'

/** A call that a user makes, with all that it does beside the engine's work; it gives numbers that tell a wrong result. */
const callJob = (about: About, start: (engine: EngineName | Engine) => () => Promise<readonly number[]>): Job => ({
  ...about,
  program: () => Program.of((x) => x, uniform([1], 1, mulberry32(1))),
  start: async (engine) => {
    const begun = performance.now()
    const call = start(engine)
    const first = await call()
    return {
      engine: typeof engine === 'string' ? engine : engine.name,
      executor: undefined,
      flops: 0,
      compileMs: performance.now() - begun,
      first,
      advance: async (steps) => {
        for (let i = 0; i < steps; i++) await call()
      },
      explain: () => '',
      dispose: () => undefined
    }
  }
})

/** What a trainer calls every so many steps: parameters go to the engine, figures come back. */
const probe = (about: About): Job =>
  callJob(about, (engine) => {
    const spec = dcganSpec(namedSizes)
    const state = initialState(spec, {}, Random.key(0))
    const { run } = Lab.conditioning({ latents: 8, engine })
    return async () => {
      const figures = await run(spec, state, state.key)
      return digest([figures.singularValues])
    }
  })

const features = 128

const frechet = (about: About): Job =>
  callJob(about, () => {
    const random = mulberry32(1)
    const [real, fake] = [uniform([10_000, features], 1, random), uniform([10_000, features], 2, random)]
    return async () => [Lab.frechetDistance(real, fake)]
  })

const latents = 8

const spectra = (about: About): Job =>
  jobOf(
    about,
    computing(
      { jacobians: uniform([latents, pixels, latentSize], 1, mulberry32(1)) },
      [[latents, latentSize]],
      (held) => [singularValues(held.jacobians)]
    )
  )

/**
 * What the lab may take on two threads. A step of training and the conditioning of the same pair at 8 latents are measured in turns: every
 * 100 steps a probe takes as many percent of the training as it takes steps.
 */
export const lab: Bench = {
  name: 'lab',
  groups: () => [
    {
      jobs: [
        dcganJob({ name: 'gan-dcgan' }, 'none'),
        generatorJob(
          { name: 'lab: conditioning at 8 latents', against: 'gan-dcgan', bar: 1 },
          latents,
          [[latents, latentSize]],
          (G, z) => [Lab.spectrum(G)(z)]
        ),
        probe({ name: 'lab: its probe, as a trainer calls it', against: 'gan-dcgan', bar: 1 }),
        generatorJob(
          { name: 'lab: Jacobians at 8 latents', against: 'gan-dcgan', msBar: 40 },
          latents,
          [[latents, pixels, latentSize]],
          (G, z) => [Lab.jacobian(G)(z)]
        ),
        spectra({ name: 'lab: their spectra', against: 'gan-dcgan', msBar: 60 })
      ]
    },
    { jobs: [frechet({ name: 'lab: Frechet distance, 2 x 10,000 x 128', msBar: 1500 })] }
  ]
}
