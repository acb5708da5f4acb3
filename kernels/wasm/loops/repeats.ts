/**
 * Repetition, as in nearest-neighbour upsampling: element i of a result is element floor(i / 2) of an operand.
 *
 * @category wasm
 */
import { axis, binary, int, load } from '../../../src/nest/expression.ts'
import type { FusedNest } from '../../../src/nest/fused.ts'
import { expressionsIn, substituteIn } from '../../../src/nest/substitute.ts'
import type { Loop } from './collapse.ts'
import type { Node } from './graph.ts'
import type { Linear } from './linear.ts'

/** Numbers of repetitions that divide a vector. */
const isRepeat = (count: number): boolean => count === 2 || count === 4

/**
 * Merges the last axis of the domain with the one before, where it repeats all values two or four times: the lanes of a
 * vector would lie along those few otherwise. The axis before becomes the quotient of the merged one.
 */
export const mergeRepeats = (nest: FusedNest): FusedNest => {
  const { domain, outputs, reduction } = nest
  const last = domain.length - 1
  const repeats = domain[last]
  if (last < 1 || repeats === undefined || !isRepeat(repeats)) return nest
  const bodies = outputs.map(({ body }) => body)
  if (expressionsIn(bodies).some((e) => e.kind === 'axis' && e.axis === last)) return nest
  const rewrite = substituteIn({
    axis: (e) =>
      e.axis === last - 1 ? binary('floorDivide', axis(last - 1), int(repeats)) : e.axis > last ? axis(e.axis - 1) : e,
    load: ({ operand, dtype }, index) => load(operand, index, dtype)
  })
  return {
    domain: [...domain.slice(0, last - 1), domain[last - 1]! * repeats],
    outputs: outputs.map(({ dtype, body }) => ({ dtype, body: rewrite(body) })),
    ...(reduction && { reduction })
  }
}

/** What four neighbouring lanes load: `repeats` times each of their neighbours in memory. */
export interface Repeated {
  readonly term: number
  readonly repeats: number
}

/** Finds the only term of an offset that varies between lanes, if it is the lanes' axis divided by two or four. */
export const repeatedIn = (offset: Linear, nodes: readonly Node[], lane: Loop): Repeated | undefined => {
  const varying = [...offset.terms.keys()].filter((id) => (nodes[id]!.axes & lane.bit) !== 0)
  const [term] = varying
  if (varying.length !== 1 || term === undefined) return undefined
  const node = nodes[term]!
  if (node.kind !== 'binary' || node.name !== 'floorDivide' || node.x !== lane.id) return undefined
  const divisor = nodes[node.y]!
  if (divisor.kind !== 'literal' || !isRepeat(divisor.value)) return undefined
  return divisor.value === 4 || offset.terms.get(term) === 1 ? { term, repeats: divisor.value } : undefined
}
