/** Writes what docs/zoo.md says of each technique: all that the registries of built-ins list, from its doc comments. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { Augment, Gan, Init, Loss, Net, Opt, Preset, Prior, Projection, Reg, Update } from '../../src/index.ts'
import { isRecord } from '../../src/tensor/tree.ts'
import { kindOf, kinds } from '../../src/gan/json/kinds.ts'
import * as makers from '../../src/gan/json/makers.ts'
import { examples } from '../exports/examples.ts'
import { anchor } from './anchor.ts'
import type { Documented, Parameter } from './docComments.ts'
import { readSource } from './docComments.ts'
import { regularizers } from './regularizers.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const exportsOf = readSource(root)

interface Namespace {
  readonly name: string
  readonly values: Readonly<Record<string, unknown>>
  readonly documented: readonly Documented[]
}

const namespace = (name: string, values: Readonly<Record<string, unknown>>, file: string): Namespace => ({
  ...{ name, values },
  documented: exportsOf(file)
})

const namespaces = {
  Loss: namespace('Loss', Loss, 'src/gan/game/loss.ts'),
  Reg: namespace('Reg', Reg, 'src/gan/game/regularizer.ts'),
  Update: namespace('Update', Update, 'src/gan/game/update.ts'),
  Net: namespace('Net', Net, 'src/nn/net.ts'),
  Augment: namespace('Augment', Augment, 'src/gan/game/augment.ts'),
  Opt: namespace('Opt', Opt, 'src/optim/opt.ts'),
  Gan: namespace('Gan', Gan, 'src/gan/gan.ts'),
  Prior: namespace('Prior', Prior, 'src/gan/game/prior.ts'),
  Init: namespace('Init', Init, 'src/nn/init.ts'),
  Projection: namespace('Projection', Projection, 'src/gan/game/projection.ts'),
  Preset: namespace('Preset', Preset, 'src/gan/presets/preset.ts')
}

type Tag = 'formula' | 'cost' | 'when' | 'see'

interface Family {
  readonly title: string
  readonly lead: string
  readonly of: Namespace
  readonly names: readonly string[]
  /** What each of its doc comments has to say. */
  readonly needs: readonly Tag[]
  /** Those that belong to everybody, and to no paper. */
  readonly everybodys?: readonly string[]
  /** Whether a line of a table says all about each. */
  readonly isBrief?: boolean
}

const critics = new Set(
  regularizers.filter(({ of }) => of === 'critic').map(({ make }) => make('discriminator')[0]!.name)
)
const activations = new Set(
  namespaces.Net.documented.filter(({ file }) => file === 'src/nn/activation.ts').map(({ name }) => name)
)
const camel = (name: string): string => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
const editsOf = ({ documented }: Namespace, ...names: readonly string[]): readonly string[] =>
  documented.map(({ name }) => name).filter((name) => names.includes(name))

