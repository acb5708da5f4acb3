import fc from 'fast-check'
import { o } from '../../src/primitives/vocabulary.ts'
import { basic } from '../../src/primitives/basic.ts'
import { registry } from '../../src/primitives/registry.ts'
import { call } from '../../src/program/call.ts'
import { openGraph, within } from '../../src/program/graph.ts'
import type { Node } from '../../src/program/node.ts'
import type { Program } from '../../src/program/program.ts'
import { show } from '../../src/program/show.ts'
import { traceInto } from '../../src/program/trace.ts'
import type { Data } from '../../src/tensor/dtype.ts'
import type { Shape } from '../../src/tensor/shape.ts'
import { range, sizeOf } from '../../src/tensor/shape.ts'
import type { Aval, Tensor } from '../../src/tensor/tensor.ts'
import { checkpoint } from '../../src/transform/checkpoint.ts'
import { customJvp } from '../../src/transform/customJvp.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { caseSources } from './arbitraries.ts'
import type { Draws } from './draws.ts'
import { draws, drawShape, drawTensor, numbersOf, repeatable, scattered } from './draws.ts'

/** A program over any primitives, with numbers for its inputs: float32 ones in double. */
export interface RandomProgram {
  readonly order: Order
  readonly program: Program
  readonly inputs: readonly Data[]
}

/** A value, and whether rounding had no part in it: only such values may be compared or cut off, lest two evaluations part. */
interface Held {
  readonly x: Tensor
  readonly exact: boolean
}

/** Decompositions have steps of their own: of any numbers at all they are too wild for single precision. */
const names = Object.keys(basic) as readonly (keyof typeof basic)[]
const discontinuous: ReadonlySet<string> = new Set([
  'abs', 'sign', 'floor', 'compare', 'convert', 'argsort', 'max', 'min', 'reduceMax', 'bitsToUnit', 'threefry'
]) // prettier-ignore
const rounding: ReadonlySet<string> = new Set([
  'exp', 'log', 'log1p', 'expm1', 'sin', 'cos', 'tanh', 'logistic', 'softplus', 'erf', 'sqrt', 'add', 'sub', 'mul', 'div',
  'pow', 'reduceSum', 'dotGeneral', 'conv', 'convInputGradient', 'convFilterGradient', 'scatterAdd', 'cumulativeSum'
]) // prettier-ignore

/** x with as many elements as `shape` wants, repeated or cut off, under that shape. */
export const fit = (d: Draws, x: Tensor, shape: Shape): Tensor => {
  const [n, m] = [sizeOf(x.shape), sizeOf(shape)]
  const sorted = (s: Shape): string => s.toSorted((a, b) => a - b).join()
  if (n === m && sorted(x.shape) === sorted(shape) && d.chance(0.7)) {
    const left = [...range(shape.length)]
    const permutation = shape.map(
      (extent) =>
        left.splice(
          left.findIndex((a) => x.shape[a] === extent),
          1
        )[0]!
    )
    return o.transpose(x, permutation)
  }
  if (n === m) return o.reshape(x, shape)
  if (n === 0) return o.full(shape, 1, x.dtype)
  const flat = o.reshape(x, [n])
  if (n > m) return o.reshape(d.chance(0.5) ? o.slice(flat, [0], [m]) : o.slice(flat, [n - m], [n]), shape)
  const times = Math.ceil(m / n)
  const repeated = o.reshape(o.broadcastInDim(flat, [times, n], [1]), [times * n])
  return o.reshape(o.slice(repeated, [0], [m]), shape)
}

const bounded = (x: Tensor): Tensor => o.tanh(x)
const positive = (x: Tensor): Tensor => o.add(o.mul(bounded(x), bounded(x)), 0.5)

