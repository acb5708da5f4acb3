import type { Node } from '../../program/node.ts'
import type { Shape } from '../../tensor/shape.ts'
import type { Factors } from './factors.ts'
import type { Body } from './inline.ts'

/** Stored values that one kernel computes. The first member names its kind of work; others are maps that joined it. */
export interface Group {
  readonly members: Node[]
  /** Bodies of maps and reductions, by member. */
  readonly bodies: Map<Node, Body>
  readonly factors?: Factors
  /** Without axes of extent 1. */
  readonly domain: Shape
  readonly reduction: Body['reduction']
  /** Later than those of all groups that it reads from. */
  readonly level: number
  /** Stored values and leaves that it reads, those of its own members aside. */
  readonly reads: Set<Node>
}
