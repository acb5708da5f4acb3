import type { None } from '../../../tensor/arguments.ts'
import { refuseMore } from '../../../tensor/arguments.ts'
import type { Rule } from '../../../tensor/options.ts'
import { count, readOptions } from '../../../tensor/options.ts'
import type { Problem } from '../../../tensor/problem.ts'
import { showValue } from '../../../tensor/problem.ts'
import { isRecord } from '../../../tensor/tree.ts'
import type { Labels } from '../labels.ts'
import type { Objective, Term } from '../objective.ts'
import { isObjective, of } from '../objective.ts'
import { anyName } from '../players.ts'
import type { Shown } from '../play.ts'
import type { Prior } from '../prior.ts'

/**
 * Says what each player minimizes. D's scores are raw: logits, or the critic's values; E is the mean over samples, and
 * over the patches of a critic that scores patches. Those below show D the reals first, so that its layer state (running
 * statistics of batch norm) advances by them.
 */
export interface Loss {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
  /** What is wrong with the options. */
  readonly problems: readonly Problem[]
  readonly objectives: Readonly<Record<string, Objective>>
  /** Whether its scores are raw, any number: logits, or the values of a critic. A sigmoid has no place before it. */
  readonly raw?: boolean
  /** How many numbers its critics give for each sample, of which the first is the score that all terms see; 1 by default. */
  readonly outputs?: number
  /** What its critics are shown in the place of data and of fakes, where that is not these themselves; penalties see the same. */
  readonly shown?: Shown
  /** What of the game it is given to does not suit it: latents without codes, say. */
  readonly misfits?: (game: Suited) => readonly Problem[]
}

/** Holds the parts of a game that a loss may ask something of. */
export interface Suited {
  readonly prior: Prior
  readonly labels: Labels | undefined
}

/** Lists what does not suit a loss, or one of those that it is made of. */
export const misfitsOf =
  (...losses: readonly Pick<Loss, 'misfits'>[]) =>
  (game: Suited): readonly Problem[] =>
    losses.flatMap(({ misfits }) => misfits?.(game) ?? [])

/** Makes a loss of a term for each of the two players of a GAN, from options as they were read. */
export const loss = (
  name: string,
  discriminator: Term,
  generator: Term,
  { all, problems }: { readonly all: object; readonly problems: readonly Problem[] } = { all: {}, problems: [] }
): Loss => ({
  name,
  options: { ...all },
  problems,
  objectives: { discriminator: of(name, discriminator), generator: of(name, generator) },
  raw: true
})

export interface CustomOptions {
  /** How many numbers a critic gives for each sample, a whole number >= 1, the score first; 1 by default. */
  readonly outputs?: number
}

/**
 * Makes a loss of your own: one term or objective a player. `Gan.withLoss` takes such a record as it is, too. Where
 * critics give more than scores, `outputs` says how many numbers: D gives terms and penalties the first of them,
 * `D.output` all.
 *
 * @formula L_p = the weighted sum of the terms given for player p
 * @cost what its terms cost
 * @when no loss here is yours
 *
 * @example
 * import { Loss, mean, neg, sub } from 'saddlepoint'
 * const critic = Loss.custom('critic', {
 *   discriminator: ({ D, real, fake }) => sub(mean(D(fake)), mean(D(real))),
 *   generator: ({ D, fake }) => neg(mean(D(fake)))
 * })
 * Object.keys(critic.objectives) // => ['discriminator', 'generator']
 */
export const custom = (
  name: string,
  terms: Readonly<Record<string, Term | Objective>>,
  options: CustomOptions = {},
  ...more: None
): Loss => {
  const entries = Object.entries(isRecord(terms) ? terms : {})
  const aTerm = { expected: 'a term or objective for each player', accepts: isRecord }
  const rules = { name: anyName, terms: aTerm, outputs: count }
  const { all, problems } = readOptions({ outputs: 1 }, options, rules, { name, terms }, more)
  const strangers = entries.filter(([, x]) => !isObjective(x))
  return {
    name: anyName.accepts(name) ? name : 'loss',
    options: {},
    ...(problems.length === 0 ? all : {}),
    problems: [
      ...problems,
      ...strangers.map(([player, x]) => ({
        path: [player],
        expected: 'a term or an objective',
        actual: showValue(x),
        hint: 'A term is a function of a Play'
      }))
    ],
    objectives: Object.fromEntries(
      entries.map(([player, x]) => [player, typeof x === 'function' ? of(name, x) : isObjective(x) ? x : []])
    )
  }
}

/** Tests whether x is a loss, and not a record of terms. */
export const isLoss = (x: unknown, ...more: None): x is Loss => {
  refuseMore('Loss.isLoss', more)
  return isRecord(x) && isRecord(x['objectives']) && Array.isArray(x['problems'])
}

/** Accepts a loss. */
export const aLoss: Rule = { expected: 'a loss', accepts: (x) => isLoss(x) }
