import { add, mul } from '../../../ops/arithmetic.ts'
import type { None } from '../../../tensor/arguments.ts'
import { readOptions } from '../../../tensor/options.ts'
import { under } from '../../../tensor/problem.ts'
import { range } from '../../../tensor/shape.ts'
import { treeMap } from '../../../tensor/tree.ts'
import type { Effects, Field, Game, Phase, Where } from '../phase.ts'
import type { Position } from '../position.ts'
import { fewSteps } from './options.ts'
import type { Update } from './rule.ts'
import { anUpdate, madeOf, of } from './rule.ts'

export interface AccumulatedOptions {
  /** How many minibatches each gradient is the mean of, a whole number from 1 to 1,000. */
  readonly minibatches: number
}

type AllEffects = Field['effects']

/** Keeps what evaluating a field left in layers and memories; nobody moves. */
const keeping = (position: Position, effects: AllEffects): Position => {
  const players = Object.entries(position.players).map(([player, own]) => [
    player,
    { ...own, layers: (effects[player] ?? own).layers }
  ])
  const memories = Object.entries(effects).map(([player, left]) => [player, left.memories])
  return {
    ...position,
    players: Object.fromEntries(players) as Position['players'],
    memories: { ...position.memories, ...(Object.fromEntries(memories) as Position['memories']) }
  }
}

const mean = <T>(trees: readonly T[]): T =>
  treeMap(
    (x) => mul(x, 1 / trees.length),
    trees.reduce((a, b) => treeMap((x, y) => add(x, y), a, b))
  )

type Measured = Readonly<Record<string, Pick<Effects, 'loss' | 'terms'>>>

const measured = (effects: AllEffects): Measured =>
  Object.fromEntries(Object.entries(effects).map(([player, { loss, terms }]) => [player, { loss, terms }]))

/** Makes a game in which whatever is evaluated is the mean over n minibatches, one after the other. */
const averaging = (game: Game, n: number): Game => {
  const places = ({ minibatch = 0, ...where }: Where): readonly Where[] =>
    range(n).map((i) => ({ ...where, minibatch: minibatch * n + i }))
  return {
    ...game,
    loss: (player, position, where = {}) => mean(places(where).map((place) => game.loss(player, position, place))),
    field: (position, where = {}) => {
      let [before, last]: [Position, AllEffects] = [position, {}]
      const fields = places(where).map((place) => {
        const field = game.field(before, { ...where, ...place })
        ;[before, last] = [keeping(before, field.effects), field.effects]
        return field
      })
      const figures = mean(fields.map(({ effects }) => measured(effects)))
      return {
        gradients: mean(fields.map(({ gradients }) => gradients)),
        effects: Object.fromEntries(
          Object.entries(last).map(([player, left]) => [player, { ...left, ...figures[player] }])
        )
      }
    }
  }
}

/** Makes phases of phases, equal ones of equal ones, so that a cycle still sees which repeat. */
const eachOnce = (phases: readonly Phase[], make: (phase: Phase) => Phase): readonly Phase[] => {
  const made = new Map([...new Set(phases)].map((phase) => [phase, make(phase)]))
  return phases.map((phase) => made.get(phase) ?? phase)
}

/**
 * Plays by another rule, with gradients accumulated: each is the mean over so many minibatches, each with latents and
 * keys of its own, so a step sees n times the samples that it computes at once. Layer states and memories go from one
 * minibatch to the next. A cycle takes n times as many minibatches as one of `rule`.
 *
 * @formula v(w) = the mean of v_i(w), i = 1 .. n
 * @cost what `rule` does, n times; memory for one minibatch
 * @when a minibatch is to be larger than memory lets it be
 *
 * @example
 * import { Update } from 'saddlepoint'
 * const rule = Update.accumulated(Update.alternating(), { minibatches: 4 })
 * rule.phases(['discriminator', 'generator']).map(({ minibatches }) => minibatches) // => [4, 4]
 */
export const accumulated = (rule: Update, given: AccumulatedOptions, ...more: None): Update => {
  const { all, problems } = readOptions({}, given, { rule: anUpdate, minibatches: fewSteps }, { rule }, more)
  if (!anUpdate.accepts(rule)) return of('accumulated', () => [], { rule, ...all }, problems)
  return madeOf(rule, (one) => {
    const phases: Update['phases'] = (players) =>
      eachOnce(one.phases(players), (phase) => ({
        ...phase,
        minibatches: phase.minibatches * all.minibatches,
        run: (game, position, memory) => phase.run(averaging(game, all.minibatches), position, memory)
      }))
    return of('accumulated', phases, { rule: one, ...all }, [...under(['rule'], one.problems ?? []), ...problems])
  })
}
