import { abs, add, clamp, floor, mul, sub } from '../../../ops/arithmetic.ts'
import { where } from '../../../ops/comparison.ts'
import { full, tensor } from '../../../ops/creation.ts'
import { exp, rsqrt, sqrt } from '../../../ops/elementary.ts'
import { imageShape } from '../../../ops/images.ts'
import { prod } from '../../../ops/reduction.ts'
import type { Key } from '../../../random/key.ts'
import { foldIn } from '../../../random/key.ts'
import { normal } from '../../../random/normal.ts'
import { bernoulli, uniform } from '../../../random/uniform.ts'
import type { None } from '../../../tensor/arguments.ts'
import type { Rules } from '../../../tensor/options.ts'
import { flag, oneOf, optional, readOptions, upToOne } from '../../../tensor/options.ts'
import { under } from '../../../tensor/problem.ts'
import type { Shape } from '../../../tensor/shape.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { isRecord } from '../../../tensor/tree.ts'
import { adaPipeline } from './adaPipeline.ts'
import type { Augmentation, Chance } from './augmentation.ts'
import { of } from './augmentation.ts'
import { listOf } from './listOf.ts'

const groups = {
  blit: ['flip', 'quarters', 'shift'],
  geometry: ['scale', 'rotatePre', 'aniso', 'rotatePost', 'fraction'],
  colour: ['brightness', 'contrast', 'lumaFlip', 'hue', 'saturation'],
  filter: ['filter'],
  corruption: ['noise', 'cutout']
} as const

export type AdaGroup = keyof typeof groups
export type AdaTransformation = (typeof groups)[AdaGroup][number]

const groupNames = Object.keys(groups) as readonly AdaGroup[]
/** Lists all transformations; the place of each numbers its key, so it never changes. */
const transformations: readonly AdaTransformation[] = groupNames.flatMap((group) => groups[group])

/** Says how a parameter is drawn, [n, ...shape], and its value where the transformation does not act. */
interface Drawing {
  readonly draw: (key: Key, shape: Shape) => Tensor
  readonly neutral: number
  /** Of the parameter of one image. */
  readonly shape?: Shape
  /** Probability with which it acts, of that of the pipeline. */
  readonly chance?: (p: Tensor) => Tensor
}

const identity = (p: Tensor): Tensor => p
const exp2 = (x: Tensor): Tensor => exp(mul(x, Math.LN2))
const bell =
  (deviation: number): Drawing['draw'] =>
  (key, shape) =>
    mul(deviation, normal(key, shape))
const bellOfLogarithm =
  (deviation: number): Drawing['draw'] =>
  (key, shape) =>
    exp2(bell(deviation)(key, shape))
const between =
  (limit: number): Drawing['draw'] =>
  (key, shape) =>
    uniform(key, shape, { min: -limit, max: limit })
const wholeBelow =
  (end: number): Drawing['draw'] =>
  (key, shape) =>
    floor(mul(end, uniform(key, shape)))

/** Two rotations act, each with this probability, so that one of them does with p. */
const ofTwo = (p: Tensor): Tensor => sub(1, sqrt(clamp(sub(1, p), { min: 0 })))

const drawings: Readonly<Record<AdaTransformation, Drawing>> = {
  flip: { draw: wholeBelow(2), neutral: 0 },
  quarters: { draw: wholeBelow(4), neutral: 0 },
  shift: { draw: between(1 / 8), neutral: 0, shape: [2] },
  scale: { draw: bellOfLogarithm(0.2), neutral: 1 },
  rotatePre: { draw: between(Math.PI), neutral: 0, chance: ofTwo },
  aniso: { draw: bellOfLogarithm(0.2), neutral: 1 },
  rotatePost: { draw: between(Math.PI), neutral: 0, chance: ofTwo },
  fraction: { draw: bell(1 / 8), neutral: 0, shape: [2] },
  brightness: { draw: bell(0.2), neutral: 0 },
  contrast: { draw: bellOfLogarithm(0.5), neutral: 1 },
  lumaFlip: { draw: wholeBelow(2), neutral: 0 },
  hue: { draw: between(Math.PI), neutral: 0 },
  saturation: { draw: bellOfLogarithm(1), neutral: 1 },
  filter: { draw: bellOfLogarithm(1), neutral: 1, shape: [4] },
  noise: { draw: (key, shape) => abs(bell(0.1)(key, shape)), neutral: 0 },
  cutout: { draw: (_, shape) => full(shape, 0.5), neutral: 0 }
}

/** Draws the parameters of the transformations that are used: undefined for all others. */
const drawParameters = (
  factors: Factors,
  n: number,
  { key, probability }: Chance
): Readonly<Record<AdaTransformation, Tensor | undefined>> => {
  const drawn = (name: AdaTransformation, i: number): Tensor | undefined => {
    const { draw, neutral, shape = [], chance = identity }: Drawing = drawings[name]
    if (factors[name] === 0) return undefined
    const own = foldIn(key, i)
    // Of a filter's bands, each acts on its own; a shift acts as a whole.
    const each = name === 'filter' ? [n, ...shape] : [n, ...shape.map(() => 1)]
    return where(bernoulli(foldIn(own, 1), chance(mul(probability, factors[name])), each), draw(foldIn(own, 0), [n, ...shape]), neutral) // prettier-ignore
  }
  return Object.fromEntries(transformations.map((name, i) => [name, drawn(name, i)])) as ReturnType<
    typeof drawParameters
  >
}

/** Shares of an image's power in the four bands of a filter, as 1/f noise has it. */
const power = [10 / 13, 1 / 13, 1 / 13, 1 / 13]

