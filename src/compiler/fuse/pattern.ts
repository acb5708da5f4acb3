import type { Scalar } from '../../nest/expression.ts'
import { axis, int, load, plus, times } from '../../nest/expression.ts'
import type { Nest } from '../../nest/nest.ts'
import { literalValue } from '../../primitives/rules/literal.ts'
import { constant, input } from '../../program/leaves.ts'
import type { Node } from '../../program/node.ts'
import { isScan } from '../../program/scan.ts'
import type { Shape } from '../../tensor/shape.ts'
import { sizeOf, stridesOf } from '../../tensor/shape.ts'

/**
 * How a node can be computed, which decides what it can be fused with: the operator patterns of compilers for deep
 * learning, with what a kernel of each needs.
 *
 * @see Chen et al., TVM: an automated end-to-end optimizing compiler for deep learning (2018), section 3
 */
export type Pattern =
  /** An input or a constant: nothing computes it. */
  | { readonly kind: 'leaf' }
  /**
   * One expression an element, which can be computed wherever it is read. A `view` only moves what it reads; an `alias` is
   * the operand's numbers as they lie, under a shape whose indices are sums of those of the operand's.
   */
  | { readonly kind: 'map'; readonly nest: Nest; readonly view: boolean; readonly alias: boolean }
  /** The operand's numbers as they lie, under a shape that no sum of indices reaches: the operand has to be stored. */
  | { readonly kind: 'alias' }
  | { readonly kind: 'reduction'; readonly nest: Nest }
  | { readonly kind: 'contraction' }
  | { readonly kind: 'convolution'; readonly form: 'conv' | 'convInputGradient' | 'convFilterGradient' }
  | { readonly kind: 'scatterAdd' }
  | { readonly kind: 'cumulativeSum' }
  | { readonly kind: 'routine' }

/**
 * Returns the indices into `from` of the element at a point of `to`, where every axis of `from` is a group of axes of `to`: then
 * they are sums. undefined where axes of `from` merge, since that takes a division.
 */
export const splitIndex = (from: Shape, to: Shape): readonly Scalar[] | undefined => {
  if (sizeOf(from) === 0) return from.map(() => int(0))
  let next = 0
  const index: Scalar[] = []
  for (const extent of from) {
    const group: number[] = []
    let product = 1
    while (product < extent) {
      if (next === to.length) return undefined
      product *= to[next]!
      group.push(next++)
    }
    if (product !== extent) return undefined
    let place = int(0)
    let stride = 1
    for (const n of group.toReversed()) {
      if (to[n] !== 1) place = plus(times(axis(n), stride), place)
      stride *= to[n]!
    }
    index.push(place)
  }
  return index
}

const isEmpty = (node: Node): boolean =>
  sizeOf(node.shape) === 0 || node.operands.some(({ shape }) => sizeOf(shape) === 0)

const aliasPattern = (node: Node): Pattern => {
  const operand = node.operands[0]!
  const index = splitIndex(operand.shape, node.shape)
  if (index === undefined) return { kind: 'alias' }
  const body = load(0, index, operand.dtype)
  return { kind: 'map', view: true, alias: true, nest: { kind: 'nest', domain: node.shape, dtype: node.dtype, body } }
}

const made = new WeakMap<Node, Pattern>()

/** Returns the pattern of a node, which is made once for each. */
export const patternOf = (node: Node): Pattern => {
  const known = made.get(node) ?? makePattern(node)
  made.set(node, known)
  return known
}

const makePattern = (node: Node): Pattern => {
  const { primitive, params, operands } = node
  if (primitive === input || primitive === constant) return { kind: 'leaf' }
  const lowering = primitive.lower(operands, node, params)
  if (lowering.kind === 'alias') return aliasPattern(node)
  if (lowering.kind === 'routine') return { kind: 'routine' }
  if (lowering.reduction === undefined)
    return { kind: 'map', nest: lowering, view: primitive.view !== undefined, alias: false }
  const anchor = lowering.anchor?.kind
  // Kernels of their own take extents of at least 1; loops take any.
  if (anchor === undefined || isEmpty(node)) return { kind: 'reduction', nest: lowering }
  if (anchor === 'dotGeneral') return { kind: 'contraction' }
  if (anchor === 'cumulativeSum' || anchor === 'scatterAdd') return { kind: anchor }
  return { kind: 'convolution', form: anchor }
}

/** Tells whether the node is its operand's numbers as they lie: a reshape, an identity. */
export const isAlias = (node: Node): boolean => {
  const pattern = patternOf(node)
  return pattern.kind === 'alias' || (pattern.kind === 'map' && pattern.alias)
}

/** Returns the node whose numbers a node has, as they lie, under a shape of its own: itself if it is no alias. */
export const storageOf = (node: Node): Node => {
  let at = node
  while (isAlias(at)) at = at.operands[0]!
  return at
}

/** A stored value, and the number of its element from which on the numbers of another one lie, one after the other. */
export interface Run {
  readonly base: Node
  readonly start: number
}

/** Whether what a slice takes lies in one piece: axes of one index, a range of the next axis, and all of the others. */
const isOnePiece = ({ operands, params, shape }: Node): boolean => {
  const stride = params['stride'] as readonly number[]
  const ranged = shape.findIndex((n) => n !== 1)
  return ranged < 0 || (stride[ranged] === 1 && shape.every((n, i) => i <= ranged || n === operands[0]!.shape[i]))
}

/** Finds where the numbers of a node lie if it is a piece of a loop's result or of a leaf; itself otherwise. */
const runOf = (node: Node): Run => {
  let at = storageOf(node)
  let start = 0
  while (at.primitive.name === 'slice' && sizeOf(at.shape) > 0 && isOnePiece(at)) {
    const [from] = at.operands as [Node]
    const strides = stridesOf(from.shape)
    start += (at.params['start'] as readonly number[]).reduce((sum, n, i) => sum + n * strides[i]!, 0)
    at = storageOf(from)
  }
  return isScan(at) || patternOf(at).kind === 'leaf' ? { base: at, start } : { base: storageOf(node), start: 0 }
}

/**
 * Returns what the node's kernel reads of other values, and from where on. A scatterAdd into a number everywhere reads no first
 * operand; loops read pieces of another loop's result where they lie.
 */
export const runsRead = (node: Node, { kind }: Pattern): readonly Run[] => {
  const isFirstRead = kind !== 'scatterAdd' || literalValue(node.operands[0]!) === undefined
  const operands = isFirstRead ? node.operands : node.operands.slice(1)
  return operands.map(isScan(node) ? runOf : (x) => ({ base: storageOf(x), start: 0 }))
}