/** An operand that the primitive is defined and tame at. */
const tame = (name: string, i: number, x: Tensor): Tensor => {
  if (x.dtype !== 'float32') return x
  if (name === 'log' || name === 'sqrt' || (name === 'pow' && i === 0) || (name === 'div' && i === 1))
    return positive(x)
  if (name === 'log1p') return o.mul(bounded(x), 0.5)
  return [
    'exp',
    'expm1',
    'sin',
    'cos',
    'pow',
    'dotGeneral',
    'conv',
    'convInputGradient',
    'convFilterGradient'
  ].includes(name)
    ? bounded(x)
    : x
}

const unaries = ['neg', 'exp', 'log', 'tanh', 'logistic', 'softplus', 'sqrt', 'sin', 'erf', 'stopGradient'] as const
const binaries = ['add', 'sub', 'mul', 'div'] as const

type Step = (d: Draws, pool: readonly Held[]) => Held | undefined

const pickFloat = (d: Draws, pool: readonly Held[], exact = false): Held | undefined => {
  const fits = pool.filter((held) => held.x.dtype === 'float32' && (!exact || held.exact))
  return fits.length === 0 ? undefined : d.chance(0.6) ? fits[Math.max(0, fits.length - d.int(1, 3))]! : d.pick(fits)
}

/** Any primitive, on a drawn case of it, its operands taken from the pool as far as they fit. */
const anyCase: Step = (d, pool) => {
  const name = d.pick(names)
  const of = caseSources[name].draw(d)
  const careful = discontinuous.has(name)
  const used: Held[] = []
  const operands = of.operands(numbersOf(d)).map((own, i) => {
    if (d.chance(0.15)) return own
    const fits = pool.filter(({ x, exact: e }) => x.dtype === own.dtype && (e || !careful))
    if (fits.length === 0) return own
    const held = fits[Math.max(0, fits.length - d.int(1, 4))]!
    used.push(held)
    const fitted = fit(d, held.x, own.shape)
    return careful ? fitted : tame(name, i, fitted)
  })
  const y = call(registry[name], of.params, operands)
  return {
    x: y,
    exact: y.dtype !== 'float32' || (used.every(({ exact }) => exact) && !rounding.has(name))
  }
}

const elementwise: Step = (d, pool) => {
  const held = pickFloat(d, pool)
  if (held === undefined) return undefined
  if (d.chance(0.5)) {
    const name = d.pick(unaries)
    return {
      x: call(registry[name], {}, [tame(name, 0, held.x)]),
      exact: false
    }
  }
  const name = d.pick(binaries)
  const other = pickFloat(d, pool)!
  const y = d.chance(0.2) ? o.full(held.x.shape, d.pick([-1, 0.5, 1, 2])) : fit(d, other.x, held.x.shape)
  return {
    x: o.mul(call(registry[name], {}, [held.x, tame(name, 1, y)]), 0.5),
    exact: false
  }
}

/** What relu and its kin are made of: a mask of one value on another. */
const masked: Step = (d, pool) => {
  const [held, at] = [pickFloat(d, pool), pickFloat(d, pool, true)]
  if (held === undefined || at === undefined) return undefined
  const mask = o.compare(fit(d, at.x, held.x.shape), 0.1, 'gt')
  return { x: o.select(mask, held.x, o.mul(held.x, 0.2)), exact: false }
}

/** x less its mean along an axis, as every normalization does. */
const centred: Step = (d, pool) => {
  const held = pickFloat(d, pool)
  if (held === undefined || held.x.shape.length === 0) return undefined
  const axis = d.int(0, held.x.shape.length - 1)
  const kept = range(held.x.shape.length).filter((a) => a !== axis)
  const mean = o.mul(o.reduceSum(held.x, [axis]), 1 / Math.max(1, held.x.shape[axis]!))
  return {
    x: o.sub(held.x, o.broadcastInDim(mean, held.x.shape, kept)),
    exact: false
  }
}

