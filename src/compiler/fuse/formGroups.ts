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
import { operandsRead, storageOf, patternOf } from './pattern.ts'

/** A stored value, with what its kernel needs to know before it meets others. */
interface Value {
  readonly node: Node
  /** Stored values and leaves that it reads. */
  readonly reads: readonly Node[]
  readonly factors: Factors | undefined
  /** Its body and how that reads, if it is a map or a reduction: only such values join others. */
  readonly fusible: { readonly body: Body; readonly accesses: ReadonlyMap<Node, Access> } | undefined
}

/** Groups as far as they are formed. */
interface Forming {
  readonly groups: readonly Group[]
  /** The number of the group that computes a stored value. */
  readonly placeOf: ReadonlyMap<Node, number>
  /** The last group of loops with a likeness, by `likenesses`. */
  readonly alike: ReadonlyMap<string, number>
}

/** What values are to the whole program. */
interface Uses {
  readonly results: ReadonlySet<Node>
  /** Stored values that some node reads. */
  readonly read: ReadonlySet<Node>
  /** How many stored values read each stored value. */
  readonly readers: ReadonlyMap<Node, number>
}

type Options = Required<ScheduleOptions>

const valueOf = (node: Node, factors: Factors | undefined, inliner: Inliner): Value => {
  const pattern = patternOf(node)
  if (pattern.kind === 'map' || pattern.kind === 'reduction') {
    const body = inliner.bodyOf(node)
    const accesses = accessesOf(body, inliner)
    return { node, factors, reads: [...accesses.keys()], fusible: { body, accesses } }
  }
  const reads = factors === undefined ? operandsRead(node, pattern).map(storageOf) : [factors.a.base, factors.b.base]
  return { node, factors, reads, fusible: undefined }
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

/** The first level above those of the groups that `reads` come from, the group numbered `but` aside. */
const levelAbove = ({ groups, placeOf }: Forming, reads: readonly Node[], but?: number): number =>
  reads.reduce((level, read) => {
    const place = placeOf.get(read)
    return place === undefined || place === but ? level : Math.max(level, groups[place]!.level + 1)
  }, 0)

/** Whether one more value that reads these fits into the group's kernel. */
const isRoomFor = (group: Group, reads: readonly Node[], { maxOperands }: Options): boolean => {
  const all = new Set([...group.reads, ...reads])
  for (const member of group.members) all.delete(member)
  return all.size + group.members.length + 1 <= maxOperands
}

/** The number of the highest group that some values come from, the last of several. */
const highestOf = ({ groups, placeOf }: Forming, reads: readonly Node[]): number | undefined =>
  reads.reduce<number | undefined>((highest, read) => {
    const place = placeOf.get(read)
    if (place === undefined) return highest
    return groups[place]!.level >= (highest === undefined ? 0 : groups[highest]!.level) ? place : highest
  }, undefined)

/**
 * The group of a value that is read at the point itself, where the reader may be a further output of its kernel: over the
 * same domain, reading nothing else of the group, and reading from no group that comes later.
 */
const groupAbove = (forming: Forming, value: Value, inliner: Inliner, options: Options): number | undefined => {
  const { body, accesses } = value.fusible!
  const highest = body.reduction === undefined ? highestOf(forming, value.reads) : undefined
  if (highest === undefined) return undefined
  const group = forming.groups[highest]!
  if (group.domain.join() !== body.domain.join() || group.reduction !== undefined) return undefined
  const isInside = ([read]: readonly [Node, Access]): boolean => forming.placeOf.get(read) === highest
  if (![...accesses].filter(isInside).every(([, { here }]) => here)) return undefined
  if (levelAbove(forming, value.reads, highest) > group.level) return undefined
  if (!isRoomFor(group, value.reads, options)) return undefined
  if (isLoops(group)) return highest
  const { kind } = patternOf(group.members[0]!)
  const others = [...accesses].filter((access) => !isInside(access)).flatMap(([, { loads }]) => loads)
  const joins = options.epilogues && (kind === 'contraction' || kind === 'convolution')
  return joins && fitsEpilogue(group, body, others, inliner) ? highest : undefined
}

/** Domains up to this size are so small that their kernels join others that they share nothing with. */
const tiny = 64

/**
 * Keys of what makes loops worth one kernel: one domain, reduction and level, and a value of about the domain's size that
 * they read; or a tiny domain. Results that nobody reads may be at any level.
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

/** The number of a group of loops that is alike, and that the value may join without reading from a later group. */
const groupBeside = (forming: Forming, value: Value, uses: Uses, options: Options): number | undefined => {
  const level = levelAbove(forming, value.reads)
  return likenesses(value, level, uses)
    .map((key) => forming.alike.get(key))
    .find((place) => {
      const group = place === undefined ? undefined : forming.groups[place]
      return group !== undefined && level <= group.level && isRoomFor(group, value.reads, options)
    })
}

/** Whether the group's last value is read by nobody but the one value that asks. */
const isReadOnce = ({ members }: Group, { readers, results }: Uses): boolean =>
  readers.get(members.at(-1)!) === 1 && !results.has(members.at(-1)!)

/** The number of the group that the value joins; undefined where it starts one. */
const groupFor = (
  forming: Forming,
  value: Value,
  uses: Uses,
  inliner: Inliner,
  options: Options
): number | undefined => {
  if (value.fusible === undefined) return undefined
  const above = groupAbove(forming, value, inliner, options)
  if (options.multipleOutputs) return above ?? groupBeside(forming, value, uses, options)
  return above !== undefined && isReadOnce(forming.groups[above]!, uses) ? above : undefined
}

/** A group of one value. */
const started = ({ node, reads, factors, fusible }: Value, level: number): Group => ({
  members: [node],
  bodies: new Map(fusible === undefined ? [] : [[node, fusible.body]]),
  ...(factors && { factors }),
  domain: fusible?.body.domain ?? node.shape.filter((extent) => extent !== 1),
  reduction: fusible?.body.reduction,
  level,
  reads: new Set(reads)
})

/** The group with one more value. */
const joined = (group: Group, { node, reads, fusible }: Value): Group => {
  const members = [...group.members, node]
  return {
    ...group,
    members,
    bodies: new Map([...group.bodies, [node, fusible!.body]]),
    reads: new Set([...group.reads, ...reads.filter((read) => !members.includes(read))])
  }
}

/**
 * Groups the stored values that one kernel computes together. In the order of the program each value joins the kernel of
 * one that it reads at its own point (an activation joins the product before it, a parameter's update that of its
 * momentum), or one over the same domain that reads the same values. Levels tell that no cycle arises: a value may join a
 * group if all else that it reads comes from lower levels, for then nothing leads from the group back to it.
 */
export const formGroups = (
  order: readonly Node[],
  program: Program,
  { stored, factors }: Materialization,
  inliner: Inliner,
  options: Options
): readonly Group[] => {
  const values = order
    .filter((node) => stored.has(node) && sizeOf(node.shape) > 0)
    .map((node) => valueOf(node, factors.get(node), inliner))
  const uses = usesOf(order, program, values)
  const groups: Group[] = []
  const placeOf = new Map<Node, number>()
  const alike = new Map<string, number>()
  const forming: Forming = { groups, placeOf, alike }
  for (const value of values) {
    const found = groupFor(forming, value, uses, inliner, options)
    const place = found ?? groups.length
    groups[place] =
      found === undefined ? started(value, levelAbove(forming, value.reads)) : joined(groups[found]!, value)
    placeOf.set(value.node, place)
    if (value.fusible !== undefined && isLoops(groups[place]))
      for (const key of likenesses(value, groups[place].level, uses)) alike.set(key, place)
  }
  return groups
}
