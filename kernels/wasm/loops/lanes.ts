/**
 * Reads and writes vectors, up to four lanes of them. Floats and integers are the same in memory and in vectors; a bool is
 * a byte in memory and a mask of 32 bits in a vector. Lanes beyond the count are neither read nor written.
 *
 * @category wasm
 */
import { i32, i32x4, i8x16, sequence, shuffle32, v128 } from '../encoder/index.ts'
import type { Code, Local } from '../encoder/index.ts'

/** Where the lanes of a vector lie in memory. */
export interface Access {
  readonly address: Code<'i32'>
  /** Bytes from the address to lane 0, not negative. */
  readonly offset: number
  /** Bytes between lanes. */
  readonly stride: number
}

type V = Code<'v128'>

/** Returns the address of a lane, and a constant offset that is not negative. */
const laneAt = ({ address, offset, stride }: Access, lane: number): readonly [Code<'i32'>, number] => {
  const at = offset + lane * stride
  return at >= 0 ? [address, at] : [i32.sub(address, -at), 0]
}

/** Moves an access by some bytes, which may be negative. */
export const shifted = ({ address, offset, stride }: Access, bytes: number): Access =>
  offset + bytes >= 0
    ? { address, offset: offset + bytes, stride }
    : { address: i32.sub(address, -(offset + bytes)), offset: 0, stride }

const firstWords = ({ address, offset }: Access, count: number): V => {
  if (count >= 4) return v128.load(address, offset)
  if (count === 1) return v128.load32Zero(address, offset)
  const two = v128.load64Zero(address, offset)
  return count === 2 ? two : v128.load32Lane(address, two, 2, offset + 8)
}

/** Reads each word from an address of its own. */
export const gatherWords = (at: (lane: number) => readonly [Code<'i32'>, number], count: number): V => {
  const [first, offset] = at(0)
  let lanes = v128.load32Zero(first, offset)
  for (let lane = 1; lane < count; lane++) {
    const [address, own] = at(lane)
    lanes = v128.load32Lane(address, lanes, lane, own)
  }
  return lanes
}

/** Reads words at any stride. */
export const readWords = (access: Access, count: number): V => {
  const { address, offset, stride } = access
  if (stride === 0) return v128.load32Splat(address, offset)
  if (stride === 4) return firstWords(access, count)
  if (stride === -4 && count === 4) {
    const [lowest, own] = laneAt(access, 3)
    const whole = v128.load(lowest, own)
    return reverseWords(whole)
  }
  return gatherWords((lane) => laneAt(access, lane), count)
}

const zeros = i32x4.const(0)
const reverseWords = (x: V): V => shuffle32(x, zeros, 3, 2, 1, 0)

const masked = (bytes: V): V => i32x4.ne(bytes, 0)

/** Reads each byte from an address of its own, into a mask. */
export const gatherBytes = (at: (lane: number) => readonly [Code<'i32'>, number], count: number): V => {
  let lanes = i32x4.splat(i32.load8U(...at(0)))
  for (let lane = 1; lane < count; lane++) lanes = i32x4.replaceLane(lanes, lane, i32.load8U(...at(lane)))
  return masked(lanes)
}

/** Reads bytes at any stride, into a mask. */
export const readBytes = (access: Access, count: number): V => {
  const { address, offset, stride } = access
  if (stride === 0) return masked(i32x4.splat(i32.load8U(address, offset)))
  if (stride !== 1 || count < 4) return gatherBytes((lane) => laneAt(access, lane), count)
  const four = v128.load32Zero(address, offset)
  return masked(i8x16.shuffle(four, zeros, [0, 16, 16, 16, 1, 16, 16, 16, 2, 16, 16, 16, 3, 16, 16, 16]))
}

/** Writes neighbouring words. */
export const writeWords = ({ address, offset }: Access, value: Local<'v128'>, count: number): Code => {
  if (count >= 4) return v128.store(address, value, offset)
  if (count === 1) return v128.store32Lane(address, value, 0, offset)
  const two = v128.store64Lane(address, value, 0, offset)
  return count === 2 ? two : sequence(two, v128.store32Lane(address, value, 2, offset + 8))
}

/** Writes a mask as neighbouring bytes of 0 and 1. */
export const writeBytes = ({ address, offset }: Access, value: Local<'v128'>, count: number): Code => {
  if (count < 4)
    return sequence(
      Array.from({ length: count }, (_, lane) =>
        i32.store8(address, i32.and(i32x4.extractLane(value, lane), 1), offset + lane)
      )
    )
  const ones = v128.and(value, i32x4.const(1))
  return v128.store32Lane(
    address,
    i8x16.shuffle(ones, zeros, [0, 4, 8, 12, ...new Array<number>(12).fill(16)]),
    0,
    offset
  )
}
