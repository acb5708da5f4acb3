/**
 * What gpu.js or its back ends do to kernels as one might write them, each beside what ours do. Where a hazard is a
 * device's own and another one might do better, only our side is held to anything.
 */
import * as E from '#fp-ts/Either'
import { beforeAll, describe, expect, it } from 'vitest'
import { printKernel } from '../../../kernels/gpu/printKernel.ts'
import { kernelKey } from '../../../kernels/gpu/kernel.ts'
import { obstacleTo } from '../../../kernels/gpu/limits/obstacle.ts'
import { exactIntegers } from '../../../kernels/gpu/limits/ranges.ts'
import type { Scalar } from '../../../src/nest/expression.ts'
import {
  all,
  axis,
  binary,
  convert,
  int,
  literal,
  load,
  minus,
  plus,
  select,
  times,
  unary,
  within
} from '../../../src/nest/expression.ts'
import type { Operand } from '../../../src/nest/interpret.ts'
import type { Nest } from '../../../src/nest/nest.ts'
import type { Kernel } from '../../../src/compiler/schedule.ts'
import { errorAgainst } from '../../../src/tensor/compare.ts'
import type { Data } from '../../../src/tensor/dtype.ts'
import { gpuModes } from '../../support/gpuModes.ts'
import { randomProgram } from '../../support/randomPrograms.ts'
import { convolutionalSpec, ringSpec, trainingProgram, wganGpSpec } from '../../support/trainingPrograms.ts'
import { trialOf } from './support/jobs.ts'
import { breaches } from './support/language.ts'
import { runText, traceText } from './support/naive.ts'
import type { Job, SiteOptions } from './support/running.ts'
import { buffersFor, openSite, runInPipeline, runPlainly } from './support/running.ts'
import type { Trial } from './support/steps.ts'
import { stepsOf, trialsOf } from './support/steps.ts'

const nestOf = (domain: readonly number[], body: Scalar, extents?: readonly number[], combine: 'sum' | 'max' = 'sum'): Nest => ({ kind: 'nest', domain, dtype: body.dtype, body, ...(extents && { reduction: { extents, combine } }) }) // prettier-ignore
const flat = (data: Float32Array): Operand => ({ data, shape: [data.length] })
const counted = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => i)
const here = load(0, [axis(0)], 'float32')

/** As a plain function, and on every mode: on webasm with threads, too. */
const hold = async (nest: Nest, operands: readonly Operand[], tolerance = 0): Promise<void> => {
  const check = (actual: Data, expected: Data): void =>
    expect(errorAgainst(actual, expected)).toBeLessThanOrEqual(tolerance)
  for (const options of [{}, { quads: true }] satisfies SiteOptions[]) {
    const job = trialOf(nest, operands, options)
    check(runPlainly(job), job.expected)
    for (const mode of gpuModes)
      for (const threads of mode === 'webasm' ? [false, true] : [false]) {
        const { results } = await runInPipeline(mode, [job], { threads })
        check(results[0]!, job.expected)
      }
  }
}

const four = [4]
const naive = async (mode: (typeof gpuModes)[number], body: string, ...more: readonly (Float32Array | number)[]): Promise<readonly number[]> => Array.from((await runText(mode, `function(a${more.length > 0 ? ', n' : ''}) { ${body} }`, [counted(4), ...more], four)) as Float32Array) // prettier-ignore

