import type { Node } from '../../program/node.ts'
import type { Program } from '../../program/program.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { ScheduleOptions } from '../schedule.ts'
import type { Access } from './access.ts'
import { accessesOf } from './access.ts'
import { fitsEpilogue } from './epilogue.ts'
import type { Factors } from './factors.ts'
import type { Group } from './group.ts'
import { isLoops } from './group.ts'
import type { Body, Inliner } from './inline.ts'
import type { Materialization } from './materialize.ts'
import { runsRead, storageOf, patternOf } from './pattern.ts'

/** A stored value, and what its kernel would be if it computed this value alone. */
interface Value {
  readonly node: Node
  /** Stored values and leaves that it reads. */
  readonly reads: readonly Node[]
  /** How its operands are read, if it is a contraction. */
  readonly factors: Factors | undefined
  /** Its body and how that reads, if it is a map or a reduction. No other value joins a group that is there. */
  readonly fusible: { readonly body: Body; readonly accesses: ReadonlyMap<Node, Access> } | undefined
  /** The depth of its body: how many operations lie one within another. */
  readonly depth: number
}

/** The groups formed so far. A group has the number of its place in `groups`. */
interface Forming {
  readonly groups: readonly Group[]
  /** By stored value: the number of the group that computes it. */
  readonly groupNumberOf: ReadonlyMap<Node, number>
  /** By key of `likenesses`: the number of the last group of loops that has it. */
  readonly alike: ReadonlyMap<string, number>
}

/** Who uses which values in the whole program. */
interface Uses {
  /** Stored values and leaves that the program returns. */
  readonly results: ReadonlySet<Node>
  /** Stored values and leaves that some node reads. */
  readonly read: ReadonlySet<Node>
  /** By stored value or leaf: how many stored values read it. */
  readonly readers: ReadonlyMap<Node, number>
}

type Options = Required<ScheduleOptions>

const valueOf = (node: Node, { factors: known, depthOf }: Materialization, inliner: Inliner): Value => {
  const factors = known.get(node)
  const depth = depthOf(node)
  const pattern = patternOf(node)
  if (pattern.kind === 'map' || pattern.kind === 'reduction') {
    const body = inliner.bodyOf(node)
    const accesses = accessesOf(body, inliner)
    return { node, factors, depth, reads: [...accesses.keys()], fusible: { body, accesses } }
  }
  const reads =
    factors === undefined ? runsRead(node, pattern).map(({ base }) => base) : [factors.a.base, factors.b.base]
  return { node, factors, depth, reads, fusible: undefined }
}

const usesOf = (order: readonly Node[], program: Program, values: readonly Value[]): Uses => {
  const readers = new Map<Node, number>()
  for (const { reads } of values) for (const read of new Set(reads)) readers.set(read, (readers.get(read) ?? 0) + 1)
  return {
    results: new Set(program.outputs.map(storageOf)),
    read: new Set(order.flatMap((node) => node.operands.map(storageOf))),
    readers
  }
}

/** Returns the first level above those of the groups that compute `reads`, the group numbered `except` aside. */
const levelAbove = ({ groups, groupNumberOf }: Forming, reads: readonly Node[], except?: number): number =>
  reads.reduce((level, read) => {
    const number = groupNumberOf.get(read)
    return number === undefined || number === except ? level : Math.max(level, groups[number]!.level + 1)
  }, 0)

/** Tests whether one more value that reads these fits into the group's kernel. */
const isRoomFor = (group: Group, reads: readonly Node[], { maxOperands }: Options): boolean => {
  const all = new Set([...group.reads, ...reads])
  for (const member of group.members) all.delete(member)
  return all.size + group.members.length + 1 <= maxOperands
}

/** Returns the number of the group of the highest level among those that compute `reads`; of several, the last read. */
const highestOf = ({ groups, groupNumberOf }: Forming, reads: readonly Node[]): number | undefined =>
  reads.reduce<number | undefined>((highest, read) => {
    const number = groupNumberOf.get(read)
    if (number === undefined) return highest
    return groups[number]!.level >= (highest === undefined ? 0 : groups[highest]!.level) ? number : highest
  }, undefined)

/**
 * Finds the group that computes what a value reads, if the value may become one more output of that group's kernel: it
 * goes over the same domain, reads the group's values only at its own point, all else that it reads comes from lower
 * levels, and the bodies stay within `maxDepth`. Returns the group's number.
 */
const producerGroup = (forming: Forming, value: Value, inliner: Inliner, options: Options): number | undefined => {
  const { body, accesses } = value.fusible!
  const highest = body.reduction === undefined ? highestOf(forming, value.reads) : undefined
  if (highest === undefined) return undefined
  const group = forming.groups[highest]!
  if (group.domain.join() !== body.domain.join() || group.reduction !== undefined) return undefined
  const isInside = ([read]: readonly [Node, Access]): boolean => forming.groupNumberOf.get(read) === highest
  if (![...accesses].filter(isInside).every(([, { here }]) => here)) return undefined
  if (levelAbove(forming, value.reads, highest) > group.level) return undefined
  if (group.depth + value.depth > options.maxDepth || !isRoomFor(group, value.reads, options)) return undefined
  if (isLoops(group)) return highest
  const { kind } = patternOf(group.members[0]!)
  const others = [...accesses].filter((access) => !isInside(access)).flatMap(([, { loads }]) => loads)
  const joins = options.epilogues && (kind === 'contraction' || kind === 'convolution')
  return joins && fitsEpilogue(group, body, others, inliner) ? highest : undefined
}

