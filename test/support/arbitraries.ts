import fc from 'fast-check'
import type { Params } from '../../src/program/primitive.ts'
import type { PrimitiveName } from '../../src/primitives/registry.ts'
import type { DType } from '../../src/tensor/dtype.ts'
import type { Shape } from '../../src/tensor/shape.ts'
import { range, sizeOf } from '../../src/tensor/shape.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import type { Draws } from './draws.ts'
import { drawsFrom, drawShape, drawTensor } from './draws.ts'

export type Attribute = string | number | boolean

/** An application of a primitive: parameters and shapes fixed, values drawn as often as one likes. */
export interface Case {
  readonly params: Params
  readonly operands: (d: Draws) => readonly Tensor[]
  /** Operands that may be differentiated. */
  readonly moves: readonly number[]
  /** Whether difference quotients tell the derivative: not at a kink, nor where the derivative is zero by decree. */
  readonly smooth: boolean
  /** Operands that are symmetric: they move in symmetric directions alone. */
  readonly symmetric?: readonly number[]
  /** Operands that may be one number everywhere, where not all of them. */
  readonly constant?: readonly number[]
  /** What this case is an example of; a list counts as several. */
  readonly attributes: Readonly<Record<string, Attribute | readonly Attribute[]>>
}

/** How to draw cases of one primitive, and which values of which attributes such cases must take. */
export interface CaseSource {
  readonly draw: (d: Draws) => Case
  readonly reaches: Readonly<Record<string, readonly Attribute[]>>
  /** How many times the usual number of cases are worth drawing: 1. */
  readonly weight?: number
}

type Element = (d: Draws) => number

const wide: Element = (d) => d.real(-2.5, 2.5)
const unit: Element = (d) => d.real(-1, 1)
const positive: Element = (d) => d.real(0.3, 3)
const nonzero: Element = (d) => d.real(0.25, 2.5) * d.pick([-1, 1])
const betweenIntegers: Element = (d) => d.int(-3, 2) + d.real(0.1, 0.9)
const integer: Element = (d) => d.int(-5, 5)
const anyInteger: Element = (d) => d.int(-2147483648, 2147483647)
const mask: Element = (d) => d.int(0, 1)
const elementOf = (dtype: DType, real: Element): Element =>
  dtype === 'float32' ? real : dtype === 'int32' ? integer : mask

const filled = (d: Draws, shape: Shape, element: Element, dtype?: DType): Tensor =>
  drawTensor(shape, () => element(d), dtype)

const shapeAttributes = (shape: Shape): Readonly<Record<string, Attribute>> => ({
  rank: shape.length,
  extent1: shape.includes(1),
  empty: shape.includes(0)
})
const anyShape = { rank: [0, 1, 2, 3], extent1: [false, true], empty: [false, true] } as const
const floatsAndInts = ['float32', 'int32'] as const
const dtypes = ['float32', 'int32', 'bool'] as const
const floatsOnly = ['float32'] as const

/** Elementwise in operands of one shape, each element drawn alone. */
const elementwise = (
  elements: readonly Element[],
  options: { readonly dtypes?: readonly DType[]; readonly smooth?: boolean } = {}
): CaseSource => {
  const kinds = options.dtypes ?? floatsOnly
  return {
    draw: (d) => {
      const shape = drawShape(d)
      const dtype = d.pick(kinds)
      return {
        params: {},
        operands: (e) => elements.map((element) => filled(e, shape, elementOf(dtype, element), dtype)),
        moves: dtype === 'float32' ? range(elements.length) : [],
        smooth: options.smooth ?? true,
        attributes: { ...shapeAttributes(shape), dtype }
      }
    },
    reaches: { ...anyShape, dtype: kinds }
  }
}

/** max and min: operands apart, or (where no difference quotient is asked for) tied here and there. */
const ordered: CaseSource = {
  draw: (d) => {
    const shape = drawShape(d)
    const dtype = d.pick(floatsAndInts)
    const tied = d.chance(0.25)
    return {
      params: {},
      operands: (e) => {
        const x = filled(e, shape, elementOf(dtype, wide), dtype)
        const apart = (): number => (tied && e.chance(0.5) ? 0 : dtype === 'int32' ? integer(e) : nonzero(e))
        return [x, { ...x, data: x.data.map((value) => value + apart()) }]
      },
      moves: dtype === 'float32' ? [0, 1] : [],
      smooth: !tied,
      attributes: { ...shapeAttributes(shape), dtype, tied }
    }
  },
  reaches: { ...anyShape, dtype: floatsAndInts, tied: [false, true] }
}

