import type { Bench } from '../measure/bench.ts'
import type { Clamp } from './dcgan.ts'
import { dcganJob, drawSizes, evenSizes, largeSizes } from './dcgan.ts'

const benchOf = (name: string, clamp: Clamp): Bench => ({
  name,
  groups: () => [{ jobs: [dcganJob({ name }, clamp)] }],
  drawn: (random) =>
    Array.from({ length: 3 }, () => {
      const sizes = drawSizes(random)
      const drawn = {
        name: `${name} ${sizes.batch}: ${[...sizes.generator, ...sizes.critic].join('-')}`,
        rateAgainst: name
      }
      return { jobs: [dcganJob({ name }, clamp), dcganJob(drawn, clamp, sizes)] }
    })
})

export const ganDcgan = benchOf('gan-dcgan', 'none')
/** With the secant form of Jacobian clamping, as published. */
export const ganDcganClamp = benchOf('gan-dcgan-clamp', 'secant')

/** 64x64 images and the published widths: 160 GFLOP a step, which takes a GPU to train. */
export const ganDcgan64: Bench = {
  name: 'gan-dcgan-64',
  byNameOnly: true,
  groups: () => [{ jobs: [dcganJob({ name: 'gan-dcgan-64', losses: 3 }, 'none', largeSizes)] }]
}

/** 64x64 images, 64 channels in every layer, R1: 20 GFLOP a step. */
export const ganDcganR1: Bench = {
  name: 'gan-dcgan-r1',
  byNameOnly: true,
  groups: () => [{ jobs: [dcganJob({ name: 'gan-dcgan-r1', losses: 3 }, 'r1', evenSizes)] }]
}
