import * as E from '#fp-ts/Either'
import { describe, expect, it } from 'vitest'
import type { KnownOperand, Obstacle } from '../../../../kernels/gpu/limits/obstacle.ts'
import { obstacleTo } from '../../../../kernels/gpu/limits/obstacle.ts'
import { exactIntegers, rangeOfResult, rangesOf } from '../../../../kernels/gpu/limits/ranges.ts'
import { openSource } from '../../../../kernels/gpu/source/source.ts'
import { quotient, remainder } from '../../../../kernels/gpu/source/indices.ts'
import type { Scalar } from '../../../../src/nest/expression.ts'
import type { BinaryName, IntegerName } from '../../../../src/nest/functions.ts'
import {
  all,
  axis,
  binary,
  compare,
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
} from '../../../../src/nest/expression.ts'
import { interpret } from '../../../../src/nest/interpret.ts'
import type { Operand } from '../../../../src/nest/interpret.ts'
import type { Nest } from '../../../../src/nest/nest.ts'
import { errorAgainst } from '../../../../src/tensor/compare.ts'
import { sizeOf } from '../../../../src/tensor/shape.ts'
import { drawsFrom } from '../../../support/draws.ts'
import { gpuModes } from '../../../support/gpuModes.ts'
import { printLoops } from '../../../../kernels/gpu/printLoops.ts'
import { jobOf, sourceOf, trialOf } from '../support/jobs.ts'
import type { Job } from '../support/running.ts'
import { buffersFor, openSite, runInPipeline, runPlainly } from '../support/running.ts'

const modes = gpuModes
/** Where NaN and infinity are what they are in JavaScript. */
const exactModes = gpuModes.filter((mode) => mode === 'webasm' || mode === 'cpu')

const printed = (job: E.Either<Obstacle, Job>): Job => {
  if (E.isLeft(job)) throw new Error(job.left.actual)
  return job.right
}

/** Arrays of zeros. */
const zeros = (...shapes: readonly (readonly number[])[]): readonly Operand[] =>
  shapes.map((shape) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) }))
const nestOf = (
  domain: readonly number[],
  body: Scalar,
  extents?: readonly number[],
  combine: 'sum' | 'max' = 'sum'
): Nest => ({
  kind: 'nest',
  domain,
  dtype: body.dtype,
  body,
  ...(extents && { reduction: { extents, combine } })
})

