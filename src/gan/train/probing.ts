import * as E from '#fp-ts/Either'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import type { Key } from '../../random/key.ts'
import { foldIn } from '../../random/key.ts'
import { isTensor } from '../../tensor/tensor.ts'
import { isRecord } from '../../tensor/tree.ts'
import { showValue } from '../../tensor/problem.ts'
import { copyTree } from '../../transform/form.ts'
import type { Issues } from '../check/issue.ts'
import { issue, issueOf } from '../check/issue.ts'
import type { Spec } from '../game/spec.ts'
import type { State } from '../step/state.ts'
import type { Measured, Measurement, Probe, ScheduledProbe } from './probe.ts'
import type { Signal } from './signal.ts'
import { aborted, unlessAborted } from './signal.ts'

/** Keys of steps are folded from counts of at least 0, so no step's draws share this one. */
const forProbes = -1

const keyAt = ({ key }: State, step: number): Key => foldIn(foldIn(key, forProbes), step)

const isMeasured = (x: unknown): x is Measured =>
  isRecord(x) && Object.values(x).every((value) => typeof value === 'number' || isTensor(value))

/** Runs one probe on a copy of the state. What it throws, rejects with, or answers that is no figure is an Issue. */
const measured = async (
  { name, run }: Probe,
  spec: Spec,
  state: State,
  step: number,
  signal: Signal | undefined
): Promise<E.Either<Issues, Measurement | typeof aborted>> => {
  const path = ['train', 'probes', name]
  try {
    const own = copyTree(state)
    const figures: unknown = await unlessAborted(Promise.resolve(run(spec, own, keyAt(own, step))), signal)
    if (figures === aborted) return E.right(aborted)
    return isMeasured(figures)
      ? E.right({ step, probe: name, figures: { ...figures } })
      : E.left(
          RNEA.of(
            issue(
              'CallbackFailed',
              path,
              'figures: a record of numbers and tensors',
              showValue(figures),
              'Return { name: number }'
            )
          )
        )
  } catch (cause) {
    return E.left(RNEA.of(issueOf('CallbackFailed', path, cause)))
  }
}

/** Tells which probes are due at a step. */
export const dueAt = (probes: readonly ScheduledProbe[], step: number): readonly Probe[] =>
  probes.filter(({ every }) => step % every === 0).map(({ probe }) => probe)

/**
 * Runs the probes that are due at a step, one after another, and tells each measurement. Left: the first that failed; what
 * others measured before it is told all the same. 'aborted': one was under way, which is left out with those after it.
 */
export const probed = async (
  probes: readonly ScheduledProbe[],
  spec: Spec,
  state: State,
  step: number,
  signal: Signal | undefined,
  tell: (measurement: Measurement) => Promise<E.Either<Issues, undefined>>
): Promise<readonly [measurements: readonly Measurement[], how: E.Either<Issues, 'all' | 'aborted'>]> => {
  const measurements: Measurement[] = []
  for (const probe of dueAt(probes, step)) {
    const one = await measured(probe, spec, state, step, signal)
    if (E.isLeft(one)) return [measurements, one]
    if (one.right === aborted) return [measurements, E.right('aborted')]
    measurements.push(one.right)
    const heard = await tell(one.right)
    if (E.isLeft(heard)) return [measurements, heard]
  }
  return [measurements, E.right('all')]
}
