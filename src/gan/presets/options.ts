import type { Rule } from '../../tensor/options.ts'
import { count, readOptions } from '../../tensor/options.ts'
import { under } from '../../tensor/problem.ts'
import type { Shape } from '../../tensor/shape.ts'
import type { Spec } from '../game/spec.ts'

export interface PresetOptions {
  /** Of one sample: [2] by default, points of the plane; or images [channels, size, size] of 28, 32, 48 or 64 pixels. */
  readonly shape?: Shape
  /** Units of hidden layers for points, 64 by default; channels of the layer next to images, 32 by default. */
  readonly width?: number
  /** Latents, 8 by default for points and 64 for images. */
  readonly latents?: number
}

export interface ConditionalPresetOptions extends PresetOptions {
  /** Classes of labels, 10 by default. */
  readonly classes?: number
}

/** Says what networks are made for. */
export interface Design {
  readonly shape: Shape
  readonly width: number
  readonly latents: number
  readonly classes: number
}

export const isImage = ({ shape }: Pick<Design, 'shape'>): boolean => shape.length === 3

const sides = [28, 32, 48, 64]

const isImageShape = (x: readonly unknown[]): boolean =>
  x.length === 3 && count.accepts(x[0]) && x[1] === x[2] && sides.includes(x[1] as number)

const imageRule: Rule = {
  expected: 'images [channels, size, size] of 28, 32, 48 or 64 pixels',
  accepts: (x) => Array.isArray(x) && isImageShape(x)
}
const sampleRule: Rule = {
  expected: `points [n], or ${imageRule.expected}`,
  accepts: (x) => Array.isArray(x) && ((x.length === 1 && count.accepts(x[0])) || isImageShape(x))
}

const designOf = (shape: Shape, { width, latents, classes = 10 }: ConditionalPresetOptions): Design => {
  const forImages = shape.length === 3
  return { shape, classes, width: width ?? (forImages ? 32 : 64), latents: latents ?? (forImages ? 64 : 8) }
}

/** Says what a preset is for: images alone, and whether it has classes. */
interface Suits {
  readonly images?: boolean
  readonly classes?: boolean
}

/** Makes a preset of what it makes of a design. Options that it cannot take are problems of the spec. */
export const presetOf = (
  name: string,
  { images = false, classes = false }: Suits,
  options: ConditionalPresetOptions,
  more: readonly unknown[],
  make: (design: Design) => Spec
): Spec => {
  const optionalCount: Rule = { ...count, accepts: (x) => x === undefined || count.accepts(x) }
  const rules = {
    shape: images ? imageRule : sampleRule,
    width: optionalCount,
    latents: optionalCount,
    ...(classes ? { classes: optionalCount } : {})
  }
  const usual = { shape: images ? [3, 32, 32] : [2] }
  const { all, problems } = readOptions<ConditionalPresetOptions>(usual, options, rules, {}, more)
  if (problems.length === 0) return make(designOf(all.shape, all))
  const spec = make(designOf(usual.shape, {}))
  return { ...spec, problems: [...spec.problems, ...under([name], problems)] }
}
