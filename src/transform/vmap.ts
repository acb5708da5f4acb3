import { o } from '../primitives/vocabulary.ts'
import { call } from '../program/call.ts'
import type { Graph } from '../program/node.ts'
import { lift } from '../program/graph.ts'
import type { Node } from '../program/node.ts'
import type { Program } from '../program/program.ts'
import { nodesOf, operandsSince } from '../program/program.ts'
import { rebuildResult, traceInto } from '../program/trace.ts'
import type { None } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Rule, Rules } from '../tensor/options.ts'
import { axisOf, range } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { isTensor, showAval } from '../tensor/tensor.ts'
import type { Path } from '../tensor/tree.ts'
import { flattenWithPaths, isRecord, showPath, unflatten } from '../tensor/tree.ts'
import type { Arguments } from './arguments.ts'
import { requireGiven } from './given.ts'
import { asTensor, staged } from './staged.ts'
import { isStatic } from './statics.ts'

/** Names an axis for all leaves of a tree, null for none, or a tree of such, as deep as one likes. */
export type Axes = number | null | readonly Axes[] | { readonly [key: string]: Axes }

export interface VmapOptions {
  /** Mapped axis of each argument (default 0 for all); null leaves an argument as it is, numbers and whatever else. */
  readonly inAxes?: number | readonly Axes[]
  /** Where the mapped axis goes in each result (default 0). */
  readonly outAxes?: Axes
}

/** Trees of axes are less deep than this; one that is not is circular. */
const deepest = 100

const isAxes = (x: unknown, depth = 0): boolean =>
  x === null ||
  typeof x === 'number' ||
  (depth < deepest && (Array.isArray(x) || isRecord(x)) && Object.values(x).every((inner) => isAxes(inner, depth + 1)))

const axes: Rule = {
  expected: 'an axis, null for none, or a tree of such',
  accepts: (x) => x === undefined || isAxes(x)
}
const rules: Rules = { inAxes: axes, outAxes: axes }

/** Returns the axis for what lies at a path; undefined where there is none for it, or several. */
const axisAt = (axes: Axes | undefined, path: Path): number | null | undefined => {
  if (axes === undefined || axes === null || typeof axes === 'number') return axes
  const [step, ...rest] = path
  return step === undefined ? undefined : axisAt((axes as Readonly<Record<string | number, Axes>>)[step], rest)
}

/** Lists one axis for each leaf of `tree`, from a prefix of it; `leavesOf` tells how many leaves a subtree has. */
const spreadAxes = (
  option: string,
  axes: Axes,
  tree: unknown,
  leavesOf: (tree: unknown, axis: number | null) => readonly unknown[],
  path: Path = []
): readonly (number | null)[] => {
  if (axes === null || typeof axes === 'number') return leavesOf(tree, axes).map(() => axes)
  const misfit = (actual: string): never =>
    fail('InvalidTree', {
      op: 'vmap',
      expected: `${option} that are a tree of axes, as deep as the values they are for or less deep`,
      actual: `${actual} at ${showPath(path) || 'the root'}`,
      hint: 'Write null for what has no mapped axis'
    })
  if (typeof axes !== 'object') return misfit(typeof axes)
  const given = Object.keys(axes)
  if (typeof tree !== 'object' || tree === null || isTensor(tree))
    return misfit(`axes for ${given.join(', ')} but one value`)
  if (Array.isArray(axes) !== Array.isArray(tree)) return misfit('an array beside a record')
  const keys = Object.keys(tree)
  if (given.length !== keys.length || !given.every((key) => keys.includes(key)))
    return misfit(`axes for ${given.join(', ') || 'nothing'} but values ${keys.join(', ') || 'nothing'}`)
  // In the order in which leaves are walked.
  const ordered = Array.isArray(tree) ? keys : keys.sort()
  return ordered.flatMap((key) => {
    const [inner, value] = [(axes as Record<string, Axes>)[key]!, (tree as Record<string, unknown>)[key]]
    return spreadAxes(option, inner, value, leavesOf, [...path, Array.isArray(tree) ? Number(key) : key])
  })
}

const moveAxis = (x: Tensor, from: number, to: number): Tensor => {
  const rest = range(x.shape.length).filter((axis) => axis !== from)
  return o.transpose(x, rest.toSpliced(to, 0, from))
}

/** A value of a program that was extended over a leading axis, which it has if it is mapped. */
interface Batched {
  readonly value: Tensor
  readonly mapped: boolean
}

/**
 * Extends a program over one more leading axis of its inputs, and tells of each output whether it has that axis too.
 */