/** Kernels over domains of at most so many points share one kernel even if they read nothing in common. */
const tiny = 64

/**
 * Lists keys of a value: two values of loops that have a key in common are worth one kernel. That is so where they have
 * one domain, reduction and level, and both read one value at least half as large as the domain, or the domain is tiny.
 * Results that no node reads have a key without the level, too.
 */
const likenesses = ({ node, reads, fusible }: Value, level: number, { results, read }: Uses): readonly string[] => {
  const { domain, reduction } = fusible!.body
  const loops = `${domain.join()}|${reduction === undefined ? '' : `${reduction.combine}${reduction.extents.join()}`}`
  const isLast = !read.has(node) && results.has(node)
  const shared = reads.filter(({ shape }) => 2 * sizeOf(shape) >= sizeOf(domain))
  return [
    ...(sizeOf(domain) <= tiny ? [`${loops}|${String(level)}`] : []),
    ...shared.flatMap(({ id }) => [
      `${loops}|${String(level)}|${String(id)}`,
      ...(isLast ? [`${loops}|last|${String(id)}`] : [])
    ])
  ]
}

/** Finds a group of loops that has a key in common with the value and is at no lower level. Returns its number. */
const similarGroup = (forming: Forming, value: Value, uses: Uses, options: Options): number | undefined => {
  const level = levelAbove(forming, value.reads)
  return likenesses(value, level, uses)
    .map((key) => forming.alike.get(key))
    .find((number) => {
      const group = number === undefined ? undefined : forming.groups[number]
      return group !== undefined && level <= group.level && isRoomFor(group, value.reads, options)
    })
}

/** Tests whether the group's last value has one reader and is no result, so that its kernel needs no further output. */
const isReadOnce = ({ members }: Group, { readers, results }: Uses): boolean =>
  readers.get(members.at(-1)!) === 1 && !results.has(members.at(-1)!)

/** Returns the number of the group that the value joins; undefined where it starts one. */
const groupFor = (
  forming: Forming,
  value: Value,
  uses: Uses,
  inliner: Inliner,
  options: Options
): number | undefined => {
  if (value.fusible === undefined) return undefined
  const producer = producerGroup(forming, value, inliner, options)
  if (options.multipleOutputs) return producer ?? similarGroup(forming, value, uses, options)
  return producer !== undefined && isReadOnce(forming.groups[producer]!, uses) ? producer : undefined
}

/** Makes a group of one value. */
const newGroup = ({ node, reads, factors, fusible, depth }: Value, level: number): Group => ({
  members: [node],
  bodies: new Map(fusible === undefined ? [] : [[node, fusible.body]]),
  ...(factors && { factors }),
  domain: fusible?.body.domain ?? node.shape.filter((extent) => extent !== 1),
  reduction: fusible?.body.reduction,
  level,
  depth,
  reads: new Set(reads)
})

/** Returns the group with one more value. */
const withValue = (group: Group, { node, reads, fusible, depth }: Value): Group => {
  const members = [...group.members, node]
  const isWithin = reads.some((read) => group.members.includes(read))
  return {
    ...group,
    members,
    bodies: new Map([...group.bodies, [node, fusible!.body]]),
    depth: isWithin ? group.depth + depth : Math.max(group.depth, depth),
    reads: new Set([...group.reads, ...reads.filter((read) => !members.includes(read))])
  }
}

/**
 * Groups the stored values that one kernel computes together. In the order of the program each value joins the kernel of
 * one that it reads at its own point (an activation joins the product before it, a parameter's update that of its
 * momentum), or one over the same domain that reads the same values. Levels tell that no cycle arises: a value may join a
 * group if all else that it reads comes from lower levels, for then nothing leads from the group back to it. Empty values
 * belong to no group.
 */
export const formGroups = (
  order: readonly Node[],
  program: Program,
  materialization: Materialization,
  inliner: Inliner,
  options: Options
): readonly Group[] => {
  const values = order
    .filter((node) => materialization.stored.has(node) && sizeOf(node.shape) > 0)
    .map((node) => valueOf(node, materialization, inliner))
  const uses = usesOf(order, program, values)
  const groups: Group[] = []
  const groupNumberOf = new Map<Node, number>()
  const alike = new Map<string, number>()
  const forming: Forming = { groups, groupNumberOf, alike }
  for (const value of values) {
    const found = groupFor(forming, value, uses, inliner, options)
    const number = found ?? groups.length
    groups[number] =
      found === undefined ? newGroup(value, levelAbove(forming, value.reads)) : withValue(groups[found]!, value)
    groupNumberOf.set(value.node, number)
    if (value.fusible !== undefined && isLoops(groups[number]))
      for (const key of likenesses(value, groups[number].level, uses)) alike.set(key, number)
  }
  return groups
}
