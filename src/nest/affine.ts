import type { Shape } from '../tensor/shape.ts'
import { stridesOf } from '../tensor/shape.ts'
import type { Scalar } from './expression.ts'
import { axis, int, plus, times } from './expression.ts'

/** An int32 as constant + sum of coefficient times loop variable; no coefficient is 0. All modulo 2^32, as int32 is. */
export interface Affine {
  readonly constant: number
  /** By number of axis. */
  readonly coefficients: ReadonlyMap<number, number>
}

export const constantAffine = (constant: number): Affine => ({ constant, coefficients: new Map() })

export const addAffine = (a: Affine, b: Affine, factor = 1): Affine => {
  if (b.coefficients.size === 0) return { ...a, constant: (a.constant + Math.imul(b.constant, factor)) | 0 }
  const coefficients = new Map(a.coefficients)
  for (const [n, coefficient] of b.coefficients) {
    const sum = ((coefficients.get(n) ?? 0) + Math.imul(coefficient, factor)) | 0
    if (sum === 0) coefficients.delete(n)
    else coefficients.set(n, sum)
  }
  return { constant: (a.constant + Math.imul(b.constant, factor)) | 0, coefficients }
}

/** Reads an integer expression as a sum, if it is one. `known` answers for parts that were asked before. */
export const affineOf = (
  e: Scalar,
  known: (part: Scalar) => Affine | undefined = (part) => affineOf(part)
): Affine | undefined => {
  if (e.kind === 'literal') return e.dtype === 'int32' ? constantAffine(e.value) : undefined
  if (e.kind === 'axis') return { constant: 0, coefficients: new Map([[e.axis, 1]]) }
  if (e.kind !== 'binary' || e.dtype !== 'int32') return undefined
  if (e.name !== 'add' && e.name !== 'sub' && e.name !== 'mul') return undefined
  const x = known(e.x)
  const y = x === undefined ? undefined : known(e.y)
  if (x === undefined || y === undefined) return undefined
  if (e.name !== 'mul') return addAffine(x, y, e.name === 'add' ? 1 : -1)
  if (y.coefficients.size === 0) return addAffine(constantAffine(0), x, y.constant)
  return x.coefficients.size === 0 ? addAffine(constantAffine(0), y, x.constant) : undefined
}

/** Writes a sum as an expression: axes ascending, the constant last. */
export const scalarOfAffine = ({ constant, coefficients }: Affine): Scalar => {
  const terms = [...coefficients].sort(([m], [n]) => m - n).map(([n, coefficient]) => times(axis(n), coefficient))
  const [first, ...rest] = terms
  return first === undefined
    ? int(constant)
    : plus(
        rest.reduce((a, b) => plus(a, b), first),
        constant
      )
}

/** Finds where in a row-major operand of `shape` an element lies, as a sum of loop variables, if its indices are such sums. */
export const offsetOf = (
  index: readonly Scalar[],
  shape: Shape,
  known: (part: Scalar) => Affine | undefined = affineOf
): Affine | undefined => {
  const strides = stridesOf(shape)
  let offset = constantAffine(0)
  for (let i = 0; i < index.length; i++) {
    const part = shape[i] === 1 ? constantAffine(0) : known(index[i]!)
    if (part === undefined) return undefined
    offset = addAffine(offset, part, strides[i])
  }
  return offset
}

/** Whether the offset is that of the point of `domain` itself, as if the operand were laid out like the domain. */
export const isIdentity = ({ constant, coefficients }: Affine, domain: Shape): boolean => {
  const strides = stridesOf(domain)
  let axes = 0
  for (let i = 0; i < domain.length; i++) {
    if (domain[i] === 1) continue
    if (coefficients.get(i) !== strides[i]) return false
    axes++
  }
  return constant === 0 && [...coefficients.keys()].filter((n) => domain[n] !== 1).length === axes
}