/** A real exponent goes with a positive base; an integer one with any, but then the exponent is held. */
const powers: CaseSource = {
  draw: (d) => {
    const shape = drawShape(d)
    const exponent = d.pick(['real', 'integer', 'integer at zero'])
    const base: Element = exponent === 'real' ? positive : exponent === 'integer' ? nonzero : () => 0
    return {
      params: {},
      operands: (e) => [
        filled(e, shape, base),
        filled(e, shape, exponent === 'real' ? wide : exponent === 'integer' ? integer : () => e.int(0, 4))
      ],
      moves: exponent === 'real' ? [0, 1] : [0],
      smooth: true,
      attributes: { ...shapeAttributes(shape), exponent }
    }
  },
  reaches: { ...anyShape, exponent: ['real', 'integer', 'integer at zero'] }
}

const comparisons = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const
const comparing: CaseSource = {
  draw: (d) => {
    const shape = drawShape(d)
    const dtype = d.pick(dtypes)
    const name = d.pick(comparisons)
    return {
      params: { name },
      operands: (e) => [0, 1].map(() => filled(e, shape, (f) => (dtype === 'bool' ? mask(f) : f.int(-1, 1)), dtype)),
      moves: dtype === 'float32' ? [0, 1] : [],
      smooth: false,
      attributes: { ...shapeAttributes(shape), dtype, name }
    }
  },
  reaches: { ...anyShape, dtype: dtypes, name: comparisons }
}

const selecting: CaseSource = {
  draw: (d) => {
    const shape = drawShape(d)
    const dtype = d.pick(dtypes)
    return {
      params: {},
      operands: (e) => [
        filled(e, shape, mask, 'bool'),
        ...[0, 1].map(() => filled(e, shape, elementOf(dtype, wide), dtype))
      ],
      moves: dtype === 'float32' ? [1, 2] : [],
      smooth: true,
      attributes: { ...shapeAttributes(shape), dtype }
    }
  },
  reaches: { ...anyShape, dtype: dtypes }
}

const converting: CaseSource = {
  draw: (d) => {
    const shape = drawShape(d)
    const [from, to] = [d.pick(dtypes), d.pick(dtypes)]
    return {
      params: { dtype: to },
      operands: (e) => [filled(e, shape, elementOf(from, betweenIntegers), from)],
      moves: from === 'float32' ? [0] : [],
      smooth: true,
      attributes: { ...shapeAttributes(shape), conversion: `${from} to ${to}` }
    }
  },
  reaches: { ...anyShape, conversion: dtypes.flatMap((from) => dtypes.map((to) => `${from} to ${to}`)) }
}

/** One float32 operand of a drawn shape, parameters drawn for it. */
const structural = (
  paramsFor: (d: Draws, shape: Shape) => Readonly<{ params: Params; attributes?: Case['attributes'] }>,
  reaches: CaseSource['reaches'],
  options: { readonly minRank?: number; readonly empty?: boolean; readonly element?: Element } = {}
): CaseSource => {
  const { minRank = 0, empty = true, element = wide } = options
  return {
    draw: (d) => {
      const shape = drawShape(d, minRank, 3, empty)
      const { params, attributes } = paramsFor(d, shape)
      return {
        params,
        operands: (e) => [filled(e, shape, element)],
        moves: [0],
        smooth: true,
        attributes: { ...shapeAttributes(shape), ...attributes }
      }
    },
    reaches: {
      ...anyShape,
      rank: anyShape.rank.slice(minRank),
      empty: empty ? anyShape.empty : [false],
      ...reaches
    }
  }
}

const drawAxes = (d: Draws, rank: number): readonly number[] => range(rank).filter(() => d.chance(0.5))

