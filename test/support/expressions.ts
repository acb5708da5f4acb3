import fc from 'fast-check'
import { o } from '../../src/primitives/vocabulary.ts'
import { openGraph } from '../../src/program/graph.ts'
import type { Program } from '../../src/program/program.ts'
import { traceInto } from '../../src/program/trace.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'

/** A value of four numbers, as a tree that fast-check shrinks: every node is one primitive or a few that belong together. */
export type Expression =
  | { readonly kind: 'input'; readonly index: number }
  | { readonly kind: 'literal'; readonly value: number }
  | { readonly kind: 'unary'; readonly name: Unary; readonly x: Expression }
  | { readonly kind: 'binary'; readonly name: Binary; readonly x: Expression; readonly y: Expression }
  | { readonly kind: 'power'; readonly x: Expression; readonly n: number }
  | { readonly kind: 'choice'; readonly when: Compare; readonly at: Expression; readonly x: Expression; readonly y: Expression } // prettier-ignore

type Unary = (typeof unaries)[number]
type Binary = (typeof binaries)[number]
type Compare = (typeof comparisons)[number]

const exactUnaries = ['neg', 'abs', 'sign', 'floor', 'sqrt', 'sum', 'max', 'repeated', 'turned'] as const
const transcendental = [
  'exp', 'log', 'log1p', 'expm1', 'sin', 'cos', 'tanh', 'logistic', 'softplus', 'erf'
] as const // prettier-ignore
const unaries = [...exactUnaries, ...transcendental] as const
const binaries = ['add', 'sub', 'mul', 'div', 'largest', 'least', 'product', 'pow'] as const
const comparisons = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const

/** Numbers at which arithmetic in single precision is something else than arithmetic. */
export const extremes = [
  0, -0, 1, -1, 0.1, 0.5, 2, -2, 3, 7, 1e-45, -1e-45, 1e-40, 1.1754943508222875e-38, 1e-38, -1e-38, 1e-30, 1e-20, -1e-20,
  1e10, 1e20, -1e20, 1e30, 1e38, -1e38, 3e38, -3e38, 3.4028234663852886e38, Infinity, -Infinity, NaN
] as const // prettier-ignore

export const extreme: fc.Arbitrary<number> = fc.oneof(
  { arbitrary: fc.constantFrom(...extremes), weight: 3 },
  { arbitrary: fc.float({ noDefaultInfinity: true, noNaN: true, min: -8, max: 8 }), weight: 2 }
)

interface ExpressionOptions {
  readonly inputs: number
  /** Whether only what every engine rounds alike may occur. */
  readonly exact?: boolean
  /** Whether infinite literals and NaN may occur. */
  readonly infinite?: boolean
}

export const expressions = ({ inputs, exact = false, infinite = true }: ExpressionOptions): fc.Arbitrary<Expression> =>
  fc.letrec<{ tree: Expression; leaf: Expression; node: Expression }>((tie) => {
    const x = tie('tree')
    const value = infinite ? extreme : extreme.filter((number) => Number.isFinite(Math.fround(number)))
    return {
      leaf: fc.oneof(
        fc.record({ kind: fc.constant('input' as const), index: fc.nat(inputs - 1) }),
        fc.record({ kind: fc.constant('literal' as const), value })
      ),
      node: fc.oneof(
        fc.record({ kind: fc.constant('binary' as const), name: fc.constantFrom(...(exact ? binaries.slice(0, -1) : binaries)), x, y: x }), // prettier-ignore
        fc.record({
          kind: fc.constant('unary' as const),
          name: fc.constantFrom(...(exact ? exactUnaries : unaries)),
          x
        }),
        fc.record({ kind: fc.constant('power' as const), x, n: fc.constantFrom(-4, -3, -2, -1, 0, 1, 2, 3, 4) }),
        fc.record({ kind: fc.constant('choice' as const), when: fc.constantFrom(...comparisons), at: x, x, y: x })
      ),
      tree: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('leaf'), tie('node'))
    }
  }).node

/** Four numbers as two rows of two, and back. */
const rows = (x: Tensor): Tensor => o.reshape(x, [2, 2])
const flat = (x: Tensor): Tensor => o.reshape(x, [4])
/** The sign of a sum that is 0, or of the larger one of 0 and -0, is no device's promise. */
const positiveZero = (x: Tensor): Tensor => o.add(x, 0)

const unary: Readonly<Record<'sum' | 'max' | 'repeated' | 'turned', (x: Tensor) => Tensor>> = {
  sum: (x) => flat(o.broadcastInDim(positiveZero(o.reduceSum(rows(x), [1])), [2, 2], [0])),
  max: (x) => flat(o.broadcastInDim(positiveZero(o.reduceMax(rows(x), [1])), [2, 2], [0])),
  // A row four times over, summed up again.
  repeated: (x) => positiveZero(o.reduceSum(o.broadcastInDim(x, [3, 4], [1]), [0])),
  turned: (x) => flat(o.transpose(rows(x), [1, 0]))
}

const binary: Readonly<Record<Binary, (x: Tensor, y: Tensor) => Tensor>> = {
  add: o.add,
  sub: o.sub,
  mul: o.mul,
  div: o.div,
  pow: o.pow,
  largest: (x, y) => positiveZero(o.max(x, y)),
  least: (x, y) => positiveZero(o.min(x, y)),
  product: (x, y) => flat(positiveZero(o.dotGeneral(rows(x), rows(y), { contract: [[1], [0]], batch: [[], []] })))
}

const isOwn = (name: Unary): name is keyof typeof unary => name in unary

export const build = (e: Expression, inputs: readonly Tensor[]): Tensor => {
  switch (e.kind) {
    case 'input':
      return inputs[e.index]!
    case 'literal':
      return o.full([4], e.value)
    case 'unary':
      return isOwn(e.name) ? unary[e.name](build(e.x, inputs)) : o[e.name](build(e.x, inputs))
    case 'binary':
      return binary[e.name](build(e.x, inputs), build(e.y, inputs))
    case 'power':
      return o.pow(build(e.x, inputs), e.n)
    case 'choice':
      return o.select(
        o.compare(build(e.at, inputs), build(e.y, inputs), e.when),
        build(e.x, inputs),
        build(e.y, inputs)
      )
  }
}

/** The program of several expressions over the same inputs. */
export const programOfExpressions = (all: readonly Expression[], inputs: number): Program =>
  traceInto(
    openGraph(o),
    Array.from({ length: inputs }, () => ({ shape: [4], dtype: 'float32' as const })),
    (xs) => all.map((e) => build(e, xs)),
    'expressions'
  ).program
