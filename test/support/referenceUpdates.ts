/** The reference file of update rules: trajectories of two small games, running averages, spectra of games. */
import { pipe } from '#fp-ts/function'
import { Gan, Loss, Opt, Prior, Reg, Update, add, mul, reshape, softplus, tanh } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { functionNet } from './functionNet.ts'
import { fieldsAt, listAt, numberAt, readReference, tensorAt, tensorsAt, unreadable } from './reference.ts'
import type { Fields } from './reference.ts'
import type { Attributes } from './referenceAttributes.ts'
import { attributesOf } from './referenceAttributes.ts'
import { mlp } from './referenceGan.ts'

export type Params = readonly Tensor[]

export interface Joint {
  readonly generator: Params
  readonly discriminator: Params
}

export interface UpdateCase {
  readonly name: string
  readonly spec: Gan.Spec
  readonly batchSize: number
  readonly initial: Joint
  readonly cycles: readonly (Joint & {
    readonly evaluations: readonly { readonly real: Tensor; readonly z: Tensor }[]
    /** The sign that an aligned adjustment has. */
    readonly sign: number | undefined
  })[]
}

export interface AverageCase {
  readonly name: string
  readonly decay: number
  readonly initial: Tensor
  readonly parameters: readonly Tensor[]
  readonly averages: readonly Tensor[]
}

export interface SpectrumCase {
  readonly name: string
  readonly spec: Gan.Spec
  readonly at: Joint
  readonly real: Tensor
  readonly z: Tensor
  readonly jacobian: Tensor
  readonly eigenvalues: readonly (readonly [number, number])[]
  /** At a defective matrix an eigenvalue is no smooth function of it. */
  readonly isDefective: boolean
}

const rules: Readonly<Record<string, (attrs: Attributes) => Update.Update>> = {
  simultaneous: () => Update.simultaneous,
  alternating: (attrs) => Update.alternating({ discriminatorSteps: attrs.number('discriminatorSteps') }),
  extragradient: () => Update.extragradient(),
  optimistic: () => Update.optimistic,
  consensus: (attrs) => Update.consensus({ gamma: attrs.number('consensus') }),
  symplectic: (attrs) => Update.symplectic({ lambda: attrs.number('lambda'), align: attrs.flag('align') }),
  unrolled: (attrs) => Update.unrolled({ steps: attrs.number('steps') }),
  lookahead: (attrs) =>
    Update.lookahead(Update.alternating(), { period: attrs.number('period'), alpha: attrs.number('alpha') })
}

const textAt = (where: string, x: unknown): string => (typeof x === 'string' ? x : unreadable(where, 'no text'))

const own = <A>(record: Readonly<Record<string, A>>, name: string, where: string): A =>
  Object.hasOwn(record, name) ? record[name]! : unreadable(where, `${name} is unknown`)

/** Refuses what nobody reads. */
const only = (where: string, fields: Fields, known: readonly string[]): Fields => {
  const others = Object.keys(fields).filter((key) => !known.includes(key))
  return others.length > 0 ? unreadable(where, `unknown ${others.join(', ')}`) : fields
}

const optimizerAt = (where: string, x: unknown): Gan.Spec['optimizers'][string] => {
  const { name, ...attributes } = fieldsAt(where, x)
  const make = own({ sgd: Opt.sgd, adam: Opt.adam }, textAt(`${where}.name`, name), where)
  for (const [key, value] of Object.entries(attributes)) numberAt(`${where}.${key}`, value)
  const optimizer = make(attributes as { learningRate: number })
  for (const { actual, hint } of optimizer.problems) unreadable(where, `${actual}: ${hint}`)
  return optimizer
}

const column = (shape: readonly number[], data = new Float64Array(1)): Tensor => ({ shape, dtype: 'float32', data })