describe('the text of a kernel', () => {
  it('is flat: one operation a line, equal ones once, each outside the loops it does not need', () => {
    const x = load(0, [axis(0)], 'float32')
    const y = load(1, [axis(1)], 'float32')
    const twice = binary('mul', unary('exp', x), y)
    const job = trialOf(nestOf([4], binary('add', twice, twice), [11]), zeros([4], [11]))
    expect(job.launches[0]).toMatchObject({ reads: [0, 1], writes: 2 })
    expect(sourceOf(job)).toBe(
      [
        'function(a0, a1) {',
        '  const t0 = this.thread.x;',
        '  const t1 = a0[t0];',
        '  const t2 = Math.exp(t1);',
        '  let s0 = 0;',
        '  let p0 = 0;',
        '  for (let r0 = 0; r0 < 11; r0++) {',
        '    const t3 = a1[p0];',
        '    const t4 = t2 * t3;',
        '    const t5 = t4 + t4;',
        '    s0 = s0 + t5;',
        '    p0 = p0 + 1;',
        '  }',
        '  return s0;',
        '}'
      ].join('\n')
    )
  })

  it('takes several terms a step, at places that move on', () => {
    const job = trialOf(nestOf([4], load(0, [axis(1), axis(0)], 'float32'), [10]), zeros([10, 4]))
    expect(sourceOf(job)).toBe(
      [
        'function(a0) {',
        '  const t0 = this.thread.x;',
        '  let s0 = 0;',
        '  let p0 = t0;',
        '  for (let r0 = 0; r0 < 2; r0++) {',
        '    const t1 = a0[p0];',
        '    const t2 = p0 + 4;',
        '    const t3 = a0[t2];',
        '    const t4 = t1 + t3;',
        '    const t5 = p0 + 8;',
        '    const t6 = a0[t5];',
        '    const t7 = p0 + 12;',
        '    const t8 = a0[t7];',
        '    const t9 = p0 + 16;',
        '    const t10 = a0[t9];',
        '    const t11 = t8 + t10;',
        '    const t12 = t6 + t11;',
        '    const t13 = t4 + t12;',
        '    s0 = s0 + t13;',
        '    p0 = p0 + 20;',
        '  }',
        '  return s0;',
        '}'
      ].join('\n')
    )
  })

  it('has four cells or a multiple, the last of which do work that was done', () => {
    const job = trialOf(nestOf([5], load(0, [minus(int(4), axis(0))], 'float32')), zeros([5]))
    expect(job.launches[0]!.kernel.output).toEqual([8])
    expect(sourceOf(job)).toContain('Math.min(t0, 4)')
  })

  it('takes only arrays that it reads, each once whatever shapes it is seen under', () => {
    const flat = load(2, [axis(0)], 'float32')
    const square = load(1, [int(1), int(0)], 'float32')
    const { site } = openSite(buffersFor([new Float32Array(2), new Float32Array(4)], 4))
    const work = {
      kind: 'loops',
      primitives: [],
      writes: [2],
      reads: [
        { buffer: 0, shape: [2] },
        { buffer: 1, shape: [2, 2] },
        { buffer: 1, shape: [4] }
      ],
      nest: { domain: [4], outputs: [{ dtype: 'float32', body: binary('add', flat, square) }] }
    } as const
    expect(printLoops(work, site)).toMatchObject({ right: [{ reads: [1], writes: 2 }] })
  })

  it('keeps what an untaken branch reads inside the array, so that no scalar tail traps', async () => {
    for (const size of [1, 2, 3, 4, 5, 6, 7, 9]) {
      const place = minus(axis(0), 3)
      const body = select(all(within(place, size)), load(0, [place], 'float32'), literal(7))
      const operands = [{ data: Float32Array.from({ length: size }, (_, i) => i + 1), shape: [size] }]
      const nest = nestOf([size + 6], body)
      const job = trialOf(nest, operands)
      expect(runPlainly(job)).toEqual(job.expected)
      for (const mode of modes) expect((await runInPipeline(mode, [job])).results).toEqual([job.expected])
    }
  })
})

describe('loops', () => {
  it.each([1, 2, 511, 512, 513, 1000, 1009, 4096, 65536, 100003])('run %d times, not 1000 at most', async (extent) => {
    const data = Float32Array.from({ length: extent }, (_, i) => (i % 7) - 3)
    const operands = [{ data, shape: [extent] }]
    const body = load(0, [axis(0)], 'float32')
    const jobs = (['sum', 'max'] as const).map((combine) => trialOf(nestOf([], body, [extent], combine), operands))
    for (const mode of modes)
      expect((await runInPipeline(mode, jobs)).results).toEqual(jobs.map(({ expected }) => expected))
  })

  it('sum a million numbers to six digits', async () => {
    const operands = [{ data: new Float32Array(1_000_000).fill(0.1), shape: [1_000_000] }]
    const nest = nestOf([2], load(0, [axis(1)], 'float32'), [1_000_000])
    const job = trialOf(nest, operands)
    const { results } = await runInPipeline('webasm', [job])
    expect(errorAgainst(results[0]!, job.expected)).toBeLessThan(3e-6)
  })

  it('start a maximum from the first element, and pass NaN on', async () => {
    const rows = [
      [-Infinity, -Infinity],
      [-1, NaN],
      [NaN, 5],
      [-3, -2],
      [Infinity, -Infinity]
    ]
    const operands = [{ data: Float32Array.from(rows.flat()), shape: [5, 1, 2, 1] }]
    const nest = nestOf([5], load(0, [axis(0), axis(1), axis(2), axis(3)], 'float32'), [1, 2, 1], 'max')
    const job = trialOf(nest, operands)
    for (const mode of exactModes)
      expect((await runInPipeline(mode, [job])).results).toEqual([Float32Array.of(-Infinity, NaN, NaN, -2, Infinity)])
  })
})

