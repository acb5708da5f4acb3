/**
 * Loops along the axis of the lanes: rounds of several vectors, then the rest, whose last vector may have fewer lanes.
 *
 * @category wasm
 */
import { i32, ifThen, select } from '../encoder/index.ts'
import type { Body, Code, Local } from '../encoder/index.ts'
import { createFrame } from './frame.ts'
import type { Emitter, Frame, Vector } from './frame.ts'
import type { Cut } from './plan.ts'
import { countedLoop } from './units.ts'

/** Returns the vectors of `count` elements from `offset` on. */
export const vectorsOf = (count: number, offset = 0): readonly Vector[] =>
  Array.from({ length: Math.ceil(count / 4) }, (_, n) => ({
    offset: offset + 4 * n,
    lanes: Math.min(4, count - 4 * n)
  }))

/** Calls `build` while a frame is the innermost one. */
export const inFrame = (e: Emitter, frame: Frame, build: () => void): Frame => {
  e.frames.push(frame)
  build()
  e.frames.pop()
  return frame
}

/** Makes code of vectors at constant positions. */
const straight = (e: Emitter, vectors: readonly Vector[], build: (vectors: readonly Vector[]) => void): Body => {
  const frame = createFrame([[e.walk.lane.id, 0]])
  return inFrame(e, frame, () => build(vectors)).statements
}

/**
 * Makes code for all of a piece of the lanes' axis. `build` puts the work of some vectors into the innermost frame; it is
 * called once for the loop and once for the rest.
 */
export const rounds = (
  e: Emitter,
  pieces: Cut,
  piece: Local<'i32'>,
  build: (vectors: readonly Vector[]) => void
): Body => {
  const { lane, vectors } = e.walk
  const round = 4 * vectors
  const rest = lane.extent % round
  const full = lane.extent - rest
  const counted = (start: Code<'i32'>, end: Code<'i32'>): Body => {
    const index = e.scope.local('i32')
    const frame = createFrame([[lane.id, index]], { axis: lane.id, start, step: round })
    inFrame(e, frame, () => build(vectorsOf(round)))
    return countedLoop(index, start, end, round, frame.before, [frame.statements, frame.after])
  }
  const left = vectorsOf(rest, full)
  if (pieces.count === 1) {
    if (full < 2 * round) return straight(e, vectorsOf(lane.extent), build)
    return [counted(i32.const(0), i32.const(full)), rest === 0 ? [] : straight(e, left, build)]
  }
  const [start, end] = e.scope.locals('i32', 2) as [Local<'i32'>, Local<'i32'>]
  const limit = i32.add(start, pieces.size)
  return [
    start.set(i32.mul(piece, pieces.size)),
    end.set(select('i32', i32.ltS(limit, full), limit, full)),
    counted(start, end),
    rest === 0 ? [] : ifThen(i32.eq(piece, pieces.count - 1), straight(e, left, build))
  ]
}
