import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Group } from '../../../src/compiler/fuse/group.ts'
import { levelsOf } from '../../../src/compiler/fuse/levels.ts'
import { o } from '../../../src/primitives/vocabulary.ts'
import type { Node } from '../../../src/program/node.ts'
import { nodesOf } from '../../../src/program/program.ts'
import type { Tensor } from '../../../src/tensor/tensor.ts'
import { traced } from '../../support/traced.ts'

/** Nodes that a group may stand for: which they are makes no difference to levels, but their bytes do. */
const nodes: readonly Node[] = nodesOf(
  traced([[9]], (x) => Array.from({ length: 8 }).reduce<Tensor>((y) => o.sin(y), x)).outputs
).slice(1)

const groupOf = (node: Node, reads: readonly Node[]): Group => ({
  members: [node],
  bodies: new Map(),
  domain: node.shape,
  reduction: undefined,
  level: 0,
  depth: 0,
  reads: new Set(reads)
})

describe('levels', () => {
  const edges = fc.array(fc.boolean(), { minLength: 64, maxLength: 64 })
  const order = fc.shuffledSubarray([...nodes.keys()], { minLength: nodes.length })

  it('come after those of all that is read, in whatever order the groups are', () => {
    fc.assert(
      fc.property(edges, order, (reads, shuffled) => {
        // Each reads some that come before it, so that there is no cycle.
        const groups = nodes.map((node, i) =>
          groupOf(
            node,
            nodes.filter((_, j) => j < i && reads[8 * i + j]!)
          )
        )
        const placed = levelsOf(shuffled.map((i) => groups[i]!), ({ members }) => members, new Map()) // prettier-ignore
        expect(placed).toHaveLength(nodes.length)
        const levels = new Map(placed.flatMap(({ group, level }) => group.members.map((node) => [node, level])))
        for (const { group, level } of placed)
          for (const read of group.reads) expect(level).toBeGreaterThan(levels.get(read)!)
        const sequence = placed.map(({ level }) => level)
        expect(sequence).toEqual(sequence.toSorted((a, b) => a - b))
      })
    )
  })
})
