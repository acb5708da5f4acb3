import { o } from '../../primitives/vocabulary.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { tensorsOf } from '../staged.ts'

/** A scan as a function of its step: of so many iterations, that keeps so much. */
export type Looping = <C, X, Y>(
  f: (carry: C, x: X) => readonly [C, Y],
  init: C,
  xs: X,
  keep: 'all' | 'carries',
  length: number
) => [C, Y]

/** Rows from number `from` to before `to` of a tensor. */
const rows = (x: Tensor, from: number, to: number): Tensor =>
  o.slice(x, [from, ...x.shape.slice(1).map(() => 0)], [to, ...x.shape.slice(1)])

/**
 * Computes a scan as a loop over segments of about sqrt(n) iterations, of which the backward pass is left the carries at their
 * beginnings: a segment's residuals are computed when it goes back through it. Iterations that fill no segment are a loop of
 * their own, the last to come.
 *
 * @see Chen et al., Training deep nets with sublinear memory cost (2016)
 */
export const segmented = <C, X, Y>(
  loop: Looping,
  op: string,
  f: (carry: C, x: X) => readonly [C, Y],
  init: C,
  xs: X,
  length: number,
  reverse: boolean
): [C, Y] => {
  const size = Math.floor(Math.sqrt(length))
  const count = Math.floor(length / size)
  const rest = length - count * size
  const all = tensorsOf(xs, op)
  const xsOf = (of: (x: Tensor) => Tensor): X => all.rebuild(all.leaves.map(of)) as X
  const start = reverse ? rest : 0

  const segment = (carry: C, own: X): [C, Y] => loop(f, carry, own, 'all', size)
  const segments = xsOf((x) => o.reshape(rows(x, start, start + count * size), [count, size, ...x.shape.slice(1)]))
  const [middle, most] = loop(segment, init, segments, 'carries', count)
  const ys = tensorsOf(most, op)
  const joined = ys.leaves.map((y) => o.reshape(y, [count * size, ...y.shape.slice(2)]))
  if (rest === 0) return [middle, ys.rebuild(joined) as Y]
  const others = xsOf((x) => (reverse ? rows(x, 0, rest) : rows(x, count * size, length)))
  const [last, more] = loop(f, middle, others, 'all', rest)
  const both = tensorsOf(more, op).leaves.map((y, i) => o.concat(reverse ? [y, joined[i]!] : [joined[i]!, y], 0))
  return [last, ys.rebuild(both) as Y]
}
