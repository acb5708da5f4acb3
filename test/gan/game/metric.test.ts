/** Figures that are measured beside what is minimized: they change nothing, whatever they are. */
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import { Gan, Net, Objective, Random, add, argmax, convert, div, less, mean, mul, stopGradient, sub, where, zeros } from '../../../src/index.ts' // prettier-ignore
import { bits, compiled, pathsOf, players, points, smallSpec, trained } from '../../support/smallGan.ts'

const gap: Gan.Term = ({ D, real, fake }) => sub(mean(D(real)), mean(D(fake)))
const metrics: readonly (readonly [string, Gan.Term])[] = [
  ['of what both players do', gap],
  ['that is not differentiable', ({ D, real }) => convert(argmax(D(real)), 'float32')],
  ['that is a constant', ({ step }) => convert(step, 'float32')],
  [
    'that draws',
    ({ fake, draw }) =>
      mean(
        add(
          fake,
          draw('noise', (key) => Random.normal(key, fake.shape))
        )
      )
  ],
  ['of another player’s network', ({ G, latent }) => mean(G(latent))],
  [
    'that remembers',
    ({ D, real, recall, remember }) => {
      const after = mul(0.5, add(recall('mean', 0), mean(D(real))))
      remember('mean', after)
      return after
    }
  ]
]
const normed = {
  ...players,
  discriminator: Net.serial(Net.dense(2, 3), Net.batchNorm(3), Net.softplus, Net.dense(3, 1))
}
const based = (networks: Gan.Spec['networks']) => (spec: Gan.Spec): Gan.Spec => ({ ...spec, networks }) // prettier-ignore
const { prior, ...networks } = normed

describe.each(metrics)('a metric %s', (_, term) => {
  const measured = Gan.withRegularizer('discriminator', Objective.metric('figure', term))
  it('is valid, without a warning', async () => {
    const step = await compiled(smallSpec(measured), { sampler: points })
    expect(step.warnings).toEqual([])
    step.dispose()
  })
  it('is among the figures, and changes no bit of a training', async () => {
    const plain = await trained(smallSpec(based(networks)), { steps: 3 })
    const other = await trained(smallSpec(based(networks), measured), { steps: 3 })
    expect(bits(other.state.players)).toEqual(bits(plain.state.players))
    expect(Object.keys(other.figures['discriminator']!.terms)).toEqual(['figure', 'nonSaturating'])
    const { figure, ...minimized } = other.figures['discriminator']!.terms
    expect({ ...other.figures['discriminator'], terms: minimized }).toEqual(plain.figures['discriminator'])
    expect(Number.isFinite(figure)).toBe(true)
  })
})

describe('a metric', () => {
  it('has the value of its term at the parameters before the update', async () => {
    const twice = smallSpec(
      Gan.withRegularizer(
        'generator',
        Objective.metric('fooled', ({ D, fake }) => mean(D(fake)))
      )
    )
    const { figures } = await trained(twice, { steps: 1 })
    const { loss, terms } = figures['generator']!
    expect(terms['fooled']).not.toBe(0)
    expect(loss).toBe(terms['nonSaturating'])
  })
  it('may be lazy, and scaled to no effect', async () => {
    const edit = pipe(Objective.metric('gap', gap), Objective.every(2), Objective.scale(7))
    const seen: (readonly string[])[] = []
    const { figures } = await trained(smallSpec(Gan.withRegularizer('discriminator', edit)), {
      steps: 3,
      onStep: (_, { discriminator }) => seen.push(Object.keys(discriminator!.terms))
    })
    expect(seen).toEqual([['gap', 'nonSaturating'], ['nonSaturating'], ['gap', 'nonSaturating']])
    const once = await trained(smallSpec(Gan.withRegularizer('discriminator', Objective.metric('gap', gap))), {})
    expect(figures['discriminator']!.terms['gap']).toBe(once.figures['discriminator']!.terms['gap'])
  })
  it('is nothing to minimize', () => {
    const only = smallSpec(
      Gan.withLoss({ discriminator: ({ D, real }: Gan.Play) => mean(D(real)), generator: Objective.metric('gap', gap) })
    )
    const checked = Gan.validate(only)
    expect(E.isLeft(checked) && pathsOf(checked.left)).toEqual(['loss.generator'])
  })
  it('may be no number: training goes on', async () => {
    const spec = smallSpec(Gan.withRegularizer('discriminator', Objective.metric('hole', ({ D, real }) => div(0, mul(0, mean(D(real))))))) // prettier-ignore
    const { figures, stepsDone, state } = await trained(spec, { steps: 3 })
    expect([figures['discriminator']!.terms['hole'], stepsDone]).toEqual([NaN, 3])
    expect(bits(state.players)).toEqual(bits((await trained(smallSpec(), { steps: 3 })).state.players))
  })
  it('has to be a scalar, like all terms', () => {
    const vector = Gan.withRegularizer(
      'discriminator',
      Objective.metric('vector', ({ D, real }) => D(real))
    )
    const checked = Gan.validate(smallSpec(vector))
    expect(E.isLeft(checked) && checked.left).toMatchObject([{ _tag: 'NotScalar' }])
  })
  it('is said to be measured', () => {
    expect(Gan.show(smallSpec(Gan.withRegularizer('discriminator', Objective.metric('gap', gap))))).toContain(
      '  measures gap\n'
    )
  })
  it('holds its player where nothing else counts', async () => {
    const lazy = (term: Gan.Term) => Objective.every(2)(Objective.of('own', term))
    const spec = smallSpec(
      Gan.withLoss({ discriminator: lazy(({ D, real }) => mean(D(real))), generator: ({ D, fake }: Gan.Play) => mean(D(fake)) }), // prettier-ignore
      Gan.withRegularizer('discriminator', Objective.metric('gap', gap))
    )
    const one = await trained(spec, { steps: 1 })
    const two = await trained(spec, { steps: 2 })
    expect(bits(two.state.players['discriminator'])).toEqual(bits(one.state.players['discriminator']))
    expect(bits(two.state.players['generator'])).not.toEqual(bits(one.state.players['generator']))
  })
})

describe('a term of the loss that is cut off by stopGradient', () => {
  it('still is a mistake', () => {
    const silent: Gan.Term = ({ D, real }) => mean(where(less(D(real), 0), zeros([]), stopGradient(div(D(real), 2))))
    const checked = Gan.validate(smallSpec(Gan.withRegularizer('discriminator', silent)))
    expect(E.isLeft(checked) && checked.left).toMatchObject([{ _tag: 'NoGradient' }])
  })
})