/** A product with several rows of axes, and numbers for one of them added. */
const denseOfMany: Step = (d, pool) => {
  const [held, weights, bias] = [pickFloat(d, pool), pickFloat(d, pool), pickFloat(d, pool)]
  if (held === undefined) return undefined
  const [l, m, k, n] = [d.pick([1, 2, 3]), d.pick([2, 3]), d.pick([2, 3]), d.pick([1, 2, 4])]
  const w = fit(d, bounded(weights!.x), [k, n])
  const y = o.dotGeneral(fit(d, bounded(held.x), [l, m, k]), w, {
    contract: [[2], [0]],
    batch: [[], []]
  })
  const axis = d.int(0, 2)
  return {
    x: o.mul(y, o.broadcastInDim(fit(d, bounded(bias!.x), [y.shape[axis]!]), y.shape, [axis])),
    exact: false
  }
}

/** Extents on either side of what lanes, tiles and panels hold. */
const uneven = [1, 2, 3, 4, 5, 7, 8, 9, 13, 17, 31, 33] as const

/** A dense layer: product, bias, activation. */
const dense: Step = (d, pool) => {
  const [held, weights, bias] = [pickFloat(d, pool), pickFloat(d, pool), pickFloat(d, pool)]
  if (held === undefined) return undefined
  const wide = d.chance(0.4)
  const [m, k, n] = wide
    ? [d.pick(uneven), d.pick(uneven), d.pick(uneven)]
    : [d.pick([1, 2, 3]), d.pick([1, 2, 5]), d.pick([1, 2, 4])]
  const turned = d.chance(0.3)
  const w = fit(d, bounded(weights!.x), turned ? [n, k] : [k, n])
  const x = o.dotGeneral(fit(d, bounded(held.x), [m, k]), w, {
    contract: [[1], [turned ? 1 : 0]],
    batch: [[], []]
  })
  return {
    x: o.tanh(o.add(x, o.broadcastInDim(fit(d, bias!.x, [n]), [m, n], [1]))),
    exact: false
  }
}

const factors = {
  conv: ['x', 'w'],
  convInputGradient: ['y', 'w'],
  convFilterGradient: ['x', 'y']
} as const
const convolutions = ['conv', 'convInputGradient', 'convFilterGradient'] as const

/** Any of the three convolutions, of drawn geometry, some with more channels than a vector holds. */
const convolved: Step = (d, pool) => {
  const [held, other] = [pickFloat(d, pool), pickFloat(d, pool)]
  if (held === undefined) return undefined
  const name = d.pick(convolutions)
  const of = caseSources[name].draw(d)
  const wide = d.chance(0.5) ? { inputs: d.pick([1, 3, 5, 9]), outputs: d.pick([1, 4, 5, 9]) } : undefined
  const shapeOf = (factor: 'x' | 'w' | 'y', shape: Shape): Shape => {
    if (wide === undefined) return shape
    if (factor === 'w') return shape.with(1, wide.outputs).with(2, wide.inputs)
    return shape.with(2, factor === 'x' ? wide.inputs : wide.outputs)
  }
  const operands = of
    .operands(numbersOf(d))
    .map(({ shape }, i) => fit(d, bounded((i === 0 ? held : other!).x), shapeOf(factors[name][i]!, shape)))
  return {
    x: o.mul(call(registry[name], of.params, operands), 0.5),
    exact: false
  }
}

const customized: Step = (d, pool) => {
  const held = pickFloat(d, pool)
  if (held === undefined) return undefined
  const scaled = customJvp(
    (x: Tensor) => o.mul(x, 0.75),
    (_, [dx]) => o.mul(dx, 0.5)
  )
  const body = d.chance(0.5) ? scaled : checkpoint((x: Tensor) => o.sin(o.mul(x, o.tanh(x))))
  return { x: body(held.x), exact: false }
}

/** Elements from which a reduction to a few is shared out, none like another. */
const long = (d: Draws): Tensor => {
  const shape = d.pick([[128, 130], [16640]])
  return o.mul(o.convert(o.iota(shape, 0), 'float32'), 1 / shape[0]!)
}