/** The same elements in factors put together anew, with some ones. */
const regrouped = (d: Draws, shape: Shape): Shape => {
  if (sizeOf(shape) === 0) return [0, d.int(0, 2)]
  const groups: number[] = d.chance(0.5) ? [1] : []
  for (const extent of shape)
    if (groups.length > 0 && d.chance(0.5)) groups[groups.length - 1]! *= extent
    else groups.push(extent)
  return groups.length === 0 && d.chance(0.5) ? [1, 1] : groups
}

const reducingMax: CaseSource = {
  draw: (d) => {
    const shape = drawShape(d, 0, 3, false)
    const axes = drawAxes(d, shape.length)
    const tied = d.chance(0.25)
    return {
      params: { axes },
      operands: (e) => {
        const places = e.shuffle(range(sizeOf(shape)))
        let next = 0
        return [drawTensor(shape, () => (tied ? e.int(0, 1) : 0.3 * places[next++]! + e.real(0, 0.1)))]
      },
      moves: [0],
      smooth: !tied,
      attributes: { ...shapeAttributes(shape), axes: axes.length, tied }
    }
  },
  reaches: { ...anyShape, empty: [false], axes: [0, 1, 2, 3], tied: [false, true] }
}

const broadcasting: CaseSource = {
  draw: (d) => {
    const shape = drawShape(d, 0, 3)
    const axes = range(shape.length).filter(() => d.chance(0.6))
    const grown = axes.filter(() => d.chance(0.4))
    const operand = axes.map((axis) => (grown.includes(axis) ? 1 : shape[axis]!))
    return {
      params: { shape, axes },
      operands: (e) => [filled(e, operand, wide)],
      moves: [0],
      smooth: true,
      attributes: {
        ...shapeAttributes(shape),
        operandRank: operand.length,
        grown: grown.some((axis) => shape[axis]! > 1)
      }
    }
  },
  reaches: { ...anyShape, operandRank: [0, 1, 2, 3], grown: [false, true] }
}

const slicing = structural(
  (d, shape) => {
    const start = shape.map((extent) => d.int(0, extent))
    const limit = shape.map((extent, i) => d.int(start[i]!, extent))
    const stride = shape.map(() => d.int(1, 3))
    return {
      params: { start, limit, stride },
      attributes: { stride, nothing: shape.some((_, i) => start[i] === limit[i]) }
    }
  },
  { stride: [1, 2, 3], nothing: [false, true] },
  {}
)

const padding: CaseSource = {
  draw: (d) => {
    const shape = drawShape(d)
    const interior = shape.map(() => d.int(0, 2))
    const spread = shape.map((extent, i) => extent + Math.max(0, extent - 1) * interior[i]!)
    const low = spread.map((extent) => d.int(-Math.min(2, extent), 2))
    const high = spread.map((extent, i) => d.int(-Math.min(2, extent + low[i]!), 2))
    return {
      params: { low, high, interior },
      operands: (e) => [filled(e, shape, wide), filled(e, [], wide)],
      moves: [0, 1],
      smooth: true,
      attributes: { ...shapeAttributes(shape), low, high, interior }
    }
  },
  reaches: { ...anyShape, low: [-2, -1, 0, 1, 2], high: [-2, -1, 0, 1, 2], interior: [0, 1, 2] }
}

const concatenating: CaseSource = {
  draw: (d) => {
    const shape = drawShape(d, 1, 3)
    const axis = d.int(0, shape.length - 1)
    const extents = Array.from({ length: d.int(1, 3) }, () => d.int(0, 3))
    return {
      params: { axis },
      operands: (e) => extents.map((extent) => filled(e, shape.with(axis, extent), wide)),
      moves: range(extents.length),
      smooth: true,
      attributes: { rank: shape.length, axis, operands: extents.length, extent: extents }
    }
  },
  reaches: { rank: [1, 2, 3], axis: [0, 1, 2], operands: [1, 2, 3], extent: [0, 1, 2, 3] }
}

