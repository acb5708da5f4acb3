import { add, div, mul, neg, square, sub } from '../../../ops/arithmetic.ts'
import { mean, sum } from '../../../ops/reduction.ts'
import { logSoftmax } from '../../../ops/softmax.ts'
import { reshape } from '../../../ops/shaping.ts'
import type { None } from '../../../tensor/arguments.ts'
import { fail } from '../../../tensor/error.ts'
import { countOrZero, notNegative, positive, readOptions } from '../../../tensor/options.ts'
import type { Problem } from '../../../tensor/problem.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { showAval } from '../../../tensor/tensor.ts'
import type { Codes } from '../codes.ts'
import { categoriesOf, categoriesRule, noCodes, showCodes, sizeOfCodes } from '../codes.ts'
import type { Term } from '../objective.ts'
import { of, scale } from '../objective.ts'
import type { Prior } from '../prior.ts'
import { total } from '../profile.ts'
import { columns } from '../scores.ts'
import { nonSaturating } from './logistic.ts'
import type { Loss } from './loss.ts'
import { aLoss, isLoss, misfitsOf } from './loss.ts'

export interface MutualInformationOptions {
  /** Extents of the one-hot codes at the end of latents: a number, or several; none by default. */
  readonly categories?: number | readonly number[]
  /** How many continuous codes there are, behind the one-hot ones; 0 by default. */
  readonly continuous?: number
  /** Standard deviation of continuous codes given a sample, positive; 1 by default. */
  readonly sigma?: number
  /** Weight of the bound, at least 0; 1 by default. */
  readonly weight?: number
  /** The game that the scores play; `nonSaturating` by default. */
  readonly loss?: Loss
}

/** Computes E over samples and patches, of x [B, n, ...], of sums over n. */
const meanOfSums = (x: Tensor): Tensor => mean(sum(x, { axes: [1] }))

/** Says which codes are wanted, where latents end in other ones. */
const otherCodes = (wanted: Codes, prior: Prior): readonly Problem[] => {
  const { categories, continuous } = wanted
  const { codes: found } = prior
  return found !== undefined && showCodes(found) === showCodes(wanted)
    ? []
    : [
        {
          path: ['prior', 'codes'],
          expected: `latents that end in codes of ${showCodes(wanted)}, which the loss looks for in fakes`,
          actual: found === undefined ? `Prior.${prior.name}, which knows of none` : showCodes(found),
          hint: `Prior.codes({ noise: 62, categories: [${categories.join(', ')}], continuous: ${String(continuous)} })`
        }
      ]
}

/** Shapes codes [B, n] to stand beside what D gives for each patch: [B, n, 1, 1]. */
const beside = (output: Tensor, code: Tensor): Tensor =>
  reshape(code, [...code.shape, ...output.shape.slice(2).map(() => 1)])

/** Computes -E log Q(c | x) of codes [B, n] by what D gives for them, [B, n, ...patches]. */
const codeEntropy = (code: Tensor, output: Tensor, { categories, continuous }: Codes, sigma: number): Tensor => {
  const c = beside(output, code)
  const ofCategories = categories.map((extent, i) => {
    const from = sizeOfCodes({ categories: categories.slice(0, i), continuous: 0 })
    const logits = columns(output, from, from + extent)
    return neg(meanOfSums(mul(columns(c, from, from + extent), logSoftmax(logits, { axis: 1 }))))
  })
  if (continuous === 0) return total(ofCategories)
  const from = sizeOfCodes({ categories, continuous: 0 })
  const error = sub(columns(c, from, from + continuous), columns(output, from, from + continuous))
  const constant = continuous * (Math.log(sigma) + Math.log(2 * Math.PI) / 2)
  return total([...ofCategories, add(meanOfSums(div(square(error), 2 * sigma ** 2)), constant)])
}

/**
 * Lets fakes tell the codes that they were made from: the latents of `Prior.codes` end in one-hot and continuous
 * codes c, D gives [B, 1 + codes], the score first, then logits and means. The added term bounds the mutual
 * information of codes and fakes from below. Q is categorical, or normal of deviation `sigma`. Penalties see the
 * score alone.
 *
 * @formula L_D - weight E log Q(c | G(z)), L_G - weight E log Q(c | G(z)), L of another loss
 * @cost next to nothing
 * @when latents are to have dimensions that mean something
 * @see Chen et al., InfoGAN (2016), equations 5 and 6
 *
 * @example
 * import { Gan, Loss, Net, Prior, pipe } from 'saddlepoint'
 * const codes = { categories: 10, continuous: 2 }
 * const spec = pipe(
 *   Gan.between({
 *     generator: Net.dense(62 + 12, 2),
 *     discriminator: Net.serial(Net.dense(2, 64), Net.relu, Net.dense(64, 1 + 12)),
 *     prior: Prior.codes({ noise: 62, ...codes })
 *   }),
 *   Gan.withLoss(Loss.mutualInformation({ ...codes, weight: 0.1 }))
 * )
 * spec.loss?.outputs // => 13
 */
export const mutualInformation = (options: MutualInformationOptions, ...more: None): Loss => {
  const usual = { categories: [], continuous: 0, sigma: 1, weight: 1, loss: nonSaturating }
  const rules = {
    categories: categoriesRule,
    continuous: countOrZero,
    sigma: positive,
    weight: notNegative,
    loss: aLoss
  }
  const { all, problems } = readOptions<MutualInformationOptions>(usual, options, rules, {}, more)
  const base = isLoss(all.loss) ? all.loss : nonSaturating
  const { outputs = 1, objectives } = base
  const isSound = problems.length === 0
  const codes: Codes = isSound ? { categories: categoriesOf(all.categories), continuous: all.continuous } : noCodes
  const size = sizeOfCodes(codes)
  const term: Term = ({ D, fake, latent, fakeLabels }) => {
    const [, latents = 0] = latent.shape
    if (latent.shape.length !== 2 || latents < size)
      fail('ShapeMisfit', {
        op: 'mutualInformation',
        expected: `latents [B, n] that end in ${String(size)} numbers of codes`,
        actual: showAval(latent),
        hint: 'Prior.codes({ noise: 62, categories: 10, continuous: 2 }), say'
      })
    const code = columns(latent, latents - size, latents)
    const output = columns(D.output(fake, fakeLabels), outputs, outputs + size)
    return codeEntropy(code, output, codes, all.sigma)
  }
  const added = scale(isSound ? all.weight : 1)(of('mutualInformation', term))
  const none: Loss['problems'] =
    isSound && size === 0
      ? [{ path: ['categories'], expected: 'some codes', actual: 'none', hint: 'Say categories, continuous or both' }]
      : []
  return {
    ...base,
    name: 'mutualInformation',
    options: { ...all },
    problems: [...base.problems, ...problems, ...none],
    outputs: outputs + size,
    misfits: misfitsOf(base, { misfits: ({ prior }) => otherCodes(codes, prior) }),
    objectives: {
      ...objectives,
      discriminator: [...(objectives['discriminator'] ?? []), ...added],
      generator: [...(objectives['generator'] ?? []), ...added]
    }
  }
}
