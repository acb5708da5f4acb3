/** Whatever the namespaces export that a spec can hold is a name and data, and comes back from JSON as it was. */
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import {
  Augment,
  Gan,
  Init,
  Issue,
  Loss,
  Net,
  Objective,
  Opt,
  Prior,
  Projection,
  Reg,
  Update
} from '../../../src/index.ts'
import { kindOf, kinds } from '../../../src/gan/json/kinds.ts'
import { readValue } from '../../../src/gan/json/read.ts'
import { same } from '../../../src/gan/json/same.ts'
import { writeValue } from '../../../src/gan/json/write.ts'
import { isSpec } from '../../../src/gan/game/form.ts'
import { isTensor } from '../../../src/tensor/tensor.ts'
import { isRecord } from '../../../src/tensor/tree.ts'
import { examples } from '../../exports/examples.ts'

const namespaces = { Net, Init, Opt, Loss, Reg, Update, Prior, Projection, Objective, Augment, Gan }

/** What has a function of a user's own in it, and so cannot be written. */
const own = new Set([
  ...[
    'Net.layer',
    'Net.lambda',
    'Opt.transformation',
    'Loss.custom',
    'Loss.hybrid',
    'Update.of',
    'Update.alternating',
    'Augment.of'
  ],
  ...['Objective.of', 'Objective.metric', 'Objective.from', 'Objective.scale', 'Objective.every', 'Objective.schedule']
])

/** What is no value that a spec holds, nor makes one. */
const besides = new Set([
  ...['Update.phase', 'Update.phaseWith', 'Opt.applyUpdates', 'Prior.shapeRule', 'Objective.Monoid_'],
  ...['Objective.named', 'Objective.isObjective', 'Objective.weightAt', 'Gan.objectiveOf'],
  ...[
    'Gan.compile',
    'Gan.train',
    'Gan.generate',
    'Gan.field',
    'Gan.adopt',
    'Gan.validate',
    'Gan.createPlay',
    'Gan.measurementsOf',
    'Reg.calibrateClamp'
  ],
  ...[
    'Gan.stateToJson',
    'Gan.stateFromJson',
    'Gan.specToJson',
    'Gan.specFromJson',
    'Gan.specToCode',
    'Gan.toSafetensors',
    'Gan.fromSafetensors'
  ],
  ...['Gan.networkToSafetensors', 'Gan.networkFromSafetensors']
])

/** Some constants are functions themselves: initializers. */
const isMaker = (x: unknown): x is (...args: readonly unknown[]) => unknown =>
  typeof x === 'function' && kindOf(x) === undefined

/** What a function makes by the example of its call, or a constant itself. */
const madeBy = (name: string, value: unknown): unknown => {
  if (name.endsWith('Monoid') || name.endsWith('MonoidOptimizer')) return (value as { readonly empty: unknown }).empty
  if (!isMaker(value)) return value
  const { args, then } = examples[name] ?? { args: () => [], then: undefined }
  const made: unknown = value(...args())
  return typeof made === 'function' && kindOf(made) === undefined
    ? Reflect.apply(made, undefined, then?.() ?? [])
    : made
}

const isPart = (x: unknown): boolean =>
  kindOf(x) !== undefined || (Array.isArray(x) && x.every((y) => kindOf(y) === 'term'))

const written = (x: unknown): { readonly text: string; readonly issues: readonly Gan.Issue[] } => {
  const issues: Gan.Issue[] = []
  const json = writeValue({ tell: (one) => void issues.push(one), depth: 0 }, x, [])
  return { text: JSON.stringify(json), issues }
}

const read = (text: string): { readonly value: unknown; readonly issues: readonly Gan.Issue[] } => {
  const issues: Gan.Issue[] = []
  return { value: readValue({ tell: (one) => void issues.push(one), depth: 0 }, JSON.parse(text), []), issues }
}

const found = Object.entries(namespaces).flatMap(([namespace, record]) =>
  Object.entries(record)
    .map(([name, value]): readonly [string, unknown] => [`${namespace}.${name}`, value])
    .filter(([name]) => !besides.has(name))
    .map(([name, value]) => [name, madeBy(name, value), isMaker(value)] as const)
)
const parts = found.filter(([name, x]) => isPart(x) && !own.has(name))

describe('what the namespaces export', () => {
  it('is a part of a spec, a spec, or numbers and words: nothing else is left out here', () => {
    const strange = found.filter(
      ([, x]) => !isPart(x) && !isSpec(x) && !isTensor(x) && !['number', 'string', 'boolean'].includes(typeof x)
    )
    expect(strange.map(([name]) => name)).toEqual([])
  })

  it.each(parts)('%s comes back from JSON as it was', (_, x) => {
    const { text, issues } = written(x)
    expect(Issue.show(issues)).toBe('0 warnings on this GAN')
    const again = read(text)
    expect(again.issues).toEqual([])
    expect(same(again.value, x)).toBe(true)
    expect(written(again.value).text).toBe(text)
  })

  it.each(parts.filter(([, , isMade]) => isMade))('%s holds all its arguments', (name, x) => {
    const { args, options: place } = examples[name]!
    const [value] = Array.isArray(x) ? (x as readonly unknown[]) : [x]
    const { options } = kinds[kindOf(value)!].callOf(value as never)
    const held = Object.values(options).flatMap((option) => [option, ...(Array.isArray(option) ? option : [])])
    args().forEach((argument, i) => {
      if (i === place && isRecord(argument))
        for (const [key, given] of Object.entries(argument))
          expect([key, same(options[key], given)]).toEqual([key, true])
      else expect([i, held.some((option) => same(option, argument))]).toEqual([i, true])
    })
  })

  it.each(found.filter(([name]) => own.has(name)))('%s is told to be of one’s own', (_, x) => {
    const { issues } = written(x)
    expect(issues.length).toBeGreaterThan(0)
    for (const { actual } of issues) expect(actual).toContain('a function of your own')
  })

  it.each(found.filter(([, x]) => isSpec(x)))('%s edits a spec that comes back as it was', (_, spec) => {
    const text = Gan.specToJson(spec as Gan.Spec)
    if (E.isLeft(text)) throw new Error(Issue.show(text.left))
    const again = Gan.specFromJson(text.right)
    if (E.isLeft(again)) throw new Error(Issue.show(again.left))
    expect(same(again.right, spec)).toBe(true)
    expect(Gan.specToJson(again.right)).toEqual(text)
  })

  it('is all that has a maker', () => {
    const made = new Set(
      found
        .filter(([, x]) => isPart(x))
        .flatMap(([, x]) =>
          (Array.isArray(x) ? (x as readonly unknown[]) : [x]).map((one) => {
            const kind = kindOf(one)!
            return `${kind} ${kinds[kind].callOf(one as never).name}`
          })
        )
    )
    const unmade = Object.entries(kinds).flatMap(([kind, { makers }]) =>
      Object.keys(makers)
        .map((name) => `${kind} ${name}`)
        .filter((name) => !made.has(name) && name !== 'loss custom')
    )
    expect(unmade).toEqual([])
  })
})