export const families: readonly Family[] = [
  {
    title: 'Losses',
    lead: 'What each player minimizes. One a game: `Gan.withLoss(Loss.hinge)`.',
    of: namespaces.Loss,
    names: Object.keys(makers.losses),
    needs: ['formula', 'cost', 'when', 'see'],
    everybodys: ['custom']
  },
  {
    title: 'Regularizers of critics',
    lead: "Terms beside the loss, as many as one likes: `Gan.withRegularizer('discriminator', Reg.r1({ gamma: 10 }))`.",
    of: namespaces.Reg,
    names: Object.keys(makers.terms).filter((name) => critics.has(name)),
    needs: ['formula', 'cost', 'when', 'see']
  },
  {
    title: 'Regularizers of generators',
    lead: "Terms of the generator, most of them of its Jacobian J in the latents: `Gan.withRegularizer('generator', Reg.pathLength())`.",
    of: namespaces.Reg,
    names: Object.keys(makers.terms).filter((name) => !critics.has(name)),
    needs: ['formula', 'cost', 'when', 'see']
  },
  {
    title: 'Update rules',
    lead: 'How the players move in a cycle: `Gan.withUpdate(Update.extragradient())`. v is the field, every player’s gradient of its own objective; [update-rules.md](update-rules.md) says more.',
    of: namespaces.Update,
    names: Object.keys(makers.updates),
    needs: ['formula', 'cost', 'when', 'see'],
    everybodys: ['chain', 'accumulated']
  },
  {
    title: 'Layers and norms',
    lead: 'What networks are made of: `Net.serial(Net.dense(8, 64), Net.relu, Net.dense(64, 2))`.',
    of: namespaces.Net,
    names: Object.keys(makers.layers).filter((name) => !activations.has(name)),
    needs: ['formula', 'see'],
    everybodys: [
      ...['serial', 'dense', 'convolution', 'transposedConvolution', 'flatten', 'reshape', 'avgPool', 'maxPool'],
      ...['upsample', 'resizeBilinear']
    ]
  },
  {
    title: 'Activations',
    lead: 'Layers without parameters; a function of one’s own becomes one by `Net.lambda`.',
    of: namespaces.Net,
    names: Object.keys(makers.layers).filter((name) => activations.has(name)),
    needs: ['formula'],
    isBrief: true
  },
  {
    title: 'Augmentations',
    lead: "What a player’s network sees in place of samples: `Gan.withAugmentation('discriminator', Augment.ada(), { probability: 0.3 })`.",
    of: namespaces.Augment,
    names: [...Object.keys(makers.augmentations), ...Object.keys(makers.adaptations)],
    needs: ['formula', 'cost', 'when', 'see'],
    everybodys: ['serial']
  },
  {
    title: 'Optimizers',
    lead: "What becomes of a player’s gradient g: `Gan.withOptimizer('generator', Opt.adam({ learningRate: 2e-4, b1: 0.5 }))`. p are its parameters.",
    of: namespaces.Opt,
    names: Object.keys(makers.optimizers),
    needs: ['formula', 'cost', 'when', 'see'],
    everybodys: ['chain', 'identity', 'addDecayedWeights', 'clipByValue', 'scale', 'scaleBySchedule', 'sgd']
  },
  {
    title: 'Schedules',
    lead: 'Numbers that follow the step t: rates, `Objective.schedule`, the strength of augmentations.',
    of: namespaces.Opt,
    names: Object.keys(makers.schedules),
    needs: ['formula'],
    isBrief: true
  },
  {
    title: 'Averages and packing',
    lead: 'Edits of a spec that are techniques themselves.',
    of: namespaces.Gan,
    names: editsOf(namespaces.Gan, 'withAverage', 'withPacking'),
    needs: ['formula', 'cost', 'when', 'see']
  },
  {
    title: 'Projections',
    lead: "What is done to parameters after each of their updates: `Gan.withProjection('discriminator', Projection.clip(0.01))`.",
    of: namespaces.Projection,
    names: Object.keys(makers.projections),
    needs: ['formula', 'cost', 'when', 'see']
  },
  {
    title: 'Priors',
    lead: 'Where latents z come from: the `prior` of `Gan.between`.',
    of: namespaces.Prior,
    names: Object.keys(makers.priors),
    needs: ['formula', 'when', 'see'],
    everybodys: ['normal']
  },
  {
    title: 'Initializers',
    lead: 'First values of parameters: `Net.dense(8, 64, { weights: Init.orthogonal() })`.',
    of: namespaces.Init,
    names: Object.keys(makers.initializers),
    needs: ['formula', 'see'],
    everybodys: ['constant', 'fanInUniform', 'normal', 'ones', 'uniform', 'zeros'],
    isBrief: true
  },
  {
    title: 'Presets',
    lead: "Published GANs as specs, each a `pipe` of public functions, to be edited like any other: `Preset.of('wgan-gp', { shape: [1, 28, 28] })`. Samples are points of the plane unless a `shape` says otherwise.",
    of: namespaces.Preset,
    names: Preset.names.map(camel),
    needs: ['cost', 'when', 'see']
  }
]

/** The doc comment of a technique: that of the function with options, where there is a constant beside it. */
const documentedAs = ({ of }: Family, name: string): Documented | undefined =>
  of.documented.find((one) => one.name === `${name}With`) ?? of.documented.find((one) => one.name === name)

/** What doc comments leave out, one line a technique. */
export const gaps = (all: readonly Family[] = families): readonly string[] =>
  all.flatMap((family) =>
    family.names.flatMap((name) => {
      const { tags = {}, text = '' } = documentedAs(family, name)?.comment ?? {}
      const needed = family.needs.filter((tag) => tag !== 'see' || family.everybodys?.includes(name) !== true)
      const missing = needed.filter((tag) => tags[tag]?.every((words) => words !== '') !== true)
      return [...(text === '' ? ['what it does'] : []), ...missing].map(
        (what) => `${family.of.name}.${name}: ${what === 'what it does' ? what : `@${what}`}`
      )
    })
  )

