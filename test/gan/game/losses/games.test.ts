/** What holds of every loss in a game of MLPs: it trains, each term counts, it resumes, and it suits every update rule. */
import { describe, expect, it } from 'vitest'
import { Gan, Loss, evaluate, pipe, treeLeaves } from '../../../../src/index.ts'
import { initialState } from '../../../../src/gan/step/state.ts'
import { Random } from '../../../../src/index.ts'
import { bits, compiled, rightOf, trainerFor } from '../../../support/smallGan.ts'
import type { LossGame } from '../../../support/lossGames.ts'
import { lossGames } from '../../../support/lossGames.ts'
import { showRule, updateRules } from '../../../support/updateRules.ts'

const games = lossGames.map((game) => [game.name, game] as const)

it('every loss and every maker of one is among the games', () => {
  const edits = ['custom', 'isLoss', 'withCritics']
  const makers = Object.keys(Loss).filter((name) => !edits.includes(name) && !name.endsWith('With'))
  expect(makers.filter((name) => !lossGames.some((game) => game.name.startsWith(name)))).toEqual([])
})

const twoSteps = async ({ spec, sampler }: LossGame, engine: string): Promise<Gan.State> => {
  const training = Gan.train({ data: sampler, batchSize: 4, steps: 2, engine: engine as 'wasm' })(spec)
  const { state, step, warnings, figures } = rightOf(await training())
  expect(warnings).toEqual([])
  step.dispose()
  for (const player of Object.keys(spec.networks)) {
    const names = Gan.objectiveOf(spec, player).map(({ name }) => name)
    expect(Object.keys(figures[player]!.terms).sort()).toEqual([...names].sort())
    expect(Object.values(figures[player]!.terms).every(Number.isFinite)).toBe(true)
  }
  return state
}

/** Gradients of all players at the first parameters of a spec, in double precision. */
const gradientsOf = ({ sampler }: LossGame, spec: Gan.Spec) =>
  evaluate(
    () => {
      // Memories begin where terms say; in a later state they have moved.
      const state = initialState(spec, {}, Random.key(1))
      const params = Object.fromEntries(Object.entries(state.players).map(([player, of]) => [player, of.params]))
      const batch = sampler(Random.key(2), 4)
      return Gan.field(spec)(params, { batch, state: { ...state, step: { ...state.step, data: Int32Array.of(2) } } })
    },
    { precision: 'float64' }
  )() as Readonly<Record<string, unknown>>

describe.each(games)('%s', (_, game) => {
  const { spec, sampler } = game
  it('takes two finite steps on wasm, in which all players move', async () => {
    const state = await twoSteps(game, 'wasm')
    expect(bits(state).flat().every(Number.isFinite)).toBe(true)
    const first = initialState(spec, {}, Random.key(0))
    for (const player of Object.keys(spec.networks))
      expect(bits(state.players[player]!.params)).not.toEqual(bits(first.players[player]!.params))
  })
  it('has no term that could be left out', () => {
    const whole = gradientsOf(game, spec)
    for (const player of Object.keys(spec.networks)) {
      const objective = Gan.objectiveOf(spec, player)
      const counting = objective.filter(({ isMetric }) => isMetric !== true)
      for (const left of counting) {
        const rest = objective.filter((term) => term !== left)
        const objectives = { ...spec.loss!.objectives, [player]: rest }
        const regularizers = { ...spec.regularizers, [player]: [] }
        const without = { ...spec, loss: { ...spec.loss!, objectives }, regularizers }
        const gradient = counting.length === 1 ? [] : treeLeaves(gradientsOf(game, without)[player])
        expect(bits(gradient)).not.toEqual(bits(treeLeaves(whole[player])))
      }
      expect(
        bits(whole[player])
          .flat()
          .some((x) => x !== 0)
      ).toBe(true)
    }
  })
  it('resumes bit for bit', async () => {
    const step = await compiled(spec, { sampler })
    const advanced = async (cycles: number, from?: Gan.State): Promise<Gan.State> => {
      const trainer = await trainerFor(step, from)
      rightOf(await trainer.advance(cycles)())
      const state = rightOf(await trainer.snapshot()())
      trainer.dispose()
      return state
    }
    const saved = Gan.stateToJson(await advanced(2))
    expect(bits(await advanced(3, rightOf(Gan.stateFromJson(spec, saved))))).toEqual(bits(await advanced(5)))
    step.dispose()
  })
})

/** Games that ask more of a rule than two terms of scores: memories, a third player, several terms, other parameters. */
const demanding = lossGames.filter(({ name }) =>
  /^(topK, fewer.*|featureMatching|auxiliaryClassifier|mutualInformation|bidirectional|hybrid|modeSeeking|boundary.*critics)$/.test(
    name
  )
)

describe.each(updateRules.map((rule) => [showRule(rule), rule] as const))('under %s', (_, rule) => {
  it('every demanding game takes two finite cycles', async () => {
    expect(demanding).toHaveLength(8)
    for (const game of demanding) {
      const spec = pipe(game.spec, Gan.withUpdate(rule))
      const step = await compiled(spec, { sampler: game.sampler })
      const [one] = await step(await step.init(0))
      const [two] = await step(one)
      expect(bits(two).flat().every(Number.isFinite), game.name).toBe(true)
      for (const player of Object.keys(spec.networks))
        expect(bits(two.players[player]!.params), game.name).not.toEqual(bits(one.players[player]!.params))
      step.dispose()
    }
  })
})
