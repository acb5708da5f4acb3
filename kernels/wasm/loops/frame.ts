/**
 * Code in the making. A frame is the body of a loop (or of the function, or of a unit); frames stand in each other, and
 * every value is computed in the outermost frame that knows the axes it depends on, once.
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

export interface Frame {
  readonly statements: Code[]
  /** Right before the loop, and at the end of each round. */
  readonly before: Code[]
  readonly after: Code[]
  readonly vectors: Map<string, Code<'v128'>>
  readonly scalars: Map<string, Code<'i32'>>
  /** Values of the axes that this frame sets, by node. */
  readonly places: Map<number, Operand<'i32'>>
  /** A loop over an axis in steps. */
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

/** Up to four neighbours along the axis of the lanes, `offset` elements behind the frame's place. */
export interface Vector {
  readonly offset: number
  readonly lanes: number
  /** Row of a tile, and how many rows there are. */
  readonly row?: number
  readonly rows?: number
}

export interface Emitter {
  readonly walk: Walk
  readonly scope: Scope
  readonly math: ReturnType<typeof vectorMath>
  readonly addresses: readonly number[]
  /** Bytes of memory that exist. */
  readonly readable: number
  /** From the function's body inwards. */
  readonly frames: Frame[]
  /** Level of the frame that sets an axis, by its bit. */
  readonly levels: ReadonlyMap<number, number>
}

/** Level of the innermost frame that sets one of the axes. */
export const levelOf = ({ levels }: Emitter, axes: number): number => {
  let level = 0
  for (const [bit, own] of levels) if ((axes & bit) !== 0 && own > level) level = own
  return level
}

/** The block of a staged reduction, as an axis. */
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

/** An integer that is the same in all lanes. */
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
 * base + scale * (sum of the terms), none of which but the lanes' axis itself may vary between lanes: the value for lane 0
 * at the frame's place. Loops that it moves with carry it along, and only add to it.
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
