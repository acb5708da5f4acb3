import { describe, expect, it } from 'vitest'
import {
  all,
  axis,
  binary,
  compare,
  int,
  literal,
  load,
  minus,
  select,
  unary
} from '../../../../src/nest/expression.ts'
import type { FusedNest } from '../../../../src/nest/fused.ts'
import { interpret } from '../../../../src/nest/interpret.ts'
import type { Operand } from '../../../../src/nest/interpret.ts'
import type { DType } from '../../../../src/tensor/dtype.ts'
import { createExpressions } from '../support/expressions.ts'
import { expectClose } from '../support/expectClose.ts'
import { createRandom } from '../support/random.ts'
import { runLoops } from '../support/runLoops.ts'

const rounds = Number(process.env['SADDLEPOINT_LOOP_ROUNDS'] ?? 12) * 10

const expectRight = (nest: FusedNest, operands: readonly Operand[], what: string, scale: number): void => {
  const runs = [{}, { chunk: 1 }, { chunk: -2, readable: true }].map((options) => runLoops(nest, operands, options))
  nest.outputs.forEach(({ dtype, body }, n) => {
    const { domain, reduction } = nest
    const expected = interpret({ kind: 'nest', domain, dtype, body, ...(reduction && { reduction }) }, operands)
    expectClose(runs[0]![n]!, expected, `${what} output ${n}`, 1e-5, scale)
    for (const run of runs) expect(run[n], `${what} in chunks`).toEqual(runs[0]![n])
  })
}

const domains: readonly (readonly number[])[] = [
  [],
  [1],
  [5],
  [16],
  [37],
  [3, 4],
  [2, 19],
  [9, 2],
  [4, 1, 6],
  [2, 3, 5],
  [2, 2, 3, 4],
  [0, 3],
  [70, 33]
]

describe('random fused expressions', () => {
  it('are what the interpreter says', () => {
    for (let seed = 0; seed < rounds; seed++) {
      const random = createRandom(seed)
      const domain = random.pick(domains)
      const { operands, draw } = createExpressions(random, domain)
      const outputs = Array.from({ length: 1 + random.below(3) }, () => {
        const dtype = random.pick<DType>(['float32', 'float32', 'int32', 'bool'])
        return { dtype, body: draw(dtype, 1 + random.below(5)) }
      })
      expectRight({ domain, outputs }, operands, `seed ${seed}`, 10)
    }
  })

  it('are summed and compared as the interpreter does', () => {
    for (let seed = 0; seed < rounds; seed++) {
      const random = createRandom(-1 - seed)
      const domain = random.pick(domains)
      const extents = random.pick([
        [1],
        [3],
        [8],
        [50],
        [3, 3],
        [5, 1, 2],
        [2, 17],
        [200],
        ...(seed % 10 === 0 ? [[9000], [40, 300]] : [])
      ])
      const { operands, draw } = createExpressions(random, [...domain, ...extents])
      const combine = random.pick(['sum', 'max'] as const)
      const outputs = Array.from({ length: 1 + random.below(2) }, () => {
        const dtype = random.pick<DType>([
          'float32',
          'float32',
          'int32',
          ...(combine === 'max' ? ['bool' as const] : [])
        ])
        return { dtype, body: draw(dtype, 1 + random.below(4)) }
      })
      const count = extents.reduce((a, b) => a * b, 1)
      expectRight({ domain, outputs, reduction: { extents, combine } }, operands, `seed ${seed}`, 10 * count)
    }
  })
})

describe('several results in one pass', () => {
  const random = createRandom(3)
  const here = (operand: number) => load(operand, [axis(0), axis(1)], 'float32')
  const array = (size: number): Float32Array => Float32Array.from({ length: size }, () => random.normal())

  it.each([
    [7, 5],
    [64, 64],
    [1, 5000]
  ])('updates [%d, %d] parameters and moments where they lie', (m, n) => {
    const size = m * n
    const shape = [m, n]
    const operands = [
      { data: array(size), shape },
      { data: array(size), shape },
      { data: array(size).map(Math.abs), shape },
      { data: array(size), shape },
      { data: Float32Array.of(0.01), shape: [] }
    ]
    const [gradient, first, second, parameter] = [0, 1, 2, 3].map(here)
    const mix = (old: typeof gradient, now: typeof gradient, by: number) =>
      binary('add', binary('mul', old!, literal(by)), binary('mul', now!, literal(1 - by)))
    const momentum = mix(first, gradient, 0.9)
    const variance = mix(second, binary('mul', gradient!, gradient!), 0.99)
    const step = binary('div', momentum, binary('add', unary('sqrt', variance), literal(1e-8)))
    const updated = binary('sub', parameter!, binary('mul', load(4, [], 'float32'), step))
    const outputs = [updated, momentum, variance].map((body) => ({ dtype: 'float32' as const, body }))
    const nest = { domain: shape, outputs }
    const apart = runLoops(nest, operands)
    const inPlace = runLoops(nest, operands, { inPlace: [3, 1, 2] })
    outputs.forEach(({ body }, i) => {
      expectClose(
        apart[i]!,
        interpret({ kind: 'nest', domain: shape, dtype: 'float32', body }, operands),
        'apart',
        1e-6,
        1
      )
      expect(inPlace[i]).toEqual(apart[i])
    })
  })

  it('computes what is shared once, whatever the tree', () => {
    // As a tree it has 2^60 nodes.
    let x = here(0)
    for (let i = 0; i < 60; i++) x = binary('mul', binary('add', x, x), literal(0.5))
    const data = array(35)
    const [result] = runLoops({ domain: [7, 5], outputs: [{ dtype: 'float32', body: x }] }, [{ data, shape: [7, 5] }])
    expect(result).toEqual(data)
  })
})

