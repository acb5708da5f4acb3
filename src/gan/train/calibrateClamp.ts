import * as E from '#fp-ts/Either'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import type { TaskEither } from '#fp-ts/TaskEither'
import { add, mul } from '../../ops/arithmetic.ts'
import { slice } from '../../ops/assembly.ts'
import { sort } from '../../ops/ordering.ts'
import { reshape } from '../../ops/shaping.ts'
import { foldIn, key } from '../../random/key.ts'
import type { None } from '../../tensor/arguments.ts'
import type { Rule, Rules } from '../../tensor/options.ts'
import {
  anyFunction,
  anything,
  count,
  countOrZero,
  oneOf,
  optional,
  positive,
  readOptions
} from '../../tensor/options.ts'
import { showValue } from '../../tensor/problem.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Issue, Issues } from '../check/issue.ts'
import { issue, issueOf, issueOfProblem } from '../check/issue.ts'
import { isSpec } from '../game/form.ts'
import type { Objective } from '../game/objective.ts'
import { every, metric } from '../game/objective.ts'
import type { Play } from '../game/play.ts'
import { playerRule } from '../game/players.ts'
import { randomDirection, secantStretch, tangentStretch } from '../game/regularizers/stretch.ts'
import { lookedAt } from '../game/regularizers/subset.ts'
import type { Spec } from '../game/spec.ts'
import type { State } from '../step/state.ts'
import type { Figures } from './figures.ts'
import { train } from './train.ts'
import type { Failed, Trained } from './trained.ts'
import type { TrainOptions } from './trainOptions.ts'

export interface CalibrateOptions extends Pick<
  TrainOptions,
  'data' | 'batchSize' | 'steps' | 'engine' | 'seed' | 'signal'
> {
  /** Says how good what a run came to is, the more the better; awaited where it promises. */
  readonly score: (state: State, seed: number) => number | Promise<number>
  /** How many runs, of the seeds from `seed` on, a whole number >= 1; 10 by default, as in the paper. */
  readonly runs?: number
  /** Which part of them counts, the best ones, in (0, 1]; half by default. */
  readonly keep?: number
  /** Quantiles of the stretch that become the bounds; [0.05, 0.95] by default: it mostly lies between them. */
  readonly quantiles?: readonly [low: number, high: number]
  /** Steps between two recordings, a whole number >= 1; a hundredth of them by default. */
  readonly every?: number
  /** Whether stretches are those of the clamp's mode 'secant' (default), or 'jvp'. */
  readonly mode?: 'secant' | 'jvp'
  /** Radius of the perturbation; 1 by default. */
  readonly epsilon?: number
  /** Whose Jacobian is to be clamped; the generator's by default. */
  readonly player?: string
}

/** Tells what one run of a calibration came to. */
export interface CalibrationRun {
  readonly seed: number
  /** undefined where it diverged. */
  readonly score: number | undefined
  /** Whether its quantiles count. */
  readonly kept: boolean
  /** Means over what was recorded of the two quantiles of a minibatch. */
  readonly low: number
  readonly high: number
}

/** Proposes bounds for `Reg.jacobianClamp`, and tells what they come from. */
export interface Calibration {
  /** undefined where it was aborted before all runs were done. */
  readonly bounds: { readonly min: number; readonly max: number } | undefined
  readonly runs: readonly CalibrationRun[]
}

const part: Rule = { expected: 'a number in (0, 1]', accepts: (x) => typeof x === 'number' && x > 0 && x <= 1 }
const inside = (x: unknown): boolean => typeof x === 'number' && x >= 0 && x <= 1
const quantilePair: Rule = {
  expected: 'a pair [low, high] in [0, 1], low below high',
  accepts: (x) => Array.isArray(x) && x.length === 2 && x.every(inside) && Number(x[0]) < Number(x[1])
}