type Pattern = (d: Draws, x: Tensor, y: Tensor) => Tensor

const decompositions = ['cholesky', 'eigh', 'qr', 'svd', 'singularValues', 'triangularSolve'] as const

/** A decomposition of x x' / 5 + diag(2, 4), whose eigenvalues are well apart. */
const decomposed: Pattern = (d, x, y) => {
  const name = d.pick(decompositions)
  const product = o.mul(o.dotGeneral(x, x, { contract: [[1], [1]], batch: [[], []] }), 0.2)
  const diagonal = o.mul(
    o.convert(o.compare(o.iota([2, 2], 0), o.iota([2, 2], 1), 'eq'), 'float32'),
    o.add(o.mul(o.iota([2, 2], 0, 'float32'), 2), 2)
  )
  const a = o.add(product, diagonal)
  return name === 'triangularSolve'
    ? call(registry[name], { lower: d.chance(0.5), transposed: d.chance(0.5) }, [a, y])
    : call(registry[name], {}, [a])
}

/** What programs have that are written with care or differentiated often, and random steps seldom meet: x and y are [2, 3]. */
const patterns: readonly Pattern[] = [
  (_, x, y) => o.mul(o.neg(x), o.neg(y)),
  (_, x) => o.mul(x, -1),
  (_, x) => o.mul(o.neg(x), 3),
  (_, x, y) => o.sub(x, o.neg(y)),
  (_, x) => o.reduceSum(o.reduceSum(x, [0]), [0]),
  (_, x) => o.reduceSum(o.transpose(x, [1, 0]), [0]),
  (d, x) => o.reduceMax(o.transpose(o.add(o.mul(x, 0.1), o.iota([2, 3], d.int(0, 1), 'float32')), [1, 0]), [0]),
  (d, x) => o.dotGeneral(o.slice(x, [0, 0], d.pick([[0, 3], [2, 0]])), o.full([d.int(0, 2), 3], 1), { contract: [[], []], batch: [[], []] }), // prettier-ignore
  (_, x) => o.dotGeneral(o.slice(x, [0, 0], [2, 0]), o.full([0, 2], 1), { contract: [[1], [0]], batch: [[], []] }),
  (d, x, y) => o.dotGeneral(d.chance(0.5) ? o.neg(x) : x, o.neg(y), { contract: [[1], [1]], batch: [[], []] }),
  (_, x, y) => o.dotGeneral(o.reshape(x, [1, 2, 3]), o.broadcastInDim(y, [4, 2, 3], [1, 2]), { contract: [[1], [1]], batch: [[], []] }), // prettier-ignore
  (d, x, y) => o.conv(o.neg(o.reshape(x, [1, 1, 1, 6])), o.reshape(d.chance(0.5) ? o.neg(y) : y, [1, 1, 1, 6]), { stride: [1], low: [0], dilation: [1], input: [6], kernel: [6], output: [1] }), // prettier-ignore
  (_, x, y) => o.concat([x, o.mul(y, 2), y], 0),
  (d, x, y) => {
    const place = d.pick([0, 3])
    return o.slice(o.concat([x, y], 1), [0, place], [2, place + d.int(1, 3)])
  },
  (d) => {
    const x = long(d)
    return o.reduceSum(x, range(x.shape.length))
  },
  (d) => {
    const x = long(d)
    return o.reduceMax(x, range(x.shape.length))
  },
  (d, x) => o.div(x, d.pick([1, 4, -0.5])),
  (d, x) => o.add(x, d.pick([-0, 0])),
  (d, x) => o.sub(o.convert(x, 'float32'), d.pick([0, -0])),
  (d) => (d.chance(0.5) ? o.reduceSum(long(d), [0]) : o.reduceMax(long(d), [0])),
  (d, x) => o.cumulativeSum(o.reshape(x, [1, 2, 3]), d.int(0, 2)),
  (d, x) => o.mul(o.convert(o.argsort(o.iota([2, 3], d.int(0, 1), 'float32'), d.int(0, 1)), 'float32'), x),
  (_, x) => o.scatterAdd(x, o.full([0], 0, 'int32'), o.full([0, 3], 1), 0),
  (_, x) => o.scatterAdd(o.full([4, 3], 0), o.iota([2], 0), x, 0),
  (d, x) => o.stopGradient(d.chance(0.5) ? o.stopGradient(x) : x),
  (d, x) => o.add(o.convert(o.convert(o.full([2, 3], d.pick([0, 1.5, -2])), d.pick(['int32', 'bool'])), 'float32'), x),
  decomposed,
  decomposed
]

