import { abs, add, div, mul, sub } from '../../../ops/arithmetic.ts'
import { concat, slice } from '../../../ops/assembly.ts'
import { mean } from '../../../ops/reduction.ts'
import type { None } from '../../../tensor/arguments.ts'
import { refuseMore, requireFunction, requireTensor } from '../../../tensor/arguments.ts'
import { fail } from '../../../tensor/error.ts'
import { notNegative, oneOf, readOptions } from '../../../tensor/options.ts'
import { range } from '../../../tensor/shape.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import type { Generator } from '../generatorJacobian.ts'
import type { Objective } from '../objective.ts'
import { of } from '../objective.ts'
import { requireAlike } from './perSample.ts'
import type { SubsetOptions } from './subset.ts'
import { lookedAt, subsetRules } from './subset.ts'

/** Computes the mean over features of |x - y| of each sample, [B]. */
const distances = (op: string, x: Tensor, y: Tensor): Tensor =>
  mean(abs(sub(requireTensor(op, x), y)), { axes: range(x.shape.length).slice(1) })

/** Computes how far G puts latents apart, and how far apart they are, of each row, [B]. */
const bothDistances = (
  op: string,
  G: Generator,
  z: Tensor,
  w: Tensor,
  more: readonly unknown[]
): readonly [Tensor, Tensor] => {
  refuseMore(op, more)
  requireFunction(op, G, 'a generator, which is a function of latents')
  requireAlike(op, 'latents w', requireTensor(op, w), requireTensor(op, z))
  const ofLatents = distances(op, z, w)
  return [distances(op, G(z), G(w)), ofLatents]
}

/** Computes how far apart G puts latents of two rows, |G(z) - G(w)| / |z - w|, means of absolute values: of each row, [B]. */
export const separations = (G: Generator, z: Tensor, w: Tensor, ...more: None): Tensor =>
  div(...bothDistances('Reg.separations', G, z, w, more))

/** Computes the same of a whole minibatch, the mean distance of fakes over the mean distance of latents, []. */
export const meanSeparation = (G: Generator, z: Tensor, w: Tensor, ...more: None): Tensor => {
  const [ofFakes, ofLatents] = bothDistances('Reg.meanSeparation', G, z, w, more)
  return div(mean(ofFakes), mean(ofLatents))
}

/** Moves every row of a minibatch one place on, the last one to the front. */
const shifted = (x: Tensor): Tensor => {
  const [batch = 0] = x.shape
  return batch > 1
    ? concat([slice(x, { start: [batch - 1] }), slice(x, { end: [batch - 1] })], { axis: 0 })
    : fail('ShapeMisfit', {
        op: 'modeSeeking',
        expected: 'at least two latents, which are compared',
        actual: String(batch),
        hint: 'Compile with a batchSize above 1'
      })
}

export interface ModeSeekingOptions extends SubsetOptions {
  /** At least 0; 1 by default. */
  readonly weight?: number
  /** What is added to the ratio before its inverse is taken, at least 0; 1e-5 by default. */
  readonly epsilon?: number
  /** 'perRow' (default): E 1 / (ratio + epsilon) over rows. 'batch', as in the published code: one ratio a minibatch. */
  readonly form?: 'perRow' | 'batch'
}

/**
 * Seeks modes: latents that differ are to make fakes that differ, | | being means of absolute values. w are the
 * latents of the row before (the draw `others`), under the labels of z's row.
 *
 * @formula weight E 1 / (|G(z) - G(w)| / |z - w| + epsilon)
 * @cost one generator pass
 * @when fakes of a conditional game ignore the latents
 * @see Mao et al., Mode seeking generative adversarial networks (2019), section 3.2, whose ratio its code inverts to
 * minimize it
 *
 * @example
 * import { Reg, mul, tensor } from 'saddlepoint'
 * Reg.separations((z) => mul(z, 3), tensor([[1, 2]]), tensor([[0, 5]])).data // => [3]
 */
export const modeSeeking = (options: ModeSeekingOptions = {}, ...more: None): Objective => {
  const usual = { weight: 1, epsilon: 1e-5, form: 'perRow' } as const
  const rules = { weight: notNegative, epsilon: notNegative, form: oneOf('perRow', 'batch'), ...subsetRules }
  const { all, problems } = readOptions<ModeSeekingOptions>(usual, options, rules, {}, more)
  return of(
    'modeSeeking',
    (play) => {
      const [G, z] = lookedAt(all, play)
      const others = play.draw('others', () => shifted(z))
      const ratio = all.form === 'batch' ? meanSeparation : separations
      return mul(all.weight, mean(div(1, add(ratio(G, z, others), all.epsilon))))
    },
    { perLatent: true, options: { ...all }, problems }
  )
}