describe('reductions', () => {
  const sum = (extents: readonly number[], shape: readonly number[], domain: readonly number[]): FusedNest => ({
    domain,
    outputs: [
      {
        dtype: 'float32',
        body: load(
          0,
          shape.map((_, i) => axis(i)),
          'float32'
        )
      }
    ],
    reduction: { extents, combine: 'sum' }
  })

  it('of a million ones are exact', () => {
    const shape = [1 << 20]
    const [result] = runLoops(sum(shape, shape, []), [{ data: new Float32Array(1 << 20).fill(1), shape }], {
      chunk: -7
    })
    expect(result![0]).toBe(1 << 20)
  })

  it('of many small numbers keep their digits', () => {
    const shape = [1 << 20]
    const data = new Float32Array(1 << 20).fill(0.1)
    const [result] = runLoops(sum(shape, shape, []), [{ data, shape }])
    expect(Math.abs(result![0]! / (Math.fround(0.1) * (1 << 20)) - 1)).toBeLessThan(5e-6)
  })

  it('of nothing are what nothing comes to', () => {
    const nest = (combine: 'sum' | 'max'): FusedNest => ({
      ...sum([0], [3, 0], [3]),
      reduction: { extents: [0], combine }
    })
    const operands = [{ data: new Float32Array(0), shape: [3, 0] }]
    expect(runLoops(nest('sum'), operands)).toEqual([Float32Array.of(0, 0, 0)])
    expect(runLoops(nest('max'), operands)).toEqual([new Float32Array(3).fill(-Infinity)])
  })

  it('let NaN through', () => {
    const data = Float32Array.from({ length: 50 }, (_, i) => (i === 17 ? NaN : i))
    const [result] = runLoops({ ...sum([50], [50], []), reduction: { extents: [50], combine: 'max' } }, [
      { data, shape: [50] }
    ])
    expect(result).toEqual(Float32Array.of(NaN))
  })
})

describe('loads that are not taken', () => {
  it('stay in memory, whatever the index', () => {
    const n = 9
    const data = Float32Array.from({ length: n }, (_, i) => i)
    for (const by of [-1000000000, -50, -3, 0, 3, 50, 1000000000]) {
      const place = binary('add', axis(0), int(by))
      const taken = select(
        compare('ge', place, int(0)),
        select(compare('lt', place, int(n)), load(0, [place], 'float32'), literal(-1)),
        literal(-1)
      )
      const [result] = runLoops({ domain: [n], outputs: [{ dtype: 'float32', body: taken }] }, [{ data, shape: [n] }])
      expect([...result!]).toEqual([...data].map((x) => (x + by >= 0 && x + by < n ? x + by : -1)))
    }
  })
})

describe('repeated elements', () => {
  const fill = (shape: readonly number[]): Operand => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i))
  })
  it.each([2, 3, 4, 8])('%i times along the last axis', (times) => {
    for (const width of [1, 2, 3, 7, 16, 33]) {
      const x = load(0, [axis(0), axis(1)], 'float32')
      const body = binary('mul', x, load(1, [axis(1)], 'float32'))
      const operands = [fill([3, width]), fill([width])]
      const repeated = { domain: [3, width, times], outputs: [{ dtype: 'float32', body } as const] }
      expectRight(repeated, operands, `width ${width}`, 1)
      const place = binary('floorDivide', axis(1), int(times))
      const flat = { dtype: 'float32', body: load(0, [axis(0), place], 'float32') } as const
      expectRight({ domain: [3, width * times], outputs: [flat] }, operands, `flat width ${width}`, 1)
      const sums = {
        domain: [width, times],
        outputs: [{ dtype: 'float32', body: load(0, [axis(2), axis(0)], 'float32') } as const]
      }
      expectRight({ ...sums, reduction: { extents: [3], combine: 'sum' } }, operands, `sums width ${width}`, 1)
    }
  })
})

describe('a box inside of a border', () => {
  const x = { shape: [3, 40, 37], data: Float32Array.from({ length: 3 * 40 * 37 }, (_, i) => Math.sin(i)) }
  const value = { shape: [], data: Float32Array.of(1.5) }
  const place = [minus(axis(1), 2), minus(axis(2), 1)] as const
  const inner = load(0, [axis(0), ...place], 'float32')
  it.each([
    ['of a loaded constant', load(1, [], 'float32'), inner],
    ['of zeros, around a sum', literal(0), binary('add', inner, unary('tanh', inner))]
  ])('%s', (_, outside, inside) => {
    const within = all(
      compare('ge', place[0], int(0)),
      compare('lt', place[0], int(40)),
      compare('ge', place[1], int(0)),
      compare('lt', place[1], int(37))
    )
    const body = select(within, inside, outside)
    expectRight({ domain: [3, 43, 41], outputs: [{ dtype: 'float32', body }] }, [x, value], 'padded', 1)
  })

  it('is no box where a condition holds now and then, or data decide', () => {
    const even = compare('eq', binary('modulo', axis(2), int(2)), int(0))
    const half = load(0, [axis(0), axis(1), binary('floorDivide', axis(2), int(2))], 'float32')
    for (const when of [even, compare('gt', half, literal(0))])
      expectRight(
        { domain: [3, 40, 74], outputs: [{ dtype: 'float32', body: select(when, half, literal(0)) }] },
        [x],
        'no box',
        1
      )
  })
})
