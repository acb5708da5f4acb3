import type { Node } from '../../program/node.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { Group } from './group.ts'
import { outsideReads } from './group.ts'
import { elementBytes } from '../../tensor/dtype.ts'

/** A group, its place in the order of barriers, and the members that it writes. */
export interface Placed {
  readonly group: Group
  readonly written: readonly Node[]
  readonly level: number
}

const bytesOf = (nodes: readonly Node[]): number =>
  nodes.reduce((sum, { shape, dtype }) => sum + sizeOf(shape) * elementBytes[dtype], 0)

/**
 * Finds a level for every group, later than those of the groups it reads from. A group comes as early as it can if by then it
 * frees more memory than it takes, and as late as it can otherwise: so a mask drawn for the backward pass, or a forward
 * pass that is computed again for it, does not lie about from the start. A group that writes what becomes of an input
 * (`replaces`) waits, if nobody waits for it, until the input was read by all others: then it may lie in its place.
 */
export const levelsOf = (
  groups: readonly Group[],
  writtenBy: (group: Group) => readonly Node[],
  replaces: ReadonlyMap<Node, readonly Node[]>
): readonly Placed[] => {
  const producer = new Map<Node, number>()
  groups.forEach(({ members }, i) => members.forEach((member) => producer.set(member, i)))
  const reads = groups.map(outsideReads)
  const readers = new Map<Node, number[]>()
  reads.forEach((own, i) =>
    own.forEach((read) => {
      const known = readers.get(read)
      if (known === undefined) readers.set(read, [i])
      else known.push(i)
    })
  )

  // A member may have joined a group that comes before others it reads from: then groups are not in order.
  const order = topological(groups, reads, producer)
  const levels = new Array<number>(groups.length).fill(0)
  for (const i of order)
    for (const read of reads[i]!) {
      const from = producer.get(read)
      if (from !== undefined) levels[i] = Math.max(levels[i]!, levels[from]! + 1)
    }
  const end = levels.reduce((most, level) => Math.max(most, level), 0)

  const written = groups.map(writtenBy)
  const latest = (i: number): number => {
    let least = end
    for (const member of written[i]!)
      for (const reader of readers.get(member) ?? []) if (reader !== i) least = Math.min(least, levels[reader]! - 1)
    return least
  }
  for (const i of order.toReversed()) {
    const freed = reads[i]!.filter((read) => producer.has(read) && readers.get(read)!.length === 1)
    if (bytesOf(written[i]!) > bytesOf(freed)) levels[i] = latest(i)
  }
  for (const i of order) {
    const replaced = written[i]!.flatMap((node) => replaces.get(node) ?? [])
    const others = replaced.flatMap((node) => readers.get(node) ?? []).filter((reader) => reader !== i)
    const wanted = others.reduce((most, reader) => Math.max(most, levels[reader]! + 1), levels[i]!)
    if (wanted <= latest(i)) levels[i] = wanted
  }
  return order
    .map((i) => ({ group: groups[i]!, written: written[i]!, level: levels[i]! }))
    .sort((a, b) => a.level - b.level)
}

const topological = (
  groups: readonly Group[],
  reads: readonly (readonly Node[])[],
  producer: ReadonlyMap<Node, number>
): readonly number[] => {
  const done = new Uint8Array(groups.length)
  const order: number[] = []
  for (let root = 0; root < groups.length; root++) {
    const stack = [root]
    while (stack.length > 0) {
      const i = stack.at(-1)!
      const waiting = done[i] === 0 ? reads[i]!.map((read) => producer.get(read)).filter((j) => j !== undefined && done[j] !== 2) : [] // prettier-ignore
      if (done[i] === 0 && waiting.length > 0) {
        done[i] = 1
        stack.push(...(waiting as number[]))
        continue
      }
      stack.pop()
      if (done[i] !== 2) order.push(i)
      done[i] = 2
    }
  }
  return order
}
