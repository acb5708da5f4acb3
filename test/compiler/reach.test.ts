/** Random programs reach every rule of every rewrite, every simplification of a primitive and every form of kernel: counted. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalizeProducts } from '../../src/compiler/rewrite/canonicalizeProducts.ts'
import { narrowConcat } from '../../src/compiler/rewrite/narrowConcat.ts'
import { optimize, rewrites } from '../../src/compiler/rewrite/optimize.ts'
import type { Rewrite } from '../../src/compiler/rewrite/rewrite.ts'
import { rewriting } from '../../src/compiler/rewrite/rewrite.ts'
import type { Kernel, Schedule } from '../../src/compiler/schedule.ts'
import { schedule } from '../../src/compiler/scheduleProgram.ts'
import { literalValue } from '../../src/primitives/rules/literal.ts'
import { registry } from '../../src/primitives/registry.ts'
import type { Node } from '../../src/program/node.ts'
import { isNode } from '../../src/program/node.ts'
import type { AnyPrimitive } from '../../src/program/primitive.ts'
import type { Program } from '../../src/program/program.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { expressions, programOfExpressions } from '../support/expressions.ts'
import { programs, programsWithState } from '../support/randomPrograms.ts'

type Counts = Map<string, number>
const count = (counts: Counts, name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1)

const is = (x: Node | undefined, name: string): boolean => x?.primitive.name === name
const value = (x: Node | undefined): number | undefined => (x === undefined ? undefined : literalValue(x))

/** One application of a rewrite that had an answer. */
interface Applied {
  readonly node: Node
  readonly operands: readonly Node[]
  readonly result: Tensor
}
type Rule = (applied: Applied) => boolean
const after = (name: string, holds: (x: Node, y: Node | undefined, result: Node) => boolean = () => true): Rule =>
  ({ node, operands, result }) => is(node, name) && holds(operands[0]!, operands[1], result as Node) // prettier-ignore

/** The rules by rewrite: what each is applied to. */
const rules: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  eraseIdentities: {
    stopGradient: after('stopGradient'),
    customJvp: after('customJvp')
  },
  foldConstants: {
    'a number everywhere': ({ operands, result }) => operands.every((x) => value(x) !== undefined) && isNode(result),
    'few numbers': ({ operands, result }) => operands.some((x) => is(x, 'constant')) && value(result as Node) === undefined, // prettier-ignore
    'few equal numbers': ({ operands, result }) => operands.some((x) => is(x, 'constant')) && value(result as Node) !== undefined // prettier-ignore
  },
  arithmetic: {
    'x + x': after('add', (x, y) => x === y),
    'x + -y': after('add', (x, y) => x !== y && is(y, 'neg')),
    '-x + y': after('add', (x, y) => is(x, 'neg') && !is(y, 'neg')),
    'x - -y': after('sub'),
    '-x * -y': after('mul', (x, y) => is(x, 'neg') && is(y, 'neg')),
    'a x': after('mul', (x, y) => value(x) !== undefined && value(y) === undefined),
    'x * -1': after('mul', (_, y) => value(y) === -1),
    '(x a) b': after('mul', (x, y) => is(x, 'mul') && value(y) !== undefined && value(y) !== -1),
    '-x a': after('mul', (x, y) => is(x, 'neg') && value(y) !== undefined && value(y) !== -1),
    'x / 2^n': after('div'),
    'x^3': after('pow', (_, y) => value(y) === 3),
    'x^4': after('pow', (_, y) => value(y) === 4),
    'x^-1': after('pow', (_, y) => value(y) === -1),
    '-(x a)': after('neg')
  },
  reductions: {
    'sum of what is repeated': after('reduceSum', (x, _, result) => is(x, 'broadcastInDim') && !is(result, 'literal')),
    'sum of a transposition': after('reduceSum', (x) => is(x, 'transpose')),
    'sum of a sum': after('reduceSum', (x) => is(x, 'reduceSum')),
    'maximum of what is repeated': after('reduceMax', (x) => is(x, 'broadcastInDim')),
    'maximum of a transposition': after('reduceMax', (x) => is(x, 'transpose'))
  },
  products: {
    'of nothing': after('dotGeneral', (_, __, result) => value(result) === 0),
    'of one step': after('dotGeneral', (_, __, result) => is(result, 'mul')),
    'with a number everywhere': after('dotGeneral', (x, y) => (value(x) ?? value(y)) !== undefined),
    'of a row and a column': after('dotGeneral', (x, y, result) => (value(x) ?? value(y)) === undefined && (is(result, 'reshape') || is(result, 'reduceSum'))), // prettier-ignore
    'of a negative': after('dotGeneral', (_, __, result) => is(result, 'neg')),
    'of a transposition': after('dotGeneral', (_, __, result) => is(result, 'dotGeneral')),
    turned: after('transpose'),
    'convolution of a negative': ({ node }) => node.primitive.name.startsWith('conv')
  },
  movement: {
    'transposition of extents of 1': after('transpose', (_, __, result) => is(result, 'reshape')),
    'transposition of what is repeated': after('transpose', (x) => is(x, 'broadcastInDim')),
    'slice of a concat': after('slice', (x) => is(x, 'concat')),
    'slice of what is repeated': after('slice', (x) => is(x, 'broadcastInDim')),
    'reshape behind elementwise work': ({ node, result }) => node.primitive.elementwise === true && is(result as Node, 'reshape') // prettier-ignore
  },
  splitReductions: {
    'of one axis': after('reduceSum', (x) => x.shape.filter((n) => n > 1).length === 1),
    'of several': after('reduceSum', (x) => x.shape.filter((n) => n > 1).length > 1),
    'of a maximum': after('reduceMax')
  },
  canonicalizeProducts: { 'several rows of axes': after('dotGeneral') },
  narrowConcat: { 'many operands': after('concat') }
}