/** Batch, contracted and free axes of each side, shuffled. */
const contracting: CaseSource = {
  draw: (d) => {
    const extent = (): number => (d.chance(0.3) ? 1 : d.int(2, 3))
    const batch = Array.from({ length: d.int(0, 2) }, extent)
    const contract = Array.from({ length: d.int(0, 2) }, extent)
    const free = [0, 1].map(() => Array.from({ length: d.int(0, 2) }, extent))
    const sides = free.map((rest) => {
      const all = [
        ...batch.map((n, i) => ({ role: 'batch', i, n })),
        ...contract.map((n, i) => ({ role: 'contract', i, n })),
        ...rest.map((n, i) => ({ role: 'free', i, n }))
      ]
      const placed = d.shuffle(all)
      const axesOf = (role: string, count: number): readonly number[] =>
        range(count).map((i) => placed.findIndex((axis) => axis.role === role && axis.i === i))
      return {
        shape: placed.map(({ n }) => n),
        batch: axesOf('batch', batch.length),
        contract: axesOf('contract', contract.length)
      }
    })
    const [a, b] = sides as [(typeof sides)[0], (typeof sides)[0]]
    return {
      params: { contract: [a.contract, b.contract], batch: [a.batch, b.batch] },
      operands: (e) => [filled(e, a.shape, unit), filled(e, b.shape, unit)],
      moves: [0, 1],
      smooth: true,
      attributes: {
        batch: batch.length,
        contract: contract.length,
        free: free.map((rest) => rest.length),
        scalarOperand: a.shape.length === 0 || b.shape.length === 0
      }
    }
  },
  reaches: { batch: [0, 1, 2], contract: [0, 1, 2], free: [0, 1, 2], scalarOperand: [false, true] }
}

/** Geometry of one axis that gives at least one output: input, kernel, stride, dilation, both paddings. */
const drawWindow = (d: Draws) => {
  const [kernel, stride, dilation] = [d.int(1, 5), d.int(1, 3), d.int(1, 2)]
  const [low, high] = [d.int(0, 3), d.int(0, 3)]
  const reach = (kernel - 1) * dilation + 1
  const input = Math.max(1, reach - low - high) + d.int(0, 4)
  const room = input + low + high - reach
  return { kernel, stride, dilation, low, high, input, output: Math.floor(room / stride) + 1, remainder: room % stride }
}

const convolving = (operands: readonly ['x' | 'y', 'w' | 'y']): CaseSource => ({
  weight: 3,
  draw: (d) => {
    const axes = Array.from({ length: d.int(1, 2) }, () => drawWindow(d))
    const each = <K extends keyof (typeof axes)[0]>(key: K): readonly number[] => axes.map((axis) => axis[key])
    const [groups, samples, channels, outputs] = [d.int(1, 3), d.int(1, 2), d.int(1, 2), d.int(1, 2)]
    const shapes = {
      x: [groups, samples, channels, ...each('input')],
      w: [groups, outputs, channels, ...each('kernel')],
      y: [groups, samples, outputs, ...each('output')]
    }
    return {
      params: {
        stride: each('stride'),
        low: each('low'),
        dilation: each('dilation'),
        input: each('input'),
        kernel: each('kernel'),
        output: each('output')
      },
      operands: (e) => operands.map((name) => filled(e, shapes[name], unit)),
      moves: [0, 1],
      smooth: true,
      attributes: {
        spatial: axes.length,
        stride: each('stride'),
        kernel: each('kernel'),
        dilation: each('dilation'),
        remainder: each('remainder'),
        padding: axes.map(({ low, high }) => (low === high ? 'symmetric' : low < high ? 'low < high' : 'low > high')),
        groups,
        samples,
        channels,
        outputs
      }
    }
  },
  reaches: {
    spatial: [1, 2],
    stride: [1, 2, 3],
    kernel: [1, 2, 3, 4, 5],
    dilation: [1, 2],
    remainder: [0, 1, 2],
    padding: ['symmetric', 'low < high', 'low > high'],
    groups: [1, 2, 3],
    samples: [1, 2],
    channels: [1, 2],
    outputs: [1, 2]
  }
})

