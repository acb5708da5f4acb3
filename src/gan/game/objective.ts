import type { Monoid } from '#fp-ts/Monoid'
import { mul } from '../../ops/arithmetic.ts'
import { isSchedule, product } from '../../optim/schedule.ts'
import { fail } from '../../tensor/error.ts'
import type { Rules } from '../../tensor/options.ts'
import { anyFunction, count, flag, notNegative, optional, readOptions } from '../../tensor/options.ts'
import type { Problem } from '../../tensor/problem.ts'
import { showValue, under } from '../../tensor/problem.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { None } from '../../tensor/arguments.ts'
import { refuseMore } from '../../tensor/arguments.ts'
import { isRecord } from '../../tensor/tree.ts'
import { anyName } from './players.ts'
import type { Play } from './play.ts'

/** Computes a scalar of one play: a loss, a penalty, anything a player is to minimize. Float32, shape []. */
export type Term = (play: Play) => Tensor

/** Names a factor: a number, or a function of the traced step (an int32 scalar) to a scalar. */
export type Weight = number | ((step: Tensor) => Tensor)

/**
 * Weights one term of an objective. `every` k: counted at steps divisible by k only, k-fold, so that its mean pull is
 * the same.
 */
export interface WeightedTerm {
  /** What metrics, draws and messages call it. */
  readonly name: string
  readonly term: Term
  readonly weight: Weight
  readonly every: number
  /** It is a figure, and no part of what is minimized. */
  readonly isMetric?: boolean
  /** The term reads gradients of a critic at each sample by itself, so samples of a minibatch must not be coupled (by batch norm, say). */
  readonly perSample?: boolean
  /** The term reads derivatives of a generator at each latent by itself. */
  readonly perLatent?: boolean
  /** The options that it was made from, defaults filled in, for `Gan.show`. */
  readonly options?: Readonly<Record<string, unknown>>
  /** What is wrong with them. */
  readonly problems?: readonly Problem[]
}

/** Lists what `of` may be told besides name and term. */
export type TermOptions = Pick<WeightedTerm, 'perSample' | 'perLatent' | 'options' | 'problems'>

/**
 * Says what a player minimizes: the weighted sum of its terms. Term i draws from foldIn(key, i).
 *
 * Laws, tested:
 *
 * 1. `Monoid` concatenates: concat(a, concat(b, c)) = concat(concat(a, b), c), and the empty objective is its identity.
 * 2. The value of concat(a, b) is the sum of their values; its gradient the sum of their gradients.
 * 3. `scale(v)(scale(w)(a))` = `scale(v w)(a)`.
 */
export type Objective = readonly WeightedTerm[]

export const Monoid_: Monoid<Objective> = { empty: [], concat: (a, b) => [...a, ...b] }
export { Monoid_ as Monoid }

const noTerm: Term = () =>
  fail('InvalidArgument', { op: 'Objective', expected: 'a term', actual: 'none', hint: 'Gan.validate says what came' })

const ofRules: Rules = {
  name: anyName,
  term: { expected: 'a term, which is a function of a Play', accepts: anyFunction.accepts },
  perSample: optional(flag),
  perLatent: optional(flag),
  options: optional({ expected: 'a record', accepts: isRecord }),
  problems: optional({ expected: 'a list of problems', accepts: Array.isArray })
}

const entryOf = (name: string, term: Term, options: TermOptions, more: readonly unknown[]): WeightedTerm => {
  const { all, problems } = readOptions<TermOptions>({}, options, ofRules, { name, term }, more)
  const known = Array.isArray(all.problems) ? (all.problems as readonly Problem[]) : []
  return {
    name: anyName.accepts(name) ? name : 'term',
    term: typeof term === 'function' ? term : noTerm,
    weight: 1,
    every: 1,
    ...all,
    problems: [...known, ...problems]
  }
}

/**
 * Makes an objective of one term, by name, of weight 1 at every step.
 *
 * @example
 * import { Objective, mean, neg } from 'saddlepoint'
 * const [entry] = Objective.of('fool', ({ D, fake }) => neg(mean(D(fake))))
 * entry.name // => 'fool'
 * entry.weight // => 1
 */
export const of = (name: string, term: Term, options: TermOptions = {}, ...more: None): Objective => [
  entryOf(name, term, options, more)
]

/**
 * Makes a figure of a term: it is measured at every update of the player that it is given to, among the player's metrics,
 * and neither minimized nor differentiated; `every(k)` measures it every k steps. Weights make no difference to it.
 *
 * @example
 * import { Gan, Objective, mean, sub } from 'saddlepoint'
 * const gap = Objective.metric('gap', ({ D, real, fake }) => sub(mean(D(real)), mean(D(fake))))
 * const measured = Gan.withRegularizer('discriminator', gap)
 * gap[0].isMetric // => true
 */
export const metric = (name: string, term: Term, ...more: None): Objective => [
  { ...entryOf(name, term, {}, more), isMetric: true }
]

const isEntry = (x: unknown): x is WeightedTerm =>
  typeof x === 'object' && x !== null && ['name', 'term', 'weight', 'every'].every((key) => key in x)

/** Tests whether x is what a player may be told to minimize. */
export const isObjective = (x: unknown, ...more: None): x is Term | Objective => {
  refuseMore('Objective.isObjective', more)
  return typeof x === 'function' || (Array.isArray(x) && x.every(isEntry))
}

