import { describe, expect, it } from 'vitest'
import { interpret } from '../../../../src/nest/interpret.ts'
import { fuse } from '../../../../src/nest/fused.ts'
import type { Params } from '../../../../src/program/primitive.ts'
import { registry } from '../../../../src/primitives/registry.ts'
import type { PrimitiveName } from '../../../../src/primitives/registry.ts'
import type { Data, DType } from '../../../../src/tensor/dtype.ts'
import { allocate } from '../../../../src/tensor/dtype.ts'
import { sizeOf } from '../../../../src/tensor/shape.ts'
import { expectClose } from '../support/expectClose.ts'
import { runLoops } from '../support/runLoops.ts'
import { createRandom } from '../support/random.ts'
import type { Random } from '../support/random.ts'

interface Case {
  readonly operands: readonly { readonly shape: readonly number[]; readonly dtype: DType; readonly limit?: number }[]
  readonly params: Params
}

const shapes: readonly (readonly number[])[] = [
  [],
  [1],
  [3],
  [4],
  [7],
  [16],
  [33],
  [130],
  [1, 1],
  [5, 1],
  [1, 6],
  [3, 5],
  [2, 8],
  [13, 16],
  [6, 21],
  [2, 3, 4],
  [5, 1, 7],
  [1, 4, 1, 9],
  [2, 3, 2, 5],
  [0],
  [3, 0],
  [0, 2],
  [4100],
  [3, 70],
  [2, 4097]
]

const map =
  (arity: number, dtypes: readonly DType[], params: Params = {}) =>
  (random: Random): Case => {
    const shape = random.pick(shapes)
    const dtype = random.pick(dtypes)
    return { operands: Array.from({ length: arity }, () => ({ shape, dtype })), params }
  }

const axesOf = (random: Random, rank: number): readonly number[] =>
  Array.from({ length: rank }, (_, i) => i).filter(() => random.below(2) === 0)

const reduction =
  (dtypes: readonly DType[]) =>
  (random: Random): Case => {
    const shape = random.pick([...shapes, [20000], [300, 70], [40, 5, 60], [2000, 17], [3, 12000], [9000, 3]])
    return { operands: [{ shape, dtype: random.pick(dtypes) }], params: { axes: axesOf(random, shape.length) } }
  }

/** A table whose rows are picked. */
const rows = (random: Random): { table: readonly number[]; indices: readonly number[]; batch: number } => {
  const batch = random.below(2)
  const before = batch === 1 ? [1 + random.below(3)] : []
  const behind = random.pick([[], [1], [3], [4], [2, 5], [17]])
  return {
    table: [...before, 1 + random.below(6), ...behind],
    indices: [...before, random.below(7)],
    batch
  }
}

const convolution = (random: Random) => {
  const rank = 1 + random.below(2)
  const each = (f: (i: number) => number): readonly number[] => Array.from({ length: rank }, (_, i) => f(i))
  const [input, kernel] = [each(() => 4 + random.below(6)), each(() => 1 + random.below(3))]
  const [stride, low, dilation] = [
    each(() => 1 + random.below(2)),
    each(() => random.below(2)),
    each(() => 1 + random.below(2))
  ]
  const output = each((i) =>
    Math.max(1, Math.floor((input[i]! + 2 * low[i]! - dilation[i]! * (kernel[i]! - 1) - 1) / stride[i]!) + 1)
  )
  const [g, n, c, o] = [1, 2, 3, 4].map(() => 1 + random.below(3))
  const of = (shape: readonly (number | undefined)[]) => ({
    shape: shape as readonly number[],
    dtype: 'float32' as const
  })
  return {
    x: of([g, n, c, ...input]),
    w: of([g, o, c, ...kernel]),
    y: of([g, n, o, ...output]),
    params: { stride, low, dilation, input, kernel, output }
  }
}

const floats = ['float32'] as const
const numbers = ['float32', 'int32'] as const
const any = ['float32', 'int32', 'bool'] as const

