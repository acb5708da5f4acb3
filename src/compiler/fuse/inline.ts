import type { Scalar } from '../../nest/expression.ts'
import { axis, int, literal, load } from '../../nest/expression.ts'
import type { Interner } from '../../nest/intern.ts'
import { createInterner } from '../../nest/intern.ts'
import type { Nest } from '../../nest/nest.ts'
import { substituteIn } from '../../nest/substitute.ts'
import { literalValue } from '../../primitives/rules/literal.ts'
import type { Node } from '../../program/node.ts'
import type { Shape } from '../../tensor/shape.ts'
import { storageOf, patternOf } from './pattern.ts'

/** A stored value's kernel before it meets others: one body over a domain whose axes of extent 1 are left out. */
export interface Body {
  readonly domain: Shape
  readonly body: Scalar
  readonly reduction?: NonNullable<Nest['reduction']>
}

/**
 * Bodies of stored values in terms of other stored values, everything between written out. In them the operand of a load
 * is the id of a node, under whose shape it is indexed; equal expressions are one object across all of the program.
 */
export interface Inliner extends Interner {
  readonly bodyOf: (node: Node) => Body
  /** The node that an operand of such a body is. */
  readonly nodeOf: (operand: number) => Node
}

const isUnit = (extent: number): boolean => extent === 1

export const createInliner = (stored: ReadonlySet<Node>): Inliner => {
  const interner = createInterner()
  const { intern, idOf } = interner
  const nodes = new Map<number, Node>()
  const values = new Map<string, Scalar>()

  const elementOf = (node: Node, index: readonly Scalar[]): Scalar => {
    const value = literalValue(node)
    if (value !== undefined) return intern(literal(value, node.dtype))
    const key = `${String(node.id)}|${index.map(idOf).join()}`
    const known = values.get(key)
    if (known !== undefined) return known
    const made = makeElement(node, index)
    values.set(key, made)
    return made
  }

  const makeElement = (node: Node, index: readonly Scalar[]): Scalar => {
    const storage = storageOf(node)
    if (stored.has(storage) || patternOf(storage).kind === 'leaf') {
      nodes.set(node.id, node)
      return intern(load(node.id, index, node.dtype))
    }
    const pattern = patternOf(node)
    // Of all others the storage is stored.
    const { nest } = pattern as { readonly nest: Nest }
    return written(node, nest, index)
  }

  /** The nest's body with loop variables and loads replaced. */
  const written = (node: Node, nest: Nest, index: readonly Scalar[]): Scalar =>
    substituteIn({
      axis: (e) => index[e.axis]!,
      load: (e, at) => elementOf(node.operands[e.operand]!, at),
      made: intern
    })(nest.body)

  const bodyOf = (node: Node): Body => {
    const pattern = patternOf(node)
    const { nest } = pattern as { readonly nest: Nest }
    const extents = nest.reduction?.extents ?? []
    let next = 0
    // An axis of extent 1 is always at 0.
    const index = [...nest.domain, ...extents].map((extent) => intern(isUnit(extent) ? int(0) : axis(next++)))
    const domain = nest.domain.filter((extent) => !isUnit(extent))
    const body = written(node, nest, index)
    return nest.reduction === undefined
      ? { domain, body }
      : { domain, body, reduction: { ...nest.reduction, extents: extents.filter((extent) => !isUnit(extent)) } }
  }

  return { ...interner, bodyOf, nodeOf: (operand) => nodes.get(operand)! }
}
