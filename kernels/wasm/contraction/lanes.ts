/**
 * Reads and writes vectors of up to four floats in memory at any stride. Lanes beyond `count` are neither read nor written, so
 * nothing outside a tensor is ever touched.
 *
 * @category wasm
 */
import { sequence, shuffle32, v128 } from '../encoder/index.ts'
import type { Code, Local } from '../encoder/index.ts'

/** Reads `count` consecutive floats, with zeros in the lanes above. */
const readSome = (address: Code<'i32'>, offset: number, count: number): Code<'v128'> => {
  if (count >= 4) return v128.load(address, offset)
  if (count === 1) return v128.load32Zero(address, offset)
  const two = v128.load64Zero(address, offset)
  return count === 2 ? two : v128.load32Lane(address, two, 2, offset + 8)
}

/** Reads each lane from its own address. */
export const gatherLanes = (address: (lane: number) => Code<'i32'>, offset: number, count: number): Code<'v128'> => {
  let lanes = v128.load32Zero(address(0), offset)
  for (let lane = 1; lane < count; lane++) lanes = v128.load32Lane(address(lane), lanes, lane, offset)
  return lanes
}

export const scatterLanes = (
  address: (lane: number) => Code<'i32'>,
  offset: number,
  count: number,
  value: Local<'v128'>
): Code => sequence(Array.from({ length: count }, (_, lane) => v128.store32Lane(address(lane), value, lane, offset)))

/** Reads lane i from `address + offset + i * stride` (bytes); stride 0 repeats one float. */
export const readLanes = (address: Code<'i32'>, offset: number, stride: number, count: number): Code<'v128'> => {
  if (stride === 0) return v128.load32Splat(address, offset)
  if (stride === 4) return readSome(address, offset, count)
  let lanes = v128.load32Zero(address, offset)
  for (let lane = 1; lane < count; lane++) lanes = v128.load32Lane(address, lanes, lane, offset + lane * stride)
  return lanes
}

/** Writes lane i to `address + offset + i * stride` (bytes). */
export const writeLanes = (
  address: Code<'i32'>,
  offset: number,
  stride: number,
  count: number,
  value: Local<'v128'>
): Code => {
  const single = (lane: number): Code => v128.store32Lane(address, value, lane, offset + lane * stride)
  if (stride !== 4) return sequence(Array.from({ length: count }, (_, lane) => single(lane)))
  if (count >= 4) return v128.store(address, value, offset)
  if (count === 1) return single(0)
  const two = v128.store64Lane(address, value, 0, offset)
  return count === 2 ? two : sequence(two, single(2))
}

/** Replaces four vectors, the rows of a square, by its columns. */
export const transpose4 = (
  [a, b, c, d]: readonly [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>],
  [p, q, r, s]: readonly [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>]
): Code =>
  sequence(
    p.set(shuffle32(a, b, 0, 4, 1, 5)),
    q.set(shuffle32(c, d, 0, 4, 1, 5)),
    r.set(shuffle32(a, b, 2, 6, 3, 7)),
    s.set(shuffle32(c, d, 2, 6, 3, 7)),
    a.set(shuffle32(p, q, 0, 1, 4, 5)),
    b.set(shuffle32(p, q, 2, 3, 6, 7)),
    c.set(shuffle32(r, s, 0, 1, 4, 5)),
    d.set(shuffle32(r, s, 2, 3, 6, 7))
  )
