import { describe, expect, it } from 'vitest'
import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import { Gan, Issue, Loss, Opt, Prior, Reg, Update, softplus, tanh } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { errorAgainst } from '../../src/tensor/compare.ts'
import { functionNet } from '../support/functionNet.ts'
import { mismatch, referenceEngine, referenceTolerance } from '../support/reference.ts'
import { mlp } from '../support/referenceGan.ts'
import type { Trajectory } from '../support/referenceTrajectory.ts'
import { readTrajectory } from '../support/referenceTrajectory.ts'

const file = readTrajectory()

const single = ({ shape, data }: Tensor): Tensor => ({ shape, dtype: 'float32', data: Float32Array.from(data) })

const specOf = ({ generator, discriminator, steps }: Trajectory): Gan.Spec => {
  const adam = Opt.adam({ learningRate: 0.01, b1: 0, b2: 0.9, epsilon: 1e-8 })
  return pipe(
    Gan.between({
      generator: functionNet('generator', generator, (params, z) => mlp(params, tanh)(z)),
      discriminator: functionNet('discriminator', discriminator, (params, x) => mlp(params, softplus)(x)),
      prior: Prior.normal([steps[0]!.generator.z.shape[1]!])
    }),
    Gan.withLoss(Loss.wasserstein),
    Gan.withRegularizer('discriminator', Reg.gradientPenalty({ lambda: 10 })),
    Gan.withOptimizer('generator', adam),
    Gan.withOptimizer('discriminator', adam),
    Gan.withUpdate(Update.alternating({ discriminatorSteps: steps[0]!.critic.length }))
  )
}

/** What differs from the file, step after step, when trained through Gan.compile with the file's draws. */
const differences = async (
  of: Trajectory,
  engine: string,
  tolerance: number,
  round: (x: Tensor) => Tensor
): Promise<readonly string[]> => {
  const batchSize = of.steps[0]!.generator.z.shape[0]!
  const compiled = await pipe(specOf(of), Gan.compile({ batchSize, engine: engine as 'reference', givenDraws: true }))()
  if (E.isLeft(compiled)) return [Issue.show(compiled.left)]
  const step = compiled.right
  // Adam turns the exactly vanishing gradient of D's last bias into noise in float32: the file says to leave it out there.
  const exact = tolerance < 1e-8
  const problems: string[] = []
  let state = await step.init(0)
  for (const [i, { critic, generator, generatorParameters, discriminatorParameters }] of of.steps.entries()) {
    const [next, metrics] = await step(
      state,
      critic.map(({ real }) => round(real)),
      [
        ...critic.map(({ z, interpolation }) => ({
          latent: round(z),
          'gradientPenalty/interpolation': round(columnless(interpolation))
        })),
        { latent: round(generator.z) }
      ]
    )
    const params = next.players['discriminator']!.params as readonly Tensor[]
    const bias = exact ? 0 : params.at(-1)!.data[0]! - discriminatorParameters.at(-1)!.data[0]!
    const losses = [...metrics['discriminator']!.loss.data, metrics['generator']!.loss.data[0]! + bias]
    const off = errorAgainst(losses, [...critic.map(({ loss }) => loss), generator.loss])
    if (!(off <= tolerance)) problems.push(`step ${String(i)}: losses off by ${String(off)}`)
    const kept = exact ? params.length : params.length - 1
    params.slice(0, kept).forEach((p, j) => {
      problems.push(
        ...mismatch(`step ${String(i)}: discriminator[${String(j)}]`, p, discriminatorParameters[j]!, tolerance)
      )
    })
    ;(next.players['generator']!.params as readonly Tensor[]).forEach((p, j) => {
      problems.push(...mismatch(`step ${String(i)}: generator[${String(j)}]`, p, generatorParameters[j]!, tolerance))
    })
    state = next
  }
  step.dispose()
  return problems
}

/** [N, 1] as [N], which is how the draw is shaped. */
const columnless = (x: Tensor): Tensor => ({ ...x, shape: [x.shape[0]!] })

describe(`the WGAN-GP trajectory on ${referenceEngine}`, () => {
  if (referenceEngine === 'reference')
    it('agrees in float64', async () => {
      expect(await differences(file, 'reference:float64', referenceTolerance.float64, (x) => x)).toEqual([])
    })
  it('agrees in float32', async () => {
    expect(await differences(file, referenceEngine, referenceTolerance.float32, single)).toEqual([])
  })
  it('notices a number that differs', async () => {
    const [first, ...rest] = file.steps
    const changed = {
      ...file,
      steps: [{ ...first!, generator: { ...first!.generator, loss: first!.generator.loss + 1e-3 } }, ...rest]
    }
    expect(await differences(changed, referenceEngine, referenceTolerance.float32, single)).not.toEqual([])
  })
})
