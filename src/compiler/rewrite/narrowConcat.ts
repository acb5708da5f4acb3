import { o } from '../../primitives/vocabulary.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Rewrite } from './rewrite.ts'

/** Writes a concat of more than `most` operands, which no kernel may read, as a concat of concats. */
export const narrowConcat =
  (most: number): Rewrite =>
  ({ primitive, params }, operands) => {
    if (primitive.name !== 'concat' || operands.length <= most) return undefined
    const axis = params['axis'] as number
    let parts: readonly Tensor[] = operands
    while (parts.length > most) {
      const wide = parts
      parts = Array.from({ length: Math.ceil(wide.length / most) }, (_, i) =>
        o.concat(wide.slice(i * most, (i + 1) * most), axis)
      )
    }
    return o.concat(parts, axis)
  }
