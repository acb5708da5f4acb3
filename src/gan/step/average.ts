import { add, div, max, min, mul, sub } from '../../ops/arithmetic.ts'
import { less, where } from '../../ops/comparison.ts'
import { convert } from '../../ops/conversion.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { treeMap } from '../../tensor/tree.ts'
import type { Average, Spec } from '../game/spec.ts'
import type { State } from './state.ts'

/**
 * Computes the decay of the average at the update that comes after `step` cycles, float32 []: 0 before `start`, where the
 * average is the parameters themselves, and then min(decay, (1 + t) / (10 + t)) for t = 0, 1, ..., or `decay` without a ramp; t / (t + 1) where it is uniform.
 * With the ramp alone, what the average began at has the weight 1 / binomial(n + 9, 9) after n updates.
 */
export const decayAt = ({ decay, ramp, start }: Average, step: Tensor): Tensor | number => {
  if (decay !== 'uniform' && !ramp && start === 0) return decay
  const t = convert(max(sub(step, start), 0), 'float32')
  if (decay === 'uniform') return div(t, add(t, 1))
  const ramped = ramp ? min(div(add(t, 1), add(t, 10)), decay) : decay
  return start === 0 ? ramped : where(less(step, start), 0, ramped)
}

/** Moves the averages a of a state on towards what they follow, p: a <- p + decay (a - p). */
export const averaged = (spec: Spec, step: Tensor, state: State): Pick<State, 'averages' | 'averagedLayers'> => {
  const { averages, averagedLayers, players } = state
  if (spec.average === undefined) return { averages, averagedLayers }
  const decay = decayAt(spec.average, step)
  // Integers, which no mean is taken of, are those of the player.
  const follow = (a: Tensor, p: Tensor): Tensor => (a.dtype === 'float32' ? add(p, mul(decay, sub(a, p))) : p)
  const moved = (
    all: Readonly<Record<string, unknown>>,
    part: 'params' | 'layers'
  ): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      Object.entries(all).map(([name, before]) => [name, treeMap(follow, before, players[name]?.[part])])
    )
  return { averages: moved(averages, 'params'), averagedLayers: moved(averagedLayers, 'layers') }
}
