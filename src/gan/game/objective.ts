import type { Monoid } from '#fp-ts/Monoid'
import { mul } from '../../ops/arithmetic.ts'
import type { Problem } from '../../tensor/problem.ts'
import type { Tensor } from '../../tensor/tensor.ts'
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
  /** The term reads per-sample gradients, so samples of a minibatch must not be coupled (by batch norm, say). */
  readonly perSample?: boolean
  /** The options that it was made from, defaults filled in, for `Gan.show`. */
  readonly options?: Readonly<Record<string, unknown>>
  /** What is wrong with them. */
  readonly problems?: readonly Problem[]
}

/** Lists what `of` may be told besides name and term. */
export type TermOptions = Pick<WeightedTerm, 'perSample' | 'options' | 'problems'>

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

/**
 * Makes an objective of one term, by name, of weight 1 at every step.
 *
 * @example
 * import { Objective, mean, neg } from 'saddlepoint'
 * const [entry] = Objective.of('fool', ({ D, fake }) => neg(mean(D(fake))))
 * entry.name // => 'fool'
 * entry.weight // => 1
 */
export const of = (name: string, term: Term, options: TermOptions = {}): Objective => [
  { name, term, weight: 1, every: 1, ...options }
]

/** Lifts a function to an objective of one term, named after it; leaves an objective as it is. */
export const from = (x: Term | Objective): Objective =>
  typeof x === 'function' ? of(x.name === '' ? 'term' : x.name, x) : x

/** Edits an objective, or a term, which it lifts to one: an Endomorphism of Objective. */
export type Edit = (objective: Term | Objective) => Objective

const edit =
  (f: (term: WeightedTerm) => WeightedTerm): Edit =>
  (objective) =>
    from(objective).map(f)

const times = (a: Weight, b: Weight): Weight =>
  typeof a === 'number' && typeof b === 'number'
    ? a * b
    : (step) => mul(typeof a === 'number' ? a : a(step), typeof b === 'number' ? b : b(step))

/**
 * Makes every term `w` times as heavy; w >= 0, or the spec does not validate.
 *
 * @example
 * import { Objective, Reg, pipe } from 'saddlepoint'
 * pipe(Reg.r1({ gamma: 1 }), Objective.scale(2), Objective.scale(3))[0].weight // => 6
 */
export const scale = (w: number): Edit => edit((term) => ({ ...term, weight: times(term.weight, w) }))

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
export const every = (k: number): Edit => edit((term) => ({ ...term, every: term.every * k }))

/**
 * Multiplies every term's weight by a function of the step: traced, so that no change of its value compiles anything.
 *
 * @example
 * import { Objective, Opt, Reg, pipe, tensor } from 'saddlepoint'
 * const [entry] = pipe(Reg.r1({ gamma: 1 }), Objective.scale(3), Objective.schedule(Opt.linear(1, 0, 4)))
 * typeof entry.weight === 'function' && entry.weight(tensor(2, [], 'int32')).data // => [1.5]
 */
export const schedule = (f: (step: Tensor) => Tensor): Edit =>
  edit((term) => ({ ...term, weight: times(term.weight, f) }))

/** Computes the weight of a term at a step, times `every` where it is lazy. */
export const weightAt = (term: WeightedTerm, step: Tensor): Tensor | number => {
  const weight = typeof term.weight === 'number' ? term.weight : term.weight(step)
  return term.every === 1 ? weight : typeof weight === 'number' ? weight * term.every : mul(weight, term.every)
}

/** Gives terms names that tell them apart: a second `r1` is `r1#2`. */
export const named = (objective: Objective): Objective =>
  objective.map((term, i) => {
    const before = objective.slice(0, i).filter(({ name }) => name === term.name).length
    return before === 0 ? term : { ...term, name: `${term.name}#${String(before + 1)}` }
  })
