import { describe, expect, it } from 'vitest'
import type { EngineName } from '../../src/engines/select.ts'
import { Augment, Gan, Random, add, div, mul, reshape, sin, slice, sum, tensor } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { compile } from '../../src/transform/compile.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import { grad } from '../../src/transform/grad.ts'
import { hvp } from '../../src/transform/hvp.ts'
import {
  mismatch,
  ownReferenceFolder,
  readReference,
  referenceEngine,
  referenceFolder,
  referenceTolerance
} from '../support/reference.ts'
import type { AugmentCase, ControllerCase } from '../support/referenceAugment.ts'
import { readAugmentations, readControllers } from '../support/referenceAugment.ts'

/** Output, gradient of sum(cotangent y), and the Hessian of sum(cotangent sin y) times the tangent. */
const all =
  ({ run, cotangent, matrices }: AugmentCase) =>
  (x: Tensor, tangent: Tensor) => ({
    output: run(x),
    gradient: grad((at: Tensor) => sum(mul(cotangent, run(at))))(x),
    hvp: hvp((at: Tensor) => sum(mul(cotangent, sin(run(at)))))(x, tangent),
    ...(matrices === undefined ? {} : { matrices: matrices.run() })
  })

const problemsOf = (
  one: AugmentCase,
  actual: ReturnType<ReturnType<typeof all>>,
  tolerance: number
): readonly string[] => [
  ...(['output', 'gradient', 'hvp'] as const).flatMap((field) =>
    mismatch(`${one.where}.${field}`, actual[field], one[field], tolerance)
  ),
  ...(one.matrices === undefined
    ? []
    : mismatch(`${one.where}.matrices`, actual.matrices!, one.matrices.expected, tolerance))
]

const scalar = (value: number): Tensor => ({ shape: [], dtype: 'float32', data: Float64Array.of(value) })

/** Drives the figure of `Augment.adaptive` with scores as they are in the file: r and p after each adjustment. */
const driven = ({ target, every, images, initial, scores }: ControllerCase) => {
  const [entry] = Augment.adaptive({ target, every, images, initial }).control('discriminator')
  const [adjustments = 0, , batch = 0] = scores.shape
  return (given: Tensor) => {
    // A state begins in single precision; the file does in double.
    let memories: Readonly<Record<string, Tensor>> = { 'augmentation/probability': scalar(initial) }
    return Array.from({ length: adjustments }, (_, i) => {
      const own = Array.from({ length: every }, (__, j) => slice(given, { start: [i, j], end: [i + 1, j + 1] })).map(
        (x) => reshape(x, [batch])
      )
      const r = div(
        own.map((x) => Augment.signs(x)).reduce((a, b) => add(a, b)),
        every
      )
      for (const x of own) {
        const next: Record<string, Tensor> = { ...memories }
        const play = Gan.createPlay({
          networks: { discriminator: (y) => y as Tensor },
          real: () => x,
          latent: x,
          key: Random.key(0),
          step: tensor(0, [], 'int32'),
          memories,
          onRemember: (name, value) => (next[name] = value)
        })
        entry!.term(play(entry!.name, 0))
        memories = next
      }
      return { r, p: memories['augmentation/probability']! }
    })
  }
}

const controllerProblems = (
  { where, r, p }: ControllerCase,
  actual: ReturnType<ReturnType<typeof driven>>,
  tolerance: number
): readonly string[] =>
  actual.flatMap((found, i) => [
    ...mismatch(`${where}.r[${String(i)}]`, found.r, scalar(r[i]!), tolerance),
    ...mismatch(`${where}.p[${String(i)}]`, found.p, scalar(p[i]!), tolerance)
  ])

const contents = readReference('augment.json')
const cases = readAugmentations('augment.json', contents)
const controllers = readControllers('augment.json', contents)
const precisions = referenceEngine === 'reference' ? (['float64', 'float32'] as const) : (['float32'] as const)

const run = async <A extends readonly Tensor[], R>(
  f: (...args: A) => R,
  precision: 'float64' | 'float32',
  ...args: A
): Promise<R> =>
  referenceEngine === 'reference'
    ? evaluate(f, { precision })(...args)
    : await compile(f, { engine: referenceEngine as EngineName })(...args)

describe.each(precisions)(`augmentations against ${referenceFolder} on ${referenceEngine} in %s`, (precision) => {
  it.each(cases.map((one) => [`${one.name} ${one.where}`, one] as const))('%s', async (_, one) => {
    const actual = await run(all(one), precision, one.input, one.tangent)
    expect(problemsOf(one, actual, referenceTolerance[precision])).toEqual([])
  })
  it.each(controllers.map((one) => [one.where, one] as const))('controller %s', async (_, one) => {
    const actual = await run(driven(one), precision, one.scores)
    expect(controllerProblems(one, actual, referenceTolerance[precision])).toEqual([])
  })
})

const nudge = (numbers: number[], i: number): void => {
  numbers[i]! += 1e-6
}

describe('the check itself', () => {
  const own = readReference('augment.json', ownReferenceFolder) as {
    readonly cases: readonly Record<string, any>[]
    readonly controllers: readonly Record<string, any>[]
  }
  const names = [...new Set(readAugmentations('augment.json', own).map(({ name }) => name))]
  it.each(names)('sees one number changed: %s', (name) => {
    const copy = structuredClone(own.cases.find((one) => one['name'] === name))!
    const fields = ['output', 'gradient', 'hvp', ...('matrices' in copy ? ['matrices'] : [])]
    for (const field of fields) nudge(copy[field].data, 0)
    const [one] = readAugmentations('changed', { cases: [copy] })
    const actual = evaluate(all(one!), { precision: 'float64' })(one!.input, one!.tangent)
    expect(problemsOf(one!, actual, 1e-9)).toHaveLength(fields.length)
  })
  it('sees one probability changed', () => {
    const copy = structuredClone(own.controllers[0])!
    nudge(copy['p'], 1)
    const [one] = readControllers('changed', { controllers: [copy] })
    const actual = evaluate(driven(one!), { precision: 'float64' })(one!.scores)
    expect(controllerProblems(one!, actual, 1e-9)).toHaveLength(1)
  })
  it('refuses what it cannot read', () => {
    expect(() => readAugmentations('changed', { cases: [{ name: 'constructor' }] })).toThrow('an unknown case')
    expect(() => readAugmentations('changed', {})).toThrow('no list')
    expect(() => readControllers('changed', { controllers: [{ name: 'other' }] })).toThrow('an unknown controller')
    const copy = structuredClone(own.cases[0])!
    copy['attrs'].further = 1
    expect(() => readAugmentations('changed', { cases: [copy] })).toThrow('nobody asked for it')
  })
})
