/** The augmentations of augment.json as functions of images, and its controllers: nothing that cannot be read is skipped. */
import * as Augment from '../../src/gan/game/augment.ts'
import { pipe } from '../../src/index.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { fieldsAt, listAt, numberAt, numbersAt, tensorAt, unreadable } from './reference.ts'
import type { Attributes } from './referenceAttributes.ts'
import { attributesOf } from './referenceAttributes.ts'

export interface AugmentCase {
  readonly name: string
  readonly where: string
  readonly input: Tensor
  readonly output: Tensor
  readonly cotangent: Tensor
  readonly gradient: Tensor
  readonly tangent: Tensor
  readonly hvp: Tensor
  readonly run: (x: Tensor) => Tensor
  /** The matrices of the images, where the file has them. */
  readonly matrices: { readonly expected: Tensor; readonly run: () => Tensor } | undefined
}

interface Raw {
  readonly where: string
  readonly attrs: Attributes
  readonly input: Tensor
  readonly noise: Tensor | undefined
}

/** Numbers, one or more for each image. */
const values = ({ where, attrs }: Raw, name: string): Tensor => {
  const { nested } = attrs.values(name)
  const rows = listAt(`${where}.${name}`, nested)
  const columns = Array.isArray(rows[0]) ? (rows[0] as readonly unknown[]).length : undefined
  const data = rows.flatMap((row): readonly number[] =>
    columns === undefined ? [numberAt(`${where}.${name}`, row)] : numbersAt(`${where}.${name}`, row)
  )
  return {
    shape: columns === undefined ? [rows.length] : [rows.length, columns],
    dtype: 'float32',
    data: new Float64Array(data)
  }
}

const movement = (raw: Raw): Augment.Movement => {
  const names = ['flip', 'quarters', 'shift', 'scale', 'rotatePre', 'aniso', 'rotatePost', 'fraction']
  return Object.fromEntries(names.map((name) => [name, values(raw, name)]))
}
const tint = (raw: Raw): Augment.Tint =>
  Object.fromEntries(
    ['brightness', 'contrast', 'lumaFlip', 'hue', 'saturation'].map((name) => [name, values(raw, name)])
  )
const noiseOf = ({ where, noise }: Raw): Tensor => noise ?? unreadable(`${where}.noise`, 'it is missing')
const extent = ({ input }: Raw): readonly [number, number] => [input.shape[2]!, input.shape[3]!]

interface Built {
  readonly run: (x: Tensor) => Tensor
  readonly matrices?: () => Tensor
}

const builders: Readonly<Record<string, (raw: Raw) => Built>> = {
  flip: (raw) => {
    const flipped = values(raw, 'flip')
    return { run: (x) => Augment.flip(x, flipped) }
  },
  rotate90: (raw) => {
    const quarters = values(raw, 'quarters')
    return { run: (x) => Augment.rotate90(x, quarters) }
  },
  translateInteger: (raw) => {
    const shift = values(raw, 'shift')
    const padding = raw.attrs.oneOf('padding', ['zeros', 'reflection'])
    return { run: (x) => Augment.translate(x, shift, { padding }) }
  },
  affine: (raw) => {
    const moved = movement(raw)
    return {
      run: (x) => Augment.affine(x, moved),
      matrices: () => Augment.affineMatrices(moved, raw.input.shape[0]!, extent(raw))
    }
  },
  colour: (raw) => {
    const tinted = tint(raw)
    return {
      run: (x) => Augment.colour(x, tinted),
      matrices: () => Augment.colourMatrices(tinted, raw.input.shape[0]!)
    }
  },
  cutout: (raw) => {
    const [size, centre] = [raw.attrs.number('size'), values(raw, 'centre')]
    return { run: (x) => Augment.cutout(x, size, centre) }
  },
  noise: (raw) => {
    const [sigma, drawn] = [values(raw, 'sigma'), noiseOf(raw)]
    return { run: (x) => Augment.noise(x, sigma, drawn) }
  },
  adaPipeline: (raw) => {
    const parameters = {
      movement: movement(raw),
      tint: tint(raw),
      noise: { sigma: values(raw, 'sigma'), drawn: noiseOf(raw) },
      cutout: { size: raw.attrs.number('size'), centre: values(raw, 'centre') }
    }
    return { run: (x) => Augment.adaPipeline(x, parameters) }
  },
  diffBrightness: (raw) => {
    const u = values(raw, 'u')
    return { run: (x) => Augment.diffBrightness(x, u) }
  },
  diffSaturation: (raw) => {
    const u = values(raw, 'u')
    return { run: (x) => Augment.diffSaturation(x, u) }
  },
  diffContrast: (raw) => {
    const u = values(raw, 'u')
    return { run: (x) => Augment.diffContrast(x, u) }
  },
  diffColour: (raw) => {
    const [brightness, saturation, contrast] = ['brightness', 'saturation', 'contrast'].map((name) => values(raw, name))
    return {
      run: (x) =>
        pipe(
          x,
          (y) => Augment.diffBrightness(y, brightness!),
          (y) => Augment.diffSaturation(y, saturation!),
          (y) => Augment.diffContrast(y, contrast!)
        )
    }
  },
  diffTranslation: (raw) => {
    const shift = values(raw, 'shift')
    return { run: (x) => Augment.diffTranslation(x, shift) }
  },
  diffCutout: (raw) => {
    const [size, offset] = [raw.attrs.pair('size'), values(raw, 'offset')]
    return { run: (x) => Augment.diffCutout(x, size, offset) }
  }
}