/** `Gan.train` checks what it is handed on. */
const rules: Rules = {
  data: anything,
  batchSize: anything,
  steps: countOrZero,
  engine: anything,
  seed: { expected: 'a whole number', accepts: Number.isSafeInteger },
  signal: anything,
  score: { ...anyFunction, expected: 'a function of a state to a number' },
  runs: count,
  keep: part,
  quantiles: quantilePair,
  every: optional(count),
  mode: oneOf('secant', 'jvp'),
  epsilon: positive,
  player: playerRule
}

/** Computes a quantile of x, [n], between the two numbers that it lies at. */
const quantile = (x: Tensor, q: number): Tensor => {
  const [n = 1] = x.shape
  const sorted = sort(x)
  const at = (i: number): Tensor => reshape(slice(sorted, { start: [i], end: [i + 1] }), [])
  const place = q * (n - 1)
  const below = Math.floor(place)
  return add(mul(at(below), 1 - (place - below)), mul(at(Math.min(below + 1, n - 1)), place - below))
}

const names = ['clamp calibration, low', 'clamp calibration, high'] as const

type All = Required<Omit<CalibrateOptions, 'engine' | 'signal' | 'every'>> & CalibrateOptions

/** Makes figures of the two quantiles; they share what they draw, so that the stretches are computed once. */
const recording = ({ quantiles, mode, epsilon, player, steps, every: period }: All): Objective => {
  const stretches = (play: Play): Tensor => {
    const [G, z] = lookedAt({ player }, play)
    const direction = randomDirection(foldIn(key(0), play.step), z.shape, epsilon)
    return mode === 'jvp' ? tangentStretch(G, z, direction) : secantStretch(G, z, direction)
  }
  const of = (i: 0 | 1): Objective => metric(names[i], (play) => quantile(stretches(play), quantiles[i]))
  return every(period ?? Math.max(1, Math.floor(steps / 100)))([...of(0), ...of(1)])
}

/** Takes a clamp out of a player's regularizers and puts the recording in. What is no spec is told by `Gan.train`. */
const unclamped = (spec: Spec, player: string, figures: Objective): Spec => {
  if (!isSpec(spec)) return spec
  const others = (spec.regularizers[player] ?? []).filter(({ name }) => name !== 'jacobianClamp')
  return { ...spec, regularizers: { ...spec.regularizers, [player]: [...others, ...figures] } }
}

const mean = (x: readonly number[]): number => x.reduce((sum, y) => sum + y, 0) / x.length

/** Scores a run; what the user's function throws, or gives in the place of a number, is an Issue. */
const scoreOf = async ({ score }: All, state: State, seed: number): Promise<E.Either<Issues, number>> => {
  try {
    const value: unknown = await score(state, seed)
    const told = issue('InvalidValue', ['calibrateClamp', 'score'], 'a number', showValue(value), 'The more the better')
    return typeof value === 'number' && !Number.isNaN(value) ? E.right(value) : E.left(RNEA.of(told))
  } catch (cause) {
    return E.left(RNEA.of(issueOf('CallbackFailed', ['calibrateClamp', 'score'], cause)))
  }
}

/** Keeps the best of the runs that scored. */
const chosen = (runs: readonly CalibrationRun[], keep: number): readonly CalibrationRun[] => {
  const scores = runs.flatMap(({ score }) => score ?? []).sort((a, b) => b - a)
  const least = scores[Math.ceil(keep * scores.length) - 1]
  return runs.map((run) => ({ ...run, kept: least !== undefined && run.score !== undefined && run.score >= least }))
}

const failedBy = (issues: Issues, reached: Trained | undefined): Failed => ({ issues, reached })

