import { isIdentity, offsetOf } from '../../nest/affine.ts'
import type { Scalar } from '../../nest/expression.ts'
import { expressionsIn } from '../../nest/substitute.ts'
import type { Node } from '../../program/node.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { Body, Inliner } from './inline.ts'
import { storageOf } from './pattern.ts'

/** How a body reads a stored value. */
export interface Access {
  readonly loads: readonly (Scalar & { readonly kind: 'load' })[]
  /** Whether only the element at the very point of the domain is read. */
  readonly here: boolean
}

/** Lists the stored values and leaves that a body reads, and how. */
export const accessesOf = ({ domain, body, reduction }: Body, inliner: Inliner): ReadonlyMap<Node, Access> => {
  const accesses = new Map<Node, Access>()
  for (const e of expressionsIn([body])) {
    if (e.kind !== 'load') continue
    const node = inliner.nodeOf(e.operand)
    const storage = storageOf(node)
    const offset = reduction === undefined ? offsetOf(e.index, node.shape, inliner.affineOf) : undefined
    const here = offset !== undefined && sizeOf(node.shape) === sizeOf(domain) && isIdentity(offset, domain)
    const known = accesses.get(storage)
    accesses.set(storage, { loads: [...(known?.loads ?? []), e], here: here && (known?.here ?? true) })
  }
  return accesses
}
