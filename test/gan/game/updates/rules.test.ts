/** What holds under every update rule: resume, lazy terms, averages, projections, layer state, memories, replay. */
import { describe, expect, it } from 'vitest'
import { Gan, Net, Objective, Opt, Prior, Projection, Reg, Update, add, exp, mean, pipe, square, treeLeaves } from '../../../../src/index.ts' // prettier-ignore
import * as Loss from '../../../../src/gan/game/loss.ts'
// Loaded by trainings that go wrong alone; named here so that they are loaded with the test.
import '../../../../src/gan/step/firstNonFinite.ts'
import { batchAt, bits, compiled, points, rightOf, smallSpec, trainerFor } from '../../../support/smallGan.ts'
import { ruleNames, showRule, updateRules } from '../../../support/updateRules.ts'

const limit = 0.6

/** Batch norm, dropout and spectral norm, lazy penalties, a memory, averages and a projection, all at once. */
const richSpec = (rule: Update.Update): Gan.Spec =>
  pipe(
    Gan.between({
      generator: Net.serial(Net.dense(2, 3), Net.batchNorm(3), Net.tanh, Net.dense(3, 2)),
      discriminator: Net.serial(Net.spectral(Net.dense(2, 4)), Net.softplus, Net.dropout(0.3), Net.dense(4, 1)),
      prior: Prior.normal([2])
    }),
    Gan.withLoss(Loss.nonSaturating),
    Gan.withRegularizer('generator', pipe(Reg.pathLength({ weight: 0.1, decay: 0.5 }), Objective.every(2))),
    Gan.withRegularizer('discriminator', pipe(Reg.r1({ gamma: 0.1 }), Objective.every(3))),
    Gan.withOptimizer('generator', Opt.adam({ learningRate: 0.02, b1: 0.5, b2: 0.9 })),
    Gan.withOptimizer('discriminator', Opt.adam({ learningRate: 0.02, b1: 0.5, b2: 0.9 })),
    Gan.withAverage({ decay: 0.9 }),
    Gan.withProjection('discriminator', Projection.clip(limit)),
    Gan.withUpdate(rule)
  )

const advanced = async (step: Gan.TrainingStep, cycles: number, from?: Gan.State): Promise<Gan.State> => {
  const trainer = await trainerFor(step, from)
  rightOf(await trainer.advance(cycles)())
  const state = rightOf(await trainer.snapshot()())
  trainer.dispose()
  return state
}

const rules = updateRules.map((rule) => [showRule(rule), rule] as const)

it('each rule is among those that are tested', () => {
  const tested = updateRules.map(({ name }) => name).join()
  expect(ruleNames.filter((name) => !tested.includes(name))).toEqual([])
})