/** A value as one writes it; a built-in by its name. */
const written = (value: unknown): string => {
  const kind = kindOf(value)
  if (kind !== undefined) return kinds[kind].callOf(value as never).name
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'number' && value !== 0 && Math.abs(value) < 1e-3) return value.toExponential()
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`
  if (isRecord(value) && Object.keys(value).length === 0) return '{}'
  if (isRecord(value)) return `{ ${Object.entries(value).map(([key, x]) => `${key}: ${written(x)}`).join(', ')} }` // prettier-ignore
  return String(value)
}

/** The numbers that the words about an option say are its default. */
const statedIn = (text: string): readonly number[] =>
  text
    .split(/[;.:] /)
    .filter((clause) => clause.includes('default'))
    .flatMap((clause) => clause.match(/\d[\d,]*(?:\.\d+)?(?:e-?\d+)?/g) ?? [])
    .map((number) => Number(number.replaceAll(',', '')))

interface Call {
  readonly documented: Documented
  readonly args: readonly unknown[]
  /** All that the technique was made from, given nothing but what it asks for. */
  readonly made: Readonly<Record<string, unknown>>
}

/** Calls what makes a technique with what it asks for, and nothing else. */
const leastCall = ({ of }: Family, documented: Documented): Call => {
  const { name, calls } = documented
  const { args, then } = examples[`${of.name}.${name}`] ?? { args: () => [], then: () => [] }
  const asked = args().flatMap((given, i) => {
    const { options, usual } = calls[0]?.[i] ?? {}
    const required = new Set(options?.filter(({ isRequired }) => isRequired).map((option) => option.name))
    if (options !== undefined && isRecord(given))
      return [Object.fromEntries(Object.entries(given).filter(([key]) => required.has(key)))]
    return usual === undefined ? [given] : []
  })
  const made = Reflect.apply(of.values[name] as () => unknown, undefined, asked) as unknown
  const value =
    typeof made === 'function' && kindOf(made) === undefined ? Reflect.apply(made, undefined, then?.() ?? []) : made
  const [one] = Array.isArray(value) ? (value as readonly unknown[]) : [value]
  const kind = kindOf(one)
  return { documented, args: asked, made: kind === undefined ? {} : kinds[kind].callOf(one as never).options }
}

/** An argument as a call shows it, with what it is by default, where that depends on nothing else. */
const argument = ({ name, usual, isRest, options }: Parameter, given: unknown, { made }: Call): string => {
  if (options === undefined) {
    const held = Object.entries(made).find(([, value]) => (isRest === true ? Array.isArray(value) : value === given))
    const called = ['given', 'first', 'second'].includes(name) ? (held?.[0] ?? name) : name
    return `${isRest === true ? '...' : ''}${called}${usual === undefined ? '' : ` = ${usual}`}`
  }
  const shown = options.flatMap((option) => {
    const value = made[option.name]
    if (option.isRequired) return [option.name]
    const isDerived = typeof value === 'number' && option.text !== '' && statedIn(option.text).length === 0
    return value === undefined || isDerived ? [] : [`${option.name}: ${written(value)}`]
  })
  return shown.length === 0 ? '' : `{ ${shown.join(', ')} }`
}

const callWith = (family: Family, name: string, documented: Documented): string => {
  const { calls } = documented
  const least = calls.length === 0 ? { documented, args: [], made: {} } : leastCall(family, documented)
  const shown = calls.map((parameters, call) => {
    const list = parameters.map((one, i) => argument(one, call === 0 ? least.args[i] : undefined, least))
    return `(${list.filter((one) => one !== '').join(', ')})`
  })
  const full = `\`${family.of.name}.${documented.name}${shown.join('')}\``
  return documented.name === name ? full : `\`${family.of.name}.${name}\`, or ${full}`
}

/** Options whose default, in words, is another number than they have, one line each. */
export const misstated = (): readonly string[] =>
  families.flatMap((family) =>
    family.names.flatMap((name) => {
      const documented = documentedAs(family, name)!
      if (documented.calls.length === 0) return []
      const { made } = leastCall(family, documented)
      return (documented.calls[0] ?? [])
        .flatMap(({ options = [] }) => options)
        .filter(({ name: option, text }) => {
          const [value, stated] = [made[option], statedIn(text)]
          return typeof value === 'number' && stated.length > 0 && !stated.includes(value)
        })
        .map((option) => `${family.of.name}.${name}: ${option.name} is ${String(made[option.name])}: ${option.text}`)
    })
  )

const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)
const firstSentence = (text: string): string => ended(text.split(/(?<=\.)\s(?=[A-Z-])|\n|:\s/)[0]!)
const item = (title: string, text: string): readonly string[] => (text === '' ? [] : [`- **${title}** ${text}`])

/** Functions of the same file that are no techniques: what the technique computes, to be had alone. */
const alone = (family: Family, { file }: Documented): string => {
  const techniques = new Set(families.filter(({ of }) => of === family.of).flatMap(({ names }) => names))
  return family.of.documented
    .filter((one) => one.file === file && !techniques.has(one.name.replace(/With$/, '')))
    .map(({ name }) => `\`${family.of.name}.${name}\``)
    .join(', ')
}

const presetOf = (name: string): Preset.PresetName => Preset.names.find((one) => camel(one) === name)!

