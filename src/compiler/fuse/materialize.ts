import { literalValue } from '../../primitives/rules/literal.ts'
import type { Node } from '../../program/node.ts'
import type { Program } from '../../program/program.ts'
import { sizeOf } from '../../tensor/shape.ts'
import { accessCost, cachedAccessCost, kernelCost } from '../cost.ts'
import type { Factors } from './factors.ts'
import { factorsOf } from './factors.ts'
import { mapCost, pointsOf } from './mapCost.ts'
import { isAlias, operandsRead, storageOf, patternOf } from './pattern.ts'

/** Which values are stored, each by some kernel; every other one is computed wherever it is read. */
export interface Materialization {
  readonly stored: ReadonlySet<Node>
  /** How the operands of each contraction are read. */
  readonly factors: ReadonlyMap<Node, Factors>
}

interface Limits {
  /** Buffers that one kernel may read and write. */
  readonly maxOperands: number
  /** Operations that one kernel's bodies may have. */
  readonly maxBody: number
}

/** What it takes to compute one element of a value from stored ones. */
interface Body {
  /** Stored values and leaves that it reads. */
  readonly reads: ReadonlySet<Node>
  /** Nanoseconds of arithmetic. */
  readonly time: number
  readonly operations: number
}

/** Readers beyond which it no longer matters how many there are. */
const manyReaders = 8
/** Points that a reader computes for each element of a value from which on the value counts as repeated. */
const manyPoints = 4

const isMap = (node: Node): boolean => patternOf(node).kind === 'map'
const isLeaf = (node: Node): boolean => patternOf(node).kind === 'leaf'

/** Finds what has to be stored whatever it costs: results, whatever is no map, and what such work reads as it lies. */
const required = (order: readonly Node[], program: Program): Materialization => {
  const stored = new Set<Node>()
  const factors = new Map<Node, Factors>()
  const store = (node: Node): void => {
    const storage = storageOf(node)
    if (!isLeaf(storage)) stored.add(storage)
  }
  program.outputs.forEach(store)
  for (const node of order) {
    const pattern = patternOf(node)
    if (pattern.kind === 'alias') store(node)
    if (pattern.kind === 'leaf' || pattern.kind === 'map' || pattern.kind === 'alias') continue
    stored.add(node)
    if (pattern.kind === 'contraction') {
      const own = factorsOf(node)
      factors.set(node, own)
      store(own.a.base)
      store(own.b.base)
    } else if (pattern.kind !== 'reduction') operandsRead(node, pattern).forEach(store)
  }
  return { stored, factors }
}

/** Finds the stored values whose kernels would compute each value if it were not stored itself; at most `manyReaders`. */
const readersOf = (order: readonly Node[], stored: ReadonlySet<Node>): ReadonlyMap<Node, ReadonlySet<Node>> => {
  const readers = new Map<Node, Set<Node>>()
  const add = (node: Node, reader: Node): void => {
    const own = readers.get(node) ?? new Set()
    if (own.size < manyReaders) readers.set(node, own.add(reader))
  }
  for (const node of order.toReversed()) {
    const kind = patternOf(node).kind
    if (kind !== 'map' && kind !== 'reduction' && kind !== 'alias') continue
    for (const operand of node.operands) {
      if (stored.has(node)) add(operand, node)
      else for (const reader of readers.get(node) ?? []) add(operand, reader)
    }
  }
  return readers
}

/** Finds the nodes of which each is an operand. */
const usersOf = (order: readonly Node[]): ReadonlyMap<Node, ReadonlySet<Node>> => {
  const users = new Map<Node, Set<Node>>()
  for (const node of order)
    for (const operand of node.operands) users.set(operand, (users.get(operand) ?? new Set()).add(node))
  return users
}

/** Values that are stored so far, and the bodies of those that are computed in place. */
interface Progress {
  readonly stored: ReadonlySet<Node>
  readonly bodies: ReadonlyMap<Node, Body>
}

const none: ReadonlySet<Node> = new Set()

/** The stored values and leaves that a kernel reads where it needs this operand. */
const readsOf = ({ stored, bodies }: Progress, operand: Node): ReadonlySet<Node> => {
  const storage = storageOf(operand)
  return stored.has(storage) || isLeaf(storage) ? new Set([storage]) : (bodies.get(operand)?.reads ?? none)
}

const isComputedInPlace = ({ stored }: Progress, node: Node): boolean =>
  isMap(node) && !stored.has(storageOf(node)) && !isLeaf(storageOf(node))

