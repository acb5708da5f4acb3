/**
 * The code that a function will have, while it is being made. A frame is the code of one loop's body, or of the function
 * itself; frames stand in each other as the loops do. Each value is computed once, in the outermost frame in which all
 * axes that it depends on have a value.
 *
 * @category wasm
 */
import { i32 } from '../encoder/index.ts'
import type { Code, Local, Operand, Scope } from '../encoder/index.ts'
import type { vectorMath } from '../math/index.ts'
import { partOf } from './linear.ts'
import type { Linear } from './linear.ts'
import type { Walk } from './plan.ts'
import { keyOf } from './linear.ts'

/** One loop's body: statements in order, and the values that they have computed. */
export interface Frame {
  readonly statements: Code[]
  /** Statements right before the loop. */
  readonly before: Code[]
  /** Statements at the end of each round. */
  readonly after: Code[]
  /** Values in four lanes, and values that all lanes share, by keys that say all that they depend on. */
  readonly vectors: Map<string, Code<'v128'>>
  readonly scalars: Map<string, Code<'i32'>>
  /** Positions on the axes that this frame sets, by the axis's node. */
  readonly places: Map<number, Operand<'i32'>>
  /** The axis that the frame's loop counts along, where it is such a loop. */
  readonly counted: { readonly axis: number; readonly start: Operand<'i32'>; readonly step: number } | undefined
}

export const createFrame = (
  places: Iterable<readonly [number, Operand<'i32'>]>,
  counted?: Frame['counted']
): Frame => ({
  statements: [],
  before: [],
  after: [],
  vectors: new Map(),
  scalars: new Map(),
  places: new Map(places),
  counted
})

/** Up to four points side by side along the axis of the lanes, the first of them `offset` elements after the frame's position. */
export interface Vector {
  readonly offset: number
  readonly lanes: number
  /** Number of a row in a tile, and how many rows the tile has. */
  readonly row?: number
  readonly rows?: number
}

/** What is known while the function of a walk is being made. */
export interface Emitter {
  readonly walk: Walk
  readonly scope: Scope
  readonly math: ReturnType<typeof vectorMath>
  /** Byte addresses of the operands. */
  readonly addresses: readonly number[]
  /** The first byte that is not certain to exist. */
  readonly readable: number
  /** The frames that are open, from the function's body inwards. */
  readonly frames: Frame[]
  /** Number of the frame that sets an axis, by the axis's bit. */
  readonly levels: ReadonlyMap<number, number>
}

/** Returns the number of the innermost frame that sets one of the axes (bits). */
export const levelOf = ({ levels }: Emitter, axes: number): number => {
  let level = 0
  for (const [bit, own] of levels) if ((axes & bit) !== 0 && own > level) level = own
  return level
}

/** The number of a block of a reduction in two stages, as an axis. */
export const blockAxis = { id: -2, bit: 1 << 30 } as const
const laneAxis = -1

export const bitsOf = ({ walk }: Emitter, id: number): number =>
  id === blockAxis.id ? blockAxis.bit : id === laneAxis ? 0 : walk.nodes[id]!.axes

const placeOf = ({ frames }: Emitter, id: number): Operand<'i32'> | undefined => {
  for (const { places } of frames) {
    const place = places.get(id)
    if (place !== undefined) return place
  }
  return undefined
}

export const lift = (x: Operand<'i32'>): Code<'i32'> => (typeof x === 'number' ? i32.const(x) : x)

export const keepInteger = (e: Emitter, frame: Frame, value: Code<'i32'>): Code<'i32'> => {
  if (value.constant !== undefined) return value
  const local: Local<'i32'> = e.scope.local('i32')
  frame.statements.push(local.set(value))
  return local
}

/** Returns the value of an integer node that is the same in all lanes. `vector` gives it where it is known in lanes only. */
export const scalar = (e: Emitter, id: number, vector: (id: number) => Code<'i32'>): Code<'i32'> => {
  const place = placeOf(e, id)
  if (place !== undefined) return lift(place)
  const node = e.walk.nodes[id]!
  if (node.kind === 'literal') return i32.const(node.value)
  const frame = e.frames[levelOf(e, node.axes)]!
  const key = `s${id}`
  const known = frame.scalars.get(key)
  if (known !== undefined) return known
  const of = (x: number): Code<'i32'> => scalar(e, x, vector)
  const make = (): Code<'i32'> => {
    if (node.kind !== 'binary') return vector(id)
    if (node.name === 'add' || node.name === 'sub' || node.name === 'mul') return i32[node.name](of(node.x), of(node.y))
    const divisor = e.walk.nodes[node.y]!
    if (divisor.kind === 'literal' && divisor.value > 0 && e.walk.nodes[node.x]!.range.low >= 0) {
      if (node.name === 'floorDivide') return i32.divU(of(node.x), divisor.value)
      if (node.name === 'modulo') return i32.remU(of(node.x), divisor.value)
    }
    return vector(id)
  }
  const value = keepInteger(e, frame, make())
  frame.scalars.set(key, value)
  return value
}

/**
 * Returns base + scale * (the sum of the terms) for lane 0. Of the terms only the lanes' axis itself may vary between
 * lanes. A loop along an axis of the sum keeps it in a local, to which each round adds a constant.
 */
export const pointer = (
  e: Emitter,
  sum: Linear,
  base: number,
  scale: number,
  vector: (id: number) => Code<'i32'>
): Code<'i32'> => {
  if (sum.terms.size === 0) return i32.const(base)
  const levels = new Map([...sum.terms.keys()].map((id) => [id, levelOf(e, bitsOf(e, id))]))
  const level = Math.max(...levels.values())
  const frame = e.frames[level]!
  const key = `p${keyOf(sum)}:${base}:${scale}`
  const known = frame.scalars.get(key)
  if (known !== undefined) return known
  const own = partOf(sum, (id) => levels.get(id) === level)
  const rest = pointer(
    e,
    partOf(sum, (id) => levels.get(id) !== level),
    base,
    scale,
    vector
  )
  const { counted } = frame
  const step = counted === undefined ? undefined : own.terms.get(counted.axis)
  const make = (): Code<'i32'> => {
    if (counted !== undefined && step !== undefined && own.terms.size === 1) {
      const local = e.scope.local('i32')
      frame.before.push(local.set(i32.add(rest, i32.mul(counted.start, step * scale))))
      frame.after.push(local.set(i32.add(local, step * scale * counted.step)))
      return local
    }
    const moved = [...own.terms].reduce<Code<'i32'>>(
      (at, [id, c]) => i32.add(at, i32.mul(scalar(e, id, vector), c * scale)),
      rest
    )
    return keepInteger(e, frame, moved)
  }
  const value = make()
  frame.scalars.set(key, value)
  return value
}