const all: Readonly<Record<string, Rewrite>> = { ...rewrites, canonicalizeProducts, narrowConcat: narrowConcat(2) }
const counts: Counts = new Map()
for (const [rewrite, own] of Object.entries(rules)) for (const rule of Object.keys(own)) counts.set(`${rewrite}: ${rule}`, 0) // prettier-ignore

const counted = Object.fromEntries(
  Object.entries(all).map(([name, rewrite]): [string, Rewrite] => [
    name,
    (node, operands) => {
      const result = rewrite(node, operands)
      if (result !== undefined)
        for (const [rule, holds] of Object.entries(rules[name]!))
          if (holds({ node, operands, result })) count(counts, `${name}: ${rule}`)
      return result
    }
  ])
)

/** Forms of kernels and buffers that fusion may leave. */
const forms: Readonly<Record<string, (kernel: Kernel, made: Schedule) => boolean>> = {
  'loops of one output': (kernel) => kernel.kind === 'loops' && kernel.nest.outputs.length === 1,
  'loops of several outputs': (kernel) => kernel.kind === 'loops' && kernel.nest.outputs.length > 1,
  sums: (kernel) => kernel.kind === 'loops' && kernel.nest.reduction?.combine === 'sum',
  maxima: (kernel) => kernel.kind === 'loops' && kernel.nest.reduction?.combine === 'max',
  'several sums over one operand': (kernel) => kernel.kind === 'loops' && kernel.nest.reduction !== undefined && kernel.nest.outputs.length > 1, // prettier-ignore
  copies: (kernel) => kernel.primitives.join() === 'copy',
  'plain products': (kernel) => kernel.kind === 'contraction' && kernel.reads.length === 2,
  'products with operands behind them': (kernel) => kernel.kind === 'contraction' && kernel.epilogue.operands.length > 0, // prettier-ignore
  'products of several outputs': (kernel) => kernel.kind === 'contraction' && kernel.epilogue.outputs.length > 1,
  'batched products': (kernel) => kernel.kind === 'contraction' && kernel.batch > 1,
  'transposed products': (kernel) => kernel.kind === 'contraction' && kernel.b.strides.row === 1 && kernel.n > 1,
  'plain convolutions': (kernel) => kernel.kind.startsWith('conv') && kernel.reads.length === 2,
  'convolutions with work behind them': (kernel) => kernel.kind.startsWith('conv') && kernel.primitives.length > 1,
  'convolutions forward': ({ kind }) => kind === 'conv',
  'input gradients': ({ kind }) => kind === 'convInputGradient',
  'filter gradients': ({ kind }) => kind === 'convFilterGradient',
  'scattered sums onto numbers': (kernel) => kernel.kind === 'scatterAdd' && kernel.base !== undefined,
  'scattered sums onto tensors': (kernel) => kernel.kind === 'scatterAdd' && kernel.base === undefined,
  'cumulative sums': ({ kind }) => kind === 'cumulativeSum',
  routines: ({ kind }) => kind === 'routine',
  constants: (_, { buffers }) => buffers.some(({ role }) => role.kind === 'constant'),
  'outputs that are inputs': (_, { inputs, outputs }) => outputs.some((output) => inputs.includes(output)),
  'outputs that are one buffer': (_, { outputs }) => new Set(outputs).size < outputs.length,
  'empty buffers': (_, { buffers }) => buffers.some(({ size }) => size === 0)
}
for (const form of Object.keys(forms)) counts.set(`fusion: ${form}`, 0)

