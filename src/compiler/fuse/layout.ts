import type { Node } from '../../program/node.ts'
import type { Shape } from '../../tensor/shape.ts'
import type { Strided } from '../../tensor/strided.ts'
import { rowMajor } from '../../tensor/strided.ts'
import { isAlias, storageOf } from './pattern.ts'

/** A node as a strided reading of another one, `base`, which is stored row-major. */
export interface Layout extends Strided {
  readonly base: Node
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

/** Finds the node as it is stored. */
export const storedLayout = (node: Node): Layout => ({ base: storageOf(node), ...rowMajor(node.shape) })

/** Reads the node as strided elements of the deepest node that allows it without a negative stride. */
export const layoutOf = (node: Node): Layout => {
  const { primitive, params, operands, shape } = node
  if (primitive.view === undefined && !isAlias(node)) return storedLayout(node)
  const operand = operands[0]!
  const inner = layoutOf(operand)
  if (primitive.view !== undefined) {
    const { start, strides } = primitive.view(operand, inner, node, params)
    return strides.some((stride) => stride < 0) ? storedLayout(node) : { base: inner.base, start, strides }
  }
  const strides = restride(operand.shape, inner.strides, shape)
  return strides === undefined ? storedLayout(node) : { ...inner, strides }
}
