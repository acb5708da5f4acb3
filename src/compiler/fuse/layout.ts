import type { Node } from '../../program/node.ts'
import type { Shape } from '../../tensor/shape.ts'
import { stridesOf } from '../../tensor/shape.ts'
import { isAlias, storageOf } from './work.ts'

/** A node as a strided reading of another one that is stored row-major. */
export interface Layout {
  readonly base: Node
  readonly start: number
  /** One an axis of the node; 0 where an axis repeats the base. */
  readonly strides: readonly number[]
}

/**
 * Strides of the same elements under another shape, where strides can say it: axes that merge have to lie one inside
 * the other.
 */
export const restride = (shape: Shape, strides: readonly number[], to: Shape): readonly number[] | undefined => {
  const from = shape.map((extent, i) => ({ extent, stride: strides[i]! })).filter(({ extent }) => extent !== 1)
  const result = to.map(() => 0)
  let i = 0
  let j = 0
  while (i < from.length) {
    let [own, other] = [from[i]!.extent, 1]
    const first = j
    let last = i
    while (own !== other || j === first) {
      if (other < own || j === first) other *= to[j++]!
      else {
        const [outer, inner] = [from[last]!, from[last + 1]!]
        if (outer.stride !== inner.stride * inner.extent) return undefined
        own *= from[++last]!.extent
      }
    }
    let stride = from[last]!.stride
    for (let k = j - 1; k >= first; k--) {
      result[k] = stride
      stride *= to[k]!
    }
    i = last + 1
  }
  return result
}

const rowMajor = (base: Node, shape: Shape): Layout => ({ base, start: 0, strides: stridesOf(shape) })

/** The node as it is stored. */
export const storedLayout = (node: Node): Layout => rowMajor(storageOf(node), node.shape)

/** The deepest node that the node is a strided reading of; strides are not negative. */
export const layoutOf = (node: Node): Layout => {
  const { params, operands, shape } = node
  const operand = operands[0]
  switch (node.primitive.name) {
    case 'transpose': {
      const inner = layoutOf(operand!)
      return { ...inner, strides: (params['permutation'] as number[]).map((n) => inner.strides[n]!) }
    }
    case 'broadcastInDim': {
      const inner = layoutOf(operand!)
      const strides = shape.map(() => 0)
      ;(params['axes'] as number[]).forEach((n, i) => (strides[n] = operand!.shape[i] === 1 ? 0 : inner.strides[i]!))
      return { ...inner, strides }
    }
    case 'slice': {
      const inner = layoutOf(operand!)
      const [start, stride] = [params['start'] as number[], params['stride'] as number[]]
      return {
        base: inner.base,
        start: start.reduce((sum, n, i) => sum + n * inner.strides[i]!, inner.start),
        strides: inner.strides.map((n, i) => n * stride[i]!)
      }
    }
  }
  if (operand === undefined || !isAlias(node)) return rowMajor(node, shape)
  const inner = layoutOf(operand)
  const strides = restride(operand.shape, inner.strides, shape)
  return strides === undefined ? storedLayout(node) : { ...inner, strides }
}
