import { describe, expect, it } from 'vitest'
import {
  Gan,
  Lab,
  Loss,
  Net,
  Opt,
  Prior,
  Random,
  Reg,
  evaluate,
  grad,
  mean,
  mul,
  pipe,
  slice,
  square,
  sub,
  sum,
  tensor,
  treeLeaves
} from '../../../src/index.ts'
import { sizeOf } from '../../../src/tensor/shape.ts'
import type { Layer } from '../../../src/nn/layer.ts'
import type { Tensor } from '../../../src/index.ts'
import { playNetworks } from '../../../src/gan/game/networks.ts'
import { trained } from '../../support/smallGan.ts'

const generators: readonly (readonly [string, Layer, Tensor | undefined])[] = [
  ['batch norm', Net.serial(Net.dense(3, 6), Net.batchNorm(6), Net.tanh, Net.dense(6, 4)), undefined],
  [
    'batch norm of images, dropout and spectral norm',
    Net.serial(
      Net.spectral(Net.dense(3, 8)),
      Net.reshape([2, 2, 2]),
      Net.batchNorm(2),
      Net.tanh,
      Net.dropout(0.3),
      Net.flatten
    ),
    undefined
  ],
  [
    'conditional batch norm',
    Net.serial(Net.dense(3, 6), Net.conditionalBatchNorm(6, 2), Net.tanh),
    tensor([0, 1, 1, 0, 1, 0], [6], 'int32')
  ]
]

describe.each(generators)('a generator with %s, of each sample by itself', (name, generator, labels) => {
  const { params, state } = generator.init(Random.key(3))
  const z = Random.normal(Random.key(4), [6, 3])
  const weights = Random.normal(Random.key(5), [6, sizeOf(generator.output ?? [])])
  const networkAt = (at: unknown) =>
    playNetworks({ generator }, { generator: { params: at, layers: state } }, Random.key(6)).networks['generator']!
  const alone = (at: unknown) => networkAt(at).perSample!(z, labels)

  it('makes of a minibatch what training does, with the same gradient', () => {
    const score = (G: (z: Tensor, labels?: Tensor) => Tensor) => sum(mul(square(G(z, labels)), weights))
    const [one, other] = evaluate(
      (at: typeof params) => [
        [networkAt(at)(z, labels), grad((p: typeof params) => score(networkAt(p)))(at)],
        [alone(at)(z, labels), grad((p: typeof params) => score(alone(p)))(at)]
      ],
      { precision: 'float64' }
    )(params) as [unknown, unknown]
    const found = treeLeaves(other).flatMap(({ data }) => [...data])
    treeLeaves(one)
      .flatMap(({ data }) => [...data])
      .forEach((x, i) => expect(found[i]).toBeCloseTo(x, 8))
  })

  it('does not see the others of the minibatch', () => {
    const moved = mul(z, tensor([[1], [2], [3], [4], [5], [6]]))
    const row = (x: Tensor) => [...slice(x, { end: [1] }).data]
    row(alone(params)(moved, labels)).forEach((x, i) => expect(x).toBeCloseTo(row(alone(params)(z, labels))[i]!, 6))
    if (name === 'batch norm')
      expect(row(networkAt(params)(moved))[0]).not.toBeCloseTo(row(networkAt(params)(z))[0]!, 3)
  })
})

describe('penalties of the Jacobian of a generator with batch norm', () => {
  const generator = Net.serial(Net.dense(4, 24), Net.batchNorm(24), Net.relu, Net.dense(24, 10), Net.tanh)
  const latents = Random.normal(Random.key(99), [16, 4])
  /** Looks at the generator as it is sampled from and as probes see it: with running statistics. */
  const singularValuesAfter = async (penalty: Gan.Objective, steps: number): Promise<Tensor> => {
    const spec = pipe(
      Gan.between({ generator, discriminator: Net.dense(10, 1), prior: Prior.normal([4]) }),
      Gan.withLoss({ generator: penalty, discriminator: Loss.nonSaturating.objectives['discriminator']! }),
      Gan.withOptimizer('generator', Opt.adam({ learningRate: 0.01 })),
      Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0 }))
    )
    const data = (key: Tensor, n: number): Tensor => Random.normal(key, [n, 10])
    const { state } = await trained(spec, { data, batchSize: 16, steps, engine: 'wasm' })
    const { params, layers } = state.players['generator']!
    return evaluate((z: Tensor) => Lab.spectrum((x) => generator.apply({ params, state: layers }, x)[0])(z), {
      precision: 'float64'
    })(latents)
  }
  const logCondition = ({ data }: Tensor): number => {
    const ratios = Array.from({ length: 16 }, (_, i) => 2 * Math.log(data[4 * i]! / data[4 * i + 3]!))
    return ratios.reduce((sum, x) => sum + x, 0) / 16
  }

  it.each([2, 16])('logCondition of %i latents, descended alone, lowers the condition', async (subset) => {
    const penalty = Reg.logCondition({ subset })
    const [before, after] = [await singularValuesAfter(penalty, 0), await singularValuesAfter(penalty, 80)]
    expect(logCondition(after)).toBeLessThan(0.75 * logCondition(before))
  })

  it('the extremal clamp, descended alone, brings all singular values near its bounds', async () => {
    const penalty = Reg.jacobianClamp({ mode: 'extremal', min: 0.9, max: 1.1, subset: 4 })
    const distance = async (steps: number): Promise<number> => {
      const found = await singularValuesAfter(penalty, steps)
      return mean(square(sub(found, 1))).data[0]!
    }
    expect(await distance(80)).toBeLessThan(0.7 * (await distance(0)))
  })
})