export const batchProgram = (
  graph: Graph,
  program: Program,
  args: readonly Tensor[],
  size: number
): readonly Batched[] => {
  const made = new Map<Node, { value: Node; mapped: boolean }>(
    program.inputs.map((node, i) => [node, { value: lift(graph, args[i]!, 'vmap'), mapped: true }])
  )
  const since = operandsSince(program.inputs)
  for (const node of nodesOf(program.outputs, (n) => (made.has(n) ? [] : since(n)))) {
    if (made.has(node)) continue
    const operands = node.operands.map((x) => made.get(x) ?? { value: x, mapped: false })
    const values = operands.map(({ value }) => value)
    const marks = operands.map((x) => x.mapped)
    const value = marks.some(Boolean)
      ? node.primitive.batch(o, values, marks, node.params, size)
      : values.every((x, i) => x === node.operands[i])
        ? node
        : call(node.primitive, node.params, values)
    made.set(node, { value: value as Node, mapped: marks.some(Boolean) })
  }
  return program.outputs.map((node) => made.get(node)!)
}

/** Puts the leading axis of a result where it is wanted. A result without one is repeated along it, or left alone for null. */
const placed = ({ value, mapped }: Batched, target: number | null, size: number): Tensor => {
  if (target === null)
    return mapped
      ? fail('InvalidArgument', {
          op: 'vmap',
          expected: 'a result that does not depend on the mapped axis, for outAxes null',
          actual: 'one that does'
        })
      : value
  const full = mapped
    ? value
    : o.broadcastInDim(
        value,
        [size, ...value.shape],
        range(value.shape.length).map((axis) => axis + 1)
      )
  const rank = full.shape.length
  const place = axisOf(target, rank)
  return place === undefined
    ? fail('InvalidArgument', {
        op: 'vmap',
        expected: `outAxes within rank ${String(rank)}`,
        actual: String(target)
      })
    : moveAxis(full, 0, place)
}

/**
 * Applies `f` to each slice of the arguments along their mapped axes and stacks the results: one program over a new
 * axis, no loop. Strings, truth values and functions, and whatever has the axis null, reach f as they are.
 *
 * @throws ShapeMisfit where mapped extents differ or an axis does not exist
 *
 * @example
 * import { vmap, sum, mul, tensor } from 'saddlepoint'
 * const dots = vmap((a, b) => sum(mul(a, b)), { inAxes: [0, null] })
 * dots(tensor([[1, 2], [3, 4]]), tensor([10, 1])).data // => [12, 34]
 */
export function vmap<A extends Arguments, R>(f: (...args: A) => R, options?: VmapOptions): (...args: A) => R
export function vmap<A extends Arguments, R>(
  f: (...args: A) => R,
  options?: VmapOptions,
  ...more: None
): (...args: A) => R {
  const { inAxes = 0, outAxes = 0 } = requireGiven('vmap', f, more, options, rules)
  return (...args) =>
    staged('vmap', args, (graph, values) => {
      const {
        leaves: given,
        paths,
        structure
      } = flattenWithPaths(
        values,
        'vmap',
        // What has no mapped axis is left as it is.
        (x, path) => isStatic(x) || axisAt(inAxes, path) === null
      )
      const leaves = given.map((leaf) => asTensor(leaf, 'vmap'))
      const mappable = (tree: unknown, axis: number | null): readonly unknown[] =>
        axis === null ? [] : flattenWithPaths(tree, 'vmap', isStatic).leaves
      const axes = spreadAxes('inAxes', inAxes, values, mappable).map(
        (axis, i) =>
          axisOf(axis!, leaves[i]!.shape.length) ??
          fail('ShapeMisfit', {
            op: 'vmap',
            expected: `an axis ${String(axis)} to map over at ${showPath(paths[i]!)} of the arguments`,
            actual: showAval(leaves[i]!),
            hint: 'Write null in inAxes for an argument that is the same for all'
          })
      )
      const sizes = new Set(axes.map((axis, i) => leaves[i]!.shape[axis]!))
      if (sizes.size !== 1)
        fail('ShapeMisfit', {
          op: 'vmap',
          expected: 'mapped axes of one extent, and at least one of them',
          actual: sizes.size === 0 ? 'no mapped axis' : `extents ${[...sizes].join(' and ')}`
        })
      const [size] = sizes as unknown as [number]
      const inner = leaves.map(({ dtype, shape }, i) => ({ dtype, shape: shape.toSpliced(axes[i]!, 1) }))
      const traced = traceInto(graph, inner, (inputs) => f(...(unflatten(structure, inputs) as A)), 'vmap')
      const moved = leaves.map((x, i) => moveAxis(x, axes[i]!, 0))
      const results = batchProgram(graph, traced.program, moved, size)
      const targets = spreadAxes(
        'outAxes',
        outAxes,
        rebuildResult(traced, traced.program.outputs),
        (tree) => flattenWithPaths(tree, 'vmap').leaves
      )
      return rebuildResult(
        traced,
        results.map((result, i) => placed(result, targets[i] ?? null, size))
      ) as R
    })
}