/** Divides the gains of bands, [n, 4], each by what keeps the power of images when it alone is changed. */
const powerKept = (gains: Tensor): Tensor => {
  const ofEach = add(1, mul(tensor(power), sub(mul(gains, gains), 1)))
  return mul(gains, rsqrt(prod(ofEach, { axes: [1], keepDims: true })))
}

type Factors = Readonly<Record<AdaTransformation, number>>

export interface AdaOptions {
  /** Groups of transformations: blit, geometry and colour by default, the published 'bgc'. */
  readonly groups?: readonly AdaGroup[]
  /**
   * Factors in [0, 1] of the probability of single transformations, by default 1 for those in the groups and 0 for all
   * others: { flip: 0 } leaves mirror images out.
   */
  readonly multipliers?: Readonly<Partial<Record<AdaTransformation, number>>>
  /** What comes in from outside: the mirror image (default), or zeros. */
  readonly padding?: 'reflection' | 'zeros'
  /**
   * Whether images that geometry may move are sampled without aliases, as published; true by default. Without it a step of
   * small networks on small images is a fifth shorter, and images that are moved are blurred and have aliases.
   */
  readonly lowPass?: boolean
}

const multiplierRules: Rules = Object.fromEntries(transformations.map((name) => [name, optional(upToOne)]))

/**
 * Augments as ADA does: each transformation of these groups acts on an image with the probability told, which a
 * controller may adapt (`Augment.adaptive`). Images [N, 3, H, W], or grey ones.
 *
 * - blit: mirror images, quarters of a turn, shifts by up to 1/8, in whole pixels;
 * - geometry: scaling by 2^N(0, 0.2²), rotation before and after an anisotropic one, shifts by N(0, 1/8²);
 * - colour: brightness N(0, 0.2²), contrast 2^N(0, 0.5²), flipped luminance, hue, saturation 2^N(0, 1);
 * - filter: four bands amplified by 2^N(0, 1);
 * - corruption: noise of deviation |N(0, 0.1²)|, and a square of half the extent set to 0.
 *
 * What D never sees unchanged it cannot teach G, so keep the probability below 0.8.
 *
 * @formula D(x) becomes D(T(x)), T drawn anew for each image
 * @cost one sampling for blit and geometry together, on a grid twice as fine, a product of 3 x 3 matrices a pixel for
 * colour
 * @when data are few, up to some thousand images
 * @see Karras et al., Training generative adversarial networks with limited data (2020), appendix B
 * @see stylegan2-ada-pytorch, training/augment.py
 *
 * @example
 * import { Augment, Random, ones } from 'saddlepoint'
 * const ada = Augment.ada({ groups: ['blit'], multipliers: { quarters: 0 } })
 * const chance = { key: Random.key(0), probability: 0.6 }
 * ada.apply(chance, ones([2, 1, 8, 8])).shape // => [2, 1, 8, 8]
 */
export const ada = (given: AdaOptions = {}, ...more: None): Augmentation => {
  const usual: AdaOptions = {
    groups: ['blit', 'geometry', 'colour'],
    multipliers: {},
    padding: 'reflection',
    lowPass: true
  }
  const rules = {
    groups: listOf(...groupNames),
    multipliers: { expected: 'a record of factors', accepts: isRecord },
    padding: oneOf('reflection', 'zeros'),
    lowPass: flag
  }
  const { all, problems } = readOptions<AdaOptions>(usual, given, rules, {}, more)
  const multipliers = isRecord(all.multipliers) ? all.multipliers : {}
  const misread = under(['multipliers'], readOptions({}, multipliers, multiplierRules).problems)
  const used = rules.groups.accepts(all.groups) ? all.groups.flatMap((group): readonly AdaTransformation[] => groups[group]) : [] // prettier-ignore
  const factors = Object.fromEntries(
    transformations.map((name) => [name, multipliers[name] ?? (used.includes(name) ? 1 : 0)])
  ) as Factors
  const apply = (x: Tensor, chance: Chance): Tensor => {
    const [n, channels, h, w] = imageShape('Augment.ada', x)
    const drawn = drawParameters(factors, n, chance)
    const { flip, quarters, shift, scale, rotatePre, aniso, rotatePost, fraction } = drawn
    const { brightness, contrast, lumaFlip, hue, saturation } = drawn
    const whole = shift === undefined ? undefined : floor(add(mul(shift, tensor([w, h])), 0.5))
    const movement = { flip, quarters, shift: whole, scale, rotatePre, aniso, rotatePost, fraction }
    // Greys have neither hue nor saturation.
    const tint = { brightness, contrast, lumaFlip, ...(channels === 1 ? {} : { hue, saturation }) }
    const isUsed = (parameters: object): boolean => Object.values(parameters).some((value) => value !== undefined)
    // Whole pixels and quarters of a turn make no aliases.
    const turnsFreely = isUsed({ scale, rotatePre, aniso, rotatePost, fraction })
    const size = drawn.cutout
    return adaPipeline(
      x,
      {
        ...(isUsed(movement) ? { movement } : {}),
        ...(isUsed(tint) ? { tint } : {}),
        ...(drawn.filter === undefined ? {} : { gains: powerKept(drawn.filter) }),
        ...(drawn.noise === undefined
          ? {}
          : { noise: { sigma: drawn.noise, drawn: normal(foldIn(chance.key, transformations.length), x.shape) } }),
        ...(size === undefined
          ? {}
          : { cutout: { size, centre: uniform(foldIn(chance.key, transformations.length + 1), [n, 2]) } })
      },
      { padding: all.padding, lowPass: all.lowPass && turnsFreely }
    )
  }
  return of('ada', apply, { options: { ...all }, problems: [...problems, ...misread] })
}