const fieldNames = ['name', 'attrs', 'input', 'output', 'cotangent', 'gradient', 'tangent', 'hvp', 'noise', 'matrices']

export const readAugmentations = (name: string, contents: unknown): readonly AugmentCase[] => {
  const cases = listAt(`${name}.cases`, fieldsAt(name, contents)['cases'])
  if (cases.length === 0) unreadable(name, 'no cases')
  return cases.map((item, i): AugmentCase => {
    const where = `${name}.cases[${String(i)}]`
    const fields = fieldsAt(where, item)
    for (const field of Object.keys(fields))
      if (!fieldNames.includes(field)) unreadable(`${where}.${field}`, 'an unknown field')
    const found = String(fields['name'])
    const builder = Object.hasOwn(builders, found) ? builders[found]! : unreadable(where, `an unknown case ${found}`)
    const input = tensorAt(`${where}.input`, fields['input'])
    const like = (field: string): Tensor => tensorAt(`${where}.${field}`, fields[field], input.shape)
    const attrs = attributesOf(`${where}.attrs`, fieldsAt(`${where}.attrs`, fields['attrs']))
    const noise = 'noise' in fields ? like('noise') : undefined
    const { run, matrices } = builder({ where, attrs, input, noise })
    const [unread] = attrs.leftOver()
    if (unread !== undefined) unreadable(`${where}.attrs.${unread}`, 'nobody asked for it')
    if ((matrices === undefined) !== !('matrices' in fields)) unreadable(`${where}.matrices`, 'who computes them?')
    return {
      name: found,
      where,
      input,
      output: like('output'),
      cotangent: like('cotangent'),
      gradient: like('gradient'),
      tangent: like('tangent'),
      hvp: like('hvp'),
      run,
      matrices:
        matrices === undefined
          ? undefined
          : { expected: tensorAt(`${where}.matrices`, fields['matrices']), run: matrices }
    }
  })
}

/** A controller of the file: what it is told, and r and p after each adjustment. */
export interface ControllerCase {
  readonly where: string
  readonly target: number
  readonly every: number
  readonly images: number
  readonly initial: number
  /** [adjustments, every, batch]. */
  readonly scores: Tensor
  readonly r: readonly number[]
  readonly p: readonly number[]
}

export const readControllers = (name: string, contents: unknown): readonly ControllerCase[] => {
  const cases = listAt(`${name}.controllers`, fieldsAt(name, contents)['controllers'])
  if (cases.length === 0) unreadable(name, 'no controllers')
  return cases.map((item, i): ControllerCase => {
    const where = `${name}.controllers[${String(i)}]`
    const fields = fieldsAt(where, item)
    if (fields['name'] !== 'adaController') unreadable(where, `an unknown controller ${String(fields['name'])}`)
    for (const field of Object.keys(fields))
      if (!['name', 'attrs', 'initial', 'scores', 'r', 'p'].includes(field))
        unreadable(`${where}.${field}`, 'an unknown field')
    const attrs = attributesOf(`${where}.attrs`, fieldsAt(`${where}.attrs`, fields['attrs']))
    const [target, every, images, batchSize] = ['target', 'every', 'images', 'batchSize'].map(attrs.number)
    const [unread] = attrs.leftOver()
    if (unread !== undefined) unreadable(`${where}.attrs.${unread}`, 'nobody asked for it')
    const r = numbersAt(`${where}.r`, fields['r'])
    const p = numbersAt(`${where}.p`, fields['p'])
    if (r.length !== p.length) unreadable(where, 'as many r as p')
    const scores = tensorAt(`${where}.scores`, fields['scores'], [r.length, every!, batchSize!])
    const initial = numberAt(`${where}.initial`, fields['initial'])
    return { where, target: target!, every: every!, images: images!, initial, scores, r, p }
  })
}
