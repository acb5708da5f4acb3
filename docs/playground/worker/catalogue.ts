import { Augment, E, Gan, Loss, Net, Opt, Preset, Update } from '../../../src/core.ts'
import type { KindName } from '../../../src/gan/json/kinds.ts'
import { kindNames, kinds, makerOf } from '../../../src/gan/json/kinds.ts'
import { writeValue } from '../../../src/gan/json/write.ts'
import type { Catalogue, Choice, Data, Described, Json, JsonRecord } from './messages.ts'
import { textOf } from './issues.ts'

/** Lists what the registries of the library hold, by kind. */
export const catalogue = (): Catalogue => ({
  kinds: Object.fromEntries(
    kindNames.map((kind) => {
      // A loss of terms of one's own is code.
      const names = Object.keys(kinds[kind].makers).filter((name) => name !== 'custom')
      return [kind, { title: kinds[kind].title, names }]
    })
  )
})

const optionsFor = (data: Data): Preset.PresetOptions =>
  data.kind === 'shapes'
    ? { shape: [1, data.size, data.size], width: 8, latents: 16 }
    : data.kind === 'images'
      ? { shape: data.shape, width: 8, latents: 16 }
      : {}

const labelsOf = (data: Data): Int32Array | undefined => (data.kind === 'images' ? data.labels : undefined)

/** Makes a preset for data; where they have labels and it has classes, it has as many. */
const presetOf = (name: Preset.PresetName, data: Data): Gan.Spec => {
  const labels = labelsOf(data)
  const usual = Preset.of(name, optionsFor(data))
  if (labels === undefined || usual.labels === undefined) return usual
  const classes = labels.reduce((most, label) => Math.max(most, label), 1) + 1
  return Preset.of(name, { ...optionsFor(data), classes })
}

/** Lists the presets that suit data: of points or of images, and with labels only where the data have them. */
export const presetsFor = (data: Data): readonly string[] =>
  Preset.names.filter((name) => {
    const { problems, labels, networks } = presetOf(name, data)
    const makesImages = networks['generator']?.output?.length === 3
    const suits = makesImages === (data.kind === 'shapes' || data.kind === 'images')
    return (
      problems.length === 0 && suits && (labels === undefined || data.kind === 'shapes' || labelsOf(data) !== undefined)
    )
  })

const isKind = (name: string): name is KindName => (kindNames as readonly string[]).includes(name)

const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> =>
  typeof x === 'object' && x !== null && !Array.isArray(x)

const written = (x: unknown): Json => writeValue({ tell: () => undefined, depth: 0 }, x, [])

/** What arguments without a default begin with, by name; whatever stood in their place before comes first. */
const usual: Readonly<Record<string, unknown>> = {
  inFeatures: 64,
  outFeatures: 64,
  features: 64,
  inChannels: 16,
  outChannels: 16,
  channels: 16,
  kernel: 3,
  classes: 10,
  size: 8,
  shape: [8],
  scale: 2,
  samples: 2,
  rate: 0.3,
  slope: 0.2,
  learningRate: 1e-3,
  gamma: 1,
  limit: 0.01,
  value: 1e-3,
  from: 1e-3,
  to: 0,
  steps: 10_000,
  maxNorm: 1,
  factor: 1,
  decay: 1e-4,
  divergence: 'kl',
  min: 0,
  max: 20
}

const problemsOf = (made: unknown): readonly unknown[] =>
  isRecord(made) || typeof made === 'function'
    ? ((made as { readonly problems?: readonly unknown[] }).problems ?? [])
    : []

interface Made {
  readonly value: unknown
  readonly problems: number
}

const attempt = (kind: KindName, name: string, options: Readonly<Record<string, unknown>>): Made => {
  try {
    const value = makerOf(kind, name)?.(options)
    return { value, problems: value === undefined ? Infinity : problemsOf(value).length }
  } catch {
    return { value: undefined, problems: Infinity }
  }
}

const partsFor = (kind: KindName): Readonly<Record<string, unknown>> =>
  kind === 'optimizer'
    ? { optimizers: [Opt.adam({ learningRate: 1e-3 })], schedule: Opt.linear(1, 0, 10_000) }
    : kind === 'schedule'
      ? { schedule: Opt.linear(1e-3, 0, 10_000), then: {}, a: Opt.constant(1e-3), b: Opt.warmUp(1000, 1) }
      : kind === 'layer'
        ? { inner: Net.dense(64, 64), mapping: Net.dense(8, 8), synthesis: Net.relu, style: 8 }
        : kind === 'update'
          ? { rule: Update.alternating() }
          : {}