/** What a preset is composed of, without the tables of its networks. */
const composition = (name: string): string => {
  const lines = Gan.show(Preset.of(presetOf(name))).split('\n')
  return lines.filter((line) => /^\S|^ {2}(minimizes|by) /.test(line)).join('\n')
}

const fenced = (text: string): string => `\`\`\`text\n${text}\n\`\`\``

const entry = (family: Family, name: string): string => {
  const documented = documentedAs(family, name)!
  const { text, tags } = documented.comment
  const { formula = [], cost = [], when = [], see = [] } = tags
  const options = documented.calls.flat().flatMap((parameter) => parameter.options ?? [])
  return [
    `### ${family.of.name}.${name}`,
    text,
    ...(formula.length > 0 ? [fenced(formula.join('\n'))] : []),
    ...(family.of === namespaces.Preset ? [fenced(composition(name))] : []),
    [
      ...item('Defaults:', callWith(family, name, documented)),
      ...options.map((option) => `  - \`${option.name}\`: ${option.text.replaceAll('\n', ' ')}`),
      ...item('When', when.map(ended).join(' ')),
      ...item('Costs', cost.map(ended).join(' ')),
      ...item('Source:', see.length === 0 ? '' : ended(see.join('; '))),
      ...item('Alone:', alone(family, documented))
    ].join('\n')
  ].join('\n\n')
}

const cells = (values: readonly string[]): string =>
  `| ${values.map((value) => value.replaceAll('|', '\\|')).join(' | ')} |`
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [cells(head), cells(head.map(() => '---')), ...rows.map(cells)].join('\n')

/** A table of all techniques of a family, with the columns that any of them fills. */
const overview = (family: Family): string => {
  const columns: Readonly<Record<string, (name: string, documented: Documented) => string>> = {
    [`${family.of.name}.`]: (name, documented) =>
      family.isBrief === true
        ? callWith(family, name, documented).replaceAll(`${family.of.name}.`, '')
        : `[${family.of === namespaces.Preset ? presetOf(name) : name}](#${anchor(`${family.of.name}.${name}`)})`,
    formula: (_, { comment }) => (comment.tags['formula'] ?? []).map((one) => `\`${one}\``).join('<br>'),
    when: (_, { comment }) => (comment.tags['when'] ?? []).join('; '),
    ...(family.of === namespaces.Preset && {
      'what it does': (_, { comment }) => comment.text.split(/(?<=\.)\s(?=[A-Z])/)[0]!
    }),
    ...(family.isBrief === true && {
      'what it does': (_, { comment }) => comment.text,
      source: (_, { comment }) => (comment.tags['see'] ?? []).join('; ')
    })
  }
  const rows = family.names.map((name) =>
    Object.values(columns).map((column) => column(name, documentedAs(family, name)!))
  )
  const isFilled = Object.keys(columns).map((_, i) => rows.some((row) => row[i] !== ''))
  const kept = (row: readonly string[]): readonly string[] => row.filter((_, i) => isFilled[i])
  return table(kept(Object.keys(columns)), rows.map(kept))
}

/** Functions of images that augmentations are made of: whatever of `Augment` is no augmentation. */
const functionsOfImages = (family: Family): string => {
  const rest = family.of.documented.filter(({ name }) => !family.names.includes(name) && name !== 'of')
  return [
    'What they are made of, functions of images to be used alone or in an augmentation of one’s own:',
    table(
      ['Augment.', 'what it does'],
      rest.map(({ name, comment }) => [`\`${name}\``, firstSentence(comment.text)])
    )
  ].join('\n\n')
}

const section = (family: Family): string =>
  [
    `## ${family.title}`,
    family.lead,
    overview(family),
    ...(family.of === namespaces.Augment ? [functionsOfImages(family)] : []),
    ...(family.isBrief === true ? [] : family.names.map((name) => entry(family, name)))
  ].join('\n\n')

const contents = (): string =>
  families.map(({ title, names }) => `- [${title}](#${anchor(title)}) (${String(names.length)})`).join('\n')

const between = (page: string, mark: string, text: string): string => {
  const [open, close] = [`<!-- ${mark}: made by npm run docs:zoo -->`, `<!-- end of ${mark} -->`]
  const [start, end] = [page.indexOf(open), page.indexOf(close)]
  if (start === -1 || end < start) throw new Error(`docs/zoo.md: expected ${open} and ${close}`)
  return `${page.slice(0, start)}${open}\n\n${text}\n\n${page.slice(end)}`
}

/** The text of docs/zoo.md: what is written by hand as it is, what is made from the source anew. */
export const zooPage = async (): Promise<string> => {
  const path = `${root}docs/zoo.md`
  const page = readFileSync(path, 'utf8')
  const made = between(between(page, 'contents', contents()), 'techniques', families.map(section).join('\n\n'))
  return format(made, { ...(await resolveConfig(path)), parser: 'markdown' })
}