describe('index arithmetic', () => {
  it.each([
    [5592405, 3],
    [409200, 41],
    [16, 1000003],
    [2396745, 7],
    [3, 5, 1118480]
  ])('is exact in %d, %d', async (...domain) => {
    const jobs = domain.map((_, i) => printed(jobOf(nestOf(domain, convert(axis(i), 'float32')), [])))
    for (const [i, job] of jobs.entries()) {
      const inner = domain.slice(i + 1).reduce((a, b) => a * b, 1)
      const result = (await runInPipeline('webasm', [job])).results[0]!
      expect(result.length).toBe(sizeOf(domain))
      let wrong = 0
      for (let x = 0; x < result.length; x++) if (result[x] !== Math.floor(x / inner) % domain[i]!) wrong++
      expect(wrong).toBe(0)
    }
  })

  /** x / n in float32, off by the two and a half units in the last place that WGSL allows. */
  const inexact = (x: number, n: number, ulps: number): number => Math.fround((x / n) * (1 + ulps * 2 ** -23))

  it('is exact where division is not', () => {
    for (const n of [2, 3, 7, 41, 100, 257, 1000, 65537, 400_000])
      for (const part of [quotient, remainder]) {
        const { line, linesAt } = openSource()
        const result = part(line, { text: 'x', depth: 0 }, n, 2 ** 20 - 1)
        const text = `${linesAt(0).join('\n')} return ${result.text}`
          .replaceAll(/ \/ (\d+)\)/g, ', $1))')
          .replaceAll('floor(', 'floor(divide(')
        // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text of a kernel is what is tested
        const f = new Function('x', 'divide', text) as (x: number, divide: (x: number, n: number) => number) => number
        for (const near of [0, 1, 2, Math.floor(2 ** 19 / n), Math.floor((2 ** 20 - 1) / n)])
          for (const x of [near * n - 1, near * n, near * n + 1])
            for (const ulps of [-2.5, 0, 2.5]) {
              const whole = Math.floor(x / n)
              expect(f(x, (a, b) => inexact(a, b, ulps))).toBe(part === quotient ? whole : x - whole * n)
            }
      }
  })

  it('stays within its ranges', () => {
    const domain = [3, 1, 5]
    const names = ['add', 'sub', 'mul', 'max', 'min', 'floorDivide', 'modulo'] satisfies (BinaryName | IntegerName)[]
    for (let seed = 0; seed < 300; seed++) {
      const d = drawsFrom(seed)
      const expression = (depth: number): Scalar => {
        if (depth === 0) return d.chance(0.5) ? axis(d.int(0, 2)) : int(d.int(-4, 9))
        if (d.chance(0.2)) return unary(d.pick(['neg', 'abs', 'sign']), expression(depth - 1))
        if (d.chance(0.2))
          return select(compare('lt', expression(depth - 1), int(2)), expression(depth - 1), expression(depth - 1))
        const name = d.pick(names)
        const divides = name === 'floorDivide' || name === 'modulo'
        return binary(name, expression(depth - 1), divides ? int(d.int(1, 6)) : expression(depth - 1))
      }
      const body = expression(3)
      const { low, high } = rangesOf(domain, [])(body)
      const nest = nestOf(domain, body)
      const values = interpret(nest, [])
      for (const value of values) expect(value >= low && value <= high).toBe(true)
      const job = jobOf(nest, [])
      if (E.isLeft(job)) continue
      expect(Int32Array.from(runPlainly(job.right))).toEqual(values)
      expect(runPlainly(trialOf(nestOf(domain, convert(body, 'float32'))))).toEqual(Float32Array.from(values))
    }
  })
})

