/**
 * Copies planes of four images at once: each element of scratch is a vector of the four images' elements at one place.
 *
 * @category wasm
 */
import { forRange, i32, v128 } from '../../encoder/index.ts'
import type { Body, Code, Local, Scope } from '../../encoder/index.ts'
import { readLanes, transpose4 } from '../../contraction/lanes.ts'

/** A plane of `height` x `width` inside one of `pitch` columns, from row `top` and column `left` on. */
export interface Inset {
  readonly height: number
  readonly width: number
  readonly pitch: number
  readonly top: number
  readonly left: number
}

/** Locals for the four images' vectors, and what transposing them takes. */
type Four = readonly [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>]

/** Goes over a plane in fours along its rows: `each` gets the number of elements that are there, which is 4 but at an end. */
const inFours = (
  scope: Scope,
  { height, width, pitch, top, left }: Inset,
  image: Local<'i32'>,
  scratch: Local<'i32'>,
  each: (count: number) => Body
): Body => {
  const [row, column] = scope.locals('i32', 2)
  const dense = width === pitch
  const length = dense ? height * width : width
  const step = (count: number): Body => [
    each(count),
    image.set(i32.add(image, count * 4)),
    scratch.set(i32.add(scratch, count * 16))
  ]
  return [
    scratch.set(i32.add(scratch, (top * pitch + left) * 16)),
    forRange(row, 0, dense ? 1 : height, 1, [
      forRange(column, 3, length, 4, step(4)),
      length % 4 === 0 ? [] : step(length % 4),
      dense ? [] : scratch.set(i32.add(scratch, (pitch - width) * 16))
    ])
  ]
}

/** Copies a plane of four images, `imageBytes` apart, to scratch. Both addresses move. */
export const interleave = (
  scope: Scope,
  inset: Inset,
  image: Local<'i32'>,
  imageBytes: number,
  scratch: Local<'i32'>
): Body => {
  const four: Four = scope.locals('v128', 4)
  const spare: Four = scope.locals('v128', 4)
  return inFours(scope, inset, image, scratch, (count) => [
    four.map((vector, i) => vector.set(readLanes(image, i * imageBytes, 4, count))),
    transpose4(four, spare),
    four.slice(0, count).map((vector, i) => v128.store(scratch, vector, i * 16))
  ])
}

/** Goes back from scratch to the images: `finish` writes `count` elements of image number i, which lie at `image` and so many bytes behind it. */
export const separate = (
  scope: Scope,
  inset: Inset,
  image: Local<'i32'>,
  imageBytes: number,
  scratch: Local<'i32'>,
  finish: (value: Local<'v128'>, offset: number, count: number) => Code
): Body => {
  const four: Four = scope.locals('v128', 4)
  const spare: Four = scope.locals('v128', 4)
  return inFours(scope, inset, image, scratch, (count) => [
    four.map((vector, i) => vector.set(v128.load(scratch, Math.min(i, count - 1) * 16))),
    transpose4(four, spare),
    four.map((vector, i) => finish(vector, i * imageBytes, count))
  ])
}