/** Primitives whose simplification is asked for an answer here; `fold` is that of literals alone. */
const simplified: { -readonly [K in keyof AnyPrimitive]: AnyPrimitive[K] }[] = Object.values(registry).filter(({ simplify }) => simplify !== undefined) // prettier-ignore
const originals = simplified.map(({ simplify }) => simplify!)
const folds = (name: string): boolean => registry[name as 'neg'].elementwise === true && name !== 'select'

beforeAll(() => {
  simplified.forEach((primitive, i) => {
    const own = originals[i]!
    const names = [`simplify ${primitive.name}`, ...(folds(primitive.name) ? [`fold ${primitive.name}`] : [])]
    for (const name of names) counts.set(name, 0)
    primitive.simplify = (o, operands, params) => {
      const result = own(o, operands, params)
      const isFold = folds(primitive.name) && operands.every((x) => literalValue(x) !== undefined)
      if (result !== undefined) count(counts, `${isFold ? 'fold' : 'simplify'} ${primitive.name}`)
      return result
    }
  })
})
afterAll(() => {
  simplified.forEach((primitive, i) => (primitive.simplify = originals[i]!))
  const rows = [...counts].map(([name, times]) => `${String(times).padStart(7)}  ${name}`)
  process.stdout.write(`Times random programs reached it:\n${rows.join('\n')}\n`)
})

/** What simplifies nothing but literals. */
const onlyFolds = [
  'abs', 'exp', 'log', 'log1p', 'expm1', 'sin', 'cos', 'tanh', 'logistic', 'softplus', 'erf', 'sqrt', 'sign', 'floor', 'max',
  'min', 'compare'
] // prettier-ignore

const visit = (program: Program, carry = 0): void => {
  for (const rewrite of Object.values(counted)) rewriting(rewrite)(program)
  rewriting(...['foldConstants', 'arithmetic', 'reductions', 'products', 'movement'].map((name) => counted[name]!))(program) // prettier-ignore
  for (const made of [schedule(optimize(program), { carry }), schedule(program, { carry })])
    for (const kernel of made.kernels)
      for (const [form, holds] of Object.entries(forms)) if (holds(kernel, made)) count(counts, `fusion: ${form}`)
}

describe('random programs', () => {
  it('reach everything there is', () => {
    for (const program of fc.sample(programs(), 400)) visit(program.program)
    for (const { program, carry } of fc.sample(programsWithState(), 100)) visit(program, carry)
    for (const tree of fc.sample(expressions({ inputs: 2 }), 1000)) visit(programOfExpressions([tree], 2))
    const missed = [...counts].filter(([name, times]) => times === 0 && !onlyFolds.some((own) => name === `simplify ${own}`)) // prettier-ignore
    expect(missed.map(([name]) => name)).toEqual([])
  }, 60_000)
})