/** Operands and parameters of each primitive that lowers to a nest of its own. */
const cases: Partial<Record<PrimitiveName, (random: Random) => Case>> = {
  ...Object.fromEntries(
    (
      ['exp', 'log', 'log1p', 'expm1', 'sin', 'cos', 'tanh', 'logistic', 'softplus', 'erf', 'sqrt', 'floor'] as const
    ).map((name) => [name, map(1, floats)])
  ),
  neg: map(1, numbers),
  abs: map(1, numbers),
  sign: map(1, numbers),
  stopGradient: map(1, floats),
  add: map(2, numbers),
  sub: map(2, numbers),
  mul: map(2, numbers),
  div: map(2, floats),
  max: map(2, numbers),
  min: map(2, numbers),
  pow: map(2, floats),
  compare: (random) => map(2, any, { name: random.pick(['eq', 'ne', 'lt', 'le', 'gt', 'ge']) })(random),
  convert: (random) => map(1, any, { dtype: random.pick(any) })(random),
  select: (random) => {
    const { operands } = map(2, any)(random)
    return { operands: [{ shape: operands[0]!.shape, dtype: 'bool' }, ...operands], params: {} }
  },
  threefry: (random) => map(4, ['int32'], { word: random.below(2) })(random),
  bitsToUnit: map(1, ['int32']),
  iota: (random) => {
    const shape = random.pick(shapes.filter(({ length }) => length > 0))
    return { operands: [], params: { shape, axis: random.below(shape.length), dtype: random.pick(numbers) } }
  },
  transpose: (random) => {
    const shape = random.pick(shapes)
    return {
      operands: [{ shape, dtype: random.pick(any) }],
      params: { permutation: random.shuffle(shape.map((_, i) => i)) }
    }
  },
  broadcastInDim: (random) => {
    const shape = random.pick(shapes)
    const axes = axesOf(random, shape.length)
    const own = axes.map((axis) => (random.below(4) === 0 ? 1 : shape[axis]!))
    return { operands: [{ shape: own, dtype: random.pick(any) }], params: { shape, axes } }
  },
  reverse: (random) => {
    const shape = random.pick(shapes)
    return { operands: [{ shape, dtype: random.pick(any) }], params: { axes: axesOf(random, shape.length) } }
  },
  slice: (random) => {
    const shape = random.pick(shapes)
    const start = shape.map((n) => random.below(n + 1))
    const limit = shape.map((n, i) => start[i]! + random.below(n - start[i]! + 1))
    const stride = shape.map(() => 1 + random.below(3))
    return { operands: [{ shape, dtype: random.pick(any) }], params: { start, limit, stride } }
  },
  pad: (random) => {
    const shape = random.pick(shapes)
    const dtype = random.pick(any)
    const interior = shape.map(() => random.pick([0, 0, 1, 2]))
    const full = shape.map((n, i) => Math.max(0, n + (n - 1) * interior[i]!))
    const low = full.map((n) => random.below(5) - Math.min(2, n))
    const high = full.map((n, i) => Math.max(random.below(5) - 2, -(n + low[i]!)))
    return {
      operands: [
        { shape, dtype },
        { shape: [], dtype }
      ],
      params: { low, high, interior }
    }
  },
  concat: (random) => {
    const shape = random.pick(shapes.filter(({ length }) => length > 0))
    const axis = random.below(shape.length)
    const dtype = random.pick(any)
    const operands = Array.from({ length: 1 + random.below(3) }, () => ({
      shape: shape.map((n, i) => (i === axis ? random.below(6) : n)),
      dtype
    }))
    return { operands, params: { axis } }
  },
  reduceSum: reduction(numbers),
  reduceMax: reduction(numbers),
  gather: (random) => {
    const { table, indices, batch } = rows(random)
    return {
      operands: [
        { shape: table, dtype: random.pick(any) },
        { shape: indices, dtype: 'int32', limit: 8 }
      ],
      params: { batch }
    }
  },
  scatterAdd: (random) => {
    const { table, indices, batch } = rows(random)
    const dtype = random.pick(numbers)
    return {
      operands: [
        { shape: table, dtype },
        { shape: indices, dtype: 'int32', limit: 8 },
        { shape: [...indices, ...table.slice(batch + 1)], dtype }
      ],
      params: { batch }
    }
  },
  dotGeneral: (random) => {
    const [b, m, n, k] = [1, 2, 3, 4].map(() => 1 + random.below(9))
    const shared = random.below(2) === 0
    return {
      operands: [
        { shape: shared ? [b!, m!, k!] : [m!, k!], dtype: 'float32' },
        { shape: shared ? [b!, k!, n!] : [n!, k!], dtype: 'float32' }
      ],
      params: shared ? { contract: [[2], [1]], batch: [[0], [0]] } : { contract: [[1], [1]], batch: [[], []] }
    }
  },
  conv: (random) => {
    const { x, w, params } = convolution(random)
    return { operands: [x, w], params }
  },
  convInputGradient: (random) => {
    const { y, w, params } = convolution(random)
    return { operands: [y, w], params }
  },
  convFilterGradient: (random) => {
    const { x, y, params } = convolution(random)
    return { operands: [x, y], params }
  },
  cumulativeSum: (random) => {
    const shape = random.pick(shapes.filter(({ length }) => length > 0).filter((shape) => sizeOf(shape) < 200))
    return {
      operands: [{ shape, dtype: 'float32' }],
      params: { axis: random.below(shape.length), reverse: false, exclusive: false }
    }
  }
}