/** The networks of a game, from these parameters on; all losses of the file are non-saturating or minimax with R1. */
const specOf = (where: string, game: string, attrs: Attributes, { generator, discriminator }: Joint): Gan.Spec => {
  const dirac = {
    generator: functionNet('theta', generator, ([theta], z) => add(mul(z, 0), theta!)),
    discriminator: functionNet('psi x', discriminator, ([psi], x) => reshape(mul(x, psi!), [x.shape[0]!])),
    prior: Prior.normal([1])
  }
  const nets = {
    generator: functionNet('generator', generator, (params, z) => mlp(params, tanh)(z)),
    discriminator: functionNet('discriminator', discriminator, (params, x) => mlp(params, softplus)(x)),
    prior: Prior.normal([generator[0]!.shape[0]!])
  }
  const saturates = game === 'dirac' && attrs.oneOf('generator', ['saturating', 'nonSaturating']) === 'saturating'
  return pipe(
    Gan.between(own({ dirac, mlp: nets }, game, where)),
    Gan.withLoss(saturates ? Loss.minimax : Loss.nonSaturating),
    Gan.withRegularizer('discriminator', Reg.r1({ gamma: attrs.number('gamma') }))
  )
}

const paramsAt = (where: string, x: unknown): Params => {
  const list = listAt(where, x).map((item, i) => tensorAt(`${where}[${i}]`, item))
  return list.length > 0 ? list : unreadable(where, 'no parameters')
}

const jointAt = (where: string, fields: Fields, like?: Joint): Joint => {
  const at = (player: keyof Joint): Params =>
    like === undefined
      ? paramsAt(`${where}.${player}`, fields[player])
      : tensorsAt(`${where}.${player}`, fields[player], like[player])
  return { generator: at('generator'), discriminator: at('discriminator') }
}

const nothingLeft = (where: string, attrs: Attributes): void => {
  const left = attrs.leftOver()
  if (left.length > 0) unreadable(where, `unknown attributes ${left.join(', ')}`)
}

const readCase = (where: string, x: unknown): UpdateCase => {
  const fields = only(where, fieldsAt(where, x), ['name', 'game', 'attrs', 'optimizer', 'initial', 'cycles'])
  const [rule, game] = [textAt(`${where}.name`, fields['name']), textAt(`${where}.game`, fields['game'])]
  const name = `${where} (${rule}, ${game}, ${JSON.stringify(fields['attrs'])}, ${JSON.stringify(fields['optimizer'])})`
  const attrs = attributesOf(`${name}.attrs`, fieldsAt(name, fields['attrs']))
  const initial = jointAt(
    `${name}.initial`,
    only(name, fieldsAt(name, fields['initial']), ['generator', 'discriminator'])
  )
  const optimizer = optimizerAt(`${name}.optimizer`, fields['optimizer'])
  const update = own(rules, rule, name)(attrs)
  for (const { actual, hint } of update.problems ?? []) unreadable(name, `${actual}: ${hint}`)
  const spec = pipe(
    specOf(name, game, attrs, initial),
    Gan.withOptimizer('generator', optimizer),
    Gan.withOptimizer('discriminator', optimizer),
    Gan.withUpdate(update)
  )
  const isAligned = attrs.has('align') && attrs.flag('align')
  nothingLeft(name, attrs)
  const cycles = listAt(`${name}.cycles`, fields['cycles']).map((item, t) => {
    const at = `${name}.cycles[${t}]`
    const known = ['evaluations', 'generator', 'discriminator', ...(isAligned ? ['sign'] : [])]
    const cycle = only(at, fieldsAt(at, item), known)
    const evaluations = listAt(`${at}.evaluations`, cycle['evaluations']).map((evaluation, k) => {
      const place = `${at}.evaluations[${k}]`
      const given = only(place, fieldsAt(place, evaluation), game === 'mlp' ? ['real', 'z'] : [])
      return game === 'mlp'
        ? { real: tensorAt(`${place}.real`, given['real']), z: tensorAt(`${place}.z`, given['z']) }
        : { real: column([1, 1]), z: column([1, 1]) }
    })
    const sign = isAligned ? numberAt(`${at}.sign`, cycle['sign']) : undefined
    return { ...jointAt(at, cycle, initial), evaluations, sign }
  })
  if (cycles.length === 0) unreadable(name, 'no cycles')
  return {
    name,
    spec,
    batchSize: cycles[0]!.evaluations[0]?.z.shape[0] ?? unreadable(name, 'no evaluations'),
    initial,
    cycles
  }
}

