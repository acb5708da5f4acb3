import { literalValue } from '../../primitives/rules/literal.ts'
import type { Node } from '../../program/node.ts'
import type { Program } from '../../program/program.ts'
import { sizeOf } from '../../tensor/shape.ts'
import { accessCost, cachedAccessCost, kernelCost } from '../cost.ts'
import { comparedWithReductions } from './comparisons.ts'
import type { Factors } from './factors.ts'
import { factorsOf } from './factors.ts'
import { mapCost, pointsOf } from './mapCost.ts'
import { isAlias, patternOf, runsRead, storageOf } from './pattern.ts'

/** Says which values are stored, each by some kernel. Every other one is inlined: computed wherever it is read. */
export interface Materialization {
  readonly stored: ReadonlySet<Node>
  /** How the operands of each contraction are read. */
  readonly factors: ReadonlyMap<Node, Factors>
  /** How many operations lie one within another in the body of a map or reduction. */
  readonly depthOf: (node: Node) => number
}

interface Limits {
  /** Buffers that one kernel may read and write. */
  readonly maxOperands: number
  /** Operations that one kernel's bodies may have. */
  readonly maxBody: number
  /** Operations that may lie one within another in a body. */
  readonly maxDepth: number
  /** Tells whether a value that is computed again may come to other bits. */
  readonly contracts: boolean
}

/** Holds what it takes to compute one element of a value from stored ones, its body with all that is inlined in it. */
interface BodyCost {
  /** Stored values and leaves that it reads. */
  readonly reads: ReadonlySet<Node>
  /** Nanoseconds of arithmetic. */
  readonly time: number
  readonly operations: number
  readonly depth: number
}

/** The most readers of a value that are found, which bounds the work of finding them; the cost counts no others. */
const manyReaders = 8
/** The most operations that inlining one value may add to bodies: what is compiled grows by them. */
const mostRepeated = 1000
/** A value is repeated if its readers compute more points than this for each of its elements. */
const manyPoints = 4

const isMap = (node: Node): boolean => patternOf(node).kind === 'map'
const isLeaf = (node: Node): boolean => patternOf(node).kind === 'leaf'

/**
 * Finds what has to be stored whatever it costs: the program's results, all values but maps, what kernels other than loops
 * read (contractions, convolutions and the like), what is read under a shape that no sum of indices reaches, and what has to have
 * the same bits for a reduction and a comparison with it.
 */
const required = (
  order: readonly Node[],
  program: Program,
  { contracts }: Limits
): Pick<Materialization, 'stored' | 'factors'> => {
  const stored = new Set<Node>()
  const factors = new Map<Node, Factors>()
  const store = (node: Node): void => {
    const storage = storageOf(node)
    if (!isLeaf(storage)) stored.add(storage)
  }
  program.outputs.forEach(store)
  if (contracts) comparedWithReductions(order).forEach(store)
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
    } else if (pattern.kind !== 'reduction') runsRead(node, pattern).forEach(({ base }) => { store(base) }) // prettier-ignore
  }
  return { stored, factors }
}

