import * as E from '#fp-ts/Either'
import type { Monoid } from '#fp-ts/Monoid'
import { pipe } from '#fp-ts/function'
import type { None } from '../../../tensor/arguments.ts'
import type { Rule, Rules } from '../../../tensor/options.ts'
import { anyFunction, readOptions } from '../../../tensor/options.ts'
import type { Problem } from '../../../tensor/problem.ts'
import { showValue, under } from '../../../tensor/problem.ts'
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
  /** All that it was made from, by name, with defaults filled in: numbers, and rules as they are. */
  readonly options: Readonly<Record<string, unknown>>
  /** What is wrong with the options. */
  readonly problems?: readonly Problem[]
  /** The phases of a game of these players, in alphabetical order; where cycles differ, those of the first. */
  readonly phases: (players: readonly string[]) => readonly Phase[]
  /** The rule that a cycle goes by, counted from 0, where cycles differ. Left: why there is none. */
  readonly at?: (cycle: number) => E.Either<readonly Problem[], Variant>
}

/**
 * Holds a rule whose cycles are all alike, by which some cycles of another go. Those of equal keys go by the same; of all
 * keys, they move the same players and remember trees of the same form.
 */
export interface Variant {
  readonly key: string
  readonly rule: Update
}

/** Returns the rule that a cycle goes by: the rule itself, unless its cycles differ. */
export const variantAt = (rule: Update, cycle: number): E.Either<readonly Problem[], Variant> =>
  rule.at === undefined ? E.right({ key: '', rule }) : rule.at(cycle)

/** Makes a rule of another, of whose variants its own are made. */
export const madeOf = (rule: Update, make: (rule: Update) => Update): Update =>
  rule.at === undefined
    ? make(rule)
    : {
        ...make(rule),
        at: (cycle) =>
          pipe(
            variantAt(rule, cycle),
            E.bimap(
              (problems) => under(['rule'], problems),
              (variant) => ({ key: variant.key, rule: make(variant.rule) })
            )
          )
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
 * Makes an update rule of one's own from its phases. One that comes several times in succession, as one and the same value, is
 * compiled once, as a loop.
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

/**
 * Chains rules: the phases of each come after those of the one before it, in the same cycle. Chains within chains are
 * taken apart.
 *
 * @formula w <- b(a(w))
 * @cost what the chained rules do, together
 * @when players are to move in phases of different kinds
 *
 * @example
 * import { Update } from 'saddlepoint'
 * const rule = Update.chain(Update.alternating(), Update.consensus({ gamma: 0.1 }))
 * rule.phases(['discriminator', 'generator']).map(({ players }) => players)
 * // => [['discriminator'], ['generator'], ['discriminator', 'generator']]
 */
export const chain = (...given: readonly Update[]): Update => {
  const rules = given.flatMap((rule) => chained(rule) ?? [rule])
  const [only] = rules
  if (only !== undefined && rules.length === 1 && anUpdate.accepts(only)) return only
  const problems = rules.flatMap((rule, i) =>
    anUpdate.accepts(rule)
      ? under([i], rule.problems ?? [])
      : [{ path: [i], expected: anUpdate.expected, actual: showValue(rule), hint: 'Update.alternating(), say' }]
  )
  const sound = rules.filter((rule) => anUpdate.accepts(rule))
  const whole = of('chain', (players) => sound.flatMap((rule) => rule.phases(players)), { rules }, problems)
  return sound.every(({ at }) => at === undefined) ? whole : { ...whole, at: (cycle) => chainedAt(sound, cycle) }
}

/** Chains the rules that those of a chain go by in a cycle. */
const chainedAt = (rules: readonly Update[], cycle: number): E.Either<readonly Problem[], Variant> =>
  pipe(
    rules,
    E.traverseArrayWithIndex((i, rule) =>
      pipe(
        variantAt(rule, cycle),
        E.mapLeft((problems) => under([i], problems))
      )
    ),
    E.map((variants) => ({
      key: variants.map(({ key }) => key).join('|'),
      rule: chain(...variants.map(({ rule }) => rule))
    }))
  )

/** Returns the rules that a chain is made of. */
const chained = (rule: unknown): readonly Update[] | undefined =>
  isRecord(rule) && rule['name'] === 'chain' && isRecord(rule['options']) && Array.isArray(rule['options']['rules'])
    ? (rule['options']['rules'] as readonly Update[])
    : undefined

/** Collects rules under `chain`; its unit is the rule without phases. */
export const Monoid_: Monoid<Update> = {
  concat: (first, second) => chain(first, second),
  empty: /* @__PURE__ */ chain()
}
export { Monoid_ as Monoid }
