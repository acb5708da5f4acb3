/**
 * Values of the graph's nodes, each computed once in the frame it belongs to.
 *
 * @category wasm
 */
import { sizeOf } from '../../../src/tensor/shape.ts'
import { i32, i32x4, shuffle32, v128 } from '../encoder/index.ts'
import type { Code, Local } from '../encoder/index.ts'
import { keep } from '../math/index.ts'
import type { Sink } from '../math/index.ts'
import { extremeCode } from './extreme.ts'
import { bitsOf, levelOf, pointer, scalar } from './frame.ts'
import type { Emitter, Frame, Vector } from './frame.ts'
import { isSafe } from './graph.ts'
import type { Node } from './graph.ts'
import { gatherBytes, gatherWords, readBytes, readWords, shifted } from './lanes.ts'
import type { Access } from './lanes.ts'
import { linearRange, partOf } from './linear.ts'
import type { Linear } from './linear.ts'
import { repeatedIn } from './repeats.ts'
import { isTransposed, turned } from './tile.ts'
import { binaryCode, compareCode, convertCode, literalCode, local, unaryCode } from './operations.ts'
import { elementBytes } from '../../../src/tensor/dtype.ts'

export const sinkOf = ({ scope }: Emitter, { statements }: Frame): Sink => ({
  scope,
  put: (statement) => void statements.push(statement)
})

const laneBit = ({ walk }: Emitter): number => walk.lane.bit
const variesInLanes = (e: Emitter, id: number): boolean => (bitsOf(e, id) & laneBit(e)) !== 0

/** First lane of a value that all lanes share. */
const first =
  (e: Emitter, at: Vector) =>
  (id: number): Code<'i32'> =>
    i32x4.extractLane(value(e, id, at), 0)

/** What the row of a tile adds to an offset. */
const rowOffset = ({ walk: { tile } }: Emitter, offset: Linear, { row = 0 }: Vector): number =>
  tile === undefined ? 0 : (offset.terms.get(tile.axis.id) ?? 0) * row

/** Where a sum of terms leads to that varies between lanes, if at all, with the lanes' axis alone. */
export const accessAt = (e: Emitter, offset: Linear, base: number, bytes: number, at: Vector): Access => {
  const along = offset.terms.get(e.walk.lane.id) ?? 0
  const moving: Linear = { constant: 0, terms: offset.terms }
  const start = base + bytes * offset.constant
  const low = linearRange(moving, (id) => (id < 0 ? { low: 0, high: 0 } : e.walk.nodes[id]!.range)).low
  // A constant costs nothing beside an address that is no negative number itself.
  const apart = low >= 0 && along >= 0 && start >= 0
  const address = pointer(e, moving, apart ? 0 : start, bytes, first(e, at))
  const ahead = (apart ? start : 0) + bytes * (along * at.offset + rowOffset(e, offset, at))
  return ahead < 0
    ? { address: i32.sub(address, -ahead), offset: 0, stride: along * bytes }
    : { address, offset: ahead, stride: along * bytes }
}

/** Element numbers of the lanes, kept in the operand if nothing else does. */
const elementsOf = (e: Emitter, sink: Sink, offset: Linear, size: number, at: Vector): Code<'v128'> => {
  const shared = partOf(offset, (id) => !variesInLanes(e, id))
  const start = pointer(e, shared, offset.constant, 1, first(e, at))
  const varying = [...offset.terms].filter(([id]) => variesInLanes(e, id))
  const sum = varying.reduce<Code<'v128'>>(
    (total, [id, c]) => i32x4.add(total, c === 1 ? value(e, id, at) : i32x4.mul(value(e, id, at), c)),
    i32x4.splat(i32.add(start, rowOffset(e, offset, at)))
  )
  if (isSafe(offset, size, e.walk.nodes)) return sum
  return i32x4.minS(i32x4.maxS(keep(sink, sum), 0), size - 1)
}

/** Whether the row is one of four that are read together. */
const isSquare = ({ walk: { tile, lane } }: Emitter, offset: Linear, { row = 0, rows = 0 }: Vector): boolean =>
  tile !== undefined && row - (row % 4) + 4 <= rows && isTransposed(offset, lane.id, tile.axis.id)

/** Four rows of a transposed operand, all of which are known from now on. */
const squareCode = (e: Emitter, sink: Sink, id: number, offset: Linear, base: number, at: Vector): Code<'v128'> => {
  const first = (at.row ?? 0) - ((at.row ?? 0) % 4)
  const { address, offset: start, stride } = accessAt(e, offset, base, 4, { ...at, row: first })
  const lanes = Array.from({ length: 4 }, (_, lane) =>
    lane < at.lanes ? readWords(shifted({ address, offset: start, stride: 4 }, lane * stride), 4) : i32x4.const(0)
  )
  const frame = e.frames[levelOf(e, e.walk.nodes[id]!.axes)]!
  const columns = turned(sink, lanes)
  columns.forEach((column, n) => frame.vectors.set(keyAt(e, id, { ...at, row: first + n }), column))
  return columns[(at.row ?? 0) - first]!
}

/** One element four times, or two neighbours twice each. */
const repeatLanes = (sink: Sink, address: Code<'i32'>, offset: number, count: number): Code<'v128'> => {
  if (count === 1) return v128.load32Splat(address, offset)
  const two = keep(sink, v128.load64Zero(address, offset))
  return shuffle32(two, two, 0, 0, 1, 1)
}

