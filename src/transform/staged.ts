import { o } from '../primitives/vocabulary.ts'
import { prepare } from '../program/evaluate.ts'
import type { Graph } from '../program/node.ts'
import { activeGraph, lift, openGraph } from '../program/graph.ts'
import { isNode } from '../program/node.ts'
import { closeProgram } from '../program/program.ts'
import { rebuildResult, traceInto } from '../program/trace.ts'
import { refuseUnfit } from '../program/unfit.ts'
import type { DType, Precision } from '../tensor/dtype.ts'
import { precisionOf } from '../tensor/dtype.ts'
import { fail } from '../tensor/error.ts'
import type { Aval, Tensor } from '../tensor/tensor.ts'
import { showValue } from '../tensor/problem.ts'
import { equalShapes, sizeOf } from '../tensor/shape.ts'
import type { Leaf, Path, Structure } from '../tensor/tree.ts'
import { isNothing, showPath, flattenTensors, flattenWithPaths, structureKey, unflatten } from '../tensor/tree.ts'
import { showAval } from '../tensor/tensor.ts'

/**
 * Runs `body`, which needs a trace, on `args`: inside a trace as part of it, outside in a trace of its own whose
 * program is evaluated at once by the reference evaluator. The tensors of `args` become the program's inputs.
 */
export const staged = <Args extends readonly unknown[], R>(
  op: string,
  args: Args,
  body: (graph: Graph, args: Args) => R,
  precision?: Precision
): R => {
  const graph = activeGraph()
  return graph === undefined ? evaluateNow(op, args, body, precision) : body(graph, args)
}

/** Names of the typed arrays for each dtype: of whatever realm, so a test runner's too. */
const arraysOf: Readonly<Record<DType, readonly string[]>> = {
  float32: ['Float32Array', 'Float64Array'],
  int32: ['Int32Array'],
  bool: ['Uint8Array']
}

/** Fails where a leaf has no numbers, as it belongs to a trace, or was put together from anything in plain JavaScript. */
export const refuseWithoutNumbers = (op: string, leaves: readonly Tensor[]): void => {
  refuseTracedLeaves(op, leaves)
  for (const { shape, dtype, data } of leaves) {
    const isShape = shape.every((n) => Number.isInteger(n) && n >= 0)
    const isSound =
      isShape &&
      ArrayBuffer.isView(data) &&
      Object.hasOwn(arraysOf, dtype) &&
      arraysOf[dtype].includes(data[Symbol.toStringTag]) &&
      data.length === sizeOf(shape)
    if (!isSound)
      fail('InvalidTree', {
        op,
        expected: `a typed array of as many numbers as the shape of ${isShape ? showAval({ dtype, shape }) : 'a tensor'} says`,
        actual: `${showValue(data)}, dtype ${showValue(dtype)} and shape ${showValue(shape)}`,
        hint: 'Make tensors with tensor(data, shape)'
      })
  }
}

const refuseTracedLeaves = (op: string, leaves: readonly Tensor[]): void => {
  const escaped = leaves.find(isNode)
  if (escaped !== undefined)
    fail('EscapedValue', {
      op,
      expected: 'tensors with numbers',
      actual: `a value of another trace (${escaped.primitive.name})`,
      hint: 'A traced value was kept after its function returned, or evaluate was called inside a trace'
    })
}

/** Runs `body` likewise, always in a trace of its own. */
export const evaluateNow = <Args extends readonly unknown[], R>(
  op: string,
  args: Args,
  body: (graph: Graph, args: Args) => R,
  precision?: Precision
): R => {
  const { leaves, structure } = flattenTensors(args)
  refuseWithoutNumbers(op, leaves)
  const graph = openGraph(o)
  const traced = traceInto(graph, leaves, (inputs) => body(graph, unflatten(structure, inputs) as Args), op)
  const { inputs, outputs } = closeProgram(traced.program.inputs, traced.program.outputs, op)
  const arrays = leaves.map((leaf) => leaf.data)
  const captured = [...graph.constants.keys()].filter((data) => !graph.written.has(data))
  const run = prepare({ inputs, outputs }, precision ?? precisionOf([...arrays, ...captured]), (node, data) => {
    refuseUnfit(node.primitive, node.operands, node, data)
  })
  const results = run(arrays)
  const tensors = outputs.map(({ shape, dtype }, i): Tensor => ({ shape, dtype, data: results[i]! }))
  return rebuildResult(traced, tensors) as R
}

/**
 * Turns a leaf into a tensor: a number is a float32 scalar, which inside a trace is a literal and stays a double.
 * Inside a trace the tensor is a node of it, captured ones included.
 */
export const asTensor = (leaf: Leaf, op: string): Tensor => {
  const graph = activeGraph()
  const tensor = typeof leaf === 'number' ? o.full([], leaf) : leaf
  return graph === undefined ? tensor : lift(graph, tensor, op)
}

/** Takes a tree apart: its leaves as tensors, their places, and the way back. */
export interface Leaves {
  readonly leaves: readonly Tensor[]
  readonly paths: readonly Path[]
  readonly structure: Structure
  readonly rebuild: (leaves: readonly unknown[]) => unknown
}

/** Lists the leaves of a tree of tensors and numbers, as tensors; what `isStatic` accepts is part of its structure. */
export const tensorsOf = (tree: unknown, op: string, isStatic?: (x: unknown, path: Path) => boolean): Leaves => {
  const { leaves, paths, structure } = flattenWithPaths(tree, op, isStatic)
  return {
    leaves: leaves.map((leaf) => asTensor(leaf, op)),
    paths,
    structure,
    rebuild: (values) => unflatten(structure, values)
  }
}

/** Tells whether a structure has something static at a path. */
const isStaticAt = (structure: Structure, path: Path): boolean =>
  path.reduce<Structure | undefined>((at, step) => {
    if (at?.kind === 'array') return at.items[step as number]
    return at?.kind === 'record' ? at.items[at.keys.indexOf(String(step))] : undefined
  }, structure)?.kind === 'static'

/**
 * Lists the leaves of `given`, which must be a tree like `like`, with leaves of the same shapes and dtypes. `what` says
 * what the given tree is, and what it is to be like: `tangents` like `the primals`.
 */
export const tensorsLike = (
  like: { readonly leaves: readonly Aval[]; readonly structure: Structure },
  given: unknown,
  what: readonly [given: string, like: string],
  op: string
): readonly Tensor[] => {
  const { leaves, paths, structure } = tensorsOf(
    given,
    op,
    (x, path) => isNothing(x) || isStaticAt(like.structure, path)
  )
  const [wanted, actual] = [structureKey(like.structure), structureKey(structure)]
  if (wanted !== actual)
    fail('InvalidTree', { op, expected: `${what[0]} in a tree like ${what[1]}, ${wanted}`, actual })
  const misfit = leaves.findIndex((leaf, i) => {
    const { shape, dtype } = like.leaves[i]!
    return !equalShapes(leaf.shape, shape) || leaf.dtype !== dtype
  })
  if (misfit >= 0)
    fail('ShapeMisfit', {
      op,
      expected: `${what[0]} shaped like ${what[1]}, ${showAval(like.leaves[misfit]!)} at ${showPath(paths[misfit]!) || 'the root'}`,
      actual: showAval(leaves[misfit]!)
    })
  return leaves
}
