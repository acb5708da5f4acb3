import type { Bench } from '../measure/bench.ts'
import { dcganJob } from './dcgan.ts'
import { spectrum } from './jvp.ts'

/**
 * A step of training and what `Lab.conditioning` computes at 8 latents of the same pair, in turns: every 100 steps the probe
 * takes as many percent of the training as it takes steps.
 */
export const lab: Bench = {
  name: 'lab',
  groups: () => [
    {
      jobs: [
        dcganJob({ name: 'gan-dcgan' }, 'none'),
        spectrum({ name: 'lab: conditioning at 8 latents', against: 'gan-dcgan' })
      ]
    }
  ]
}
