import type { Graph, Node } from '../../program/node.ts'
import type { Keep } from '../../program/scan.ts'
import { partsOf, unpack } from '../../program/scan.ts'
import type { ScanParams } from '../../program/scan.ts'
import { traceInto } from '../../program/trace.ts'
import { o } from '../../primitives/vocabulary.ts'
import type { None } from '../../tensor/arguments.ts'
import { refuseMore, requireFunction } from '../../tensor/arguments.ts'
import type { DType } from '../../tensor/dtype.ts'
import { fail } from '../../tensor/error.ts'
import type { Rule, Rules } from '../../tensor/options.ts'
import { flag, oneOf, optional, requireOptions } from '../../tensor/options.ts'
import { equalShapes, range } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { showAval } from '../../tensor/tensor.ts'
import type { Structure } from '../../tensor/tree.ts'
import { showPath, structureKey, unflatten } from '../../tensor/tree.ts'
import type { Leaves } from '../staged.ts'
import { staged, tensorsOf } from '../staged.ts'
import type { Variable } from './body.ts'
import { closeBody } from './body.ts'
import { scan as primitive } from './primitive.ts'
import type { Looping } from './segmented.ts'
import { segmented } from './segmented.ts'

export interface ScanOptions {
  /** How many iterations there are: needed where there are no xs. */
  readonly length?: number
  /** Whether to go from the last of the xs to the first (default false). The ys stand in the order of the xs all the same. */
  readonly reverse?: boolean
  /**
   * What is kept for the backward pass: of each iteration 'all' that it reads (default), or the 'carries' alone, from which it
   * computes the rest anew, as `checkpoint` does; or with 'sqrt' the carries of every sqrt(n)-th iteration and all of sqrt(n)
   * iterations at a time. The last two take less memory for one more forward pass.
   */
  readonly keep?: Policy
}

/** Memory policies of a loop: see `ScanOptions`. */
export type Policy = Keep | 'sqrt'

export const iterations: Rule = {
  expected: 'a whole number from 0 to 2147483647',
  accepts: (x) => typeof x === 'number' && x === (x | 0) && x >= 0
}
export const keepRule: Rule = optional(oneOf('all', 'carries', 'sqrt'))
const rules: Rules = { length: optional(iterations), reverse: optional(flag), keep: keepRule }

const lengthOf = (xs: Leaves, given: number | undefined): number => {
  const extents = xs.leaves.map((x) => x.shape[0])
  const lengths = new Set(given === undefined ? extents : [...extents, given])
  const [length] = lengths
  return lengths.size === 1 && length !== undefined
    ? length
    : fail('ShapeMisfit', {
        op: 'scan',
        expected: 'xs of one leading extent, which is the length where one is given',
        actual:
          lengths.size === 0
            ? 'neither xs nor a length'
            : `${xs.leaves.map(showAval).join(', ') || 'no xs'}${given === undefined ? '' : ` and the length ${String(given)}`}`
      })
}

/** Fails unless the next carry, a tree of that structure whose leaves come first among `outputs`, is like the first one. */
export const requireNext = (op: string, carry: Leaves, outputs: readonly Node[], structure: Structure): void => {
  const [wanted, actual] = [structureKey(carry.structure), structureKey(structure)]
  if (wanted !== actual)
    fail('InvalidTree', { op, expected: `a next carry in a tree like the first one, ${wanted}`, actual })
  carry.leaves.forEach((x, i) => {
    const next = outputs[i]!
    if (!equalShapes(x.shape, next.shape) || x.dtype !== next.dtype)
      fail('ShapeMisfit', {
        op,
        expected: `a next carry shaped like the first one, ${showAval(x)} at ${showPath(carry.paths[i]!) || 'the root'}`,
        actual: showAval(next)
      })
  })
}

/** Fails unless f returns [carry, y] with a carry like the one that it was given. */
const requirePair = (op: string, carry: Leaves, outputs: readonly Node[], structure: Structure): void => {
  if (structure.kind === 'array' && structure.items.length === 2) requireNext(op, carry, outputs, structure.items[0]!)
  else
    fail('InvalidTree', {
      op,
      expected: 'a function that returns [carry, y]',
      actual: `a result ${structureKey(structure)}, * being a tensor`,
      hint: 'Return [carry, []] where there is nothing to stack'
    })
}

/**
 * Makes the scan of a traced body, a node for each dtype, and returns its outputs: last carries, then ys. A carry that is handed on
 * as it came is a constant of the body.
 */
