import type { Scalar } from './expression.ts'
import { binary, convert, select } from './expression.ts'

/** What becomes of the leaves of an expression, and of every expression that is made. */
export interface Substitution {
  readonly axis: (e: Scalar & { readonly kind: 'axis' }) => Scalar
  /** A load, with its index substituted. */
  readonly load: (e: Scalar & { readonly kind: 'load' }, index: readonly Scalar[]) => Scalar
  readonly made?: (e: Scalar) => Scalar
}

/** Replaces the leaves of expressions. What is shared is visited once, however many bodies are given. */
export const substituteIn = ({ axis, load, made = (e) => e }: Substitution): ((body: Scalar) => Scalar) => {
  const done = new Map<Scalar, Scalar>()
  const replace = (e: Scalar): Scalar => {
    switch (e.kind) {
      case 'literal':
        return made(e)
      case 'axis':
        return axis(e)
      case 'load':
        return load(e, e.index.map(visit))
      case 'unary':
        return made({ ...e, x: visit(e.x) })
      case 'binary':
        return made(binary(e.name, visit(e.x), visit(e.y)))
      case 'compare':
        return made({ ...e, x: visit(e.x), y: visit(e.y) })
      case 'select':
        return made(select(visit(e.when), visit(e.x), visit(e.y)))
      case 'convert':
        return made(convert(visit(e.x), e.dtype))
    }
  }
  const visit = (e: Scalar): Scalar => {
    const known = done.get(e)
    if (known !== undefined) return known
    const result = replace(e)
    done.set(e, result)
    return result
  }
  return visit
}

/** Whether an expression is a load. Its parts say where from: they are no arithmetic of values. */
export const isLoad = (e: Scalar): e is Scalar & { readonly kind: 'load' } => e.kind === 'load'

/** Returns the parts that an expression is made of directly. */
export const partsOf = (e: Scalar): readonly Scalar[] => {
  switch (e.kind) {
    case 'literal':
    case 'axis':
      return []
    case 'load':
      return e.index
    case 'unary':
    case 'convert':
      return [e.x]
    case 'binary':
    case 'compare':
      return [e.x, e.y]
    case 'select':
      return [e.when, e.x, e.y]
  }
}

/**
 * Lists every distinct expression in some bodies, parts before what they are parts of. Parts of those that `isWhole` are
 * left out.
 */
export const expressionsIn = (
  bodies: readonly Scalar[],
  isWhole: (e: Scalar) => boolean = () => false
): readonly Scalar[] => {
  const found = new Set<Scalar>()
  const visit = (e: Scalar): void => {
    if (found.has(e)) return
    if (!isWhole(e)) for (const part of partsOf(e)) visit(part)
    found.add(e)
  }
  bodies.forEach(visit)
  return [...found]
}
