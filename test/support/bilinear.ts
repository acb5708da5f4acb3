/** The bilinear game min over x, max over y of x y: G(z) = x, D(s) = y s, on numbers. Its field is (y, -x). */
import { pipe } from '#fp-ts/function'
import { Gan, Opt, Prior, add, mean, mul, neg, reshape } from '../../src/index.ts'
import type { Tensor, Update } from '../../src/index.ts'
import { functionNet } from './functionNet.ts'
import { compiled, rightOf } from './smallGan.ts'

const scalar = (x: number): Tensor => ({ shape: [], dtype: 'float32', data: Float64Array.of(x) })

/** Gradient descent of that rate for both players, from (x, y). */
export const bilinearSpec = (
  update: Update.Update,
  learningRate: number,
  [x, y]: readonly [number, number]
): Gan.Spec =>
  pipe(
    Gan.between({
      generator: functionNet('x', scalar(x), (params, z) => add(mul(z, 0), params)),
      discriminator: functionNet('y', scalar(y), (params, s) => reshape(mul(s, params), [s.shape[0]!])),
      prior: Prior.normal([1])
    }),
    Gan.withLoss({
      generator: ({ D, fake }: Gan.Play) => mean(D(fake)),
      discriminator: ({ D, fake }: Gan.Play) => neg(mean(D(fake)))
    }),
    Gan.withOptimizer('generator', Opt.sgd({ learningRate })),
    Gan.withOptimizer('discriminator', Opt.sgd({ learningRate })),
    Gan.withUpdate(update)
  )

/** Where the players stand, in float64, from `start` on, after each of that many cycles. */
export const bilinearPath = async (
  update: Update.Update,
  learningRate: number,
  start: readonly [number, number],
  cycles: number
): Promise<readonly (readonly [number, number])[]> => {
  const step = await compiled(bilinearSpec(update, learningRate, start), { batchSize: 1, engine: 'reference:float64' })
  const trainer = rightOf(await step.trainer(await step.init(0))())
  const path: (readonly [number, number])[] = [start]
  for (let i = 0; i < cycles; i++) {
    rightOf(await trainer.advance(1)())
    const { players } = rightOf(await trainer.snapshot()())
    const at = (player: string): number => (players[player]!.params as Tensor).data[0]!
    path.push([at('generator'), at('discriminator')])
  }
  trainer.dispose()
  step.dispose()
  return path
}
