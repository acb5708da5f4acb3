import { isIdentity, offsetOf } from '../../nest/affine.ts'
import type { Scalar } from '../../nest/expression.ts'
import { expressionsIn } from '../../nest/substitute.ts'
import type { Node } from '../../program/node.ts'
import type { Program } from '../../program/program.ts'
import { sizeOf } from '../../tensor/shape.ts'
import { fitsEpilogue } from './epilogue.ts'
import type { Group } from './group.ts'
import type { Body, Inliner } from './inline.ts'
import type { Materialization } from './materialize.ts'
import type { ScheduleOptions } from '../schedule.ts'
import { operandsRead, storageOf, workOf } from './work.ts'

/** How a body reads a stored value. */
interface Access {
  readonly loads: readonly (Scalar & { readonly kind: 'load' })[]
  /** Whether only the element at the very point of the domain is read. */
  readonly here: boolean
}

const accessesOf = ({ domain, body, reduction }: Body, inliner: Inliner): ReadonlyMap<Node, Access> => {
  const accesses = new Map<Node, Access>()
  for (const e of expressionsIn([body])) {
    if (e.kind !== 'load') continue
    const node = inliner.nodeOf(e.operand)
    const offset = reduction === undefined ? offsetOf(e.index, node.shape, inliner.affineOf) : undefined
    const here = offset !== undefined && sizeOf(node.shape) === sizeOf(domain) && isIdentity(offset, domain)
    const storage = storageOf(node)
    const known = accesses.get(storage)
    accesses.set(storage, { loads: [...(known?.loads ?? []), e], here: here && (known?.here ?? true) })
  }
  return accesses
}

/** Domains up to this size are so small that their kernels join others that they share nothing with. */
const tiny = 64

const kindKey = ({ domain, reduction }: Pick<Group, 'domain' | 'reduction'>): string =>
  `${domain.join()}|${reduction === undefined ? '' : `${reduction.combine}${reduction.extents.join()}`}`

/**
 * Which stored values one kernel computes together. In the order of the program each value joins the kernel of one that
 * it reads at its own point (an activation joins the product before it, a parameter's update that of its momentum), or
 * one over the same domain that reads the same values. Levels tell that no cycle arises: a value may join a group if
 * all else that it reads comes from lower levels, for then nothing leads from the group back to it.
 */