/** Rows picked from, or added to, axis `batch`; some indices repeat and some are out of range. */
const indexing = (scatter: boolean): CaseSource => ({
  draw: (d) => {
    const batch = d.int(0, 2)
    const lead = drawShape(d, batch, batch, false)
    const rest = drawShape(d, 0, 2)
    const [rows, picks] = [d.int(1, 4), d.int(0, 5)]
    const outside = d.chance(0.3)
    const x = [...lead, rows, ...rest]
    const index: Element = (e) => (outside && e.chance(0.3) ? e.pick([-1, rows, rows + 3]) : e.int(0, rows - 1))
    return {
      params: { batch },
      operands: (e) => [
        filled(e, x, wide),
        filled(e, [...lead, picks], index, 'int32'),
        ...(scatter ? [filled(e, [...lead, picks, ...rest], wide)] : [])
      ],
      moves: scatter ? [0, 2] : [0],
      smooth: true,
      attributes: { batch, rest: rest.length, picks, outside }
    }
  },
  reaches: { batch: [0, 1, 2], rest: [0, 1, 2], picks: [0, 1, 2, 3, 4, 5], outside: [false, true] }
})

const alongAxis = (d: Draws, shape: Shape): { params: Params; attributes: Case['attributes'] } => {
  const axis = d.int(0, shape.length - 1)
  return { params: { axis }, attributes: { axis } }
}

const counting: CaseSource = {
  draw: (d) => {
    const shape = drawShape(d, 1, 3)
    const axis = d.int(0, shape.length - 1)
    const dtype = d.pick(floatsAndInts)
    return {
      params: { shape, axis, dtype },
      operands: () => [],
      moves: [],
      smooth: true,
      attributes: { ...shapeAttributes(shape), axis, dtype }
    }
  },
  reaches: { ...anyShape, rank: [1, 2, 3], axis: [0, 1, 2], dtype: floatsAndInts }
}

const bitMixing: CaseSource = {
  draw: (d) => {
    const shape = drawShape(d)
    const word = d.int(0, 1)
    return {
      params: { word },
      operands: (e) => range(4).map(() => filled(e, shape, anyInteger, 'int32')),
      moves: [],
      smooth: true,
      attributes: { ...shapeAttributes(shape), word }
    }
  },
  reaches: { ...anyShape, word: [0, 1] }
}

const bits: CaseSource = {
  draw: (d) => {
    const shape = drawShape(d)
    return {
      params: {},
      operands: (e) => [filled(e, shape, anyInteger, 'int32')],
      moves: [],
      smooth: true,
      attributes: shapeAttributes(shape)
    }
  },
  reaches: anyShape
}

/** Leading axes of matrices: none, one, or two; one in sixteen is empty. */
const leadingAxes = (d: Draws): Shape => drawShape(d, 0, 2)

const matrixShape = (
  lead: Shape,
  extents: readonly number[]
): Readonly<Record<string, Attribute | readonly Attribute[]>> => ({
  leading: lead.length,
  batchEmpty: lead.includes(0),
  extent: extents
})
const anyMatrices = { leading: [0, 1, 2], batchEmpty: [false, true] } as const

/** The elements of matrices [...lead, rows, columns], each matrix made by itself. */
const matrices = (lead: Shape, rows: number, columns: number, make: () => readonly (readonly number[])[]): Tensor => {
  const numbers = range(sizeOf(lead)).flatMap(() => make().flat())
  let next = 0
  return drawTensor([...lead, rows, columns], () => numbers[next++]!)
}

const transposeOf = (rows: readonly (readonly number[])[]): readonly (readonly number[])[] =>
  (rows[0] ?? []).map((_, j) => rows.map((row) => row[j]!))
const productOf = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number[][] =>
  a.map((row) => transposeOf(b).map((column) => row.reduce((sum, x, k) => sum + x * column[k]!, 0)))

/** Orthonormal rows: those of a random matrix, made so by Gram and Schmidt. */
const orthonormalRows = (d: Draws, n: number): number[][] => {
  const rows: number[][] = []
  while (rows.length < n) {
    let row = range(n).map(() => d.real(-1, 1))
    for (const earlier of [...rows, ...rows]) {
      const along = earlier.reduce((sum, x, k) => sum + x * row[k]!, 0)
      row = row.map((x, k) => x - along * earlier[k]!)
    }
    const length = Math.hypot(...row)
    if (length > 0.1) rows.push(row.map((x) => x / length))
  }
  return rows
}