const fill = (random: Random, dtype: DType, size: number, limit = 1e9): Data => {
  const data = allocate(dtype, size)
  for (let i = 0; i < size; i++)
    data[i] =
      dtype === 'float32'
        ? random.pick([random.normal() * 3, random.normal() * 3, random.normal() * 1e-3, 0, 1, -1, 2])
        : dtype === 'bool'
          ? random.below(2)
          : random.below(3) === 0
            ? random.below(10)
            : random.below(2 * limit) - limit
  return data
}

const rounds = Number(process.env['SADDLEPOINT_LOOP_ROUNDS'] ?? 12)

describe('every primitive as emitted', () => {
  it('is among the cases, if it lowers to a nest', () => {
    const others = ['reshape', 'argsort', 'cholesky', 'triangularSolve', 'eigh', 'qr', 'svd', 'singularValues']
    expect(Object.keys(registry).filter((name) => !(name in cases) && !others.includes(name))).toEqual([])
  })

  it.each(Object.keys(cases) as PrimitiveName[])('%s', (name) => {
    const random = createRandom(name.length * 7919 + name.charCodeAt(0))
    for (let n = 0; n < rounds * (name === 'threefry' ? 0.3 : 1); n++) {
      const { operands, params } = cases[name]!(random)
      const primitive = registry[name] as (typeof registry)['add']
      const result = primitive.shape(operands, params)
      const nest = primitive.lower(operands, result, params)
      if (nest.kind !== 'nest') continue
      const given = operands.map(({ shape, dtype, limit }) => ({
        shape,
        data: fill(random, dtype, sizeOf(shape), limit)
      }))
      const what = `${name} ${JSON.stringify(params)} of ${operands.map((x) => `${x.dtype}[${x.shape.join()}]`).join()}`
      const expected = interpret(nest, given)
      const options = [{}, { chunk: 1 }, { chunk: -3, readable: true }]
      const runs = options.map((option) => runLoops(fuse(nest), given, option)[0]!)
      expectClose(runs[0]!, expected, what, 1e-6, nest.reduction === undefined ? 0 : 30)
      for (const run of runs) expect(run, `${what} in chunks`).toEqual(runs[0])
    }
  })
})
