/**
 * Decompositions on WebAssembly add and multiply in the order of the reference evaluator, both in double precision: the
 * results are the same bits, for one thread and for two, for every size, and beside whatever else is in the module.
 */
import { describe, expect, it } from 'vitest'
import { wasm } from '../../../../src/engines/wasm/engine.ts'
import { cholesky } from '../../../../src/primitives/cholesky.ts'
import { eigh } from '../../../../src/primitives/eigh.ts'
import { qr } from '../../../../src/primitives/qr.ts'
import { singularValues } from '../../../../src/primitives/singularValues.ts'
import { svd } from '../../../../src/primitives/svd.ts'
import { triangularSolve } from '../../../../src/primitives/triangularSolve.ts'
import { call } from '../../../../src/program/call.ts'
import { prepare } from '../../../../src/program/evaluate.ts'
import type { AnyPrimitive, Params } from '../../../../src/program/primitive.ts'
import type { Shape } from '../../../../src/tensor/shape.ts'
import type { Tensor } from '../../../../src/tensor/tensor.ts'
import { float, programOf, rightOf } from '../../../support/programs.ts'

interface Work {
  readonly primitive: AnyPrimitive
  readonly params: Params
  readonly operands: (n: number) => readonly Tensor[]
}

const transposeOf = (data: ArrayLike<number>, n: number, at: number, i: number, j: number): number =>
  data[at + j * n + i]!

/** The matrices of x, changed one by one: the element at row i and column j of the matrix that begins at `at`. */
const mapped = (x: Tensor, element: (data: ArrayLike<number>, at: number, i: number, j: number) => number): Tensor => {
  const n = x.shape.at(-1)!
  const data = x.data.map((_, k) => element(x.data, k - (k % (n * n)), Math.floor((k % (n * n)) / n), k % n))
  return { ...x, data }
}

const symmetric = (shape: Shape, shift = 0): Tensor =>
  mapped(float(shape, 3), (data, at, i, j) => {
    const n = shape.at(-1)!
    return Math.fround(data[at + i * n + j]! + transposeOf(data, n, at, i, j)) / 2 + (i === j ? shift : 0)
  })

const triangle = (shape: Shape): Tensor =>
  mapped(float(shape, 5), (data, at, i, j) => data[at + i * shape.at(-1)! + j]! / 4 + (i === j ? 2 : 0))

/** 1 everywhere, and 2 on the diagonal but for one place. */
const tied = (shape: Shape): Tensor => mapped(float(shape), (_, __, i, j) => (i === j && i !== 1 ? 3 : 1))

/** The second column is twice the first. */
const repeated = (x: Tensor): Tensor => {
  const n = x.shape.at(-1)!
  return { ...x, data: x.data.map((value, k) => (k % n === 1 ? 2 * x.data[k - 1]! : value)) }
}

const works: Readonly<Record<string, Work>> = {
  cholesky: { primitive: cholesky, params: {}, operands: (n) => [symmetric([3, n, n], n)] },
  eigh: { primitive: eigh, params: {}, operands: (n) => [symmetric([3, n, n])] },
  'eigh of ties': { primitive: eigh, params: {}, operands: (n) => [tied([2, n, n])] },
  qr: { primitive: qr, params: {}, operands: (n) => [float([3, n, n], 9)] },
  'qr of more rows': { primitive: qr, params: {}, operands: (n) => [float([3, 2 * n + 1, n], 9)] },
  'qr of dependent columns': { primitive: qr, params: {}, operands: (n) => [repeated(float([2, n + 1, n], 9))] },
  svd: { primitive: svd, params: {}, operands: (n) => [float([3, n, n], 9)] },
  'svd of more rows': { primitive: svd, params: {}, operands: (n) => [float([3, 2 * n + 1, n], 9)] },
  'svd of dependent columns': { primitive: svd, params: {}, operands: (n) => [repeated(float([2, n + 1, n], 9))] },
  'svd of zeros': {
    primitive: svd,
    params: {},
    operands: (n) => [{ ...float([2, n + 1, n]), data: new Float32Array(2 * n * (n + 1)) }]
  },
  singularValues: { primitive: singularValues, params: {}, operands: (n) => [float([3, 2 * n + 1, n], 9)] },
  'singularValues of dependent columns': {
    primitive: singularValues,
    params: {},
    operands: (n) => [repeated(float([2, n + 1, n], 9))]
  },
  ...Object.fromEntries(
    [true, false].flatMap((lower) =>
      [true, false].flatMap((transposed) =>
        [1, 5].map((columns) => [
          `triangularSolve, ${lower ? 'lower' : 'upper'}${transposed ? ' transposed' : ''}, of ${String(columns)}`,
          {
            primitive: triangularSolve,
            params: { lower, transposed },
            operands: (n: number) => [triangle([3, n, n]), float([3, n, columns], 7)]
          }
        ])
      )
    )
  )
}

