import { Gan, Objective, Reg, pipe } from '../../src/index.ts'
import type { Bench } from '../measure/bench.ts'
import type { Job } from '../measure/job.ts'
import { dcganSpecJob } from './dcgan.ts'

const without = 'no penalty'

const job = (name: string, penalty: Gan.Objective): Job =>
  dcganSpecJob({ name, losses: 2, against: without }, Gan.withRegularizer('generator', penalty))

/** Of four latents of the minibatch. */
const four = { subset: 4 }

/**
 * The step of `gan-dcgan`, 64 latents, without a penalty of the generator and with each in turns. A step that has a lazy
 * penalty, `every(4)`, is one of four: what they cost on average is (3 + ratio) / 4.
 */
export const generatorPenalties: Bench = {
  name: 'generator-penalties',
  groups: () => [
    {
      jobs: [
        dcganSpecJob({ name: without, losses: 2 }, (spec) => spec),
        job('logCondition of 4, the step that has it', pipe(Reg.logCondition(four), Objective.every(4))),
        job(
          'extremal clamp of 4, the step that has it',
          pipe(Reg.jacobianClamp({ mode: 'extremal', ...four }), Objective.every(4))
        ),
        job('hessianPenalty, 2 probes', Reg.hessianPenalty({ probes: 2 }))
      ]
    }
  ]
}