const patterned: Step = (d, pool) => {
  const [held, other] = [pickFloat(d, pool), pickFloat(d, pool)]
  if (held === undefined) return undefined
  const [x, y] = [held, other!].map((own) => fit(d, bounded(own.x), [2, 3])) as [Tensor, Tensor]
  return { x: d.pick(patterns)(d, x, y), exact: false }
}

const steps: readonly Step[] = [
  anyCase, anyCase, anyCase, anyCase, anyCase, elementwise, elementwise, elementwise, elementwise, masked, centred, dense, dense, denseOfMany, convolved, customized, patterned, patterned, patterned, patterned
] // prettier-ignore

/** Steps on `xs`, one for each source of choices; the last few values are the results. */
const body = (d: Draws, sources: readonly Draws[], xs: readonly Tensor[]): readonly Tensor[] => {
  const pool: Held[] = xs.map((x) => ({ x, exact: true }))
  for (const source of sources) {
    const made = source.pick(steps)(source, pool)
    if (made !== undefined) pool.push(made)
  }
  const results = pool.slice(Math.max(0, pool.length - d.int(1, 3))).map(({ x }) => x)
  return d.chance(0.2) ? [...results, pool[0]!.x] : results
}

export type Order = 'value' | 'vjp' | 'jvp' | 'vjp of vjp' | 'jvp of vjp'
const orders: readonly Order[] = ['value', 'vjp', 'jvp', 'vjp of vjp', 'jvp of vjp']

type Floats = readonly Tensor[]
const floatsOf = (ys: readonly Tensor[]): Floats => ys.filter(({ dtype }) => dtype === 'float32')

/** Cotangents or tangents made of nothing but shapes. */
const covectors = (ys: Floats): Tensor[] => ys.map((y, i) => o.full(y.shape, 0.5 + 0.25 * (i % 3)))

const pulled = (f: (xs: Floats) => Floats, xs: Floats): Floats => {
  const [ys, pullback] = vjp((...args: Tensor[]) => [...f(args)], ...xs)
  return pullback(covectors(ys))
}
const pushed = (f: (xs: Floats) => Floats, xs: Floats): Floats =>
  jvp((...args: Tensor[]) => [...f(args)], [...xs], covectors(xs))[1]

const derivatives: Readonly<Record<Order, (f: (xs: Floats) => Floats, xs: Floats) => Floats>> = {
  value: (f, xs) => f(xs),
  vjp: pulled,
  jvp: pushed,
  'vjp of vjp': (f, xs) => pulled((at) => pulled(f, at), xs),
  'jvp of vjp': (f, xs) => pushed((at) => pulled(f, at), xs)
}

