import type { Data, DType, Precision } from '../tensor/dtype.ts'
import { allocate } from '../tensor/dtype.ts'
import { fail } from '../tensor/error.ts'
import type { Shape } from '../tensor/shape.ts'
import { showShape, sizeOf, stridesOf } from '../tensor/shape.ts'
import type { Scalar } from './expression.ts'
import type { BinaryName } from './functions.ts'
import { binaryFunctions, compareFunctions, integerFunctions, unaryFunctions } from './functions.ts'
import type { FusedNest } from './fused.ts'
import type { Nest } from './nest.ts'
import { truncate } from './special.ts'

/** An array and the shape under which the nest loads from it. */
export interface Operand {
  readonly data: Data
  readonly shape: Shape
}

const outOfRange = (actual: string, shape: Shape): never =>
  fail('ShapeMisfit', { op: 'load', expected: `an index into ${showShape(shape)}`, actual })

/** The expressions as functions of the loop variables in `point`, which are read anew after each `next`. */
const compile = (
  bodies: readonly Scalar[],
  operands: readonly Operand[],
  point: readonly number[]
): { readonly next: () => void; readonly values: readonly (() => number)[] } => {
  const known = new Map<Scalar, () => number>()
  let visit = 0
  /** A shared expression is computed once a point, and only if it is asked for. */
  const once = (f: () => number): (() => number) => {
    let seen = -1
    let value = 0
    return () => {
      if (seen !== visit) {
        value = f()
        seen = visit
      }
      return value
    }
  }
  const make = (e: Scalar): (() => number) => {
    switch (e.kind) {
      case 'literal':
        return () => e.value
      case 'axis':
        return () => point[e.axis]!
      case 'load': {
        const { data, shape } = operands[e.operand]!
        const strides = stridesOf(shape)
        const index = e.index.map(of)
        if (index.length !== shape.length) outOfRange(`${String(index.length)} indices`, shape)
        return () => {
          let offset = 0
          for (let i = 0; i < index.length; i++) {
            const at = index[i]!()
            if (!(at >= 0 && at < shape[i]!)) outOfRange(`index ${String(at)} of axis ${String(i)}`, shape)
            offset += at * strides[i]!
          }
          return data[offset]!
        }
      }
      case 'unary': {
        const x = of(e.x)
        const f = unaryFunctions[e.name]
        return e.dtype === 'int32' ? () => f(x()) | 0 : () => f(x())
      }
      case 'binary': {
        const [x, y] = [of(e.x), of(e.y)]
        if (e.dtype === 'int32') {
          const f = integerFunctions[e.name]
          return () => f(x(), y()) | 0
        }
        const f = binaryFunctions[e.name as BinaryName]
        return () => f(x(), y())
      }
      case 'compare': {
        const [x, y] = [of(e.x), of(e.y)]
        const f = compareFunctions[e.name]
        return () => (f(x(), y()) ? 1 : 0)
      }
      case 'select': {
        const [when, x, y] = [of(e.when), of(e.x), of(e.y)]
        return () => (when() !== 0 ? x() : y())
      }
      case 'convert': {
        const x = of(e.x)
        return e.dtype === 'int32' ? () => truncate(x()) : e.dtype === 'bool' ? () => (x() !== 0 ? 1 : 0) : x
      }
    }
  }
  const of = (e: Scalar): (() => number) => {
    const f = known.get(e) ?? once(make(e))
    known.set(e, f)
    return f
  }
  return {
    next: () => {
      visit++
    },
    values: bodies.map(of)
  }
}

/** Steps `point` between `from` and `from + extents.length` to the next in row-major order. */
const advance = (point: number[], extents: Shape, from: number): void => {
  for (let i = extents.length - 1; i >= 0; i--) {
    if (++point[from + i]! < extents[i]!) return
    point[from + i] = 0
  }
}

/** Returns the sum or maximum of no values. */
const neutral = (combine: 'sum' | 'max', dtype: DType): number =>
  combine === 'sum' ? 0 : dtype === 'int32' ? -2147483648 : dtype === 'bool' ? 0 : -Infinity

/**
 * Interprets a nest in plain loops, which is what it means: every value is computed in double and rounded once, where it is stored. The oracle
 * of every emitter; a load out of range that is not behind an untaken select throws. At each point of the domain all
 * values are computed before one is stored, so that an output may lie where an operand does that is read there alone.
 */
export const interpretInto = (
  { domain, outputs, reduction }: FusedNest,
  operands: readonly Operand[],
  results: readonly Data[]
): void => {
  const rank = domain.length
  const point = new Array<number>(rank + (reduction?.extents.length ?? 0)).fill(0)
  const { next, values } = compile(
    outputs.map(({ body }) => body),
    operands,
    point
  )
  const totals = new Array<number>(outputs.length)
  const size = sizeOf(domain)
  for (let i = 0; i < size; i++) {
    if (reduction === undefined) {
      next()
      for (let j = 0; j < totals.length; j++) totals[j] = values[j]!()
    } else {
      const { extents, combine } = reduction
      const count = sizeOf(extents)
      outputs.forEach(({ dtype }, j) => (totals[j] = neutral(combine, dtype)))
      for (let r = 0; r < count; r++) {
        next()
        for (let j = 0; j < totals.length; j++)
          totals[j] = combine === 'sum' ? totals[j]! + values[j]!() : Math.max(totals[j]!, values[j]!())
        advance(point, extents, rank)
      }
    }
    for (let j = 0; j < totals.length; j++) results[j]![i] = totals[j]!
    advance(point, domain, 0)
  }
}

/** Interprets a nest with one output, into an array of its own. */
export const interpret = (nest: Nest, operands: readonly Operand[], precision: Precision = 'float32'): Data => {
  const result = allocate(nest.dtype, sizeOf(nest.domain), precision)
  interpretInto({ ...nest, outputs: [{ dtype: nest.dtype, body: nest.body }] }, operands, [result])
  return result
}