const loadCode = (e: Emitter, sink: Sink, id: number, node: Node & { kind: 'load' }, at: Vector): Code<'v128'> => {
  const { nodes, lane, operands } = e.walk
  const { offset, operand } = node
  const size = sizeOf(operands[operand]!.shape)
  const base = e.addresses[operand]!
  const bytes = elementBytes[node.dtype]
  const { low, high } = linearRange(offset, (id) => nodes[id]!.range)
  // What is read beside the operand is not taken; it only has to be there.
  const exists = base + bytes * low >= 0 && base + bytes * (high + 1) <= e.readable
  const straight = [...offset.terms.keys()].every((id) => id === lane.id || !variesInLanes(e, id))
  if (straight && (exists || isSafe(offset, size, nodes))) {
    if (bytes === 4 && isSquare(e, offset, at)) return squareCode(e, sink, id, offset, base, at)
    const access = accessAt(e, offset, base, bytes, at)
    return bytes === 1 ? readBytes(access, at.lanes) : readWords(access, at.lanes)
  }
  const repeated = bytes === 4 ? repeatedIn(offset, nodes, lane) : undefined
  if (repeated !== undefined && (exists || isSafe(offset, size, nodes))) {
    // Vectors start at multiples of four, which the number of repetitions divides.
    const { term, repeats } = repeated
    const { address, offset: start } = shifted(
      accessAt(e, offset, base, bytes, at),
      (bytes * offset.terms.get(term)! * at.offset) / repeats
    )
    return repeatLanes(sink, address, start, Math.ceil(at.lanes / repeats))
  }
  const elements = elementsOf(e, sink, offset, size, at)
  const places = keep(sink, bytes === 1 ? elements : i32x4.shl(elements, 2))
  const one = (n: number): readonly [Code<'i32'>, number] => [i32x4.extractLane(places, n), base]
  return bytes === 1 ? gatherBytes(one, at.lanes) : gatherWords(one, at.lanes)
}

const axisCode = (e: Emitter, id: number, at: Vector): Code<'v128'> => {
  const place = scalar(e, id, first(e, at))
  if (id !== e.walk.lane.id) return i32x4.splat(place)
  const n = at.offset
  const lanes = i32x4.lanes(n, n + 1, n + 2, n + 3)
  return place.constant === 0 ? lanes : i32x4.add(i32x4.splat(place), lanes)
}

const compute = (e: Emitter, id: number, at: Vector, sink: Sink): Code<'v128'> => {
  const { nodes } = e.walk
  const node = nodes[id]!
  const of = (input: number): Code<'v128'> => value(e, input, at)
  const held = (input: number): Local<'v128'> => local(sink, of(input))
  switch (node.kind) {
    case 'literal':
      return literalCode(node.value, node.dtype)
    case 'axis':
      return axisCode(e, id, at)
    case 'load':
      return loadCode(e, sink, id, node, at)
    case 'unary':
      return unaryCode(sink, e.math, node.name, held(node.x), node.dtype)
    case 'binary': {
      const [dividend, divisor] = [nodes[node.x]!, nodes[node.y]!]
      return binaryCode(sink, node.name, held(node.x), held(node.y), node.dtype, {
        first: dividend.kind === 'literal' ? dividend.value : undefined,
        constant: divisor.kind === 'literal' ? divisor.value : undefined,
        uniform:
          divisor.kind === 'literal'
            ? i32.const(divisor.value)
            : variesInLanes(e, node.y)
              ? undefined
              : i32x4.extractLane(of(node.y), 0),
        range: dividend.range
      })
    }
    case 'compare':
      return compareCode(node.name, of(node.x), of(node.y), nodes[node.x]!.dtype)
    case 'select':
      return v128.bitselect(of(node.x), of(node.y), of(node.when))
    case 'extreme':
      return extremeCode(node, of(node.x), of(node.y))
    case 'convert':
      return convertCode(of(node.x), nodes[node.x]!.dtype, node.dtype)
  }
}

/** What a node's value goes by in its frame. */
const keyAt = (e: Emitter, id: number, at: Vector): string => {
  const lane = variesInLanes(e, id) ? `@${at.offset}` : ''
  const { tile } = e.walk
  return tile !== undefined && (e.walk.nodes[id]!.axes & tile.axis.bit) !== 0
    ? `${id}${lane}:${at.row ?? 0}`
    : `${id}${lane}`
}

/** A node's value in four lanes: a local, or a constant. */
export const value = (e: Emitter, id: number, at: Vector): Code<'v128'> => {
  const node = e.walk.nodes[id]!
  if (node.kind === 'literal') return literalCode(node.value, node.dtype)
  const frame = e.frames[levelOf(e, node.axes)]!
  const key = keyAt(e, id, at)
  const known = frame.vectors.get(key)
  if (known !== undefined) return known
  const sink = sinkOf(e, frame)
  const made = keep(sink, compute(e, id, at, sink))
  frame.vectors.set(key, made)
  return made
}

/** A node's value as a local of its own frame, or of the innermost one. */
export const heldValue = (e: Emitter, id: number, at: Vector): Local<'v128'> =>
  local(sinkOf(e, e.frames.at(-1)!), value(e, id, at))
