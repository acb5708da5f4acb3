/** A Jacobian of one sample is not to hold derivatives of others: layers that couple them are found, and no others. */
import { expect, it } from 'vitest'
import { Gan, Net, Random, Reg, slice } from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import type { Layer } from '../../../src/nn/layer.ts'
import { compiled, points, smallSpec } from '../../support/smallGan.ts'

const js = (x: unknown): any => x
const withGenerator = (generator: Layer, term: unknown): Gan.Spec => {
  const spec = smallSpec(Gan.withRegularizer('generator', js(term)))
  return { ...spec, networks: { ...spec.networks, generator } }
}
const warningsOf = async (spec: Gan.Spec) => {
  const step = await compiled(spec, { sampler: points })
  step.dispose()
  return step.warnings.filter(({ _tag }) => _tag === 'SampleCoupling')
}

const [latents] = smallSpec().prior.shape as readonly [number]
const hidden = Net.dense(latents, 3)
const generators: Readonly<Record<string, Layer>> = {
  none: Net.serial(hidden, Net.dense(3, 2)),
  batchNorm: Net.serial(hidden, Net.batchNorm(3), Net.dense(3, 2)),
  'batchNorm, deep': Net.serial(hidden, Net.residual(Net.serial(Net.dense(3, 3), Net.batchNorm(3))), Net.dense(3, 2)),
  layerNorm: Net.serial(hidden, Net.layerNorm(3), Net.dense(3, 2)),
  discrimination: Net.serial(hidden, Net.minibatchDiscrimination(3, { kernels: 2, dimensions: 2 }), Net.dense(5, 2)),
  'stddev, deep': Net.serial(
    hidden,
    Net.serial(Net.minibatchStddev({ groupSize: 4 }), Net.dense(4, 3)),
    Net.dense(3, 2)
  )
}

/** Whether what a network makes of the first latent moves with the others, the statistics of the minibatch standing still. */
const isCoupled = (net: Layer): boolean => {
  const { params, state } = net.init(Random.key(0))
  const z = Random.normal(Random.key(1), [4, latents])
  const [, held] = net.apply({ params, state, training: true, batchState: true }, z)
  const first = (x: Tensor): readonly number[] =>
    Array.from(slice(net.apply({ params, state: held }, x)[0], { end: [1, 2] }).data)
  const moved = { ...z, data: z.data.map((x, i) => (i < latents ? x : x + 1)) } as Tensor
  return first(z).some((x, i) => Math.abs(x - first(moved)[i]!) > 1e-6)
}

it.each(Object.entries(generators))(
  'is told of a generator with %s where samples are coupled, and only there',
  async (_, generator) => {
    const warnings = await warningsOf(withGenerator(generator, Reg.logCondition()))
    expect(warnings.length).toBe(isCoupled(generator) ? 1 : 0)
  }
)

it('is told of every regularizer that looks at each latent by itself', async () => {
  const looking = Object.entries(Reg).flatMap(([name, make]) => {
    if (typeof make !== 'function') return []
    try {
      const [term] = js(make)({ subset: 2 })
      return term !== undefined && term.problems.length === 0 ? [[name, js(make)({ subset: 2 })] as const] : []
    } catch {
      return []
    }
  })
  expect(looking.length).toBeGreaterThan(6)
  for (const [name, term] of looking)
    expect([name, await warningsOf(withGenerator(generators['stddev, deep']!, term))]).toMatchObject([
      name,
      [{ severity: 'warning', path: ['regularizers', 'generator', name] }]
    ])
})
