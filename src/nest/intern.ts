import type { Affine } from './affine.ts'
import { affineOf, scalarOfAffine } from './affine.ts'
import type { Scalar } from './expression.ts'
import { binary } from './expression.ts'

/** Equal expressions as one object, so that shared work is found by identity. */
export interface Interner {
  /** The one expression equal to this, whose parts are interned already. Integer sums come out in one form. */
  readonly intern: (e: Scalar) => Scalar
  /** A number of its own for each interned expression. */
  readonly idOf: (e: Scalar) => number
  readonly affineOf: (e: Scalar) => Affine | undefined
}

export const createInterner = (): Interner => {
  const byKey = new Map<string, Scalar>()
  const ids = new Map<Scalar, number>()
  const affines = new Map<Scalar, Affine | undefined>()
  const idOf = (e: Scalar): number => ids.get(e)!
  const keyOf = (e: Scalar): string => {
    switch (e.kind) {
      case 'literal':
        return `l${e.dtype}${Object.is(e.value, -0) ? '-0' : String(e.value)}`
      case 'axis':
        return `a${String(e.axis)}`
      case 'load':
        return `o${String(e.operand)}${e.dtype}|${e.index.map(idOf).join()}`
      case 'unary':
        return `${e.name}${e.dtype}|${String(idOf(e.x))}`
      case 'binary':
        return `${e.name}${e.dtype}|${String(idOf(e.x))},${String(idOf(e.y))}`
      case 'compare':
        return `${e.name}?|${String(idOf(e.x))},${String(idOf(e.y))}`
      case 'select':
        return `s${e.dtype}|${String(idOf(e.when))},${String(idOf(e.x))},${String(idOf(e.y))}`
      case 'convert':
        return `c${e.dtype}|${String(idOf(e.x))}`
    }
  }
  const add = (e: Scalar): Scalar => {
    const key = keyOf(e)
    const known = byKey.get(key)
    if (known !== undefined) return known
    byKey.set(key, e)
    ids.set(e, ids.size)
    return e
  }
  const affine = (e: Scalar): Affine | undefined => {
    if (affines.has(e)) return affines.get(e)
    const made = affineOf(e, affine)
    affines.set(e, made)
    return made
  }
  /** A sum in its one form, its parts interned too. */
  const deep = (e: Scalar): Scalar => add(e.kind === 'binary' ? binary(e.name, deep(e.x), deep(e.y)) : e)
  const intern = (e: Scalar): Scalar => {
    if (e.kind !== 'binary' || e.dtype !== 'int32') return add(e)
    const sum = affine(e)
    return sum === undefined ? add(e) : deep(scalarOfAffine(sum))
  }
  return { intern, idOf, affineOf: affine }
}
