import { add, mul, neg, square, sub } from '../../ops/arithmetic.ts'
import { relu, softplus } from '../../ops/activation.ts'
import { mean } from '../../ops/reduction.ts'
import type { Rule } from '../../tensor/options.ts'
import type { Problem } from '../../tensor/problem.ts'
import type { None } from '../../tensor/arguments.ts'
import { refuseMore } from '../../tensor/arguments.ts'
import { finite } from '../../tensor/options.ts'
import { showValue } from '../../tensor/problem.ts'
import type { Objective, Term, WeightedTerm } from './objective.ts'
import { isObjective, of, scale } from './objective.ts'
import { anyName } from './players.ts'
import type { Play } from './play.ts'
import { readOptions } from '../../tensor/options.ts'
import { isRecord } from '../../tensor/tree.ts'

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
}

const loss = (
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

/**
 * Makes a loss of your own: one term or objective a player. `Gan.withLoss` takes such a record as it is, too.
 *
 * @example
 * import { Loss, mean, neg, sub } from 'saddlepoint'
 * const critic = Loss.custom('critic', {
 *   discriminator: ({ D, real, fake }) => sub(mean(D(fake)), mean(D(real))),
 *   generator: ({ D, fake }) => neg(mean(D(fake)))
 * })
 * Object.keys(critic.objectives) // => ['discriminator', 'generator']
 */
export const custom = (name: string, terms: Readonly<Record<string, Term | Objective>>, ...more: None): Loss => {
  const entries = Object.entries(isRecord(terms) ? terms : {})
  const rules = { name: anyName, terms: { expected: 'a term or objective for each player', accepts: isRecord } }
  const { problems } = readOptions({}, {}, rules, { name, terms }, more)
  const strangers = entries.filter(([, x]) => !isObjective(x))
  return {
    name: anyName.accepts(name) ? name : 'loss',
    options: {},
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

/**
 * Computes the critic's logistic loss -E[t log s(D(x)) + (1 - t) log s(-D(x))] - E log s(-D(G(z))), s the logistic
 * function, t the target of real samples. As softplus, which neither overflows nor loses its tails: -log s(d) =
 * softplus(-d).
 */
const logisticDiscriminator =
  (realTarget: number): Term =>
  ({ D, real, fake, realLabels, fakeLabels }) => {
    const onReal = D(real, realLabels)
    const onFake = D(fake, fakeLabels)
    const realPart =
      realTarget === 1
        ? softplus(neg(onReal))
        : add(mul(softplus(neg(onReal)), realTarget), mul(softplus(onReal), 1 - realTarget))
    return add(mean(realPart), mean(softplus(onFake)))
  }

const targetRule: Rule = {
  expected: 'a target in (0, 1]',
  accepts: (x) => typeof x === 'number' && x > 0 && x <= 1
}

export interface LogisticOptions {
  /** One-sided label smoothing: the target of real samples, in (0, 1]; default 1, often 0.9. Fakes keep target 0. */
  readonly realTarget?: number
}

/**
 * Plays the minimax game: L_D = -E log s(D(x)) - E log(1 - s(D(G(z)))), L_G = E log(1 - s(D(G(z)))) = -E
 * softplus(D(G(z))).
 *
 * @see Goodfellow et al., Generative adversarial nets (2014), equation 1
 */
export const minimaxWith = (options: LogisticOptions = {}, ...more: None): Loss => {
  const read = readOptions({ realTarget: 1 }, options, { realTarget: targetRule }, {}, more)
  return loss(
    'minimax',
    logisticDiscriminator(read.all.realTarget),
    ({ D, fake, fakeLabels }) => neg(mean(softplus(D(fake, fakeLabels)))),
    read
  )
}
/** Plays the minimax game: `minimaxWith` a real target of 1. */
export const minimax: Loss = /* @__PURE__ */ minimaxWith()

/**
 * Plays the non-saturating game: L_D as in minimax, L_G = -E log s(D(G(z))), whose gradient is strong where D wins.
 *
 * @see Goodfellow et al., Generative adversarial nets (2014), section 3; label smoothing: Salimans et al. (2016), section 3.4
 */
export const nonSaturatingWith = (options: LogisticOptions = {}, ...more: None): Loss => {
  const read = readOptions({ realTarget: 1 }, options, { realTarget: targetRule }, {}, more)
  return loss(
    'nonSaturating',
    logisticDiscriminator(read.all.realTarget),
    ({ D, fake, fakeLabels }) => mean(softplus(neg(D(fake, fakeLabels)))),
    read
  )
}
/** Plays the non-saturating game: `nonSaturatingWith` a real target of 1. */
export const nonSaturating: Loss = /* @__PURE__ */ nonSaturatingWith()

export interface LeastSquaresOptions {
  /** a, what D is to give for fakes; 0 by default. */
  readonly fakeTarget?: number
  /** b, what D is to give for reals; 1 by default. */
  readonly realTarget?: number
  /** c, what G wants D to give for fakes; 1 by default. */
  readonly generatorTarget?: number
}

/**
 * Plays the least-squares game: L_D = E (D(x) - b)²/2 + E (D(G(z)) - a)²/2, L_G = E (D(G(z)) - c)²/2, with a, b, c = 0,
 * 1, 1.
 *
 * @see Mao et al., Least squares generative adversarial networks (2017), equation 2
 */
export const leastSquaresWith = (options: LeastSquaresOptions = {}, ...more: None): Loss => {
  const defaults = { fakeTarget: 0, realTarget: 1, generatorTarget: 1 }
  const rules = { fakeTarget: finite, realTarget: finite, generatorTarget: finite }
  const read = readOptions(defaults, options, rules, {}, more)
  const { fakeTarget, realTarget, generatorTarget } = read.all
  const game = loss(
    'leastSquares',
    ({ D, real, fake, realLabels, fakeLabels }) =>
      add(
        mul(0.5, mean(square(sub(D(real, realLabels), realTarget)))),
        mul(0.5, mean(square(sub(D(fake, fakeLabels), fakeTarget))))
      ),
    ({ D, fake, fakeLabels }) => mul(0.5, mean(square(sub(D(fake, fakeLabels), generatorTarget)))),
    read
  )
  // Scores between the targets 0 and 1 may well come of a sigmoid.
  return { ...game, raw: false }
}
/** Plays the least-squares game: `leastSquaresWith` a, b, c = 0, 1, 1. */
export const leastSquares: Loss = /* @__PURE__ */ leastSquaresWith()

/**
 * Plays the Wasserstein game: L_D = E D(G(z)) - E D(x), L_G = -E D(G(z)). Needs a Lipschitz critic:
 * `Reg.gradientPenalty`, or `Gan.withProjection('discriminator', Projection.clip(0.01))`.
 *
 * @see Arjovsky, Chintala, Bottou, Wasserstein GAN (2017)
 */
export const wasserstein: Loss = /* @__PURE__ */ loss(
  'wasserstein',
  ({ D, real, fake, realLabels, fakeLabels }) => {
    const onReal = D(real, realLabels)
    return sub(mean(D(fake, fakeLabels)), mean(onReal))
  },
  ({ D, fake, fakeLabels }) => neg(mean(D(fake, fakeLabels)))
)

/**
 * Plays the hinge game: L_D = E max(0, 1 - D(x)) + E max(0, 1 + D(G(z))), L_G = -E D(G(z)).
 *
 * @see Lim and Ye, Geometric GAN (2017); Miyato et al., Spectral normalization (2018), equations 16 and 17
 */
export const hinge: Loss = /* @__PURE__ */ loss(
  'hinge',
  ({ D, real, fake, realLabels, fakeLabels }) =>
    add(mean(relu(sub(1, D(real, realLabels)))), mean(relu(add(1, D(fake, fakeLabels))))),
  ({ D, fake, fakeLabels }) => neg(mean(D(fake, fakeLabels)))
)

/**
 * Plays the relativistic pairing game, row i of the reals with row i of the fakes: L_D = E softplus(D(G(z_i)) -
 * D(x_i)), L_G = E softplus(D(x_i) - D(G(z_i))). The generator's update sees reals, too.
 *
 * @see Jolicoeur-Martineau (2018), RpGAN; Huang et al., The GAN is dead; long live the GAN! (2024), equation 2
 */
export const relativistic: Loss = /* @__PURE__ */ loss(
  'relativistic',
  ({ D, real, fake, realLabels, fakeLabels }) => {
    const onReal = D(real, realLabels)
    return mean(softplus(sub(D(fake, fakeLabels), onReal)))
  },
  ({ D, real, fake, realLabels, fakeLabels }) => mean(softplus(sub(D(real, realLabels), D(fake, fakeLabels))))
)

/** Tests whether x is a loss, and not a record of terms. */
export const isLoss = (x: unknown, ...more: None): x is Loss => {
  refuseMore('Loss.isLoss', more)
  return isRecord(x) && isRecord(x['objectives']) && Array.isArray(x['problems'])
}

const isCritics = (x: unknown): x is readonly string[] =>
  Array.isArray(x) && x.length > 0 && x.every((name) => typeof name === 'string') && new Set(x).size === x.length

/** Shows a term a critic as if it were the only one. */
const facing =
  (critic: string) =>
  (entry: WeightedTerm): WeightedTerm => ({
    ...entry,
    // Made from the play, not copied from it: what a play has not been asked for is not computed.
    term: (play) => entry.term(Object.create(play, { D: { value: play.critic(critic) } }) as Play)
  })

/**
 * Plays a loss with several critics: each minimizes what the discriminator of that loss does, by its own scores; all
 * other players minimize the mean of what they would minimize against each of them. The terms against a further critic
 * have its name behind theirs: `hinge.second`.
 *
 * @see Durugkar, Gemp, Mahadevan, Generative multi-adversarial networks (2017), with the arithmetic mean
 *
 * @example
 * import { Loss } from 'saddlepoint'
 * const { objectives } = Loss.withCritics(['discriminator', 'second'])(Loss.hinge)
 * Object.keys(objectives) // => ['discriminator', 'second', 'generator']
 * objectives.generator.map(({ name, weight }) => [name, weight]) // => [['hinge', 0.5], ['hinge.second', 0.5]]
 */
export const withCritics =
  (critics: readonly string[], ...more: None) =>
  (loss: Loss): Loss => {
    const rules = {
      critics: { expected: 'names of critics, each once', accepts: isCritics },
      loss: { expected: 'a loss', accepts: (x: unknown) => isLoss(x) }
    }
    const { problems } = readOptions({}, {}, rules, { critics, loss }, more)
    if (!isLoss(loss)) return { ...custom('loss', {}), problems }
    if (problems.length > 0) return { ...loss, problems: [...loss.problems, ...problems] }
    const { discriminator = [], ...others } = loss.objectives
    const against = (objective: Objective): Objective =>
      critics.flatMap((critic, i) =>
        scale(1 / critics.length)(objective)
          .map(facing(critic))
          .map((entry) => (i === 0 ? entry : { ...entry, name: `${entry.name}.${critic}` }))
      )
    return {
      ...loss,
      options: { ...loss.options, critics },
      objectives: {
        ...Object.fromEntries(critics.map((critic) => [critic, discriminator.map(facing(critic))])),
        ...Object.fromEntries(Object.entries(others).map(([player, objective]) => [player, against(objective)]))
      }
    }
  }
