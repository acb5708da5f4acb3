import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as Init from '../../nn/init.ts'
import * as Net from '../../nn/net.ts'
import * as Opt from '../../optim/opt.ts'
import type { None } from '../../tensor/arguments.ts'
import { isTensor } from '../../tensor/tensor.ts'
import { isRecord } from '../../tensor/tree.ts'
import type { Issues } from '../check/issue.ts'
import * as Augment from '../game/augment.ts'
import { emptySpec } from '../game/edit.ts'
import {
  withAverage,
  withConditions,
  withLabels,
  withLoss,
  withOptimizer,
  withProjection,
  withRegularizer,
  withUpdate
} from '../game/editSpec.ts'
import { frozen } from '../game/frozen.ts'
import * as Loss from '../game/loss.ts'
import type { Objective, WeightedTerm } from '../game/objective.ts'
import * as Prior from '../game/prior.ts'
import * as Projection from '../game/projection.ts'
import * as Reg from '../game/regularizer.ts'
import type { Spec } from '../game/spec.ts'
import * as Update from '../game/update.ts'
import { withAugmentation } from '../game/withAugmentation.ts'
import type { Call, KindName } from './kinds.ts'
import { kindOf, kinds, makerOf } from './kinds.ts'
import type { Layout } from './layout.ts'
import { after, printLayout } from './layout.ts'
import { callBy } from './makers.ts'
import { same } from './same.ts'
import { specToJson } from './specJson.ts'

type Lists = readonly (readonly unknown[])[]
type Namespace = Readonly<Record<string, unknown>>

/** Where what a spec is made of is exported, by kind. */
const homes: Readonly<Record<KindName, readonly [name: string, namespace: Namespace]>> = {
  layer: ['Net', Net],
  initializer: ['Init', Init],
  optimizer: ['Opt', Opt],
  schedule: ['Opt', Opt],
  loss: ['Loss', Loss],
  term: ['Reg', Reg],
  prior: ['Prior', Prior],
  projection: ['Projection', Projection],
  update: ['Update', Update],
  augment: ['Augment', Augment],
  adaptation: ['Augment', Augment]
}

const bracketed = (open: string, items: readonly Layout[], close: string): Layout => ({ open, items, close })

const isPlain = (x: unknown): x is Readonly<Record<string, unknown>> =>
  isRecord(x) && !isTensor(x) && kindOf(x) === undefined

const without = (record: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== key))

/** Leaves out what is so by default: options, then last arguments, without which the calls make the same. */
const shortened = (f: unknown, lists: Lists, seen: (made: unknown) => unknown = (made) => made): Lists => {
  const whole = seen(callBy(f, lists))
  const makesTheSame = (fewer: Lists): boolean => {
    try {
      return same(seen(callBy(f, fewer)), whole)
    } catch {
      return false
    }
  }
  const ifTheSame = (fewer: Lists, otherwise: Lists): Lists => (makesTheSame(fewer) ? fewer : otherwise)
  return lists.reduce((now: Lists, _, at) => {
    const put = (from: Lists, args: readonly unknown[]): Lists => from.map((list, i) => (i === at ? args : list))
    const lastOf = (from: Lists): unknown => from[at]?.at(-1)
    const options = lastOf(now)
    const fewer = Object.keys(isPlain(options) ? options : {}).reduce((from: Lists, key) => {
      const left = lastOf(from)
      return isPlain(left) ? ifTheSame(put(from, [...(from[at] ?? []).slice(0, -1), without(left, key)]), from) : from
    }, now)
    return (lists[at] ?? []).reduce((from: Lists) => {
      const list = from[at] ?? []
      return list.length === 0 ? from : ifTheSame(put(from, list.slice(0, -1)), from)
    }, fewer)
  }, lists)
}

const called = (name: string, lists: Lists): Layout => {
  const [last, ...before] = lists.toReversed()
  if (last === undefined) return name
  const heads = before.toReversed().map((args) => printLayout(bracketed('(', args.map(layoutOf), ')')))
  return bracketed(`${name}${heads.join('')}(`, last.map(layoutOf), ')')
}

/** Finds the name of an exported value that is the built-in, or made like it. */
const constantLike = (kind: KindName, made: unknown): string | undefined => {
  const [home, namespace] = homes[kind]
  const found = Object.entries(namespace).find(([, x]) => kindOf(x) === kind && same(x, made))
  return found && `${home}.${found[0]}`
}

const layoutOfCall = (kind: KindName, { name, options }: Call): Layout => {
  const maker = makerOf(kind, name)
  if (maker === undefined) return JSON.stringify(name)
  const { source, argumentsOf } = maker
  const [home, namespace] = homes[kind]
  const exported = Object.entries(namespace).find(([, x]) => x === source)?.[0] ?? name
  const lists = argumentsOf(options)
  return constantLike(kind, callBy(source, lists)) ?? called(`${home}.${exported}`, shortened(source, lists))
}

/** Writes an edit of an objective around it. */
const edited = (edit: string, argument: unknown, x: Layout): Layout =>
  bracketed(`Objective.${edit}(${printLayout(layoutOf(argument))})(`, [x], ')')

const layoutOfTerm = (term: WeightedTerm): Layout => {
  const bare = layoutOfCall('term', kinds.term.callOf(term))
  const { weight, every, isMetric } = term
  const weighted = weight === 1 ? bare : edited(typeof weight === 'number' ? 'scale' : 'schedule', weight, bare)
  const lazy = every === 1 ? weighted : edited('every', every, weighted)
  return isMetric === true ? `${printLayout(lazy)}.map((term) => ({ ...term, isMetric: true }))` : lazy
}