/** What those begin with that make nothing without several arguments, or without parts. */
const first: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'layer serial': { layers: [Net.relu] },
  'layer avgPool': { window: 2 },
  'layer maxPool': { window: 2 },
  'layer groupNorm': { channels: 16, groups: 4 },
  'layer modulatedConvolution': { inChannels: 16, outChannels: 16, kernel: 3, style: 8 },
  'loss topK': { k: Opt.linear(1, 0.5, 10_000) },
  'loss mutualInformation': { categories: 10, continuous: 2 },
  'loss withCritics': { critics: ['discriminator'], loss: Loss.nonSaturating },
  'update chain': { rules: [Update.alternating(), Update.extragradient()] },
  'update unrolled': { steps: 5 },
  'term consistency': { augment: Augment.instanceNoise({ deviation: 0.1 }) },
  'term balancedConsistency': { augment: Augment.instanceNoise({ deviation: 0.1 }) },
  'prior codes': { noise: 62, categories: 10, continuous: 2 },
  'augment serial': { parts: [Augment.instanceNoise({ deviation: 0.1 })] }
}

/** Makes a built-in by name with its defaults, and with what arguments it shares with what stood there before. */
export const make = (kind: string, name: string, like: JsonRecord): Json => {
  if (!isKind(kind)) return null
  const candidates = { ...usual, ...partsFor(kind), ...like }
  const own = first[`${kind} ${name}`] ?? {}
  const begun = Object.fromEntries(Object.entries(own).map(([key, value]) => [key, like[key] ?? value]))
  const needed = Object.entries(candidates)
  // Nothing where that will do; else one argument more as long as it mends something.
  const best = needed.reduce(
    (found, [key, value]) => {
      if (found.made.problems === 0) return found
      const options = { ...found.options, [key]: value }
      const made = attempt(kind, name, options)
      return made.problems < found.made.problems ? { options, made } : found
    },
    { options: begun, made: attempt(kind, name, begun) }
  )
  return best.made.value === undefined ? null : written(best.made.value)
}

/** Makes a preset for data: for points of the plane, or images of their size. */
export const presetFor = (name: string, data: Data): JsonRecord | null => {
  const text = Gan.specToJson(presetOf(name as Preset.PresetName, data))
  return E.isRight(text) ? (JSON.parse(text.right) as JsonRecord) : null
}

/** The words in quotation marks of what was expected. */
const wordsIn = (problems: readonly unknown[]): readonly string[] =>
  problems.flatMap((problem) =>
    [...String((problem as { readonly expected?: string }).expected).matchAll(/'([^']+)'/g)].map(
      ([, word = '']) => word
    )
  )

/** Finds what else an option may be, from what its function refuses. */
const choiceOf = (kind: KindName, name: string, options: JsonRecord, key: string): Choice | undefined => {
  const value = options[key]
  if (typeof value !== 'number' && typeof value !== 'string') return undefined
  if (typeof value === 'string') {
    const { value: refused } = attempt(kind, name, { ...options, [key]: '?' })
    const words = wordsIn(problemsOf(refused))
    return words.includes(value) ? { words } : undefined
  }
  const before = attempt(kind, name, options).problems
  const after = attempt(kind, name, { ...options, [key]: Opt.linear(value, 0, 10_000) }).problems
  return before === after && before < Infinity ? { schedule: true } : undefined
}

const kindIn = (node: JsonRecord): KindName | undefined => kindNames.find((kind) => Object.hasOwn(node, kind))

/** Walks a spec, and finds the choices at its places. */
const choicesIn = (node: Json, path: string, found: Record<string, Choice>): void => {
  if (Array.isArray(node)) {
    node.forEach((x: Json, i) => choicesIn(x, `${path}/${String(i)}`, found))
    return
  }
  if (!isRecord(node)) return
  const kind = kindIn(node)
  const { [kind ?? '']: name, options } = node
  if (kind !== undefined && typeof name === 'string' && isRecord(options))
    for (const key of Object.keys(options)) {
      const choice = choiceOf(kind, name, options, key)
      if (choice !== undefined) found[`${path}/options/${key}`] = choice
    }
  for (const [key, x] of Object.entries(node)) choicesIn(x, `${path}/${key}`, found)
}

/** Describes a spec that the page holds: its code, what is wrong with it, what may be chosen in it. */
export const describe = (spec: JsonRecord): Described => {
  const read = Gan.specFromJson(JSON.stringify(spec))
  const choices: Record<string, Choice> = {}
  choicesIn(spec, '', choices)
  const players = Object.keys((spec['networks'] ?? {}) as object)
  if (E.isLeft(read)) return { code: '', issues: read.left.map(textOf), choices, players }
  const checked = Gan.validate(read.right)
  const code = Gan.specToCode(read.right)
  return {
    code: E.isRight(code) ? code.right : '',
    issues: E.isLeft(checked) ? checked.left.map(textOf) : [],
    choices,
    players
  }
}