describe.each(gpuModes)('on %s', (mode) => {
  it('loops whose bounds are no literals end after 1000 steps, without a word', async () => {
    const byArgument = 'let s = 0; for (let i = 0; i < n; i++) { s += 1; } return s;'
    expect(await naive(mode, byArgument, 5000)).toEqual([1000, 1000, 1000, 1000])
    const byCondition = 'let s = 0; let i = 0; while (i < 5000) { s += 1; i += 1; } return s;'
    expect(await naive(mode, byCondition)).toEqual([1000, 1000, 1000, 1000])
  })

  if (mode !== 'webasm')
    it('continue skips the update of such a loop, which webasm alone has right', async () => {
      const everyOther =
        'let s = 0; for (let i = 0; i < n; i++) { if (i - Math.floor(i / 2) * 2 < 1) { continue; } s += 1; } return s;'
      expect(await naive(mode, everyOther, 100)).toEqual([0, 0, 0, 0])
    })

  if (mode !== 'cpu')
    it('variables are floats, whatever they hold', async () => {
      expect(await naive(mode, 'const i = 16777216 + this.thread.x; return i - 16777216;')).toEqual([0, 0, 2, 4])
    })

  if (mode !== 'cpu')
    it('products of a thread by integers wrap', async () => {
      expect((await naive(mode, 'return this.thread.x * 70000 * 40000;'))[1]).toBeLessThan(0)
    })

  it('NaN is no literal', async () => {
    await expect(naive(mode, 'return a[this.thread.x] > 1 ? NaN : 1;')).rejects.toThrow('not defined')
  })

  if (mode === 'webgpu')
    it('Infinity is the largest number, maxima have two operands', async () => {
      expect((await naive(mode, 'return a[this.thread.x] > 1 ? Infinity : 1;'))[3]).toBe(3.4028234663852886e38)
      await expect(naive(mode, 'return Math.max(a[this.thread.x], 1, 2);')).rejects.toThrow('max')
    })

  if (mode === 'webgpu')
    it('expressions nested a hundred deep do not compile', async () => {
      await expect(naive(mode, `return ${'('.repeat(150)}a[0]${' * 0.5 + 1)'.repeat(150)};`)).rejects.toThrow('depth')
    })

  it('nested some thousand deep they overflow the stack', async () => {
    await expect(naive(mode, `return ${'('.repeat(3000)}a[0]${' + 1)'.repeat(3000)};`)).rejects.toThrow('call stack')
  })

  if (mode === 'webasm')
    it('reads far outside trap', async () => {
      const far = runText(mode, 'function(a) { return a[this.thread.x + 300000000]; }', [counted(5)], [5])
      await expect(far).rejects.toThrow('out of bounds')
    })

  it('a size that is set anew while a pipeline is traced is that of steps before it, too', async () => {
    const rows = (await traceText(
      mode,
      'function(a) { return a[0] + this.thread.y * 10 + this.thread.x; }',
      [counted(4)],
      [2, 2],
      (kernel, [a]) => {
        const first = kernel(a)
        kernel.setOutput([3, 2])
        return [first, kernel(a)]
      }
    )) as readonly (readonly Float32Array[])[]
    expect(rows[0]!.map((row) => Array.from(row))).not.toEqual([
      [0, 1],
      [10, 11]
    ])
  })

  it('empty arrays cannot be passed', async () => {
    await expect(runText(mode, 'function(a) { return 1; }', [new Float32Array(0)], four)).rejects.toThrow('undefined')
  })
})

describe('ours', () => {
  it.each([999, 1000, 1001, 5000, 70_000])('sum and compare %d terms to the last', async (extent) => {
    const operands = [flat(Float32Array.from({ length: extent }, (_, i) => (i % 7) - 3 + (i === extent - 1 ? 9 : 0)))]
    await hold(nestOf([], here, [extent]), operands)
    await hold(nestOf([], here, [extent], 'max'), operands)
  })

  it('divide indices exactly, by every divisor up to 400', async () => {
    const jobs = Array.from({ length: 399 }, (_, i) => {
      const n = i + 2
      return trialOf(nestOf([n * 5 + 1], convert(binary('floorDivide', axis(0), int(n)), 'float32')), [])
    })
    for (const mode of gpuModes) {
      const { results } = await runInPipeline(mode, jobs)
      jobs.forEach(({ expected }, i) => expect(results[i]).toEqual(expected))
    }
  })

  it('have no integers beyond those that floats hold', () => {
    const large = nestOf([4], plus(times(axis(0), 2 ** 23), int(1)))
    expect(obstacleTo(large, [])?.reason).toBe('number')
    const longArray = { shape: [2 ** 24 + 1], range: { low: 0, high: 0 } }
    expect(obstacleTo(nestOf([4], here), [longArray])?.reason).toBe('size')
    expect(obstacleTo(nestOf([4096, 4097], literal(1)), [])?.reason).toBe('size')
  })

  it('index products that a 32-bit integer would wrap', async () => {
    const body = load(0, [minus(times(axis(0), 70000), times(axis(0), 69999))], 'float32')
    await hold(nestOf([200], body), [flat(counted(200))])
    expect(obstacleTo(nestOf([2000], load(0, [times(axis(0), 70000)], 'float32')), [{ shape: [2000 * 70000], range: { low: 0, high: 0 } }])).toBeDefined() // prettier-ignore
  })

  it('have a tanh for large numbers and powers of negative ones', async () => {
    const wide = Float32Array.from({ length: 256 }, (_, i) => (i - 128) * 3)
    await hold(nestOf([256], unary('tanh', here)), [flat(wide)], 1e-6)
    const small = Float32Array.from({ length: 64 }, (_, i) => (i - 32) / 8)
    for (const n of [1, 2, 3, 5]) await hold(nestOf([64], binary('pow', here, literal(n))), [flat(small)], 1e-6)
    const cubed = binary('pow', here, load(1, [axis(0)], 'float32'))
    await hold(nestOf([64], cubed), [flat(small), flat(new Float32Array(64).fill(3))], 1e-5)
  })

  it.each([1, 2, 3, 5, 4095, 4097, 5003])('compute %d numbers in fours, and none of them outside', async (size) => {
    const place = minus(axis(0), 2)
    const body = select(all(within(place, size)), load(0, [place], 'float32'), literal(-1))
    await hold(nestOf([size + 3], body), [flat(counted(size))])
  })

  it('are another kernel for every size', async () => {
    const [small, large] = [8, 16].map((size) =>
      trialOf(nestOf([size], here), [flat(counted(size))])
    ) as unknown as readonly [Job, Job]
    const kernelOf = ({ launches }: Job) => launches[0]!.kernel
    expect(kernelOf(small).source).toBe(kernelOf(large).source)
    expect(kernelKey(kernelOf(small))).not.toBe(kernelKey(kernelOf(large)))
    for (const mode of gpuModes) {
      const { results } = await runInPipeline(mode, [small, large, small])
      expect(results.map(({ length }) => length)).toEqual([8, 16, 8])
      expect(results[1]).toEqual(counted(16))
    }
  })

  it('take bodies of a thousand operations', async () => {
    const body = Array.from({ length: 500 }).reduce<Scalar>((x) => binary('add', binary('mul', x, literal(0.5)), here), here) // prettier-ignore
    await hold(nestOf([8], body), [flat(counted(8))], 1e-6)
  })

  it('are none for numbers that are no literals, empty arrays, or eight operands', () => {
    for (const value of [NaN, Infinity, -Infinity, 1e39])
      expect(obstacleTo(nestOf([4], literal(value)), [])?.reason).toBe('number')
    expect(obstacleTo(nestOf([0], literal(1)), [])?.reason).toBe('size')
    expect(obstacleTo(nestOf([4], literal(1)), [{ shape: [0], range: { low: 0, high: 0 } }])?.reason).toBe('size')
    const arrays = Array.from({ length: 8 }, () => new Float32Array(4))
    const terms = arrays.map((_, n) => load(n, [axis(0)], 'float32'))
    const sum: Kernel = {
      kind: 'loops',
      reads: arrays.map((_, buffer) => ({ buffer, shape: four })),
      writes: [8],
      primitives: [],
      nest: { domain: four, outputs: [{ dtype: 'float32', body: terms.reduce((a, b) => binary('add', a, b)) }] }
    }
    expect(printKernel(sum, openSite(buffersFor(arrays, 4)).site)).toMatchObject({ left: { reason: 'arguments' } })
  })

  it('hold up to integers at the end of what floats have', async () => {
    const data = Int32Array.of(exactIntegers, -exactIntegers, exactIntegers - 1, 0)
    await hold(nestOf(four, load(0, [axis(0)], 'int32')), [{ data, shape: four }])
  })
})

