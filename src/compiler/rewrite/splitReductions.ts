import { basic } from '../../primitives/basic.ts'
import { otherAxes } from '../../primitives/rules/requirements.ts'
import { o } from '../../primitives/vocabulary.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { Rewrite } from './rewrite.ts'

/** Results up to which a reduction is too narrow to be shared out. */
const few = 8
/** Terms of all sums together from which that is worth a second kernel. */
const many = 16384

/**
 * Splits a long reduction to a few elements into two steps: over all but its first axis, and then over that one. Between them
 * there are as many results as that axis is long, for as many threads.
 */
export const splitReductions: Rewrite = ({ primitive, params, shape }, [x]) => {
  if (primitive !== basic.reduceSum && primitive !== basic.reduceMax) return undefined
  if (sizeOf(shape) > few || sizeOf(x!.shape) < many) return undefined
  const reduce = primitive === basic.reduceSum ? o.reduceSum : o.reduceMax
  const axes = (params['axes'] as readonly number[]).filter((n) => x!.shape[n]! > 1)
  if (axes.length > 1) {
    const [first, ...rest] = axes as [number, ...number[]]
    const left = otherAxes(x!, rest)
    return o.reshape(reduce(reduce(x!, rest), [left.indexOf(first)]), shape)
  }
  const axis = axes[0]!
  const extent = x!.shape[axis]!
  const parts = [64, 60, 56, 50, 48, 40, 36, 32, 28, 25, 24, 20, 16].find((n) => extent % n === 0)
  if (parts === undefined) return undefined
  const rows = o.reshape(x!, x!.shape.toSpliced(axis, 1, parts, extent / parts))
  return o.reshape(reduce(reduce(rows, [axis + 1]), [axis]), shape)
}
