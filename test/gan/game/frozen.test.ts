/** Parameters that never move, whatever moves their player. */
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import { Gan, Loss, Net, Opt, Projection, Reg, Update } from '../../../src/index.ts'
import { bits, compiled, pathsOf, players, points, smallSpec, trained } from '../../support/smallGan.ts'

/** Plain JavaScript knows no types. */
const js = (x: unknown): any => x
const at = (tree: unknown, path: readonly (string | number)[]): unknown => path.reduce((x, step) => js(x)[step], tree)

const rules: readonly (readonly [string, Update.Update])[] = [
  ['alternating', Update.alternating()],
  ['simultaneous', Update.simultaneous],
  ['extragradient', Update.extragradient()],
  ['consensus', Update.consensus({ gamma: 0.1 })],
  ['unrolled', Update.unrolled({ steps: 2 })]
]
const optimizers: readonly (readonly [string, Opt.Optimizer])[] = [
  ['sgd', Opt.sgd({ learningRate: 0.1 })],
  ['adam', Opt.adam({ learningRate: 0.1 })],
  ['adamW', Opt.adamW({ learningRate: 0.1, weightDecay: 0.1 })]
]
const paths = [
  ['discriminator', 0],
  ['discriminator', 0, 'bias'],
  ['discriminator', 2, 'weights']
] as const

describe.each(rules)('under the rule %s', (_, rule) => {
  it.each(optimizers)('frozen parameters stay, all others move: %s', async (__, optimizer) => {
    for (const path of paths) {
      const spec = smallSpec(
        Gan.withUpdate(rule),
        Gan.withOptimizer('discriminator', optimizer),
        Gan.withProjection('discriminator', Projection.clip(0.3)),
        Gan.withRegularizer('discriminator', Reg.r1()),
        Gan.frozen([...path])
      )
      const start = await trained(spec, { steps: 0 })
      const { state } = await trained(spec, { steps: 3 })
      const [before, after] = [start.state.players, state.players].map(({ discriminator, generator }) => ({ discriminator: discriminator!.params, generator: generator!.params })) // prettier-ignore
      expect(bits(at(after, path))).toEqual(bits(at(before, path)))
      for (const other of [
        ['discriminator', 2, 'bias'],
        ['generator', 0, 'weights']
      ])
        if (other.join() !== path.join()) expect(bits(at(after, other))).not.toEqual(bits(at(before, other)))
    }
  })
  it('a frozen player stays, and needs nothing', async () => {
    const spec = pipe(
      Gan.between(players),
      Gan.withLoss({ generator: Loss.nonSaturating.objectives['generator']! }),
      Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
      Gan.withUpdate(rule),
      Gan.frozen('discriminator')
    )
    const start = await trained(spec, { steps: 0 })
    const { state, figures, step } = await trained(spec, { steps: 3 })
    expect(step.warnings).toEqual([])
    expect(bits(state.players['discriminator'])).toEqual(bits(start.state.players['discriminator']))
    expect(bits(state.players['generator'])).not.toEqual(bits(start.state.players['generator']))
    expect(Object.keys(figures)).toEqual(['generator'])
  })
})

describe('Gan.frozen', () => {
  const issuesOf = (...edits: readonly ((spec: Gan.Spec) => Gan.Spec)[]) => {
    const checked = Gan.validate(smallSpec(...edits))
    return E.isLeft(checked) ? checked.left : []
  }
  it('leaves the rest of a step as it is: a frozen bias moves no weight otherwise', async () => {
    const one = await trained(smallSpec(), { steps: 1 })
    const held = await trained(smallSpec(Gan.frozen(['discriminator', 2, 'bias'])), { steps: 1 })
    const weights = (of: typeof one) => bits(at(of.state.players['discriminator']!.params, [2, 'weights']))
    expect(weights(held)).toEqual(weights(one))
    expect(held.figures['discriminator']!.gradientNorm).toBeLessThan(one.figures['discriminator']!.gradientNorm)
  })
  it('tells paths that lead nowhere, and players that are not there', () => {
    const edits = [Gan.frozen(['discriminator', 1]), Gan.frozen(['discriminator', 0, 'wheights']), Gan.frozen('critic')]
    const issues = issuesOf(...edits)
    expect(pathsOf(issues)).toEqual(['frozen.critic', 'frozen.discriminator.1', 'frozen.discriminator.0.wheights'])
    expect(issues[1]!.hint).toContain('discriminator[0].bias, discriminator[0].weights, discriminator[2].bias')
  })
  it('tells what is no path', () => {
    for (const x of [undefined, 3, [], [0], ['discriminator', -1], {}])
      expect(pathsOf(issuesOf(Gan.frozen(js(x))))).toEqual(['frozen'])
  })
  it('tells a term that reaches frozen parameters alone', () => {
    const all = [0, 2].map((layer) => Gan.frozen(['discriminator', layer]))
    expect(issuesOf(...all)).toMatchObject([{ _tag: 'NoGradient', path: ['loss', 'discriminator', 'nonSaturating'] }])
    expect(issuesOf(all[0]!)).toEqual([])
  })
  it('is shown', () => {
    const shown = Gan.show(smallSpec(Gan.frozen('generator'), Gan.frozen(['discriminator', 0, 'bias'])))
    expect(shown).toContain('  never moves\n')
    expect(shown).toContain('  never moves [0].bias')
  })
  it('leaves the layer states of a player that moves to go on', async () => {
    const discriminator = Net.serial(Net.dense(2, 3), Net.batchNorm(3), Net.dense(3, 1))
    const spec = smallSpec(
      (s) => ({ ...s, networks: { ...s.networks, discriminator } }),
      Gan.frozen(['discriminator', 1])
    )
    const step = await compiled(spec, { sampler: points })
    const state = await step.init(0)
    const [after] = await step(state)
    expect(bits(after.players['discriminator']!.layers)).not.toEqual(bits(state.players['discriminator']!.layers))
    expect(bits(at(after.players['discriminator']!.params, [1]))).toEqual(bits(at(state.players['discriminator']!.params, [1]))) // prettier-ignore
    step.dispose()
  })
})
