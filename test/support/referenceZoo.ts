/**
 * The terms of zoo.json: each with its value and its gradient with respect to every network that it may move. Test files
 * share them out by name; every name belongs to one of them, so that none is left unread.
 */
import { expect, it } from 'vitest'
import { compile, evaluate, tanh, valueAndGrad, zerosLike } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import type { EngineName } from '../../src/engines/select.ts'
import { errorAgainst } from '../../src/tensor/compare.ts'
import type { Fields } from './reference.ts'
import {
  fieldsAt,
  listAt,
  mismatch,
  numberAt,
  readReference,
  referenceEngine,
  referenceFolder,
  referenceTolerance,
  tensorAt,
  tensorsAt,
  unreadable
} from './reference.ts'
import { activationAt, mlp } from './referenceGan.ts'

/** Which test file of test/reference reads which terms, by their names without the player. */
export const zooShares = {
  jacobianPenalties: [
    'logCondition',
    'logDeterminant',
    'jacobianClampExtremal',
    'orthogonalJacobian',
    'hessianPenalty'
  ],
  losses: [
    'relativisticAverage',
    'fGan',
    'phi',
    'energyBased',
    'boundaryEquilibrium',
    'topK',
    'featureMatching',
    'auxiliaryClassifier',
    'mutualInformation',
    'bidirectional',
    'modeSeeking'
  ],
  regularizers: [
    'gradientPenalty',
    'dragan',
    'maxGradientPenalty',
    'lecam',
    'consistency',
    'balancedConsistency',
    'latentConsistency',
    'orthogonalWeights'
  ]
} as const

export type ZooShare = keyof typeof zooShares
export type ZooTerm<S extends ZooShare> = (typeof zooShares)[S][number]

/** Parameters of an MLP, weights and biases in turn, by player. */
export type Parameters = Readonly<Record<string, readonly Tensor[]>>

export interface ZooCase {
  readonly where: string
  /** The name of the term, and the player that minimizes it where the file says. */
  readonly term: string
  readonly player: string | undefined
  readonly attrs: Fields
  /** Given draws, and labels as int32. */
  readonly inputs: Readonly<Record<string, Tensor>>
  readonly activation: (x: Tensor) => Tensor
  readonly activationName: string
  readonly parameters: Parameters
  /** What is a constant in the derivative: the fakes, say. */
  readonly constant: readonly string[]
  readonly value: number
  readonly gradients: Parameters
  /** What the term remembers for the next step, or measures. */
  readonly next: Readonly<Record<string, number>>
}

/** Computes the value of a case, and what comes next, of the parameters of all its players. */
export type ZooReader = (
  item: ZooCase,
  parameters: Parameters
) => Tensor | { readonly value: Tensor; readonly next: Readonly<Record<string, Tensor>> }

/** The networks of a case as functions: the discriminator with its own activation, all others with tanh. */
export const mlpsOf = (item: ZooCase, parameters: Parameters): Readonly<Record<string, (x: Tensor) => Tensor>> =>
  Object.fromEntries(
    Object.entries(parameters).map(([player, of]) => [
      player,
      mlp(of, player === 'discriminator' ? item.activation : tanh)
    ])
  )

const inputAt = (where: string, x: unknown): Tensor => {
  if (!Array.isArray(x)) return tensorAt(where, x)
  const labels = x.map((label, i) => numberAt(`${where}[${String(i)}]`, label))
  return { shape: [labels.length], dtype: 'int32', data: Int32Array.from(labels) }
}

const textAt = (where: string, x: unknown): string => (typeof x === 'string' ? x : unreadable(where, 'no text'))

const mapped = <A>(where: string, x: unknown, f: (where: string, x: unknown) => A): Readonly<Record<string, A>> =>
  Object.fromEntries(Object.entries(fieldsAt(where, x)).map(([key, one]) => [key, f(`${where}.${key}`, one)]))

const fieldOfPlayer: Readonly<Record<string, string>> = {
  generator: 'gradGenerator',
  discriminator: 'gradDiscriminator',
  encoder: 'gradEncoder'
}
const known = new Set(
  `name attrs networks discriminatorActivation inputs constant value next ${Object.values(fieldOfPlayer).join(' ')}`.split(' ') // prettier-ignore
)

