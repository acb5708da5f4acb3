import type { AnyPrimitive } from '../program/primitive.ts'
import { basic } from './basic.ts'
import { cholesky } from './cholesky.ts'
import { eigh } from './eigh.ts'
import { qr } from './qr.ts'
import { singularValues } from './singularValues.ts'
import { svd } from './svd.ts'
import { triangularSolve } from './triangularSolve.ts'

/**
 * Every primitive, by name. The three leaves (input, constant, literal) are no operations and stand apart. Programs do not
 * need this table: a node carries its primitive. So a bundle has the decompositions of matrices only if it uses them.
 */
export const registry = {
  ...basic,
  cholesky,
  triangularSolve,
  eigh,
  qr,
  svd,
  singularValues
} as const satisfies Readonly<Record<string, AnyPrimitive>>

export type PrimitiveName = keyof typeof registry
