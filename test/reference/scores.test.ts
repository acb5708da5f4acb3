import { describe, expect, it } from 'vitest'
import * as Lab from '../../src/lab/lab.ts'
import { add, compile, evaluate, matmul, reshape, tanh } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import type { EngineName } from '../../src/engines/select.ts'
import type { Fields } from '../support/reference.ts'
import {
  fieldsAt,
  listAt,
  mismatch,
  numberAt,
  numbersAt,
  ownReferenceFolder,
  readReference,
  referenceEngine,
  referenceFolder,
  referenceTolerance,
  tensorAt,
  unreadable
} from '../support/reference.ts'

/** Looks at one case: what differs from the file, in words. */
type Check = (where: string, one: Fields, attrs: Fields) => readonly string[] | Promise<readonly string[]>

const double = referenceTolerance.float64
const limitAt = (where: string, x: unknown): number =>
  x === 'inf' ? Infinity : x === '-inf' ? -Infinity : numberAt(where, x)
const number = (where: string, one: Fields, field: string, actual: number, tolerance = double): readonly string[] => {
  const expected = limitAt(`${where}.${field}`, one[field])
  const off = expected === actual ? 0 : Math.abs(actual - expected) / Math.max(1, Math.abs(expected))
  return off <= tolerance ? [] : [`${where}.${field}: ${String(actual)}, not ${String(expected)}`]
}
const list = (where: string, one: Fields, field: string, actual: readonly number[]): readonly string[] => {
  const expected = numbersAt(`${where}.${field}`, one[field])
  if (expected.length !== actual.length) return [`${where}.${field}: ${String(actual.length)} numbers`]
  return expected.flatMap((value, i) => number(where, { [field]: value }, field, actual[i]!))
}
const textAt = (where: string, x: unknown): string => (typeof x === 'string' ? x : unreadable(where, 'no text'))
const onlyKeys = (where: string, fields: Fields, keys: readonly string[]): void => {
  for (const key of Object.keys(fields)) if (!keys.includes(key)) unreadable(`${where}.${key}`, 'an unknown field')
  for (const key of keys) if (!(key in fields)) unreadable(`${where}.${key}`, 'a missing field')
}

/** The generator of the file: an MLP with tanh, its last layer linear. */
const generatorAt = (where: string, x: unknown): ((z: Tensor) => Tensor) => {
  const [w1, b1, w2, b2, w3, b3] = listAt(where, x).map((item, i) => tensorAt(`${where}[${String(i)}]`, item))
  return (z) => add(matmul(tanh(add(matmul(tanh(add(matmul(z, w1!), b1!)), w2!), b2!)), w3!), b3!)
}

/** Runs a traced function in double precision, or on the engine under test. */
const run = async <R>(f: (...args: Tensor[]) => R, ...args: Tensor[]): Promise<R> =>
  referenceEngine === 'reference'
    ? evaluate(f, { precision: 'float64' })(...args)
    : compile(f, { engine: referenceEngine as EngineName })(...args)
const tolerance = referenceEngine === 'reference' ? double : referenceTolerance.float32

const pathAt = (where: string, attrs: Fields): 'linear' | 'spherical' => {
  const path = textAt(`${where}.interpolation`, attrs['interpolation'])
  return path === 'linear' || path === 'spherical' ? path : unreadable(where, path)
}

