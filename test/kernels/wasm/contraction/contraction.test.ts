import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emitContraction } from '../../../../kernels/wasm/contraction/index.ts'
import type { Contraction, Strides } from '../../../../kernels/wasm/contraction/index.ts'
import { call, createModule, defineFunction, f32x4, forRange } from '../../../../kernels/wasm/encoder/index.ts'
import { instantiate } from '../support/instantiate.ts'

/** Axes of a matrix in memory, slowest first: which of batch, row, column comes where, and padding after each row. */
type Order = readonly ('batch' | 'row' | 'column')[]

interface Case {
  readonly batch: number
  readonly m: number
  readonly n: number
  readonly k: number
  readonly orders: readonly [a: Order, b: Order, c: Order]
  readonly sharedB: boolean
  readonly accumulate: boolean
  readonly epilogue: boolean
  readonly prologue: boolean
}

const stridesOf = (sizes: Strides, order: Order, shared: boolean): Strides => {
  let step = 1
  const strides = { batch: 0, row: 0, column: 0 }
  for (const axis of order.toReversed()) {
    if (axis === 'batch' && shared) continue
    strides[axis] = step
    step *= sizes[axis]
  }
  return strides
}

const at = ({ batch, row, column }: Strides, b: number, i: number, j: number): number =>
  b * batch + i * row + j * column

const check = ({ batch, m, n, k, orders, sharedB, accumulate, epilogue, prologue }: Case): void => {
  const a = stridesOf({ batch, row: m, column: k }, orders[0], false)
  const b = stridesOf({ batch, row: k, column: n }, orders[1], sharedB)
  const c = stridesOf({ batch, row: m, column: n }, orders[2], false)
  const [sizeA, sizeB, sizeC] = [batch * m * k, batch * k * n, batch * m * n]
  const [atA, atB, atC, atBias] = [16, 16 + sizeA, 16 + sizeA + sizeB, 16 + sizeA + sizeB + sizeC]
  const atMask = atBias + Math.max(m, n)
  const scratch = Math.ceil((atMask + sizeC + 16) / 4) * 4
  const problem: Contraction = {
    batch,
    m,
    n,
    k,
    accumulate,
    a: {
      address: atA * 4,
      strides: a,
      ...(prologue && { prologue: (value, place) => f32x4.add(value, place.like(atA * 4)) })
    },
    b: { address: atB * 4, strides: b, ...(prologue && { prologue: (value) => f32x4.mul(value, 0.5) }) },
    c: { address: atC * 4, strides: c },
    ...(epilogue && {
      epilogue: (sum, place, _scope, before) => {
        before(place.write(atMask * 4, c, sum))
        return f32x4.add(
          f32x4.mul(sum, place.read(atBias * 4, { batch: 0, row: 1, column: 0 })),
          place.read(atBias * 4, { batch: 0, row: 0, column: 1 })
        )
      }
    })
  }
  const module = createModule()
  const { run, chunks, scratchBytes } = emitContraction(module, problem)
  defineFunction(module, { params: {}, export: 'run' }, (scope) => {
    const chunk = scope.local('i32')
    return forRange(chunk, 0, chunks, 1, call(run, { chunk, scratch: scratch * 4 }))
  })
  const end = scratch + scratchBytes / 4
  const { call: start, floats } = instantiate(module, (end + 16) * 4)
  const filled = floats.length
  for (let i = 0; i < filled; i++) floats[i] = ((i * 7919) % 23) / 8 - 1.25
  const before = floats.slice()
  start('run')
  const value = (i: number): number => before[i] as number
  for (let q = 0; q < batch; q++)
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = accumulate ? value(atC + at(c, q, i, j)) : 0
        for (let l = 0; l < k; l++) sum += value(atA + at(a, q, i, l)) * value(atB + at(b, q, l, j)) // doubling and halving prologues cancel
        const expected = epilogue ? sum * value(atBias + i) + value(atBias + j) : sum
        const got = floats[atC + at(c, q, i, j)] as number
        if (!(Math.abs(got - expected) <= 1e-4 * Math.sqrt(k) * (1 + Math.abs(expected))))
          expect([q, i, j, got]).toEqual([q, i, j, expected])
        if (
          epilogue &&
          !(Math.abs((floats[atMask + at(c, q, i, j)] as number) - sum) <= 1e-4 * Math.sqrt(k) * (1 + Math.abs(sum)))
        )
          expect.fail(`second output at ${i}, ${j}`)
      }
  const written = (i: number): boolean =>
    (i >= atC && i < atBias) || (i >= atMask && i < atMask + sizeC) || (i >= scratch && i < end)
  for (let i = 0; i < filled; i++)
    if (!written(i) && floats[i] !== before[i])
      expect.fail(`wrote outside: ${i}, c at ${atC}, scratch at ${scratch} to ${end}`)
}

const rowMajor: Order = ['batch', 'row', 'column']
const columnMajor: Order = ['batch', 'column', 'row']
const batchLast: Order = ['row', 'column', 'batch']
const plain = { sharedB: false, accumulate: false, epilogue: false, prologue: false, batch: 1 }

describe('a contraction agrees with a plain loop', () => {
  it('for every small shape', () => {
    for (let m = 1; m <= 10; m++)
      for (const n of [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 17, 29])
        for (const k of [1, 2, 4, 5, 9]) check({ ...plain, m, n, k, orders: [rowMajor, rowMajor, rowMajor] })
  })

  it.each([
    [256, 128, 128],
    [320, 100, 2],
    [17, 1000, 33],
    [127, 127, 127],
    [1, 300, 257],
    [1, 257, 300],
    [300, 1, 64],
    [2, 2, 3000],
    [1, 1, 5000],
    [40, 70, 1100]
  ])('for %d x %d x %d in all layouts', (m, n, k) => {
    for (const a of [rowMajor, columnMajor])
      for (const b of [rowMajor, columnMajor])
        for (const c of [rowMajor, columnMajor]) check({ ...plain, m, n, k, orders: [a, b, c] })
  })

  it('for any shape, layout and hooks', () => {
    const order = fc.constantFrom(rowMajor, columnMajor, batchLast)
    const size = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70 }))
    fc.assert(
      fc.property(
        fc.record({
          batch: fc.integer({ min: 1, max: 4 }),
          m: size,
          n: size,
          k: fc.oneof(size, fc.integer({ min: 500, max: 1100 })),
          orders: fc.tuple(order, order, order),
          sharedB: fc.boolean(),
          accumulate: fc.boolean(),
          epilogue: fc.boolean(),
          prologue: fc.boolean()
        }),
        check
      ),
      { numRuns: 300 }
    )
  })
})