/** Tells every term of problems. */
const flawed = (objective: Objective, problems: readonly Problem[]): Objective =>
  problems.length === 0
    ? objective
    : objective.map((term) => ({ ...term, problems: [...(term.problems ?? []), ...problems] }))

/** Finds arguments too many; what Array's own methods add, as in `terms.flatMap(Objective.from)`, are none. */
const surplus = (more: readonly unknown[]): readonly Problem[] =>
  readOptions({}, {}, {}, {}, Array.isArray(more[1]) ? [] : more).problems

const asObjective = (x: Term | Objective): Objective =>
  typeof x === 'function' ? of(x.name === '' ? 'term' : x.name, x) : isObjective(x) ? x : of('term', x)

/** Lifts a function to an objective of one term, named after it; leaves an objective as it is. */
export const from = (x: Term | Objective, ...more: None): Objective => flawed(asObjective(x), surplus(more))

/** Edits an objective, or a term, which it lifts to one: an Endomorphism of Objective. */
export type Edit = (objective: Term | Objective) => Objective

/** Edits every term, or tells every term of what is wrong with the edit. */
const edit =
  (problems: readonly Problem[], f: (term: WeightedTerm) => WeightedTerm): Edit =>
  (objective) =>
    problems.length === 0 ? from(objective).map(f) : flawed(from(objective), problems)

const times = (a: Weight, b: Weight): Weight =>
  typeof a === 'number' && typeof b === 'number' ? a * b : a === 1 ? b : product(a, b)

const wrong = (path: string, expected: string, actual: unknown, hint: string): readonly Problem[] => [
  { path: [path], expected, actual: showValue(actual), hint }
]

const weightHint = 'A player minimizes its objective: turn the sign of the term instead'

/**
 * Makes every term `w` times as heavy; w >= 0, or the spec does not validate.
 *
 * @example
 * import { Objective, Reg, pipe } from 'saddlepoint'
 * pipe(Reg.r1({ gamma: 1 }), Objective.scale(2), Objective.scale(3))[0].weight // => 6
 */
export const scale = (w: number, ...more: None): Edit =>
  edit(
    notNegative.accepts(w) ? surplus(more) : wrong('weight', 'a finite weight of at least 0', w, weightHint),
    (term) => ({
      ...term,
      weight: times(term.weight, w)
    })
  )

/**
 * Makes regularization lazy: every term counts at steps divisible by k only, with its gradient times k. A skipped term
 * costs nothing: it is not in the executable of that step (gan/step/variants.ts has one for each combination of terms).
 * Steps count from 0, so the first step has all terms. k a whole number >= 1, or the spec does not validate; every(j) of
 * every(k) is every(j k).
 *
 * @see Karras et al., Analyzing and improving the image quality of StyleGAN (2020), appendix B
 *
 * @example
 * import { Objective, Reg, pipe } from 'saddlepoint'
 * pipe(Reg.r1({ gamma: 1 }), Objective.every(16))[0].every // => 16
 */
export const every = (k: number, ...more: None): Edit =>
  edit(
    count.accepts(k)
      ? surplus(more)
      : wrong('every', 'a whole number of at least 1', k, 'Objective.every(k) counts steps'),
    (term) => ({ ...term, every: term.every * k })
  )

/**
 * Multiplies every term's weight by a function of the step: traced, so that no change of its value compiles anything.
 *
 * @example
 * import { Objective, Opt, Reg, pipe, tensor } from 'saddlepoint'
 * const [entry] = pipe(Reg.r1({ gamma: 1 }), Objective.scale(3), Objective.schedule(Opt.linear(1, 0, 4)))
 * typeof entry.weight === 'function' && entry.weight(tensor(2, [], 'int32')).data // => [1.5]
 */
export const schedule = (f: (step: Tensor) => Tensor, ...more: None): Edit =>
  edit(
    typeof f === 'function'
      ? [...under(['weight'], isSchedule(f) ? f.problems : []), ...surplus(more)]
      : wrong('weight', 'a function of the step', f, 'Opt.linear(1, 0, 1000), say; Objective.scale(w) for a number'),
    (term) => ({ ...term, weight: times(term.weight, f) })
  )

/** Computes the weight of a term at a step, times `every` where it is lazy. */
export const weightAt = (term: WeightedTerm, step: Tensor, ...more: None): Tensor | number => {
  refuseMore('Objective.weightAt', more)
  if (!isEntry(term)) return refused('Objective.weightAt', 'a term of an objective', term)
  const weight = typeof term.weight === 'number' ? term.weight : term.weight(step)
  return term.every === 1 ? weight : typeof weight === 'number' ? weight * term.every : mul(weight, term.every)
}

const refused = (op: string, expected: string, actual: unknown): never =>
  fail('InvalidArgument', { op, expected, actual: showValue(actual), hint: 'Objective.of(name, term) makes one' })

/** Gives terms names that tell them apart: a second `r1` is `r1#2`. */
export const named = (objective: Objective, ...more: None): Objective => {
  refuseMore('Objective.named', more)
  if (!isObjective(objective) || typeof objective === 'function')
    return refused('Objective.named', 'an objective', objective)
  return objective.map((term, i) => {
    const before = objective.slice(0, i).filter(({ name }) => name === term.name).length
    return before === 0 ? term : { ...term, name: `${term.name}#${String(before + 1)}` }
  })
}