const checks: Readonly<Record<string, Check>> = {
  classifierScore: (where, one, attrs) => {
    const splits = numberAt(`${where}.splits`, attrs['splits'])
    const { scores, mean, deviation } = Lab.classifierScore(tensorAt(where, one['probabilities']), { splits })
    return [
      ...list(where, one, 'scores', scores),
      ...number(where, one, 'mean', mean),
      ...number(where, one, 'deviation', deviation)
    ]
  },
  frechet: (where, one) => {
    const [real, fake] = [tensorAt(where, one['real']), tensorAt(where, one['fake'])]
    const singular = one['singular'] === true
    return number(where, one, 'value', Lab.frechetDistance(real, fake), singular ? 1e-6 : double)
  },
  kernelDistance: (where, one) =>
    number(where, one, 'value', Lab.kernelDistance(tensorAt(where, one['real']), tensorAt(where, one['fake']))),
  precisionRecall: (where, one, attrs) => {
    const k = numberAt(`${where}.k`, attrs['k'])
    const { precision, recall } = Lab.precisionRecall(tensorAt(where, one['real']), tensorAt(where, one['fake']), { k })
    return [...number(where, one, 'precision', precision), ...number(where, one, 'recall', recall)]
  },
  densityCoverage: (where, one, attrs) => {
    const k = numberAt(`${where}.k`, attrs['k'])
    const found = Lab.densityCoverage(tensorAt(where, one['real']), tensorAt(where, one['fake']), { k })
    return [...number(where, one, 'density', found.density), ...number(where, one, 'coverage', found.coverage)]
  },
  pathLength: async (where, one, attrs) => {
    const G = generatorAt(`${where}.generator`, one['generator'])
    const [z0, z1] = [tensorAt(where, one['z0']), tensorAt(where, one['z1'])]
    const { z, velocity } = Lab.interpolate(z0, z1, tensorAt(where, one['t']), { path: pathAt(where, attrs) })
    const speeds = await run(Lab.pathSpeeds(G), z, velocity)
    const mean = meanOf(speeds)
    return [
      ...mismatch(`${where}.perSample`, speeds, tensorAt(where, one['perSample']), tolerance),
      ...number(where, one, 'value', mean, tolerance)
    ]
  },
  interpolationSmoothness: async (where, one, attrs) => {
    const G = generatorAt(`${where}.generator`, one['generator'])
    const [z0, z1] = [tensorAt(where, one['z0']), tensorAt(where, one['z1'])]
    const steps = numberAt(`${where}.steps`, attrs['steps'])
    const images = await Promise.all(
      Array.from({ length: steps + 1 }, (_, i) =>
        run(G, Lab.interpolate(z0, z1, i / steps, { path: pathAt(where, attrs) }).z)
      )
    )
    const all = images.flatMap(({ data }) => [...data])
    const outputs: Tensor = {
      shape: [images.length, ...images[0]!.shape],
      dtype: 'float32',
      data: referenceEngine === 'reference' ? new Float64Array(all) : new Float32Array(all)
    }
    const [lengths, perPair] = await run((x) => [Lab.stepLengths(x), Lab.unevenness(x)] as const, outputs)
    const mean = meanOf(perPair)
    const expected = tensorAt(`${where}.steps`, one['steps'])
    return [
      ...mismatch(`${where}.steps`, expected.shape[0] === steps ? lengths : transposed(lengths), expected, tolerance),
      ...mismatch(`${where}.perPair`, perPair, tensorAt(where, one['perPair']), tolerance),
      ...number(where, one, 'value', mean, tolerance)
    ]
  },
  conditioning: (where, one) => {
    const found = Lab.conditioningOf(tensorAt(where, one['jacobian']))
    return [
      ...mismatch(`${where}.singularValues`, row(found.singularValues), tensorAt(where, one['singularValues']), double),
      ...(['rank', 'effectiveRank', 'logCondition', 'logDeterminant'] as const).flatMap((field) =>
        number(where, one, field, found[field])
      )
    ]
  },
  averageSpectrum: (where, one) => {
    const found = Lab.averageSpectrum(tensorAt(where, one['jacobians']))
    return [
      ...(['singularValues', 'meanOfSingularValues'] as const).flatMap((field) =>
        mismatch(`${where}.${field}`, row(found[field]), tensorAt(where, one[field]), double)
      ),
      ...(['meanLogCondition', 'deviationLogCondition'] as const).flatMap((field) =>
        number(where, one, field, found[field])
      )
    ]
  },
  classHistogram: (where, one, attrs) => {
    const classes = numberAt(`${where}.classes`, attrs['classes'])
    const labels = (): Tensor => {
      const numbers = numbersAt(`${where}.labels`, one['labels'])
      return { shape: [numbers.length], dtype: 'int32', data: new Int32Array(numbers) }
    }
    const found =
      'labels' in one
        ? Lab.labelHistogram(labels(), classes)
        : Lab.classHistogram(tensorAt(`${where}.probabilities`, one['probabilities']))
    return [
      ...list(where, one, 'counts', found.counts),
      ...(['leastCount', 'leastClass', 'missing', 'entropy'] as const).flatMap((field) =>
        number(where, one, field, found[field])
      )
    ]
  },
  collision: (where, one, attrs) => {
    const [support, samples] = ['support', 'samples'].map((name) => numberAt(`${where}.${name}`, attrs[name]))
    const probability = Lab.collisionProbability({ support: support!, samples: samples! })
    return number(where, one, 'probability', probability)
  },
  samplesForHalf: (where, one, attrs) =>
    number(where, one, 'samples', Lab.samplesForCollision(numberAt(where, attrs['support']))),
  supportSize: (where, one, attrs) => {
    const { from, ...seen } = attrs
    const fields: Readonly<Record<string, readonly string[]>> = {
      pairs: ['samples', 'pairs'],
      trials: ['samples', 'trials', 'withDuplicate'],
      half: ['samples']
    }
    const names = fields[textAt(where, from)] ?? unreadable(where, String(from))
    onlyKeys(where, seen, names)
    return number(where, one, 'support', Lab.supportSize(seen as unknown as Lab.Duplicates))
  }
}