/** Finds, for each value, the stored ones whose kernels would compute it if it were inlined; at most `manyReaders`. */
const readersOf = (order: readonly Node[], stored: ReadonlySet<Node>): ReadonlyMap<Node, ReadonlySet<Node>> => {
  const readers = new Map<Node, Set<Node>>()
  const add = (node: Node, reader: Node): void => {
    const known = readers.get(node) ?? new Set()
    if (known.size < manyReaders) readers.set(node, known.add(reader))
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

/** Holds the values that are stored so far, and what the bodies of all values so far cost. */
interface Progress {
  readonly stored: ReadonlySet<Node>
  readonly bodies: ReadonlyMap<Node, BodyCost>
}

const none: ReadonlySet<Node> = new Set()

/** Returns the stored values and leaves that a kernel reads where it needs this operand. */
const readsOf = ({ stored, bodies }: Progress, operand: Node): ReadonlySet<Node> => {
  const storage = storageOf(operand)
  return stored.has(storage) || isLeaf(storage) ? new Set([storage]) : (bodies.get(operand)?.reads ?? none)
}

const isInlined = ({ stored }: Progress, node: Node): boolean =>
  isMap(node) && !stored.has(storageOf(node)) && !isLeaf(storageOf(node))

/** Computes what a node's body costs, operands that are not stored inlined. */
const bodyCostOf = (progress: Progress, node: Node): BodyCost => {
  const inlined = [...new Set(node.operands)].filter((x) => isInlined(progress, x))
  const own = mapCost(node)
  const sum = (of: (body: BodyCost) => number, first: number): number =>
    inlined.reduce((total, x) => total + of(progress.bodies.get(x)!), first)
  return {
    reads: new Set(node.operands.flatMap((x) => [...readsOf(progress, x)])),
    time: sum(({ time }) => time, own.time),
    operations: sum(({ operations }) => operations, own.operations),
    depth: own.depth + inlined.reduce((most, x) => Math.max(most, progress.bodies.get(x)!.depth), 0)
  }
}

/**
 * Finds the inlined operand to store so that a node's kernel comes nearer to the limits: the one with the most operations,
 * where too many buffers are read the one that reads the most, where the body is too deep the deepest. undefined where the
 * kernel is within the limits, or storing an operand would not help.
 */
const operandToStore = (progress: Progress, node: Node, body: BodyCost, limits: Limits): Node | undefined => {
  const isWide = body.reads.size >= limits.maxOperands
  const isDeep = body.depth > limits.maxDepth
  const weight = (x: Node): number =>
    isWide ? readsOf(progress, x).size : progress.bodies.get(x)![isDeep ? 'depth' : 'operations']
  const inlined = [...new Set(node.operands)].filter((x) => isInlined(progress, x))
  const heaviest = inlined.reduce<Node | undefined>(
    (most, x) => (most === undefined || weight(x) > weight(most) ? x : most),
    undefined
  )
  if (heaviest === undefined) return undefined
  const narrows = isWide && readsOf(progress, heaviest).size > 1
  return narrows || isDeep || body.operations > limits.maxBody ? heaviest : undefined
}

/**
 * Compares the nanoseconds of both ways to have a value. Inlined, it is computed at each of the `points` at which its
 * readers compute theirs; stored, it is computed once an element by a kernel of its own, which reads what its body reads
 * and writes it, and its readers load it:
 *
 *     inlined = points (time + readCost large)
 *     stored  = size (time + accessCost (large + 1)) + points readCost + kernelCost
 *
 * Here `time` is the arithmetic of an element, `size` the number of elements, and `accessCost` what an element takes
 * between memory and a register. A value is repeated if its readers, at most `manyReaders` of them, compute more than
 * `manyPoints` points for each of its elements, averaged over the readers. Then `readCost` is a tenth of `accessCost`, as
 * a reader finds each element in the nearest cache, and `large` counts all that the body reads. Otherwise `readCost` is
 * `accessCost`, and `large` counts what is at least half as large as the value: smaller values stay in a cache. A
 * repeated value whose arithmetic takes less than one access is never stored.
 */
const isCheaperStored = (node: Node, body: BodyCost, readers: ReadonlySet<Node>): boolean => {
  const size = sizeOf(node.shape)
  const points = [...readers].reduce((sum, reader) => sum + pointsOf(reader), 0)
  const isRepeated = points > manyPoints * size * readers.size
  if (isRepeated && body.time < accessCost) return false
  const readCost = isRepeated ? cachedAccessCost : accessCost
  const large = [...body.reads].filter((x) => isRepeated || 2 * sizeOf(x.shape) >= size).length
  const inlined = points * (body.time + readCost * large)
  const stored = size * (body.time + accessCost * (large + 1)) + points * readCost + kernelCost
  return inlined > stored
}

/** Counts how often a value that is inlined is written out: once a reader, and once a view, as each has indices of its own. */
const copiesOf = (readers: ReadonlySet<Node>, users: ReadonlySet<Node>): number => {
  const isView = (user: Node): boolean => {
    const pattern = patternOf(user)
    return pattern.kind === 'map' && pattern.view
  }
  return Math.max(readers.size, [...users].filter(isView).length)
}

/** Tests whether a node has one user, a map that is no larger: then storing the user, not the node, saves at least as much. */
const leaveToUser = (node: Node, users: ReadonlySet<Node>): boolean => {
  const [user] = users
  return users.size === 1 && isMap(user!) && sizeOf(user!.shape) <= sizeOf(node.shape)
}

/**
 * Decides what is stored, of the nodes in `order`, each behind its operands. Beyond what has to be, a value is stored where
 * inlining it in each of its readers would take longer than writing and reading it (in nanoseconds, by cost.ts):
 * transcendentals with several readers, sums of many operands, small values that a larger one repeats; or where it would
 * make their bodies too long: a concat of many operands. Masks, broadcasts and cheap chains are inlined.
 */
export const materialize = (order: readonly Node[], program: Program, limits: Limits): Materialization => {
  const { stored: needed, factors } = required(order, program, limits)
  const readers = readersOf(order, needed)
  const users = usersOf(order)
  const stored = new Set(needed)
  const bodies = new Map<Node, BodyCost>()
  const progress: Progress = { stored, bodies }

  const isWorthStoring = (node: Node): boolean => {
    const known = readers.get(node)
    if (known === undefined || sizeOf(node.shape) === 0 || isAlias(node) || literalValue(node) !== undefined)
      return false
    const body = bodies.get(node)!
    const isLong = body.operations * (copiesOf(known, users.get(node)!) - 1) > mostRepeated
    return isLong || (!leaveToUser(node, users.get(node)!) && isCheaperStored(node, body, known))
  }

  for (const node of order) {
    const { kind } = patternOf(node)
    if (kind !== 'map' && kind !== 'reduction') continue
    let body = bodyCostOf(progress, node)
    let heavy = operandToStore(progress, node, body, limits)
    while (heavy !== undefined) {
      stored.add(storageOf(heavy))
      body = bodyCostOf(progress, node)
      heavy = operandToStore(progress, node, body, limits)
    }
    bodies.set(node, body)
    if (kind === 'map' && !stored.has(node) && isWorthStoring(node)) stored.add(node)
  }
  return { stored, factors, depthOf: (node) => bodies.get(node)?.depth ?? 0 }
}