/** The symmetric matrix Q' diag(spectrum) Q of a random orthogonal Q. */
const withSpectrum = (d: Draws, spectrum: readonly number[]): readonly (readonly number[])[] => {
  const q = orthonormalRows(d, spectrum.length)
  const a = productOf(
    transposeOf(q),
    q.map((row, i) => row.map((x) => x * spectrum[i]!))
  )
  return a.map((row, i) => row.map((x, j) => (x + a[j]![i]!) / 2))
}

const conditions = ['well', 'ill'] as const

/** Numbers apart from each other, in random order; ill-conditioned ones fall off by so many powers of ten. */
const spectrumOf = (d: Draws, n: number, condition: string, powers = 3): readonly number[] =>
  d.shuffle(
    range(n).map((i) => (condition === 'ill' ? 10 ** ((-powers * i) / Math.max(1, n - 1)) : 0.7 + i + d.real(0, 0.4)))
  )

const factoring: CaseSource = {
  draw: (d) => {
    const lead = leadingAxes(d)
    const n = d.int(1, 4)
    const condition = d.pick(conditions)
    return {
      params: {},
      operands: (e) => [matrices(lead, n, n, () => withSpectrum(e, spectrumOf(e, n, condition)))],
      moves: [0],
      smooth: condition === 'well',
      symmetric: [0],
      constant: [],
      attributes: { ...matrixShape(lead, [n]), condition }
    }
  },
  reaches: { ...anyMatrices, extent: [1, 2, 3, 4], condition: conditions }
}

/** Whether numbers that belong together are equal: in exact matrices, whose rounding is none, so that they come out equal. */
const kinds = ['well', 'ill', 'degenerate'] as const

/** The symmetric n x n matrix with 3 in one place of the diagonal and 1 elsewhere, or that plus 1 everywhere. */
const degenerate = (d: Draws, n: number): readonly (readonly number[])[] => {
  const [place, beside] = [d.int(0, n), d.int(0, 1)]
  return range(n).map((i) => range(n).map((j) => beside + (i === j ? (i === place ? 3 : 1) : 0)))
}

const diagonalizing: CaseSource = {
  draw: (d) => {
    const lead = leadingAxes(d)
    const n = d.int(1, 4)
    const kind = d.pick(kinds)
    const signed = (e: Draws): readonly number[] => spectrumOf(e, n, kind).map((x) => x * e.pick([-1, 1]))
    return {
      params: {},
      operands: (e) => [
        matrices(lead, n, n, () => (kind === 'degenerate' ? degenerate(e, n) : withSpectrum(e, signed(e))))
      ],
      moves: [0],
      smooth: kind === 'well',
      symmetric: [0],
      attributes: { ...matrixShape(lead, [n]), kind }
    }
  },
  reaches: { ...anyMatrices, extent: [1, 2, 3, 4], kind: kinds }
}

/** Matrices m x n with m >= n: Q diag(spectrum) P with orthonormal Q and P. */
const tall = (withTies: boolean): CaseSource => ({
  draw: (d) => {
    const lead = leadingAxes(d)
    const n = d.int(1, 3)
    const m = n + d.int(0, 2)
    const kind = d.pick(withTies ? kinds : conditions)
    const one = (e: Draws): readonly (readonly number[])[] => {
      if (kind === 'degenerate') return range(m).map((i) => range(n).map((j) => (i === j ? 2 : 0)))
      const [q, p] = [orthonormalRows(e, m), orthonormalRows(e, n)]
      // Second derivatives of Q and R have the third power of what R is divided by.
      const spectrum = spectrumOf(e, n, kind, withTies ? 3 : 1)
      return productOf(
        transposeOf(q.slice(0, n)),
        p.map((row, i) => row.map((x) => x * spectrum[i]!))
      )
    }
    return {
      params: {},
      operands: (e) => [matrices(lead, m, n, () => one(e))],
      moves: [0],
      smooth: kind === 'well',
      constant: [],
      attributes: { ...matrixShape(lead, [n]), excess: m - n, kind }
    }
  },
  reaches: { ...anyMatrices, extent: [1, 2, 3], excess: [0, 1, 2], kind: withTies ? kinds : conditions }
})

