import { o } from '../../primitives/vocabulary.ts'
import type { Rewrite } from './rewrite.ts'

/** Writes a concat of more than `most` operands, which no kernel may read, as a concat of concats. */
export const narrowConcat =
  (most: number): Rewrite =>
  ({ primitive, params }, operands) => {
    if (primitive.name !== 'concat' || operands.length <= most) return undefined
    const axis = params['axis'] as number
    const size = Math.max(2, Math.ceil(operands.length / most))
    const parts = Array.from({ length: Math.ceil(operands.length / size) }, (_, i) =>
      o.concat(operands.slice(i * size, (i + 1) * size), axis)
    )
    return o.concat(parts, axis)
  }
