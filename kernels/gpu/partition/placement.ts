import { numberObstacle } from '../limits/obstacle.ts'
import type { Range } from '../limits/ranges.ts'
import { exactRange, rangeOfResult } from '../limits/ranges.ts'
import { literalValue } from '../../../src/primitives/rules/literal.ts'
import { basic } from '../../../src/primitives/basic.ts'
import { constant, input } from '../../../src/program/leaves.ts'
import type { Node } from '../../../src/program/node.ts'
import type { Program } from '../../../src/program/program.ts'
import { nodesOf } from '../../../src/program/program.ts'
import { isScan } from '../../../src/program/scan.ts'
import type { Data } from '../../../src/tensor/dtype.ts'
import { sizeOf } from '../../../src/tensor/shape.ts'

/**
 * Where a value comes from. `given`: it is an input of the program. `free`: it is a constant or a literal, which both sides
 * have. `host`: the reference evaluator computes it. `device`: kernels compute it. `loop`: the host repeats what computes it, the
 * parts of a loop's body.
 */
export type Place = 'given' | 'free' | 'host' | 'device' | 'loop'

const isEmpty = ({ shape }: Node): boolean => sizeOf(shape) === 0

/** Bounds the integers of a constant. */
const rangeOfConstant = ({ params }: Node): Range => {
  const { data } = (params as { readonly tensor: { readonly data: Data } }).tensor
  const numbers = data as ArrayLike<number>
  let [low, high] = [0, 0]
  for (let i = 0; i < numbers.length; i++) [low, high] = [Math.min(low, numbers[i]!), Math.max(high, numbers[i]!)]
  return { low, high }
}

/**
 * Returns a test, to be asked of one node after the other, operands first: can kernels not compute it? `early` are the
 * nodes that depend on no float.
 */
const obstacleFinder = (early: ReadonlySet<Node>): ((node: Node) => boolean) => {
  const ranges = new Map<Node, Range>()
  /** Integers computed on the host, which may have any size. */
  const ofAnySize = new Set<Node>()
  const knownOf = (node: Node): Range | undefined => {
    const value = literalValue(node)
    if (value !== undefined) return { low: value, high: value }
    if (node.primitive === constant && node.dtype === 'int32' && !ranges.has(node))
      ranges.set(node, rangeOfConstant(node))
    return ranges.get(node)
  }
  const isObstacle = (node: Node): boolean => {
    const { primitive, params, operands } = node
    if ([node, ...operands].some(isEmpty)) return true
    if (node.dtype !== 'float32' && early.has(node) && operands.some((x) => ofAnySize.has(x))) return true
    const lowering = primitive.lower(operands, node, params)
    if (lowering.kind === 'routine') return true
    if (lowering.kind === 'alias') {
      const range = knownOf(operands[lowering.operand]!)
      if (range !== undefined) ranges.set(node, range)
      return false
    }
    const known = operands.map((x) => knownOf(x) ?? exactRange)
    if (numberObstacle(lowering, known) !== undefined) return true
    // A step number or a count may have any size, so it becomes a float on the host.
    const [first] = operands
    if (primitive === basic.convert && first!.dtype === 'int32' && early.has(node) && knownOf(first!) === undefined)
      return true
    if (node.dtype === 'int32') ranges.set(node, rangeOfResult(lowering, known))
    return false
  }
  return (node) => {
    const found = isObstacle(node)
    if (found && node.dtype === 'int32') ofAnySize.add(node)
    return found
  }
}

/** Tests whether it is a loop that has iterations and numbers. */
const isRepeated = (node: Node): boolean => isScan(node) && ![node, ...node.operands].some(isEmpty)

/** Finds the values that depend on integers and constants alone. */
const withoutFloats = (order: readonly Node[]): ReadonlySet<Node> => {
  const found = new Set<Node>()
  for (const node of order)
    if (node.primitive === input ? node.dtype !== 'float32' : node.operands.every((x) => found.has(x))) found.add(node)
  return found
}

/**
 * Decides the place of every node. The host computes what kernels cannot: random bits, sorting, integers beyond those that
 * floats hold exactly, and empty arrays. What depends on no float and is needed for such work, or for integer outputs, is
 * computed there as well, so that keys and draws come before the first kernel and no value goes back and forth.
 */
export const placesOf = (program: Program): ReadonlyMap<Node, Place> => {
  const order = nodesOf(program.outputs)
  const early = withoutFloats(order)
  const isObstacle = obstacleFinder(early)
  /** Loops of integers alone stay on the host, as their bodies would. */
  const isCounted = (node: Node): boolean => node.dtype !== 'float32' && early.has(node)
  const places = new Map<Node, Place>()
  for (const node of order) {
    if (node.primitive === input) places.set(node, 'given')
    else if (node.primitive === constant || literalValue(node) !== undefined) places.set(node, 'free')
    else if (isObstacle(node)) places.set(node, isRepeated(node) && !isCounted(node) ? 'loop' : 'host')
    else places.set(node, 'device')
  }
  for (const node of program.outputs)
    if (places.get(node) === 'device' && node.dtype === 'int32' && early.has(node)) places.set(node, 'host')
  for (const node of order.toReversed()) {
    if (places.get(node) !== 'host' && places.get(node) !== 'loop') continue
    for (const x of node.operands) if (places.get(x) === 'device' && early.has(x)) places.set(x, 'host')
  }
  return places
}

/** Returns where each primitive runs: on the host only if all its uses run there. */
export const whereOf = (places: ReadonlyMap<Node, Place>): Readonly<Record<string, 'engine' | 'host'>> => {
  const where: Record<string, 'engine' | 'host'> = {}
  for (const [{ primitive }, place] of places)
    if (place === 'device' || place === 'loop' || place === 'free') where[primitive.name] = 'engine'
    else if (place === 'host') where[primitive.name] ??= 'host'
  return where
}
