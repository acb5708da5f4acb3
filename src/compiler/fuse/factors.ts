import type { Node } from '../../program/node.ts'
import type { DotAxes } from '../../program/vocabulary.ts'
import type { Layout } from './layout.ts'
import { layoutOf, storedLayout } from './layout.ts'
import type { Matrices } from './matrices.ts'
import { matricesOf } from './matrices.ts'

/** How a contraction reads its operands. */
export interface Factors {
  readonly a: Layout
  readonly b: Layout
  readonly matrices: Matrices
}

/**
 * Operands of a contraction as strided readings of whatever lies beneath them, as deep as leaves one product of matrices;
 * where none does, of the operands as they are, in a canonical order of axes.
 */
export const factorsOf = (node: Node): Factors => {
  const [x, y] = node.operands as readonly [Node, Node]
  const params = node.params as unknown as DotAxes
  for (const [a, b] of [
    [layoutOf(x), layoutOf(y)],
    [storedLayout(x), layoutOf(y)],
    [layoutOf(x), storedLayout(y)],
    [storedLayout(x), storedLayout(y)]
  ] as const) {
    const matrices = matricesOf([x.shape, y.shape], [a.strides, b.strides], params)
    if (matrices !== undefined) return { a, b, matrices }
  }
  return undefined as never
}

/** Tells whether the operands, stored as they are, make one product of matrices. */
export const isOneProduct = (node: Pick<Node, 'operands' | 'params'>): boolean => {
  const [x, y] = node.operands as readonly [Node, Node]
  const [a, b] = [storedLayout(x), storedLayout(y)]
  return matricesOf([x.shape, y.shape], [a.strides, b.strides], node.params as unknown as DotAxes) !== undefined
}
