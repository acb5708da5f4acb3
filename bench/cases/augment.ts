import { Augment, Gan, Reg } from '../../src/index.ts'
import type { Bench } from '../measure/bench.ts'
import type { Job } from '../measure/job.ts'
import { dcganSpecJob } from './dcgan.ts'

type Edit = (spec: Gan.Spec) => Gan.Spec

const augmented = (augmentation: Augment.Augmentation): Edit =>
  Gan.withAugmentation('discriminator', augmentation, { probability: 0.6 })

/** The step of `gan-dcgan` without an augmentation, then with each of them in turns. */
const jobs = (suffix: string, edit: Edit): readonly Job[] => {
  const against = `no augmentation${suffix}`
  const job = (name: string, more: Edit): Job =>
    dcganSpecJob({ name: `${name}${suffix}`, losses: 2, against }, (spec) => more(edit(spec)))
  return [
    dcganSpecJob({ name: against, losses: 2 }, edit),
    job('ada blit, geometry, colour', augmented(Augment.ada())),
    job('ada, sampled bilinearly', augmented(Augment.ada({ lowPass: false }))),
    job('ada all groups', augmented(Augment.ada({ groups: ['blit', 'geometry', 'colour', 'filter', 'corruption'] }))),
    job('diffAugment', augmented(Augment.diffAugment()))
  ]
}

export const augment: Bench = {
  name: 'augment',
  groups: () => [
    { jobs: jobs('', (spec) => spec) },
    { jobs: jobs(' R1', Gan.withRegularizer('discriminator', Reg.r1({ gamma: 10 }))) }
  ]
}
