import { repeat, whileLoop } from '../../transform/scan/repeat.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Position } from './position.ts'

/** Takes some players' part of a record. */
const partOf = <A>(record: Readonly<Record<string, A>>, players: readonly string[]): Readonly<Record<string, A>> =>
  Object.fromEntries(Object.entries(record).filter(([player]) => players.includes(player)))

/** What a loop carries of a position: all of its movers but their figures. */
type Carried = Pick<Position, 'players' | 'memories'>

const carriedOf = ({ players, memories }: Carried, movers: readonly string[]): Carried => ({
  players: partOf(players, movers),
  memories: partOf(memories, movers)
})

const withCarried = (position: Position, { players, memories }: Carried): Position => ({
  ...position,
  players: { ...position.players, ...players },
  memories: { ...position.memories, ...memories }
})

/**
 * Steps so many times from a position, as one loop, so that compiling costs the same for any number of at least 1. `step` moves
 * these players alone and is traced once; its figures are not kept.
 */
export const repeated = (
  steps: number,
  step: (position: Position) => Position,
  start: Position,
  movers: readonly string[]
): Position => {
  if (steps === 0) return start
  const stepped = (carried: Carried): Carried => carriedOf(step(withCarried(start, carried)), movers)
  return withCarried(start, repeat(steps, stepped, carriedOf(start, movers)))
}

/** Holds a position, whether it still moves (bool []), and in how many steps it was reached (float32 []). */
export interface Moving {
  readonly at: Position
  readonly isMoving: Tensor
  readonly steps: Tensor
}

/** Steps like `repeated` while `isMoving` holds, `atMost` times; steps that are not taken cost nothing. */
export const whileMoving = (
  atMost: number,
  step: (moving: Moving) => Moving,
  start: Moving,
  movers: readonly string[]
): Moving => {
  if (atMost === 0) return start
  const carried = ({ at, isMoving, steps }: Moving) => ({ at: carriedOf(at, movers), isMoving, steps })
  const after = whileLoop(
    ({ isMoving }) => isMoving,
    ({ at, isMoving, steps }) => carried(step({ at: withCarried(start.at, at), isMoving, steps })),
    carried(start),
    { atMost }
  )
  return { ...after, at: withCarried(start.at, after.at) }
}