const sizes = [1, 2, 3, 4, 5, 8, 17, 64]

describe.each(Object.entries(works))('%s', (_, { primitive, params, operands }) => {
  it('gives the bits of the reference evaluator', async () => {
    const groups = sizes.map(operands)
    const all = groups.flat()
    const program = programOf((...xs: Tensor[]) => {
      let next = 0
      return groups.map(({ length }) => call(primitive, params, xs.slice(next, (next += length))))
    }, all)
    const data = all.map((x) => x.data)
    const expected = prepare(program, 'float32')(data)
    expect(expected.every((values) => values.every(Number.isFinite))).toBe(true)
    for (const threads of [1, 2]) {
      const executable = rightOf(await wasm({ threads }).compile(program)())
      expect(rightOf(await executable.run(data)())).toEqual(expected)
      executable.dispose()
    }
  })
})

const unfit: Readonly<Record<string, readonly [Work, Tensor]>> = {
  'cholesky of an indefinite matrix': [works['cholesky']!, symmetric([4, 4])],
  'cholesky of a singular matrix': [works['cholesky']!, { ...float([2, 2]), data: new Float32Array([1, 2, 2, 4]) }],
  'cholesky of an asymmetric matrix': [
    works['cholesky']!,
    { ...float([2, 2]), data: new Float32Array([4, 1, 1.01, 4]) }
  ],
  'cholesky of NaN': [works['cholesky']!, { ...float([2, 2]), data: new Float32Array([4, NaN, NaN, 4]) }],
  'eigh of an asymmetric matrix': [works['eigh']!, { ...float([2, 2]), data: new Float32Array([4, 1, 1.01, 4]) }],
  'eigh of NaN': [works['eigh']!, { ...float([2, 2]), data: new Float32Array([4, NaN, NaN, 4]) }],
  'qr of NaN': [works['qr']!, { ...float([2, 2]), data: new Float32Array([4, 1, NaN, 4]) }],
  'singularValues of NaN': [works['singularValues']!, { ...float([2, 2]), data: new Float32Array([4, NaN, 1, 4]) }],
  'svd of infinity': [works['svd']!, { ...float([2, 2]), data: new Float32Array([4, 1, -Infinity, 4]) }],
  'cholesky of infinity': [works['cholesky']!, { ...float([2, 2]), data: new Float32Array([Infinity, 0, 0, 4]) }]
}

it.each(Object.entries(unfit))('%s is NaN throughout, and its neighbour is not', async (_, [work, x]) => {
  const n = x.shape.at(-1)!
  const good = work.operands(n)[0]!.data.slice(0, n * n)
  const both: Tensor = { shape: [2, n, n], dtype: 'float32', data: new Float32Array([...x.data, ...good]) }
  const program = programOf((y) => call(work.primitive, work.params, [y]), [both])
  const executable = rightOf(await wasm({ threads: 1 }).compile(program)())
  const [result] = rightOf(await executable.run([both.data])())
  executable.dispose()
  expect(result).toEqual(prepare(program, 'float32')([both.data])[0])
  const half = result!.length / 2
  expect(result!.subarray(0, half).every(Number.isNaN)).toBe(true)
  expect(result!.subarray(half).every(Number.isFinite)).toBe(true)
})