export const formGroups = (
  order: readonly Node[],
  program: Program,
  { stored, factors }: Materialization,
  inliner: Inliner,
  options: Required<ScheduleOptions>
): readonly Group[] => {
  const groups: Group[] = []
  const groupOf = new Map<Node, Group>()
  const alike = new Map<string, Group>()
  const used = new Set(order.flatMap((node) => node.operands.map(storageOf)))
  const results = new Set(program.outputs.map(storageOf))

  const levelOf = (reads: Iterable<Node>, but?: Group): number => {
    let level = 0
    for (const read of reads) {
      const group = groupOf.get(read)
      if (group !== undefined && group !== but) level = Math.max(level, group.level + 1)
    }
    return level
  }

  const start = (node: Node, reads: readonly Node[], body?: Body): Group => {
    const own = factors.get(node)
    const group: Group = {
      members: [node],
      bodies: new Map(body === undefined ? [] : [[node, body]]),
      ...(own && { factors: own }),
      domain: body?.domain ?? node.shape.filter((extent) => extent !== 1),
      reduction: body?.reduction,
      level: levelOf(reads),
      reads: new Set(reads)
    }
    groups.push(group)
    groupOf.set(node, group)
    return group
  }

  const isLoops = ({ members }: Group): boolean => ['map', 'reduction'].includes(workOf(members[0]!).kind)

  const isRoomFor = (group: Group, reads: Iterable<Node>): boolean => {
    const all = new Set([...group.reads, ...reads])
    for (const member of group.members) all.delete(member)
    return all.size + group.members.length + 1 <= options.maxOperands
  }

  /** The group of a value that is read at the point itself, where the node may be a further output of it. */
  const above = (body: Body, accesses: ReadonlyMap<Node, Access>): Group | undefined => {
    if (body.reduction !== undefined) return undefined
    let highest: Group | undefined
    for (const read of accesses.keys()) {
      const group = groupOf.get(read)
      if (group !== undefined && group.level >= (highest?.level ?? 0)) highest = group
    }
    if (highest === undefined || highest.domain.join() !== body.domain.join() || highest.reduction !== undefined)
      return undefined
    const own = [...accesses].filter(([read]) => groupOf.get(read) === highest)
    if (!own.every(([, { here }]) => here) || levelOf(accesses.keys(), highest) > highest.level) return undefined
    if (!isRoomFor(highest, accesses.keys())) return undefined
    if (isLoops(highest)) return highest
    const work = workOf(highest.members[0]!).kind
    const others = [...accesses].filter(([read]) => groupOf.get(read) !== highest).flatMap(([, { loads }]) => loads)
    const joins = options.epilogues && (work === 'contraction' || work === 'convolution')
    return joins && fitsEpilogue(highest, body, others, inliner) ? highest : undefined
  }

  const keysFor = (node: Node, body: Body, reads: Iterable<Node>, level: number): readonly string[] => {
    const kind = kindKey({ domain: body.domain, reduction: body.reduction })
    const isLast = !used.has(node) && results.has(node)
    const shared = [...reads].filter((read) => 2 * sizeOf(read.shape) >= sizeOf(body.domain))
    return [
      ...(sizeOf(body.domain) <= tiny ? [`${kind}|${String(level)}`] : []),
      ...shared.flatMap((read) => [
        `${kind}|${String(level)}|${String(read.id)}`,
        ...(isLast ? [`${kind}|last|${String(read.id)}`] : [])
      ])
    ]
  }

  /** A group over the same domain that reads the same, or none if the domain is tiny. */
  const beside = (accesses: ReadonlyMap<Node, Access>, keys: readonly string[]): Group | undefined =>
    keys
      .map((key) => alike.get(key))
      .find(
        (group) => group !== undefined && levelOf(accesses.keys()) <= group.level && isRoomFor(group, accesses.keys())
      )

  const join = (group: Group, node: Node, body: Body, reads: Iterable<Node>): void => {
    group.members.push(node)
    group.bodies.set(node, body)
    groupOf.set(node, group)
    for (const read of reads) if (groupOf.get(read) !== group) group.reads.add(read)
  }

  const nodes = order.filter((node) => stored.has(node) && sizeOf(node.shape) > 0)
  const bodies = new Map<Node, { readonly body: Body; readonly accesses: ReadonlyMap<Node, Access> }>()
  const readers = new Map<Node, number>()
  const directReads = (node: Node): readonly Node[] => {
    const own = factors.get(node)
    return own === undefined ? operandsRead(node, workOf(node)).map(storageOf) : [own.a.base, own.b.base]
  }
  for (const node of nodes) {
    const { kind } = workOf(node)
    const body = kind === 'map' || kind === 'reduction' ? inliner.bodyOf(node) : undefined
    const accesses = body === undefined ? undefined : accessesOf(body, inliner)
    if (body !== undefined && accesses !== undefined) bodies.set(node, { body, accesses })
    for (const read of new Set(accesses?.keys() ?? directReads(node))) readers.set(read, (readers.get(read) ?? 0) + 1)
  }
  /** Whether the group's last value is read by nobody but whoever joins. */
  const isOpen = ({ members }: Group): boolean => readers.get(members.at(-1)!) === 1 && !results.has(members.at(-1)!)

  for (const node of nodes) {
    const own = bodies.get(node)
    if (own === undefined) {
      start(node, directReads(node))
      continue
    }
    const { body, accesses } = own
    const reads = [...accesses.keys()]
    const upper = above(body, accesses)
    const many = options.multipleOutputs
    const found =
      upper !== undefined && (many || isOpen(upper))
        ? upper
        : many
          ? beside(accesses, keysFor(node, body, reads, levelOf(reads)))
          : undefined
    if (found !== undefined) join(found, node, body, reads)
    const group = found ?? start(node, reads, body)
    if (isLoops(group)) for (const key of keysFor(node, body, reads, group.level)) alike.set(key, group)
  }
  return groups
}