const calibrate = async (spec: Spec, all: All): Promise<E.Either<Failed, Calibration>> => {
  const { data, batchSize, steps, engine, seed, signal, runs: wanted, keep, player } = all
  const recorded = unclamped(spec, player, recording(all))
  const runs: CalibrationRun[] = []
  let last: Failed | undefined
  for (let i = 0; i < wanted; i++) {
    const [lows, highs]: [number[], number[]] = [[], []]
    const onStep = (_: number, figures: Figures): void => {
      const { [names[0]]: low, [names[1]]: high } = figures[player]?.terms ?? {}
      if (low !== undefined && high !== undefined) [low, high].forEach((x, j) => (j === 0 ? lows : highs).push(x))
    }
    const options = {
      data,
      batchSize,
      steps,
      seed: seed + i,
      onStep,
      ...(engine && { engine }),
      ...(signal && { signal })
    }
    const result = await train(options)(recorded)()
    const quantiles = { low: mean(lows), high: mean(highs) }
    if (E.isLeft(result)) {
      const diverged = result.left.issues[0]._tag === 'Diverged'
      if (!diverged || result.left.reached === undefined) return result
      last = result.left
      runs.push({ seed: seed + i, score: undefined, kept: false, ...quantiles })
      continue
    }
    const trained = result.right
    trained.step.dispose()
    if (trained.stopped === 'aborted') return E.right({ bounds: undefined, runs: chosen(runs, keep) })
    const score = await scoreOf(all, trained.state, seed + i)
    if (E.isLeft(score)) return E.left(failedBy(score.left, trained))
    runs.push({ seed: seed + i, score: score.right, kept: false, ...quantiles })
  }
  const judged = chosen(runs, keep)
  const kept = judged.filter((run) => run.kept)
  if (kept.length === 0 && last !== undefined) return E.left(last)
  return E.right({
    bounds: { min: mean(kept.map(({ low }) => low)), max: mean(kept.map(({ high }) => high)) },
    runs: judged
  })
}

/**
 * Chooses the bounds of a Jacobian clamp by its authors' procedure: trains a few times without clamping, records the
 * stretch Q = ||G(z + d) - G(z)|| / ||d|| on the way, and proposes as min and max quantiles between which Q mostly lay in the
 * runs that scored well. Pure in its seed: run i has the seed `seed` + i. A clamp that the spec has already is left out, all
 * else is trained as it is; recording changes no bit of it. A run that diverges does not count. Costs `runs` trainings,
 * one after the other. Never throws, never rejects.
 *
 * @returns Right: the bounds, and the score and quantiles of each run; aborted by the signal, the runs that were done. Left:
 * what went wrong, as `Gan.train` says it; `score` threw or gave no number; or all runs diverged.
 *
 * @see Odena et al., Is generator conditioning causally related to GAN performance? (2018), section 4
 *
 * @example
 * import { E, Gan, Loss, Net, Opt, Prior, Random, Reg, pipe } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(1, 1), discriminator: Net.dense(1, 1), prior: Prior.normal([1]) }),
 *   Gan.withLoss(Loss.nonSaturating),
 *   Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
 *   Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 }))
 * )
 * const calibrated = await pipe(
 *   spec,
 *   Reg.calibrateClamp({
 *     data: (key, n) => Random.normal(key, [n, 1]),
 *     batchSize: 8,
 *     steps: 3,
 *     runs: 2,
 *     engine: 'reference',
 *     score: (state, seed) => -seed
 *   })
 * )()
 * const clamped = E.isRight(calibrated)
 *   ? Gan.withRegularizer('generator', Reg.jacobianClamp(calibrated.right.bounds))(spec)
 *   : spec
 * clamped.regularizers['generator']?.[0]?.name // => 'jacobianClamp'
 */
export const calibrateClamp =
  (given: CalibrateOptions, ...more: None) =>
  (spec: Spec): TaskEither<Failed, Calibration> =>
  async () => {
    const usual = {
      runs: 10,
      keep: 0.5,
      quantiles: [0.05, 0.95],
      mode: 'secant',
      epsilon: 1,
      player: 'generator',
      seed: 0
    } as const
    const { all, problems } = readOptions<CalibrateOptions>(usual, given, rules, {}, more)
    const found = problems.map((problem): Issue => issueOfProblem('InvalidValue', ['calibrateClamp'], problem))
    const [first, ...rest] = found
    if (first !== undefined) return E.left(failedBy([first, ...rest], undefined))
    return calibrate(spec, all)
  }