describe('the text of every kernel', () => {
  let trials: readonly Trial[] = []
  beforeAll(async () => {
    const programs = await Promise.all([
      trainingProgram(ringSpec(16), 8),
      trainingProgram(wganGpSpec(16), 8),
      trainingProgram(convolutionalSpec(4), 4)
    ])
    const others = Array.from({ length: 80 }, (_, seed) => randomProgram(seed, 8))
    trials = [...programs, ...others].flatMap(({ program, inputs }) => {
      const steps = stepsOf(
        program,
        inputs.map((data) => (data instanceof Float64Array ? Float32Array.from(data) : data))
      )
      return [{}, { quads: true }].flatMap((options) => trialsOf(steps, options))
    })
  })

  it('is in the language that all back ends share', () => {
    const kernels = trials.flatMap(({ launches }) => launches)
    expect(kernels.length).toBeGreaterThan(1000)
    for (const { kernel } of kernels) expect(breaches(kernel.source), kernel.source).toEqual([])
  })

  it('takes each array that it reads, once, and at most seven', () => {
    for (const { launches } of trials)
      for (const { kernel, reads } of launches) {
        const names = /^function\(([^)]*)\)/.exec(kernel.source)![1]!
        expect(names.split(', ').filter((name) => name !== '').length).toBe(reads.length)
        expect(new Set(reads).size).toBe(reads.length)
        expect(reads.length).toBeLessThanOrEqual(7)
      }
  })

  it('is for rows of fours', () => {
    for (const { launches } of trials)
      for (const { kernel } of launches) expect(kernel.output[0] % 4, kernel.source).toBe(0)
  })
})

describe('division', () => {
  it('by WGSL is off by more than floor forgives, as 41 / 41 may be', () => {
    const inexact = (x: number, n: number): number => Math.fround((x / n) * (1 - 2.5 * 2 ** -23))
    expect(Math.floor(inexact(41, 41))).toBe(0)
    expect(Math.floor(inexact(41 + 0.5, 41))).toBe(1)
  })
})

it('a job that does not print is none', () => {
  expect(() => trialOf(nestOf(four, literal(NaN)), [])).toThrow('NaN')
  expect(E.isLeft(printKernel({ kind: 'routine', primitive: 'argsort', params: {}, operands: [], result: { shape: four, dtype: 'int32' }, reads: [], writes: [0], primitives: [] }, openSite([]).site))).toBe(true) // prettier-ignore
})
