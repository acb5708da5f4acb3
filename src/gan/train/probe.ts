import type { Key } from '../../random/key.ts'
import type { Rule } from '../../tensor/options.ts'
import { count } from '../../tensor/options.ts'
import { showValue } from '../../tensor/problem.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { isRecord } from '../../tensor/tree.ts'
import type { None } from '../../tensor/arguments.ts'
import { refuseMore } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import type { Issue } from '../check/issue.ts'
import { issue } from '../check/issue.ts'
import type { Spec } from '../game/spec.ts'
import type { State } from '../step/state.ts'

/** Holds what a probe measured: numbers and tensors by name. */
export type Measured = Readonly<Record<string, number | Tensor>>

/**
 * Measures a training on its way. `run` is given a copy of the state, its own, and a key that depends on the seed of the
 * training and on the step alone; nothing that it does changes what is trained.
 */
export interface Probe<R extends Measured = Measured> {
  readonly name: string
  readonly run: (spec: Spec, state: State, key: Key) => R | Promise<R>
}

/** Says how often a probe is to run: at steps divisible by `every`, step 0 of a new training included. */
export interface ScheduledProbe {
  /** A whole number of steps >= 1. */
  readonly every: number
  readonly probe: Probe
}

/** Holds what a probe measured at a step. */
export interface Measurement<R extends Measured = Measured> {
  readonly step: number
  /** The name of the probe. */
  readonly probe: string
  readonly figures: R
}

/** Accepts a record with a name and a function. */
export const aProbe: Rule = {
  expected: 'a probe { name, run }',
  accepts: (x) => isRecord(x) && typeof x['name'] === 'string' && x['name'] !== '' && typeof x['run'] === 'function'
}

const invalid = (path: readonly (string | number)[], expected: string, actual: unknown, hint: string): Issue =>
  issue('InvalidValue', ['train', 'probes', ...path], expected, showValue(actual), hint)

const example = 'probes: [{ every: 500, probe: Lab.conditioning({ latents: 8 }) }]'

/** Finds what is wrong with scheduled probes. Two of one name could not be told apart. */
export const probeIssues = (probes: unknown): readonly Issue[] => {
  if (probes === undefined) return []
  if (!Array.isArray(probes)) return [invalid([], 'a list of { every, probe }', probes, example)]
  const names = probes.map((one: unknown) =>
    isRecord(one) && aProbe.accepts(one['probe']) ? (one['probe'] as Probe).name : undefined
  )
  return probes.flatMap((one: unknown, i): readonly Issue[] => {
    if (!isRecord(one)) return [invalid([i], 'a record { every, probe }', one, example)]
    const stranger = Object.keys(one).find((name) => name !== 'every' && name !== 'probe')
    const name = names[i]
    return [
      ...(count.accepts(one['every']) ? [] : [invalid([i, 'every'], count.expected, one['every'], example)]),
      ...(name === undefined ? [invalid([i, 'probe'], aProbe.expected, one['probe'], example)] : []),
      ...(name !== undefined && names.indexOf(name) < i
        ? [invalid([i, 'probe'], 'a name of its own', name, `Write { ...probe, name: '${name} 2' }`)]
        : []),
      ...(stranger === undefined ? [] : [invalid([i], 'every and probe', stranger, example)])
    ]
  })
}

/**
 * Picks the measurements of one probe, in the order of their steps, with the type of its figures.
 *
 * @example
 * import { E, Gan, Loss, Net, Opt, Prior, Random, pipe } from 'saddlepoint'
 * const kept: Gan.Probe<{ players: number }> = {
 *   name: 'kept',
 *   run: (spec, state) => ({ players: Object.keys(state.players).length })
 * }
 * const trained = await pipe(
 *   Gan.between({ generator: Net.dense(1, 1), discriminator: Net.dense(1, 1), prior: Prior.normal([1]) }),
 *   Gan.withLoss(Loss.nonSaturating),
 *   Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
 *   Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 })),
 *   Gan.train({
 *     data: (key, n) => Random.normal(key, [n, 1]),
 *     batchSize: 8,
 *     steps: 4,
 *     engine: 'reference',
 *     probes: [{ every: 2, probe: kept }]
 *   })
 * )()
 * E.isRight(trained) && Gan.measurementsOf(kept, trained.right).map(({ step }) => step) // => [0, 2, 4]
 */
export const measurementsOf = <R extends Measured>(
  probe: Probe<R>,
  reached: { readonly measurements: readonly Measurement[] },
  ...more: None
): readonly Measurement<R>[] => {
  const op = 'Gan.measurementsOf'
  refuseMore(op, more)
  if (!aProbe.accepts(probe)) fail('InvalidArgument', { op, expected: aProbe.expected, actual: showValue(probe) })
  const measurements: unknown = isRecord(reached) ? reached.measurements : undefined
  if (!Array.isArray(measurements))
    return fail('InvalidArgument', {
      op,
      expected: 'what a training reached, { measurements }',
      actual: showValue(reached),
      hint: 'Gan.measurementsOf(probe, trained.right)'
    })
  return (measurements as readonly Measurement<R>[]).filter((one) => one.probe === probe.name)
}