const layoutOfObjective = (terms: Objective): Layout => {
  const [first, ...others] = terms.map(layoutOfTerm)
  return first !== undefined && others.length === 0
    ? first
    : bracketed(
        '[',
        terms.map((term) => after('...', layoutOfTerm(term))),
        ']'
      )
}

const layoutOfNumber = (x: number): string => (Object.is(x, -0) ? '-0' : String(x))

const quoted = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`

const keyOf = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key))

const isTerm = (x: unknown): x is WeightedTerm => kindOf(x) === 'term'

/** Lays out any value that a spec or options may hold. */
const layoutOf = (x: unknown): Layout => {
  if (typeof x === 'number') return layoutOfNumber(x)
  if (typeof x === 'string') return quoted(x)
  if (isTensor(x)) {
    const data = Array.from(x.data, (value) => layoutOfNumber(value))
    return bracketed(
      'tensor(',
      [bracketed('[', data, ']'), bracketed('[', x.shape.map(String), ']'), quoted(x.dtype)],
      ')'
    )
  }
  if (Array.isArray(x))
    return x.length > 0 && x.every(isTerm) ? layoutOfObjective(x) : bracketed('[', x.map(layoutOf), ']')
  const kind = kindOf(x)
  if (kind === 'term') return layoutOfTerm(x as WeightedTerm)
  if (kind !== undefined) return layoutOfCall(kind, kinds[kind].callOf(x as never))
  if (!isRecord(x)) return String(x)
  const entries = Object.entries(x).filter(([, value]) => value !== undefined)
  return bracketed(
    '{',
    entries.map(([key, value]) => after(`${keyOf(key)}: `, layoutOf(value))),
    '}'
  )
}

/** Lays out an edit of the spec, `Gan.name(...)`, without what is so by default. */
const editOf = (name: string, f: (...args: never[]) => (spec: Spec) => Spec, ...args: readonly unknown[]): Layout =>
  called(
    `Gan.${name}`,
    shortened(f, [args], (made) => (made as (spec: Spec) => Spec)(emptySpec))
  )

const each = <A>(
  record: Readonly<Record<string, A>>,
  f: (player: string, x: A) => readonly Layout[]
): readonly Layout[] => Object.entries(record).flatMap(([player, x]) => f(player, x))

const labelsOf = ({ labels }: Spec): readonly Layout[] => {
  if (labels === undefined) return []
  const { classes, shape, fakes, dropout } = labels
  return classes === undefined
    ? [editOf('withConditions', withConditions, { shape, dropout })]
    : [editOf('withLabels', withLabels, { classes, fakes, dropout })]
}

const layoutOfSpec = (spec: Spec): Layout =>
  bracketed(
    'pipe(',
    [
      called('Gan.between', [[{ ...spec.networks, prior: spec.prior }]]),
      ...(spec.loss === undefined ? [] : [editOf('withLoss', withLoss, spec.loss)]),
      ...each(spec.regularizers, (player, terms) =>
        terms.map((term) => editOf('withRegularizer', withRegularizer, player, [term]))
      ),
      ...each(spec.augmentations, (player, { augmentation, probability }) => [
        editOf('withAugmentation', withAugmentation, player, augmentation, { probability })
      ]),
      ...each(spec.optimizers, (player, optimizer) => [editOf('withOptimizer', withOptimizer, player, optimizer)]),
      ...each(spec.projections, (player, projection) => [editOf('withProjection', withProjection, player, projection)]),
      ...(same(spec.update, emptySpec.update) ? [] : [editOf('withUpdate', withUpdate, spec.update)]),
      ...(spec.average === undefined ? [] : [editOf('withAverage', withAverage, spec.average)]),
      ...labelsOf(spec),
      ...spec.frozen.map((path) => editOf('frozen', frozen, path.length === 1 ? path[0] : path))
    ],
    ')'
  )

/** The names that code may take from this library, in the order of an import. */
const importable = [
  ...new Set(['Gan', 'Objective', 'pipe', 'tensor', ...Object.values(homes).map(([name]) => name)])
].sort((a, b) => a.localeCompare(b))

/**
 * Writes a spec as the TypeScript module that makes it: the calls of this library's functions, without arguments that are
 * so by default, exported as `spec`. Left where `Gan.specToJson` is, with its issues: a function of one's own is code
 * already. What the module exports is written by `specToJson` to the same text.
 *
 * @example
 * import { E, Gan, Loss, Net, Prior, pipe } from 'saddlepoint'
 * const players = { generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) }
 * const code = Gan.specToCode(pipe(Gan.between(players), Gan.withLoss(Loss.hinge)))
 * E.isRight(code) && code.right.split('\n').slice(2)
 * // => [
 * //   'export const spec = pipe(',
 * //   '  Gan.between({ generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) }),',
 * //   '  Gan.withLoss(Loss.hinge)',
 * //   ')',
 * //   ''
 * // ]
 */
export const specToCode = (spec: Spec, ...more: None): E.Either<Issues, string> =>
  pipe(
    specToJson(spec, ...more),
    E.map(() => {
      const made = printLayout(after('export const spec = ', layoutOfSpec(spec)))
      const used = importable.filter((name) => new RegExp(`\\b${name}[.(]`).test(made))
      return `import { ${used.join(', ')} } from 'saddlepoint'\n\n${made}\n`
    })
  )