/** The program of some steps, on inputs of drawn shapes; differentiating it runs the steps again. */
const programFrom = (d: Draws, sources: readonly Draws[], order?: Order): RandomProgram => {
  const shape = (): Shape => (d.chance(0.2) ? [d.pick(uneven), d.pick(uneven)] : drawShape(d))
  const e = numbersOf(d)
  const floats = Array.from({ length: d.int(1, 3) }, () => drawTensor(shape(), () => e.real(-1.5, 1.5)))
  const others = [
    ...(d.chance(0.5) ? [drawTensor(drawShape(d), () => e.int(-3, 6), 'int32')] : []),
    ...(d.chance(0.3) ? [drawTensor(drawShape(d), () => e.int(0, 1), 'bool')] : [])
  ]
  const taken = order ?? d.pick(orders)
  const [again, ...steps] = [d, ...sources].map(repeatable)
  const avals: readonly Aval[] = [...floats, ...others]
  const { program } = traceInto(
    openGraph(o),
    avals,
    (inputs) => {
      const rest = inputs.slice(floats.length)
      const whole = (xs: Floats): readonly Tensor[] =>
        body(
          again!(),
          steps.map((step) => step()),
          [...xs, ...rest]
        )
      if (taken === 'value') return whole(inputs.slice(0, floats.length))
      const results = derivatives[taken]((xs) => floatsOf(whole(xs)), inputs.slice(0, floats.length))
      return d.chance(0.5) ? [...results, ...whole(inputs.slice(0, floats.length))] : results
    },
    'randomProgram'
  )
  return {
    order: taken,
    program,
    inputs: [...floats, ...others].map(({ data }) => data)
  }
}

const shown = <P extends RandomProgram>(made: P): P =>
  Object.defineProperty(made, fc.toStringMethod, {
    value: () =>
      `${made.order} of\n${show(made.program)}\non ${made.inputs.map((data) => `[${data.join(', ')}]`).join(', ')}`
  })

interface ProgramShape {
  /** Most steps before differentiation (default 8). */
  readonly size?: number
  readonly order?: Order
}

const parts = ({ size = 8 }: ProgramShape): fc.Arbitrary<[Draws, Draws[]]> =>
  fc.tuple(draws, fc.noBias(fc.array(draws, { minLength: 1, maxLength: size, size: 'max' })))

/** Programs, which shrink step by step. */
export const programs = (shape: ProgramShape = {}): fc.Arbitrary<RandomProgram> =>
  parts(shape).map(([d, sources]) => shown(programFrom(d, sources, shape.order)))

/** The program that a seed stands for, where a test wants the same ones each time. `size` bounds its steps before differentiation. */
export const randomProgram = (seed: number, size = 8, order?: Order): RandomProgram =>
  fc.sample(programs({ size, ...(order && { order }) }), {
    seed,
    numRuns: 1
  })[0]!

export interface RandomStep extends RandomProgram {
  readonly carry: number
}

/** A step with state: the first `carry` outputs have the shapes of the first inputs, and become them. */
const stepFrom = (d: Draws, { order, program, inputs }: RandomProgram): RandomStep => {
  const carry = d.int(1, program.inputs.length)
  const next = within(program.inputs[0]!.graph, () =>
    program.inputs.slice(0, carry).map((own): Tensor => {
      const others = program.inputs.filter((x) => x.dtype === own.dtype && x.shape.join() === own.shape.join())
      const made = program.outputs.filter((y) => y.dtype === own.dtype && sizeOf(y.shape) > 0)
      // Handed on, swapped, or computed anew; the same value for several, now and then.
      if (d.chance(0.2) || made.length === 0) return d.pick(others)
      const value = fit(d, d.pick(made), own.shape)
      return own.dtype === 'float32' && d.chance(0.7) ? o.tanh(o.add(own, o.mul(value, 0.1))) : value
    })
  )
  return {
    order,
    program: { ...program, outputs: [...(next as Node[]), ...program.outputs] },
    inputs,
    carry
  }
}

/** Steps with state, which shrink likewise. */
export const programsWithState = (shape: ProgramShape = { size: 6 }): fc.Arbitrary<RandomStep> =>
  fc
    .tuple(draws, parts(shape))
    .map(([last, [d, sources]]) => shown(stepFrom(last, programFrom(d, sources, shape.order))))

export const randomStep = (seed: number, size = 6): RandomStep =>
  fc.sample(programsWithState({ size }), { seed: scattered(seed), numRuns: 1 })[0]!
