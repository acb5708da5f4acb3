/** The Dirac-GAN: data at 0, a generator at theta, a linear critic D(x) = psi x. */
import { Gan, Issue, Opt, Prior, add, mul, reshape } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import { functionNet } from './functionNet.ts'

export interface DiracGame {
  readonly loss: Parameters<typeof Gan.withLoss>[0]
  readonly update: Parameters<typeof Gan.withUpdate>[0]
  readonly extra?: (spec: Gan.Spec) => Gan.Spec
  readonly learningRate?: number
  readonly steps?: number
}

const scalar = (x: number): Tensor => ({ shape: [], dtype: 'float32', data: Float64Array.of(x) })

/** ||(theta, psi)|| after training from theta = 1, psi = -1, in float64, through Gan.compile. */
export const diracNorm = async ({
  loss,
  update,
  extra = (spec) => spec,
  learningRate = 0.2,
  steps = 500
}: DiracGame): Promise<number> => {
  const spec = pipe(
    Gan.between({
      generator: functionNet('theta', scalar(1), (theta, z) => add(mul(z, 0), theta)),
      discriminator: functionNet('psi x', scalar(-1), (psi, x) => reshape(mul(x, psi), [x.shape[0]!])),
      prior: Prior.normal([1])
    }),
    Gan.withLoss(loss),
    Gan.withOptimizer('generator', Opt.sgd({ learningRate })),
    Gan.withOptimizer('discriminator', Opt.sgd({ learningRate })),
    Gan.withUpdate(update),
    extra
  )
  const compiled = await pipe(
    spec,
    Gan.compile({
      batchSize: 1,
      engine: 'reference:float64',
      sampler: (key, n) => mul(Prior.normal([1]).sample(key, n), 0)
    })
  )()
  if (E.isLeft(compiled)) throw new Error(Issue.show(compiled.left))
  const trainer = await compiled.right.trainer(await compiled.right.init(0))()
  if (E.isLeft(trainer)) throw new Error('no trainer')
  await trainer.right.advance(steps)()
  const state = await trainer.right.snapshot()()
  if (E.isLeft(state)) throw new Error('no state')
  const at = (player: string): number => (state.right.players[player]!.params as Tensor).data[0]!
  return Math.hypot(at('generator'), at('discriminator'))
}
