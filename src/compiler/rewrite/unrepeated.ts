import { basic } from '../../primitives/basic.ts'
import { otherAxes } from '../../primitives/rules/requirements.ts'
import { o } from '../../primitives/vocabulary.ts'
import type { Node } from '../../program/node.ts'
import type { Tensor } from '../../tensor/tensor.ts'

/** Holds a broadcast without some of the axes along which it repeats itself. */
export interface Unrepeated {
  readonly value: Tensor
  /** Lists the axes of the broadcast that are gone, and those that are left. */
  readonly repeated: readonly number[]
  readonly kept: readonly number[]
}

/** Takes off a broadcast those of some axes along which all is the same; undefined where there is none. */
export const unrepeated = (x: Node, axes: readonly number[]): Unrepeated | undefined => {
  if (x.primitive !== basic.broadcastInDim) return undefined
  const inner = x.operands[0]!
  const own = x.params['axes'] as readonly number[]
  const repeated = axes.filter((n) => inner.shape[own.indexOf(n)] !== x.shape[n])
  if (repeated.length === 0) return undefined
  const kept = otherAxes(x, repeated)
  const stays = own.map((n) => !repeated.includes(n))
  const narrow = o.reshape(inner, inner.shape.filter((_, i) => stays[i]!)) // prettier-ignore
  const value = o.broadcastInDim(
    narrow,
    kept.map((n) => x.shape[n]!),
    own.filter((_, i) => stays[i]!).map((n) => kept.indexOf(n))
  )
  return { value, repeated, kept }
}
