import type { Monoid } from '#fp-ts/Monoid'
import type { None } from '../../../tensor/arguments.ts'
import type { Rule, Rules } from '../../../tensor/options.ts'
import { anyFunction, readOptions } from '../../../tensor/options.ts'
import type { Problem } from '../../../tensor/problem.ts'
import { showValue } from '../../../tensor/problem.ts'
import { isRecord } from '../../../tensor/tree.ts'
import type { Phase } from '../phase.ts'

/**
 * Says how the players of a game move in one cycle: phases in order, each with a minibatch, latents and keys of its own.
 * How far a player moves along a gradient is its optimizer's update (optim/optimizer.ts).
 *
 * Laws, tested: `Monoid` concatenates phases; concat(a, concat(b, c)) = concat(concat(a, b), c), and the rule without
 * phases is its identity.
 */
export interface Update {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
  /** What is wrong with the options. */
  readonly problems?: readonly Problem[]
  /** The phases of a game of these players, in alphabetical order. */
  readonly phases: (players: readonly string[]) => readonly Phase[]
}

/** Accepts an update rule. */
export const anUpdate: Rule = {
  expected: 'an update rule',
  accepts: (x) => isRecord(x) && isRecord(x['options']) && typeof x['phases'] === 'function'
}

const problemsRule: Rule = { expected: 'a list of problems', accepts: Array.isArray }
const ofRules: Rules = {
  name: { expected: 'a name', accepts: (x) => typeof x === 'string' && x !== '' },
  phases: anyFunction,
  options: { expected: 'a record', accepts: isRecord },
  problems: problemsRule
}

/**
 * Makes an update rule of one's own from its phases.
 *
 * @example
 * import { Update, treeMap, mul } from 'saddlepoint'
 * // The generator's gradient halved.
 * const timid = Update.of('timid', (players) => [
 *   Update.phase(players, (game, position) => {
 *     const { gradients, effects } = game.field(position)
 *     const generator = treeMap((g) => mul(g, 0.5), gradients.generator)
 *     return game.step(position, { gradients: { ...gradients, generator }, effects })
 *   })
 * ])
 * timid.phases(['discriminator', 'generator']).length // => 1
 */
export const of = (
  name: string,
  phases: Update['phases'],
  options: Readonly<Record<string, unknown>> = {},
  problems: readonly Problem[] = [],
  ...more: None
): Update => {
  const found = readOptions({}, {}, ofRules, { name, phases, options, problems }, more).problems
  return {
    name: typeof name === 'string' ? name : showValue(name),
    options: isRecord(options) ? options : {},
    problems: [...(problemsRule.accepts(problems) ? problems : []), ...found],
    phases
  }
}

/** Concatenates rules: the phases of the second come after those of the first, in the same cycle. */
export const Monoid_: Monoid<Update> = {
  empty: { name: 'nothing', options: {}, problems: [], phases: () => [] },
  concat: (a, b) => ({
    name: [a, b].flatMap(({ name }) => (name === 'nothing' ? [] : [name])).join(' then ') || 'nothing',
    options: { ...a.options, ...b.options },
    problems: [...(a.problems ?? []), ...(b.problems ?? [])],
    phases: (players) => [...a.phases(players), ...b.phases(players)]
  })
}
export { Monoid_ as Monoid }