const readCase = (networks: Fields, item: unknown, i: number): ZooCase => {
  const where = `zoo.json.cases[${String(i)}]`
  const fields = fieldsAt(where, item)
  const strange = Object.keys(fields).filter((key) => !known.has(key))
  if (strange.length > 0) unreadable(where, `unknown ${strange.join(', ')}`)
  const [term = '', player] = textAt(`${where}.name`, fields['name']).split('/')
  const parameters = mapped(`${where}.networks`, fields['networks'], (at, name) =>
    listAt(at, networks[textAt(at, name)]).map((one, j) => tensorAt(`${at}[${String(j)}]`, one))
  )
  const activationName = textAt(`${where}.discriminatorActivation`, fields['discriminatorActivation'])
  return {
    where,
    term,
    player,
    attrs: fieldsAt(`${where}.attrs`, fields['attrs']),
    inputs: mapped(`${where}.inputs`, fields['inputs'], inputAt),
    activation: activationAt(where, activationName),
    activationName,
    parameters,
    constant: listAt(`${where}.constant`, fields['constant']).map(String),
    value: numberAt(`${where}.value`, fields['value']),
    gradients: Object.fromEntries(
      Object.entries(parameters).map(([name, of]) => {
        const field = fieldOfPlayer[name] ?? unreadable(where, `the player ${name} is unknown`)
        return [name, tensorsAt(`${where}.${field}`, fields[field], of)]
      })
    ),
    next: mapped(`${where}.next`, fields['next'] ?? {}, numberAt)
  }
}

export const readZoo = (contents: unknown = readReference('zoo.json')): readonly ZooCase[] => {
  const file = fieldsAt('zoo.json', contents)
  const networks = fieldsAt('networks', file['networks'])
  return listAt('zoo.json.cases', file['cases']).map((item, i) => readCase(networks, item, i))
}

/** Lists the terms of a file that no share names. */
export const unclaimed = (cases: readonly ZooCase[]): readonly string[] => {
  const claimed: readonly string[] = Object.values(zooShares).flat()
  return [...new Set(cases.flatMap(({ term }) => (claimed.includes(term) ? [] : [term])))]
}

/** What is wrong with the value of a case, with what it says comes next, and with its gradients. */
export const zooProblems = async (
  item: ZooCase,
  reader: ZooReader,
  precision: 'float64' | 'float32'
): Promise<readonly string[]> => {
  const f = valueAndGrad(
    (parameters: Parameters) => {
      const read = reader(item, parameters)
      return 'value' in read ? ([read.value, read.next] as const) : ([read, {}] as const)
    },
    { hasAux: true }
  )
  const [[value, next], gradients] =
    referenceEngine === 'reference'
      ? evaluate(f, { precision })(item.parameters)
      : await compile(f, { engine: referenceEngine as EngineName })(item.parameters)
  const tolerance = referenceTolerance[precision]
  const scalars: readonly (readonly [string, Tensor | undefined, number])[] = [
    ['value', value, item.value],
    ...Object.entries(item.next).map(([name, expected]) => [`next.${name}`, (next as Fields)[name] as Tensor | undefined, expected] as const) // prettier-ignore
  ]
  return [
    ...scalars.flatMap(([what, x, expected]) => {
      if (x === undefined) return [`${item.where}.${what}: none`]
      const off = errorAgainst(x.data, [expected])
      return off <= tolerance ? [] : [`${item.where}.${what}: off by ${String(off)}`]
    }),
    ...Object.entries(item.gradients).flatMap(([player, expected]) =>
      expected.flatMap(
        (g, j) =>
        mismatch(`${item.where} gradient of ${player}[${String(j)}]`, gradients[player]?.[j] ?? zerosLike(g), g, tolerance) // prettier-ignore
      )
    )
  ]
}

/** Tests every case of a share through its reader: in double and single precision, or on the engine under test. */
export const testZoo = <S extends ZooShare>(share: S, readers: Readonly<Record<ZooTerm<S>, ZooReader>>): void => {
  const names: readonly string[] = zooShares[share]
  const cases = readZoo().filter(({ term }) => names.includes(term))
  const readerOf = ({ term }: ZooCase): ZooReader => readers[term as ZooTerm<S>]
  const precisions = referenceEngine === 'reference' ? (['float64', 'float32'] as const) : (['float32'] as const)
  for (const precision of precisions)
    it.each(cases.map((item) => [`${item.term} ${item.where}`, item] as const))(
      `%s of ${referenceFolder} on ${referenceEngine} in ${precision}`,
      async (_, item) => {
        expect(await zooProblems(item, readerOf(item), precision)).toEqual([])
      }
    )
  it('counts its cases, and has some of every term', () => {
    process.stdout.write(`${share} of the zoo on ${referenceEngine}: ${String(cases.length)}\n`)
    expect(names.filter((name) => !cases.some(({ term }) => term === name))).toEqual([])
  })
  it('notices one number that differs, be it a value or a gradient', async () => {
    const item = cases[0]!
    const [player, [first, ...others]] = Object.entries(item.gradients)[0]! as [string, readonly [Tensor, ...Tensor[]]]
    const moved = { ...first, data: Float64Array.from(first.data, (x, i) => (i === 0 ? x + 1e-2 : x)) }
    const off = { ...item, value: item.value + 1e-2, gradients: { ...item.gradients, [player]: [moved, ...others] } }
    expect(await zooProblems(off, readerOf(item), 'float32')).toHaveLength(2)
  })
}