const row = (values: readonly number[]): Tensor => ({
  shape: [values.length],
  dtype: 'float32',
  data: new Float64Array(values)
})

const meanOf = (x: Tensor): number => Array.from(x.data).reduce((sum, value) => sum + value, 0) / x.data.length

/** [a, b] as [b, a]. */
const transposed = (x: Tensor): Tensor => {
  const [rows, columns] = [x.shape[0]!, x.shape[1]!]
  const data = x.data.map((_: number, i: number) => x.data[(i % rows) * columns + Math.floor(i / rows)]!)
  return reshape({ ...x, data: data as Tensor['data'] }, [columns, rows])
}

interface Case {
  readonly name: string
  readonly where: string
  readonly fields: Fields
}

const readCases = (name: string, contents: unknown): readonly Case[] => {
  const cases = listAt(`${name}.cases`, fieldsAt(name, contents)['cases'])
  if (cases.length === 0) unreadable(name, 'no cases')
  return cases.map((item, i) => {
    const where = `${name}.cases[${String(i)}]`
    const fields = fieldsAt(where, item)
    const found = textAt(`${where}.name`, fields['name'])
    if (!Object.hasOwn(checks, found)) unreadable(where, `an unknown figure ${found}`)
    return { name: found, where, fields }
  })
}
const problemsOf = async ({ name, where, fields }: Case): Promise<readonly string[]> =>
  checks[name]!(where, fields, fieldsAt(`${where}.attrs`, fields['attrs']))

const file = readCases('scores.json', readReference('scores.json'))

describe(`the lab's figures against ${referenceFolder} on ${referenceEngine}`, () => {
  it.each(file.map((one) => [`${one.name} ${one.where}`, one] as const))('%s', async (_, one) => {
    expect(await problemsOf(one)).toEqual([])
  })
})

describe('the check itself', () => {
  const contents = readReference('scores.json', ownReferenceFolder) as { readonly cases: readonly Fields[] }
  const answers = { value: 1, mean: 1, precision: 1, density: 1, perPair: 1, counts: 1, probability: 1, support: 1 }
  it.each(Object.keys(checks))('sees one number changed: %s', async (name) => {
    const one = structuredClone(contents.cases.find((item) => item['name'] === name)) as Record<string, unknown>
    const field =
      Object.keys(answers).find((key) => key in one) ?? (name === 'samplesForHalf' ? 'samples' : 'singularValues')
    const holder = one[field]
    if (Array.isArray(holder)) holder[0] = Number(holder[0]) + 1
    else if (typeof holder === 'object' && holder !== null) (holder as { data: number[] }).data[0]! += 1
    else one[field] = Number(holder) + 1
    const [changed] = readCases('changed', { cases: [one] })
    expect(await problemsOf(changed!)).toHaveLength(1)
  })
  it('refuses what it cannot read', () => {
    expect(() => readCases('changed', { cases: [] })).toThrow('no cases')
    expect(() => readCases('changed', { cases: [{ name: 'constructor' }] })).toThrow('unknown figure')
  })
})
