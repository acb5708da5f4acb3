import type { Key } from '../../../random/key.ts'
import { foldIn } from '../../../random/key.ts'
import type { None } from '../../../tensor/arguments.ts'
import { refuseMore, requireArgument, requireTensor } from '../../../tensor/arguments.ts'
import { fail } from '../../../tensor/error.ts'
import type { Rule } from '../../../tensor/options.ts'
import { anyFunction, optional, readOptions, text, upToOne } from '../../../tensor/options.ts'
import type { Problem } from '../../../tensor/problem.ts'
import { refuse, showValue, under } from '../../../tensor/problem.ts'
import { equalShapes, showShape } from '../../../tensor/shape.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { isTensor, showAval } from '../../../tensor/tensor.ts'
import { isRecord } from '../../../tensor/tree.ts'

/** Holds what an augmentation draws from, and how often it acts. */
export interface Chance {
  readonly key: Key
  /** Probability with which each part of it acts on a sample: a number in [0, 1], or a float32 scalar. */
  readonly probability: Tensor | number
  /** The step of training, an int32 scalar. */
  readonly step: Tensor
}

/** Lists what an augmentation may be applied with: probability 1 and step 0 where nothing is said. */
export type GivenChance = Pick<Chance, 'key'> & Partial<Chance>

/**
 * Describes what happens at random to samples, real and fake, before a player's network sees them. `apply` takes samples
 * [B, ...] to samples of the same shape; it is a pure function of its key, differentiable in the samples.
 */
export interface Augmentation {
  readonly name: string
  /** All that it was made from, by name, with defaults filled in, its parts as they are. */
  readonly options: Readonly<Record<string, unknown>>
  /** Whether its function is a user's, which nothing but the user's code can make again. */
  readonly isOwn?: boolean
  /** What is wrong with them. */
  readonly problems: readonly Problem[]
  /** What it is made of, in order; undefined for a single one. */
  readonly parts: readonly Augmentation[] | undefined
  readonly apply: (chance: GivenChance, x: Tensor) => Tensor
}

/** Lists what `of` may be told besides name and function. */
export type AugmentationOptions = Partial<Pick<Augmentation, 'options' | 'problems'>>

const aProbability: Rule = {
  expected: 'a number in [0, 1], or a scalar tensor',
  accepts: (x) => upToOne.accepts(x) || (isTensor(x) && x.shape.length === 0)
}
const firstStep: Tensor = { shape: [], dtype: 'int32', data: Int32Array.of(0) }

const chanceOf = (op: string, given: GivenChance): Chance => {
  const { key, probability = 1, step = firstStep } = isRecord(given) ? given : ({} as Partial<GivenChance>)
  return {
    key: requireTensor(op, key, 'a key, in { key: Random.key(0) }'),
    probability: requireArgument(op, 'probability', probability, aProbability),
    step: requireTensor(op, step, 'the step, an int32 scalar')
  }
}

const sameForm = (op: string, x: Tensor, y: Tensor): Tensor =>
  isTensor(y) && equalShapes(x.shape, y.shape)
    ? y
    : fail('ShapeMisfit', {
        op,
        expected: `samples ${showShape(x.shape)}, as it was given`,
        actual: isTensor(y) ? showAval(y) : showValue(y)
      })

const rules = {
  name: text,
  apply: { ...anyFunction, expected: 'a function of samples and a chance' },
  options: optional({ expected: 'a record', accepts: isRecord }),
  problems: optional({ expected: 'a list of problems', accepts: Array.isArray })
}

/** Completes an augmentation from its name and its function. */
export const of = (
  name: string,
  apply: (x: Tensor, chance: Chance) => Tensor,
  given: AugmentationOptions = {},
  ...more: None
): Augmentation => {
  const { all, problems: misread } = readOptions<AugmentationOptions>(
    { options: {}, problems: [] },
    given,
    rules,
    { name, apply },
    more
  )
  const problems = misread.length > 0 ? misread : all.problems
  const op = `Augment.${text.accepts(name) ? name : 'of'}`
  return {
    name: text.accepts(name) ? name : 'augmentation',
    options: all.options,
    problems,
    parts: undefined,
    apply: (chance, x, ...others: None) => {
      refuse(op, problems)
      refuseMore(op, others)
      requireTensor(op, x, 'samples, a tensor')
      return sameForm(op, x, apply(x, chanceOf(op, chance)))
    }
  }
}

/** Tests whether x is an augmentation, as far as its parts go. */
export const isAugmentation = (x: unknown): x is Augmentation =>
  isRecord(x) && typeof x['apply'] === 'function' && Array.isArray(x['problems'])

/** Stands for what is no augmentation. */
const missing = (given: unknown): Augmentation =>
  of('serial', (x) => x, {
    problems: [{ path: [], expected: 'an augmentation', actual: showValue(given), hint: 'Augment.ada(), say' }]
  })

/**
 * Chains augmentations: what the first gives, the second is given. Part i draws from foldIn(key, i). Those made of
 * others are taken apart, so that it is associative; serial() leaves samples as they are.
 *
 * @formula x -> b(a(x))
 * @cost what its parts cost
 * @when several are wanted
 *
 * @example
 * import { Augment, Random, ones } from 'saddlepoint'
 * const both = Augment.serial(Augment.diffAugment(), Augment.ada({ groups: ['corruption'] }))
 * both.parts?.map(({ name }) => name) // => ['diffAugment', 'ada']
 * both.apply({ key: Random.key(0), probability: 0.5 }, ones([2, 3, 8, 8])).shape // => [2, 3, 8, 8]
 */
export const serial = (...given: readonly Augmentation[]): Augmentation => {
  const parts = given.map((x) => (isAugmentation(x) ? x : missing(x))).flatMap((x) => x.parts ?? [x])
  const problems = parts.flatMap((part, i) => under([i], part.problems))
  const through = (x: Tensor, { key, ...chance }: Chance): Tensor =>
    parts.reduce((y, part, i) => part.apply({ ...chance, key: foldIn(key, i) }, y), x)
  return { ...of('serial', through, { options: { parts }, problems }), parts }
}
