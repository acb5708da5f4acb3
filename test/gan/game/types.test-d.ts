import { assertType, describe, expectTypeOf, it } from 'vitest'
import {
  Gan,
  Loss,
  Net,
  Objective,
  Opt,
  Prior,
  Reg,
  Update,
  batches,
  flow,
  mean,
  mul,
  neg,
  pipe,
  sub,
  zeros
} from '../../../src/index.ts'
import type { E, Tensor } from '../../../src/index.ts'

const players = { generator: Net.dense(2, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([2]) }

describe('the types of a spec', () => {
  it('edits compose with pipe and flow', () => {
    const wgan = flow(Gan.withLoss(Loss.wasserstein), Gan.withRegularizer('discriminator', Reg.gradientPenalty()))
    expectTypeOf(wgan).toExtend<Gan.Endomorphism<Gan.Spec>>()
    expectTypeOf(pipe(Gan.between(players), wgan)).toEqualTypeOf<Gan.Spec>()
    expectTypeOf(Gan.validate(Gan.between(players))).toEqualTypeOf<E.Either<Gan.Issues, Gan.Spec>>()
  })

  it('terms know their play', () => {
    const term: Gan.Term = ({ D, G, real, fake, latent, realLabels, step, draw }) => {
      expectTypeOf(D(real)).toEqualTypeOf<Tensor>()
      expectTypeOf(G(latent, realLabels)).toEqualTypeOf<Tensor>()
      expectTypeOf(step).toEqualTypeOf<Tensor>()
      expectTypeOf(draw('noise', (key) => key)).toEqualTypeOf<Tensor>()
      return mean(D({ x: real, z: fake }))
    }
    assertType<Gan.Objective>(Objective.every(4)(Objective.scale(2)(term)))
    assertType<Gan.Objective>(pipe(Reg.r1(), Objective.every(16), Objective.schedule(Opt.linear(1, 0, 10))))
    Gan.withRegularizer('discriminator', term)
    Gan.withRegularizer('discriminator', ({ D, real }) => mean(D(real)))
    // @ts-expect-error -- a term gives a tensor
    Gan.withRegularizer('discriminator', () => 3)
    // @ts-expect-error -- a play has no such thing
    Gan.withRegularizer('discriminator', ({ D, reel }) => mean(D(reel)))
  })

  it('a loss may be a record of terms', () => {
    Gan.withLoss({
      discriminator: ({ D, real, fake }) => sub(mean(D(fake)), mean(D(real))),
      generator: ({ D, fake }) => neg(mean(D(fake)))
    })
    Loss.custom('mine', { discriminator: ({ D, real }) => neg(mean(D(real))), generator: Reg.pathLength() })
    // @ts-expect-error -- a loss is more than a function
    Gan.withLoss(Loss.nonSaturatingWith)
  })

  it('parameters may have an interface', () => {
    interface Gain {
      readonly gain: Tensor
      readonly [name: string]: Tensor
    }
    const gain = Net.layer<readonly [2], readonly [2], Gain>({
      name: 'gain',
      init: () => ({ params: { gain: zeros([]) }, state: [] }),
      apply: ({ params, state }, x) => {
        expectTypeOf(params).toEqualTypeOf<Gain>()
        return [mul(x, params.gain), state]
      }
    })
    Gan.between({ ...players, generator: Net.serial(Net.dense(2, 2), gain) })
  })

  it('options are told from misspelt ones', () => {
    // @ts-expect-error -- it is gamma
    Reg.r1({ gama: 1 })
    // @ts-expect-error -- it is discriminatorSteps
    Update.alternating({ discriminatorStep: 1 })
    Update.alternating({ discriminatorSteps: (cycle) => cycle + 1 })
    // @ts-expect-error a number of steps, not a text
    Update.alternating({ discriminatorSteps: (cycle) => `${cycle}` })
    Gan.compile({ batchSize: { discriminator: 128, generator: 64 } })
    // @ts-expect-error -- a number for each player
    Gan.compile({ batchSize: { discriminator: '128' } })
    // @ts-expect-error -- it is batchSize
    Gan.compile({ batchsize: 1 })
    // @ts-expect-error -- decay is required
    Gan.withAverage({})
    // @ts-expect-error -- learningRate is required
    Gan.withOptimizer('generator', Opt.adam({ b1: 0 }))
    // @ts-expect-error -- the discriminator is missing
    Gan.between({ generator: players.generator, prior: players.prior })
  })

  it('data come from samplers, iterables and whatever begins anywhere', () => {
    const options = { batchSize: 4, steps: 1 }
    const real = zeros([4, 2])
    assertType<Gan.TrainOptions>({ ...options, data: (_key, n) => zeros([n, 2]) })
    assertType<Gan.TrainOptions>({ ...options, data: [real] })
    assertType<Gan.TrainOptions>({ ...options, data: [{ real, labels: real }] })
    assertType<Gan.TrainOptions>({ ...options, data: batches(real, { batchSize: 4 }) })
    assertType<Gan.TrainOptions>({ ...options, data: batches({ real, labels: real }, { batchSize: 4 }) })
    assertType<Gan.TrainOptions>({ ...options, data: [real], signal: new AbortController().signal })
    // @ts-expect-error -- one tensor is no minibatches
    assertType<Gan.TrainOptions>({ ...options, data: real })
  })
})
