import { literalValue } from '../../primitives/rules/literal.ts'
import type { Node } from '../../program/node.ts'
import type { Program } from '../../program/program.ts'
import { sizeOf } from '../../tensor/shape.ts'
import { mapCost, pointsOf } from '../cost.ts'
import type { Factors } from './factors.ts'
import { factorsOf } from './factors.ts'
import { isAlias, operandsRead, storageOf, workOf } from './work.ts'

/** Which values are stored, each by some kernel; every other one is computed wherever it is read. */
export interface Materialization {
  readonly stored: ReadonlySet<Node>
  /** How the operands of each contraction are read. */
  readonly factors: ReadonlyMap<Node, Factors>
}

interface Limits {
  readonly maxOperands: number
  readonly maxBody: number
}

/** Cost of a kernel of its own, in the units of `mapCost`. */
const kernelCost = 1000
/** Readers beyond which it no longer matters how many there are. */
const manyReaders = 8

const isMap = (node: Node): boolean => workOf(node).kind === 'map'

/** What has to be stored whatever it costs: results, whatever is no map, and what such work reads as it lies. */
const required = (order: readonly Node[], program: Program): Materialization => {
  const stored = new Set<Node>()
  const factors = new Map<Node, Factors>()
  const store = (node: Node): void => {
    const storage = storageOf(node)
    if (workOf(storage).kind !== 'leaf') stored.add(storage)
  }
  program.outputs.forEach(store)
  for (const node of order) {
    const work = workOf(node)
    if (work.kind === 'alias') store(node)
    if (work.kind === 'leaf' || work.kind === 'map' || work.kind === 'alias') continue
    stored.add(node)
    if (work.kind === 'contraction') {
      const own = factorsOf(node)
      factors.set(node, own)
      store(own.a.base)
      store(own.b.base)
    } else if (work.kind !== 'reduction') operandsRead(node, work).forEach(store)
  }
  return { stored, factors }
}

/** Stored values whose kernels would compute each value if it were not stored itself; at most `manyReaders`. */
const readersOf = (order: readonly Node[], stored: ReadonlySet<Node>): ReadonlyMap<Node, ReadonlySet<Node>> => {
  const readers = new Map<Node, Set<Node>>()
  const add = (node: Node, reader: Node): void => {
    const own = readers.get(node) ?? new Set()
    if (own.size < manyReaders) readers.set(node, own.add(reader))
  }
  for (const node of order.toReversed()) {
    const kind = workOf(node).kind
    if (kind !== 'map' && kind !== 'reduction' && kind !== 'alias') continue
    for (const operand of node.operands) {
      if (stored.has(node)) add(operand, node)
      else for (const reader of readers.get(node) ?? []) add(operand, reader)
    }
  }
  return readers
}

/**
 * Decides what is stored. Beyond what has to be, a value is stored where computing it anew for each of its readers would
 * take longer than writing and reading it: transcendentals with several readers, sums of many operands, small values
 * that a larger one repeats; masks, broadcasts and cheap chains are computed again.
 */
export const materialize = (order: readonly Node[], program: Program, limits: Limits): Materialization => {
  const { stored: needed, factors } = required(order, program)
  const stored = new Set(needed)
  const readers = readersOf(order, needed)
  const users = new Map<Node, Set<Node>>()
  for (const node of order)
    for (const operand of node.operands) users.set(operand, (users.get(operand) ?? new Set()).add(node))

  // Of values that are computed in place: what of stored values they read, and what one element takes.
  const reads = new Map<Node, ReadonlySet<Node>>()
  const times = new Map<Node, number>()
  const operations = new Map<Node, number>()
  const readsOf = (node: Node): ReadonlySet<Node> => {
    const storage = storageOf(node)
    return stored.has(storage) || workOf(storage).kind === 'leaf' ? new Set([storage]) : (reads.get(node) ?? new Set())
  }
  const isInline = (node: Node): boolean =>
    isMap(node) && !stored.has(storageOf(node)) && workOf(storageOf(node)).kind !== 'leaf'

  /** Stores operands, the heaviest first, until the kernel that computes the node is small enough. */
  const narrow = (node: Node): void => {
    for (;;) {
      const inline = [...new Set(node.operands)].filter(isInline)
      const all = new Set(node.operands.flatMap((x) => [...readsOf(x)]))
      const count = inline.reduce((sum, x) => sum + operations.get(x)!, mapCost(node).operations)
      const heaviest = inline.reduce<Node | undefined>((most, x) => {
        const weight = (y: Node): number => (all.size < limits.maxOperands ? operations.get(y)! : readsOf(y).size)
        return most === undefined || weight(x) > weight(most) ? x : most
      }, undefined)
      const tooMany = all.size >= limits.maxOperands && heaviest !== undefined && readsOf(heaviest).size > 1
      if (!(tooMany || count > limits.maxBody) || heaviest === undefined) {
        reads.set(node, all)
        times.set(node, inline.reduce((sum, x) => sum + times.get(x)!, mapCost(node).time)) // prettier-ignore
        operations.set(node, count)
        return
      }
      stored.add(storageOf(heaviest))
    }
  }

  const isWorthStoring = (node: Node): boolean => {
    const own = readers.get(node)
    const size = sizeOf(node.shape)
    if (own === undefined || size === 0 || isAlias(node) || literalValue(node) !== undefined) return false
    const points = [...own].reduce((sum, reader) => sum + pointsOf(reader), 0)
    const direct = users.get(node)!
    const [user] = direct
    // Then storing the user does at least as much.
    if (direct.size === 1 && sizeOf(user!.shape) <= size && isMap(user!)) return false
    const time = times.get(node)!
    const spread = points > 4 * size * own.size
    if (spread && time < 1) return false
    // What is read again and again is in the nearest cache.
    const access = spread ? 0.1 : 1
    const full = [...reads.get(node)!].filter((x) => spread || 2 * sizeOf(x.shape) >= size).length
    return points * (time + access * full) > size * (time + full + 1) + points * access + kernelCost
  }

  for (const node of order) {
    const kind = workOf(node).kind
    if (kind === 'reduction') narrow(node)
    if (kind !== 'map') continue
    narrow(node)
    if (!stored.has(node) && isWorthStoring(node)) stored.add(node)
  }
  return { stored, factors }
}
