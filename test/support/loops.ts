import { o } from '../../src/primitives/vocabulary.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import type { Policy, ScanOptions } from '../../src/transform/scan/scan.ts'
import { scan } from '../../src/transform/scan/scan.ts'
import { checkpoint } from '../../src/transform/checkpoint.ts'
import type { Draws } from './draws.ts'

/** What a random loop carries: vectors of 2, a scalar, and a counter; xs are vectors and a scalar. */
export interface Carry {
  readonly a: Tensor
  readonly b: Tensor
  readonly s: Tensor
  readonly n: Tensor
}
export interface Slices {
  readonly x: Tensor
  readonly t: Tensor
}

const wide = (x: Tensor): Tensor => o.broadcastInDim(x, [2], [])

/** A smooth function of vectors and scalars, of a few steps drawn from all kinds of operations, loops within included. */
const drawValue = (
  d: Draws,
  vectors: readonly Tensor[],
  scalars: readonly Tensor[],
  counter: Tensor,
  depth: number,
  custom: boolean
): Tensor => {
  const [v, w] = [d.pick(vectors), d.pick(vectors)]
  const s = d.pick(scalars)
  const inner = (): Tensor =>
    depth === 0 ? v : drawValue(d, [...vectors, o.sin(v)], scalars, counter, depth - 1, custom)
  switch (d.int(0, 8)) {
    case 0:
      return o.add(o.mul(v, w), 0.25)
    case 1:
      return o.sin(o.mul(inner(), wide(s)))
    case 2:
      return o.mul(v, wide(o.tanh(o.reduceSum(o.mul(v, w), [0]))))
    case 3:
      return o.select(o.compare(wide(counter), 2, 'lt'), inner(), o.tanh(w))
    case 4:
      return o.reverse(o.sub(o.mul(inner(), 0.5), w), [0])
    case 5: {
      const f = (x: Tensor): Tensor => o.mul(o.cos(x), w)
      return custom ? checkpoint(f)(inner()) : f(inner())
    }
    case 6:
      return o.concat([o.slice(v, [0], [1]), o.slice(o.logistic(inner()), [1], [2])], 0)
    case 7: {
      if (depth === 0) return o.tanh(v)
      const both = o.concat([o.reshape(v, [1, 2]), o.reshape(w, [1, 2])], 0)
      const [last, ys] = scan(
        (c: Tensor, x: Tensor) => [o.sin(o.mul(c, o.add(x, wide(s)))), o.mul(c, x)] as const,
        inner(),
        both
      )
      return o.add(last, o.reduceSum(ys, [0]))
    }
    default:
      return o.dotGeneral(o.reshape(o.concat([v, inner()], 0), [2, 2]), w, { contract: [[1], [0]], batch: [[], []] })
  }
}

export const policies: readonly Policy[] = ['all', 'carries', 'sqrt']

/** Draws a loop: how it goes, and a function of a carry, xs and values to close over that may be called any number of times. */
export interface RandomLoop {
  readonly options: Required<ScanOptions>
  readonly run: (carry: Carry, xs: Slices, outer: Tensor) => readonly [Carry, readonly Tensor[]]
  readonly step: (carry: Carry, x: Slices, outer: Tensor) => readonly [Carry, readonly Tensor[]]
}

/**
 * @param again gives the same draws each time it is called
 * @param custom whether bodies hold custom rules, whose operands depend on one another
 * @param keep the memory policy; drawn where it is not given
 */
export const drawLoop = (d: Draws, again: () => Draws, custom = true, keep?: Policy): RandomLoop => {
  const options = {
    length: d.pick([0, 1, 2, 3, 5]),
    reverse: d.chance(0.5),
    keep: keep ?? d.pick(policies)
  }
  const step = ({ a, b, s, n }: Carry, { x, t }: Slices, outer: Tensor): readonly [Carry, readonly Tensor[]] => {
    const own = again()
    const value = (): Tensor => drawValue(own, [a, b, x, outer], [s, t, o.reduceSum(outer, [0])], n, 1, custom)
    const next: Carry = {
      a: value(),
      // Some carries stand still, and some are never read.
      b: own.pick([a, b, o.sin(outer), value()]),
      s: own.chance(0.7) ? o.add(o.mul(s, 0.5), o.tanh(t)) : s,
      n: o.add(n, 1)
    }
    return [next, own.pick([[], [value()], [o.mul(a, x), n, s], [o.compare(s, t, 'lt'), value()], [outer]])]
  }
  return {
    options,
    step,
    run: (carry, xs, outer) => scan((c: Carry, x: Slices) => step(c, x, outer), carry, xs, options)
  }
}