const substituting: CaseSource = {
  draw: (d) => {
    const lead = leadingAxes(d)
    const [n, m] = [d.int(1, 4), d.int(1, 3)]
    const [lower, transposed] = [d.chance(0.5), d.chance(0.5)]
    const condition = d.pick(conditions)
    // What is no part of the triangle is there to be left alone.
    const triangle = (e: Draws): readonly (readonly number[])[] =>
      spectrumOf(e, n, condition).map((own, i) =>
        range(n).map((j) => (i === j ? own * e.pick([-1, 1]) : e.real(-1, 1)))
      )
    return {
      params: { lower, transposed },
      operands: (e) => [matrices(lead, n, n, () => triangle(e)), filled(e, [...lead, n, m], wide)],
      moves: [0, 1],
      smooth: condition === 'well',
      constant: [1],
      attributes: { ...matrixShape(lead, [n]), columns: m, lower, transposed, condition }
    }
  },
  reaches: {
    ...anyMatrices,
    extent: [1, 2, 3, 4],
    columns: [1, 2, 3],
    lower: [false, true],
    transposed: [false, true],
    condition: conditions
  }
}

export const caseSources: Readonly<Record<PrimitiveName, CaseSource>> = {
  neg: elementwise([wide], { dtypes: floatsAndInts }),
  exp: elementwise([wide]),
  log: elementwise([positive]),
  log1p: elementwise([(d) => d.real(-0.7, 2)]),
  expm1: elementwise([wide]),
  sin: elementwise([wide]),
  cos: elementwise([wide]),
  tanh: elementwise([wide]),
  logistic: elementwise([(d) => d.real(-6, 6)]),
  softplus: elementwise([(d) => d.real(-6, 6)]),
  erf: elementwise([wide]),
  sqrt: elementwise([positive]),
  abs: elementwise([nonzero], { dtypes: floatsAndInts }),
  sign: elementwise([nonzero], { dtypes: floatsAndInts }),
  floor: elementwise([betweenIntegers]),
  add: elementwise([wide, wide], { dtypes: floatsAndInts }),
  sub: elementwise([wide, wide], { dtypes: floatsAndInts }),
  mul: elementwise([wide, wide], { dtypes: floatsAndInts }),
  div: elementwise([wide, nonzero]),
  pow: powers,
  max: ordered,
  min: ordered,
  compare: comparing,
  select: selecting,
  convert: converting,
  stopGradient: elementwise([wide], { smooth: false }),
  reshape: structural((d, shape) => ({ params: { shape: regrouped(d, shape) } }), {}),
  transpose: structural((d, shape) => ({ params: { permutation: d.shuffle(range(shape.length)) } }), {}),
  broadcastInDim: broadcasting,
  reduceSum: structural(
    (d, shape) => {
      const axes = drawAxes(d, shape.length)
      return { params: { axes }, attributes: { axes: axes.length } }
    },
    { axes: [0, 1, 2, 3] }
  ),
  reduceMax: reducingMax,
  slice: slicing,
  pad: padding,
  concat: concatenating,
  reverse: structural(
    (d, shape) => {
      const axes = drawAxes(d, shape.length)
      return { params: { axes }, attributes: { axes: axes.length } }
    },
    { axes: [0, 1, 2, 3] }
  ),
  dotGeneral: contracting,
  conv: convolving(['x', 'w']),
  convInputGradient: convolving(['y', 'w']),
  convFilterGradient: convolving(['x', 'y']),
  gather: indexing(false),
  scatterAdd: indexing(true),
  cumulativeSum: structural(alongAxis, { axis: [0, 1, 2] }, { minRank: 1 }),
  iota: counting,
  argsort: structural(alongAxis, { axis: [0, 1, 2] }, { minRank: 1 }),
  threefry: bitMixing,
  bitsToUnit: bits,
  cholesky: factoring,
  triangularSolve: substituting,
  eigh: diagonalizing,
  qr: tall(false),
  svd: tall(true),
  singularValues: tall(true)
}

/** Seeds of cases: a failing one is reported as a number, from which `drawsFrom` makes the case again. */
export const seeds: fc.Arbitrary<number> = fc.noShrink(fc.integer())

export const caseFrom = (source: CaseSource, seed: number): Case => source.draw(drawsFrom(seed))