export const scanOf = (
  graph: Graph,
  carries: readonly Variable[],
  xs: readonly Variable[],
  outputs: readonly Node[],
  options: Pick<ScanParams, 'length' | 'reverse' | 'keep' | 'whileTrue'>
): readonly Tensor[] => {
  const count = carries.length
  const stays = (n: number): boolean => n < count && n !== options.whileTrue && outputs[n] === carries[n]!.input
  const numbers = range(outputs.length).filter((n) => !stays(n))
  const kept = numbers.filter((n) => n < count)
  const open = {
    constants: carries.filter((_, n) => stays(n)),
    carries: kept.map((n) => carries[n]!),
    xs,
    next: kept.map((n) => outputs[n]!),
    ys: outputs.slice(count)
  }
  const { whileTrue, ...others } = options
  const own = whileTrue === undefined ? others : { ...others, whileTrue: kept.indexOf(whileTrue) }
  const results: Tensor[] = carries.map(({ value }) => value)
  for (const dtype of ['float32', 'int32', 'bool'] satisfies readonly DType[]) {
    const places = numbers.flatMap((n, place) => (outputs[n]!.dtype === dtype ? [place] : []))
    if (places.length === 0) continue
    const packed = closeBody(primitive, graph, open, own, places)
    const parts = unpack(o, packed, partsOf((packed as Node).params as ScanParams))
    places.forEach((place, i) => (results[numbers[place]!] = parts[i]!))
  }
  return results
}

/** Makes the scan for whichever function is called `op`, of options that have been read. */
export const scanned = <C, X, Y>(
  op: string,
  f: (carry: C, x: X) => readonly [C, Y],
  init: C,
  xs: X | undefined,
  options: ScanOptions
): [C, Y] =>
  staged(op, [init, xs] as const, (graph, [first, sequences]) => {
    const [carry, all] = [tensorsOf(first, op), tensorsOf(sequences, op)]
    const length = lengthOf(all, options.length)
    const { reverse = false, keep = 'all' } = options
    if (keep === 'sqrt') {
      const loop: Looping = (step, carried, slices, kept, n) => scanned(op, step, carried, slices, { length: n, reverse, keep: kept }) // prettier-ignore
      if (length < 4) return loop(f, first, sequences as X, 'all', length)
      return segmented(loop, op, f, first, sequences as X, length, reverse)
    }
    const count = carry.leaves.length
    const avals = [...carry.leaves, ...all.leaves.map(({ shape, dtype }) => ({ shape: shape.slice(1), dtype }))]
    const traced = traceInto(
      graph,
      avals,
      (inputs) => f(carry.rebuild(inputs.slice(0, count)) as C, all.rebuild(inputs.slice(count)) as X),
      op
    )
    const { inputs, outputs } = traced.program
    requirePair(op, carry, outputs, traced.structure)
    const variables = [...carry.leaves, ...all.leaves].map((value, i) => ({ input: inputs[i]!, value, linear: false }))
    const results = scanOf(graph, variables.slice(0, count), variables.slice(count), outputs, { length, reverse, keep })
    return unflatten(traced.structure, results) as [C, Y]
  })

/**
 * Applies f again and again: `f(carry, x)` gives `[carry, y]`, for each slice x of `xs` along their leading axes, and the
 * result is `[the last carry, all ys stacked]`. Trees everywhere; `xs` may be undefined with a `length`. A loop is one
 * value of a program: tracing, differentiating and compiling it take as long for a thousand iterations as for one. Values that f
 * closes over may be differentiated, and what does not depend on the iteration is computed once.
 *
 * @throws ShapeMisfit where a carry changes its shape or lengths differ; InvalidTree where f returns no such pair
 *
 * @example
 * import { add, mul, scan, tensor } from 'saddlepoint'
 * const [last, sums] = scan((sum, x) => [add(sum, x), mul(sum, x)], tensor(0), tensor([1, 2, 3]))
 * last.data // => [6]
 * sums.data // => [0, 2, 9]
 */
export function scan<C, X, Y>(
  f: (carry: C, x: X) => readonly [C, Y],
  init: C,
  xs?: X,
  options?: ScanOptions
): [carry: C, ys: Y]
export function scan<C, X, Y>(
  f: (carry: C, x: X) => readonly [C, Y],
  init: C,
  xs?: X,
  given?: ScanOptions,
  ...more: None
): [C, Y] {
  requireFunction('scan', f)
  const options = requireOptions('scan', given, rules)
  refuseMore('scan', more)
  return scanned('scan', f, init, xs, options)
}
