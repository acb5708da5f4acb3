import * as E from '#fp-ts/Either'
import { literalValue } from '../../primitives/literal.ts'
import { constant, input } from '../../program/leaves.ts'
import type { Node } from '../../program/node.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { Call, Reading } from './calls.ts'
import { callsFor } from './calls.ts'
import type { FaultOf } from './faults.ts'
import { tooLarge } from './faults.ts'
import type { Roots } from './roots.ts'

/**
 * Where a value comes from. Given: an input, a constant, or one number everywhere, which kernels have in their source.
 * Host: the reference evaluation, between the kernels. Engine: kernels.
 */
export type Place = { readonly at: 'given' | 'host' } | { readonly at: 'engine'; readonly calls: readonly Call[] }

const isGiven = (node: Node): boolean =>
  node.primitive === input || node.primitive === constant || literalValue(node) !== undefined

/** A number that can stand in a kernel's source. */
const readingOf = (node: Node, root: Node): Reading => {
  const value = literalValue(root)
  return value !== undefined && Number.isFinite(Math.fround(value))
    ? { of: root, as: node, value }
    : { of: root, as: node }
}

/**
 * Integers stay on the host, where they are exact: kernels take them as indices and give none. So random bits, which
 * depend on no float, are all drawn before the first kernel; and what has no loop nest or no elements is done here too.
 */
const staysOnHost = (node: Node, places: ReadonlyMap<Node, Place>, roots: Roots): boolean => {
  if (node.dtype === 'int32' || [node, ...node.operands].some(({ shape }) => sizeOf(shape) === 0)) return true
  const dtypes = node.operands.map(({ dtype }) => dtype)
  const computed = node.operands.some((x) => places.get(roots.get(x)!)!.at === 'engine')
  return dtypes.includes('int32') && !dtypes.includes('float32') && !computed
}

/** The place of every root among `order`, operands before users. */
export const placesOf = (order: readonly Node[], roots: Roots): E.Either<FaultOf, ReadonlyMap<Node, Place>> => {
  const places = new Map<Node, Place>()
  for (const node of order) {
    if (roots.get(node) !== node) continue
    if (isGiven(node)) places.set(node, { at: 'given' })
    else if (staysOnHost(node, places, roots)) places.set(node, { at: 'host' })
    else {
      const calls = callsFor(
        node,
        node.operands.map((x) => readingOf(x, roots.get(x)!))
      )
      if (E.isRight(calls)) places.set(node, { at: 'engine', calls: calls.right })
      else if (calls.left.reason === 'size') return E.left(tooLarge(node, calls.left))
      else places.set(node, { at: 'host' })
    }
  }
  return E.right(places)
}