describe.each(rules)('under %s', (_, rule) => {
  it('training resumes bit for bit, and averages, layers, memories and projections do what they do', async () => {
    const step = await compiled(richSpec(rule), { sampler: points, batchSize: 4 })
    const first = await step.init(0)
    const half = await advanced(step, 3, first)
    const whole = await advanced(step, 7, first)
    expect(bits(await advanced(step, 4, structuredClone(half)))).toEqual(bits(whole))
    expect(bits(whole).flat().every(Number.isFinite)).toBe(true)
    for (const player of ['generator', 'discriminator']) {
      expect(bits(whole.players[player]!.params)).not.toEqual(bits(half.players[player]!.params))
      expect(bits(whole.players[player]!.layers)).not.toEqual(bits(half.players[player]!.layers))
    }
    expect(bits(whole.memories)).not.toEqual(bits(first.memories))
    expect(bits(whole.averages)).not.toEqual(bits(whole.players['generator']!.params))
    const largest = Math.max(...bits(whole.players['discriminator']!.params).flat().map(Math.abs))
    expect(largest).toBeLessThanOrEqual(Math.fround(limit))
    step.dispose()
  })

  it('what is looked at and thrown away leaves the state bit for bit', async () => {
    const discarding = Update.of('discarding', (players) =>
      rule.phases(players).map((phase) => ({
        ...phase,
        run: (game, position, memory) => {
          phase.run(game, position, memory)
          return [position, memory]
        }
      }))
    )
    const step = await compiled(richSpec(discarding), { sampler: points, batchSize: 4 })
    const before = await step.init(0)
    const [after, metrics] = await step(before)
    expect(metrics).toEqual({})
    const carried = ({ players, memories, update }: Gan.State): unknown => [players, memories, update]
    expect(bits(carried(after))).toEqual(bits(carried(before)))
    step.dispose()
  })

  it('a player none of whose terms counts rests', async () => {
    const lazy = Gan.withLoss({
      discriminator: Loss.nonSaturating.objectives['discriminator']!,
      generator: Objective.every(2)(Loss.nonSaturating.objectives['generator']!)
    })
    const step = await compiled(smallSpec(lazy, Gan.withUpdate(rule)), { sampler: points })
    const first = await step.init(0)
    const [one] = await step(first)
    const [two, metrics] = await step(one)
    const [three] = await step(two)
    expect(bits(two.players['generator'])).toEqual(bits(one.players['generator']))
    expect(Object.keys(metrics)).toEqual(['discriminator'])
    for (const [later, earlier] of [
      [one, first],
      [three, two]
    ] as const)
      expect(bits(later.players['generator']!.params)).not.toEqual(bits(earlier.players['generator']!.params))
    step.dispose()
  })

  it('the operation that diverges is named, with its term', async () => {
    const big = Objective.of('big', ({ D, fake }) => exp(add(square(mean(D(fake))), 100)))
    const step = await compiled(smallSpec(Gan.withRegularizer('discriminator', big), Gan.withUpdate(rule)))
    const given = Array.from({ length: step.batchesPerStep }, (__, i) => batchAt(i))
    const { firstNonFinite } = rightOf(await step.replay(await step.init(0), given)())
    expect(firstNonFinite).toMatch(/^first made by exp of float32\[\], in the term /)
    // What a look-ahead leads to contains it, whoever's term that is.
    if (!JSON.stringify(rule).includes('extragradient')) expect(firstNonFinite).toMatch(/big of the discriminator$/)
    step.dispose()
  })
})

describe('figures', () => {
  it('are of what is stepped alone, one for each update of a cycle', async () => {
    const updates = { extragradient: 1, optimistic: 1, consensus: 1, symplectic: 1, unrolled: 1, competitive: 1 }
    for (const rule of updateRules) {
      const n = (updates as Readonly<Record<string, number>>)[rule.name]
      if (n === undefined) continue
      const step = await compiled(smallSpec(Gan.withUpdate(rule)), { sampler: points })
      const [, metrics] = await step(await step.init(0))
      for (const { loss, gradientNorm } of Object.values(metrics))
        expect([rule.name, loss.shape, gradientNorm.shape]).toEqual([rule.name, [n], [n]])
      step.dispose()
    }
  })
  it('count the steps of a best response, until its gradients are small enough', async () => {
    const stepsAt = async (tolerance: number): Promise<readonly number[]> => {
      const rule = Update.bestResponse({ steps: 6, tolerance })
      const steep = Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 2 }))
      const step = await compiled(smallSpec(Gan.withUpdate(rule), steep), { sampler: points })
      const [state, metrics] = await step(await step.init(0))
      expect(metrics['generator']!.steps).toBeUndefined()
      expect(treeLeaves(state).every(({ data }) => data.every(Number.isFinite))).toBe(true)
      step.dispose()
      return [...metrics['discriminator']!.steps!.data]
    }
    expect(await stepsAt(0)).toEqual([6])
    expect(await stepsAt(1e3)).toEqual([0])
    const [some] = await stepsAt(0.3)
    expect(some).toBeGreaterThan(0)
    expect(some).toBeLessThan(6)
  })
})
