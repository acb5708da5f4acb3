/**
 * Borders, as of padding: a result that is a constant outside of a box and something else inside of it. Filling
 * everything first and then walking the box alone asks no element where it stands.
 *
 * @category wasm
 */
import type { FusedNest } from '../../../src/nest/fused.ts'
import { load, plus } from '../../../src/nest/expression.ts'
import type { Scalar } from '../../../src/nest/expression.ts'
import { compareFunctions } from '../../../src/nest/functions.ts'
import { expressionsIn, substituteIn } from '../../../src/nest/substitute.ts'
import { sizeOf, stridesOf } from '../../../src/tensor/shape.ts'
import type { OperandType } from './operandType.ts'
import { planWalk } from './plan.ts'
import type { Box } from './plan.ts'
import { costOf, planLoops } from './stages.ts'
import type { LoopPlan } from './stages.ts'

/** A nest in two passes, the box over what fills the border. */
export interface Bordered {
  readonly border: FusedNest
  readonly box: Box
}

/** Elements from which two passes are worth their overhead. */
const MANY = 4096

/** The conditions that all have to hold. */
const termsOf = (condition: Scalar): readonly Scalar[] =>
  condition.kind === 'select' && condition.y.kind === 'literal' && condition.y.value === 0
    ? [...termsOf(condition.when), ...termsOf(condition.x)]
    : [condition]

const isSame = (a: Scalar, b: Scalar): boolean =>
  a === b || (a.kind === 'literal' && b.kind === 'literal' && Object.is(a.value, b.value))

/** Selects within selects that have the same alternative: their conditions, and what is taken where all of them hold. */
const innermost = (body: Scalar, outside: Scalar): readonly [conditions: readonly Scalar[], inside: Scalar] => {
  if (body.kind !== 'select' || !isSame(body.y, outside)) return [[], body]
  const [conditions, inside] = innermost(body.x, outside)
  return [[...termsOf(body.when), ...conditions], inside]
}

/** An index at place i of the only axis in it; NaN where it is more than sums and differences. */
const indexAt = (e: Scalar, i: number): number => {
  if (e.kind === 'literal') return e.value
  if (e.kind === 'axis') return i
  if (e.kind !== 'binary' || (e.name !== 'add' && e.name !== 'sub')) return NaN
  return e.name === 'add' ? indexAt(e.x, i) + indexAt(e.y, i) : indexAt(e.x, i) - indexAt(e.y, i)
}

/** The axis that a condition depends on, and the places along it where it holds, if they are one after the other. */
const rangeOf = (
  condition: Scalar,
  domain: readonly number[]
): { readonly axis: number; readonly from: number; readonly to: number } | undefined => {
  const axes = expressionsIn([condition]).flatMap((e) => (e.kind === 'axis' ? [e.axis] : []))
  const [only] = axes
  if (only === undefined || axes.length > 1 || condition.kind !== 'compare') return undefined
  const { name, x, y } = condition
  if (Number.isNaN(indexAt(x, 0) + indexAt(y, 0))) return undefined
  const holds = Array.from({ length: domain[only]! }, (_, i) => compareFunctions[name](indexAt(x, i), indexAt(y, i)))
  const from = holds.indexOf(true)
  const to = holds.lastIndexOf(true) + 1
  return from < 0 || holds.slice(from, to).includes(false) ? undefined : { axis: only, from, to }
}

/** Whether an expression is the same everywhere. */
const isUniform = (e: Scalar): boolean =>
  expressionsIn([e]).every((part) => part.kind === 'literal' || (part.kind === 'load' && part.index.length === 0))

/**
 * Splits a nest into its border and its box; undefined where it has none. The border is written before the box is read,
 * so no operand may lie where the result does, which only those of the same size may.
 */
const splitBorder = (nest: FusedNest, operands: readonly OperandType[]): Bordered | undefined => {
  const { domain, outputs, reduction } = nest
  const [output] = outputs
  const size = sizeOf(domain)
  if (output === undefined || outputs.length > 1 || reduction !== undefined || size < MANY) return undefined
  const { body, dtype } = output
  if (body.kind !== 'select' || !isUniform(body.y)) return undefined
  if (operands.some(({ shape }) => sizeOf(shape) === size)) return undefined
  const [conditions, taken] = innermost(body, body.y)
  const ranges = conditions.map((term) => rangeOf(term, domain))
  if (ranges.length === 0 || ranges.includes(undefined)) return undefined
  const from = domain.map((_, a) => Math.max(0, ...ranges.map((own) => (own!.axis === a ? own!.from : 0))))
  const to = domain.map((n, a) => Math.min(n, ...ranges.map((own) => (own!.axis === a ? own!.to : n))))
  const inside = substituteIn({
    axis: (e) => plus(e, from[e.axis]!),
    load: (e, index) => load(e.operand, index, e.dtype)
  })
  const strides = stridesOf(domain)
  return {
    border: { domain, outputs: [{ dtype, body: body.y }] },
    box: {
      nest: { domain: to.map((n, a) => Math.max(0, n - from[a]!)), outputs: [{ dtype, body: inside(taken) }] },
      strides,
      start: from.reduce((sum, n, a) => sum + n * strides[a]!, 0)
    }
  }
}

/** Plans a nest that has a border as two walks, the second over its box; any other as all are planned. */
export const planBordered = (nest: FusedNest, operands: readonly OperandType[]): LoopPlan => {
  const bordered = splitBorder(nest, operands)
  if (bordered === undefined) return planLoops(nest, operands)
  const { border, box } = bordered
  const walks = [planWalk(border, operands), planWalk(box.nest, operands, box)].filter((walk) => walk !== undefined)
  return { walks, scratchBytes: 0, partials: [], cost: costOf(walks) }
}