/** The body of a node, its operands written out as far as they are not stored. */
const bodyOf = (progress: Progress, node: Node): Body => {
  const inPlace = [...new Set(node.operands)].filter((x) => isComputedInPlace(progress, x))
  const own = mapCost(node)
  const sum = (of: (body: Body) => number, first: number): number =>
    inPlace.reduce((total, x) => total + of(progress.bodies.get(x)!), first)
  return {
    reads: new Set(node.operands.flatMap((x) => [...readsOf(progress, x)])),
    time: sum(({ time }) => time, own.time),
    operations: sum(({ operations }) => operations, own.operations)
  }
}

/**
 * The operand to store so that a node's kernel comes within the limits: the one with the most operations, or, where too
 * many buffers are read, the one that reads most of them. undefined where the kernel fits, or no operand is left.
 */
const operandToStore = (progress: Progress, node: Node, body: Body, limits: Limits): Node | undefined => {
  const isWide = body.reads.size >= limits.maxOperands
  const weight = (x: Node): number => (isWide ? readsOf(progress, x).size : progress.bodies.get(x)!.operations)
  const inPlace = [...new Set(node.operands)].filter((x) => isComputedInPlace(progress, x))
  const heaviest = inPlace.reduce<Node | undefined>(
    (most, x) => (most === undefined || weight(x) > weight(most) ? x : most),
    undefined
  )
  if (heaviest === undefined) return undefined
  const narrows = isWide && readsOf(progress, heaviest).size > 1
  return narrows || body.operations > limits.maxBody ? heaviest : undefined
}

/**
 * Compares the nanoseconds of both ways to have a value. Computed in place, it is computed at each of the `points` at
 * which its readers compute theirs; stored, it is computed once an element by a kernel of its own, which reads its
 * operands and writes it, and its readers load it:
 *
 *     inPlace = points (time + near large)
 *     stored  = size (time + access (large + 1)) + near points + kernel
 *
 * Here `time` is the arithmetic of an element, `large` the number of operands that are about as large as the value
 * (smaller ones stay in a cache), `access` what an element takes between memory and a register, and `near` the same, or a
 * tenth where a reader comes back to each element so often that it finds it in the nearest cache.
 */
const isCheaperStored = (node: Node, body: Body, readers: ReadonlySet<Node>): boolean => {
  const size = sizeOf(node.shape)
  const points = [...readers].reduce((sum, reader) => sum + pointsOf(reader), 0)
  const isRepeated = points > manyPoints * size * readers.size
  if (isRepeated && body.time < accessCost) return false
  const near = isRepeated ? cachedAccessCost : accessCost
  const large = [...body.reads].filter((x) => isRepeated || 2 * sizeOf(x.shape) >= size).length
  const inPlace = points * (body.time + near * large)
  const stored = size * (body.time + accessCost * (large + 1)) + points * near + kernelCost
  return inPlace > stored
}

/** Whether a node has one user, a map that is no larger: then storing the user does at least as much. */
const isStoredByUser = (node: Node, users: ReadonlySet<Node>): boolean => {
  const [user] = users
  return users.size === 1 && isMap(user!) && sizeOf(user!.shape) <= sizeOf(node.shape)
}

/**
 * Decides what is stored. Beyond what has to be, a value is stored where computing it anew for each of its readers would
 * take longer than writing and reading it: transcendentals with several readers, sums of many operands, small values
 * that a larger one repeats; masks, broadcasts and cheap chains are computed again.
 */
export const materialize = (order: readonly Node[], program: Program, limits: Limits): Materialization => {
  const { stored: needed, factors } = required(order, program)
  const readers = readersOf(order, needed)
  const users = usersOf(order)
  const stored = new Set(needed)
  const bodies = new Map<Node, Body>()
  const progress: Progress = { stored, bodies }

  const isWorthStoring = (node: Node): boolean => {
    const own = readers.get(node)
    if (own === undefined || sizeOf(node.shape) === 0 || isAlias(node) || literalValue(node) !== undefined) return false
    return !isStoredByUser(node, users.get(node)!) && isCheaperStored(node, bodies.get(node)!, own)
  }

  for (const node of order) {
    const { kind } = patternOf(node)
    if (kind !== 'map' && kind !== 'reduction') continue
    let body = bodyOf(progress, node)
    let heavy = operandToStore(progress, node, body, limits)
    while (heavy !== undefined) {
      stored.add(storageOf(heavy))
      body = bodyOf(progress, node)
      heavy = operandToStore(progress, node, body, limits)
    }
    bodies.set(node, body)
    if (kind === 'map' && !stored.has(node) && isWorthStoring(node)) stored.add(node)
  }
  return { stored, factors }
}