const readAverage = (where: string, x: unknown): AverageCase => {
  const fields = only(where, fieldsAt(where, x), ['name', 'attrs', 'initial', 'parameters', 'averages'])
  if (fields['name'] !== 'averageRamp') unreadable(where, `the average ${String(fields['name'])}`)
  const attrs = attributesOf(`${where}.attrs`, fieldsAt(where, fields['attrs']))
  const decay = attrs.number('decay')
  nothingLeft(where, attrs)
  const initial = tensorAt(`${where}.initial`, fields['initial'])
  const all = (name: string): Params =>
    listAt(`${where}.${name}`, fields[name]).map((item, i) => tensorAt(`${where}.${name}[${i}]`, item, initial.shape))
  const [parameters, averages] = [all('parameters'), all('averages')]
  if (parameters.length === 0 || parameters.length !== averages.length)
    unreadable(where, `${averages.length} averages of ${parameters.length} parameters`)
  return { name: `${where} (decay ${decay})`, decay, initial, parameters, averages }
}

const readSpectrum = (where: string, x: unknown): SpectrumCase => {
  const fields = fieldsAt(where, x)
  const game = textAt(`${where}.name`, fields['name'])
  const name = `${where} (${game}, ${JSON.stringify(fields['attrs'])})`
  only(name, fields, [
    'name',
    'attrs',
    'jacobian',
    'eigenvalues',
    ...(game === 'mlp' ? ['parameters', 'real', 'z'] : [])
  ])
  const attrs = attributesOf(`${name}.attrs`, fieldsAt(name, fields['attrs']))
  const origin = { generator: [column([1])], discriminator: [column([1])] }
  const at = game === 'mlp' ? jointAt(`${name}.parameters`, fieldsAt(name, fields['parameters'])) : origin
  const spec = specOf(name, game, attrs, at)
  const isDefective = game === 'dirac' && attrs.number('gamma') === 1
  nothingLeft(name, attrs)
  const n = [...at.generator, ...at.discriminator].reduce((count, { data }) => count + data.length, 0)
  const eigenvalues = listAt(`${name}.eigenvalues`, fields['eigenvalues']).map((pair, i) => {
    const place = `${name}.eigenvalues[${i}]`
    const [real, imaginary, ...rest] = listAt(place, pair)
    if (rest.length > 0) unreadable(place, 'no pair')
    return [numberAt(place, real), numberAt(place, imaginary)] as const
  })
  if (eigenvalues.length !== n) unreadable(name, `${eigenvalues.length} eigenvalues of ${n} parameters`)
  const given = (key: 'real' | 'z'): Tensor =>
    game === 'mlp' ? tensorAt(`${name}.${key}`, fields[key]) : column([1, 1])
  const jacobian = tensorAt(`${name}.jacobian`, fields['jacobian'], [n, n])
  return { name, spec, at, real: given('real'), z: given('z'), jacobian, eigenvalues, isDefective }
}

export interface UpdatesReference {
  readonly cases: readonly UpdateCase[]
  readonly averages: readonly AverageCase[]
  readonly spectra: readonly SpectrumCase[]
}

/** All of the file, or an error. */
export const readUpdates = (contents: unknown): UpdatesReference => {
  const file = only('updates.json', fieldsAt('updates.json', contents), ['doc', 'cases', 'averages', 'spectra'])
  const all = <A>(part: string, read: (where: string, x: unknown) => A): readonly A[] => {
    const list = listAt(part, file[part]).map((item, i) => read(`${part}[${i}]`, item))
    return list.length > 0 ? list : unreadable('updates.json', `no ${part}`)
  }
  return {
    cases: all('cases', readCase),
    averages: all('averages', readAverage),
    spectra: all('spectra', readSpectrum)
  }
}

export const updatesFile = (): unknown => readReference('updates.json')
