import { literalValue } from '../../primitives/rules/literal.ts'
import type { Node } from '../../program/node.ts'
import type { Tangent } from '../../program/tangent.ts'
import { zero } from '../../program/tangent.ts'
import type { Vocabulary } from '../../program/vocabulary.ts'
import type { Shape } from '../../tensor/shape.ts'
import { sizeOf } from '../../tensor/shape.ts'

type Padding = Readonly<Record<'low' | 'high' | 'interior', readonly number[]>>

const zerosAround = ({ primitive, params, operands }: Node): Padding | undefined => {
  if (primitive.name !== 'pad' || literalValue(operands[1]!) !== 0) return undefined
  const padding = params as unknown as Padding
  return padding.interior[0] === 0 && padding.low[0]! >= 0 && padding.high[0]! >= 0 ? padding : undefined
}

/** Elements from number `start` to before `end` of a vector; a Zero where they are certainly 0. */
const pieceOf = (o: Vocabulary, x: Node, start: number, end: number): Tangent => {
  const nothing = zero({ shape: [end - start], dtype: x.dtype })
  if (literalValue(x) === 0) return nothing
  if (x.primitive.name === 'add') {
    const [a, b] = x.operands as readonly [Node, Node]
    return o.add(pieceOf(o, a, start, end), pieceOf(o, b, start, end))
  }
  const padding = zerosAround(x)
  if (padding === undefined) return o.slice(x, [start], [end])
  const [inner] = x.operands as readonly [Node]
  const low = padding.low[0]!
  const high = low + inner.shape[0]!
  if (end <= low || high <= start) return nothing
  return low <= start && end <= high ? pieceOf(o, inner, start - low, end - low) : o.slice(x, [start], [end])
}

/**
 * Takes the cotangent of a packed vector apart into parts of these shapes. Readers of a part leave it a sum of vectors that are 0
 * elsewhere, so what nobody read is seen to be zero.
 */
export const cotangentPieces = (
  o: Vocabulary,
  packed: Node,
  parts: readonly { readonly shape: Shape }[]
): readonly Tangent[] => {
  let start = 0
  return parts.map(({ shape }) => {
    const end = start + sizeOf(shape)
    const piece = pieceOf(o, packed, start, end)
    start = end
    return o.reshape(piece, shape)
  })
}