describe('obstacles', () => {
  const label = load(0, [axis(0)], 'int32')
  const truncation = convert(load(0, [axis(0)], 'float32'), 'int32')
  const exact = { low: -exactIntegers, high: exactIntegers }
  const obstacle = (nest: Nest, operands: readonly KnownOperand[]): Obstacle | undefined => obstacleTo(nest, operands)
  it.each([
    ['integers that may leave the exact ones', nestOf([4], plus(label, 1)), 'number'],
    ['products of axes beyond', nestOf([8192, 8192 / 4], times(plus(axis(0), 1), 8192)), 'number'],
    ['bits', nestOf([4], binary('xor', axis(0), int(3))), 'number'],
    ['division by what is no number', nestOf([4], binary('floorDivide', int(5), plus(axis(0), 1))), 'number'],
    ['what is computed from a truncation', nestOf([4], plus(truncation, 1)), 'number'],
    ['the opposite of one, which has no end', nestOf([4], unary('neg', truncation)), 'number'],
    ['sums of them', nestOf([4], truncation, [2]), 'number'],
    ['sums of integers', nestOf([4], label, [2]), 'number'],
    ['infinite literals', nestOf([4], literal(-Infinity)), 'number'],
    ['literals that float32 has not', nestOf([4], literal(1e39)), 'number'],
    ['large integers', nestOf([4], int(16777217)), 'number'],
    ['large domains', nestOf([4097, 4096], literal(1)), 'size'],
    ['empty ones', nestOf([0], literal(1)), 'size']
  ] as const)('%s', (_, nest, reason) => {
    expect(obstacle(nest, [{ shape: [4], range: exact }])?.reason).toBe(reason)
  })
  it('large operands', () => {
    const body = load(0, [int(1)], 'float32')
    expect(obstacle(nestOf([4], body), [{ shape: [2 ** 24 + 1], range: exact }])?.reason).toBe('size')
  })
  it('operands that floats do not hold', () => {
    const nest = nestOf([4], compare('lt', label, int(3)))
    const bits = { low: -(2 ** 31), high: 2 ** 31 - 1 }
    expect(obstacle(nest, [{ shape: [4], range: bits }])?.reason).toBe('number')
    expect(obstacle(nest, [{ shape: [4], range: { ...bits, truncated: true } }])).toBeUndefined()
  })
  it('none for integers within', () => {
    const nest = nestOf([4096, 4096], plus(times(axis(0), 4096), axis(1)))
    expect(obstacle(nest, [])).toBeUndefined()
    expect(rangeOfResult(nest, [])).toEqual({ low: 0, high: 2 ** 24 - 1 })
    expect(obstacle(nestOf([4], label), [{ shape: [4], range: exact }])).toBeUndefined()
    const few = { low: -1, high: 2 }
    expect(rangeOfResult(nestOf([4], label, [3]), [few])).toEqual({ low: -3, high: 6 })
    expect(rangeOfResult(nestOf([4], label, [3], 'max'), [few])).toEqual(few)
  })
})

describe('truncation', () => {
  const numbers = [0, -0, 0.5, -0.5, 1.99, -1.99, 16777217, 2147483520, 2147483648, 1e20, -2147483648, -1e20, NaN, Infinity, -Infinity] // prettier-ignore
  const operands = [{ data: Float32Array.from(numbers), shape: [numbers.length] }]
  const truncated = convert(load(0, [axis(0)], 'float32'), 'int32')
  const domain = [numbers.length]
  const saturating = (x: number): number => Math.min(x, 2147483647)

  it('is exact as a result, and in what only compares and converts it', async () => {
    const whole = trialOf(nestOf(domain, truncated), operands)
    const least = trialOf(nestOf(domain, binary('max', truncated, int(-3))), operands)
    const others = [
      convert(truncated, 'float32'),
      convert(truncated, 'bool'),
      compare('gt', truncated, int(1)),
      compare('eq', truncated, convert(load(0, [int(9)], 'float32'), 'int32'))
    ].map((body) => trialOf(nestOf(domain, body), operands))
    expect(rangeOfResult(nestOf(domain, truncated), [])).toEqual({
      low: -(2 ** 31),
      high: 2 ** 31 - 1,
      truncated: true
    })
    for (const run of [
      async (job: Job) => Promise.resolve(runPlainly(job)),
      ...exactModes.map((mode) => async (job: Job) => (await runInPipeline(mode, [job])).results[0]!)
    ]) {
      // prettier-ignore
      for (const job of [whole, least]) expect(Int32Array.from(await run(job), saturating)).toEqual(job.expected)
      for (const job of others) expect(Array.from(await run(job), (x) => x + 0)).toEqual(Array.from(job.expected))
    }
  })
})
