import type { Node } from '../../program/node.ts'
import type { Shape } from '../../tensor/shape.ts'
import type { Factors } from './factors.ts'
import type { Body } from './inline.ts'
import { patternOf } from './pattern.ts'

/** Stored values that one kernel computes. The first member names its kind of work; others are maps that joined it. */
export interface Group {
  readonly members: readonly Node[]
  /** Bodies of maps and reductions, by member. */
  readonly bodies: ReadonlyMap<Node, Body>
  readonly factors?: Factors
  /** The extents that its kernel goes over, those of 1 left out. */
  readonly domain: Shape
  readonly reduction: Body['reduction']
  /** A number greater than that of every group that it reads from. */
  readonly level: number
  /** How many operations lie one within another in its bodies, members that are read written out. */
  readonly depth: number
  /** Stored values and leaves that it reads, those that are its own members aside. */
  readonly reads: ReadonlySet<Node>
}

/** Tells whether the kernel is loops over bodies, rather than a contraction, a convolution or another kind of its own. */
export const isLoops = ({ members }: Pick<Group, 'members'>): boolean =>
  ['map', 'reduction'].includes(patternOf(members[0]!).kind)

/** Returns the stored values and leaves that a group's kernel reads, given that it computes its members itself. */
export const outsideReads = ({ members, bodies, reads }: Group): readonly Node[] =>
  [...reads].filter((read) => !bodies.has(read) && members[0] !== read)
