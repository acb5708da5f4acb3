/**
 * Emits a unit of a nest with a reduction. Either the lanes lie along an axis of the result, and a unit has some columns;
 * or they lie along a reduced axis, and a unit has one element, whose lanes are added up at the end. Points are summed in
 * blocks of a fixed size, and then the sums of the blocks.
 *
 * @category wasm
 */
import { f32x4, forRange, i32, i32x4, ifThen, select, v128 } from '../encoder/index.ts'
import type { Body, Code, Local } from '../encoder/index.ts'
import { acrossLanes, combined, identity, onlyFirst } from './combine.ts'
import type { Combine } from './combine.ts'
import { createFrame } from './frame.ts'
import type { Emitter, Vector } from './frame.ts'
import { local } from './operations.ts'
import type { ReductionWalk } from './plan.ts'
import { inFrame, rounds, vectorsOf } from './rounds.ts'
import { storeCode } from './store.ts'
import { countedLoop } from './units.ts'
import { sinkOf, value } from './values.ts'

/** What the unit's number says: which columns it has, and which block where each unit has one block. */
export interface UnitPlace {
  readonly piece: Local<'i32'>
  readonly block: Local<'i32'>
}

type Sums = readonly (readonly Local<'v128'>[])[]

/** Makes accumulators: for each output one for each vector of a round. */
const createSums = ({ scope, walk }: Emitter, count: number): Sums => walk.roots.map(() => scope.locals('v128', count))

/** A mask beside each maximum that is set where a point was NaN: pmax, which takes one instruction, loses NaN. */
type Flaws = ReadonlyMap<Local<'v128'>, Local<'v128'>>

const createFlaws = ({ scope, walk }: Emitter, combine: Combine, sums: Sums): Flaws =>
  new Map(
    sums
      .filter((_, output) => combine === 'max' && walk.dtypes[output] === 'float32')
      .flatMap((own) => own.map((sum) => [sum, scope.local('v128')] as const))
  )

const eachSum = (e: Emitter, sums: Sums, f: (sum: Local<'v128'>, output: number, n: number) => Code): Body =>
  e.walk.roots.map((_, output) => sums[output]!.map((sum, n) => f(sum, output, n)))

/** Adds the points of some vectors to the sums, in the innermost frame. */
const accumulate = (
  e: Emitter,
  { combine, across }: ReductionWalk,
  sums: Sums,
  flaws: Flaws,
  vectors: readonly Vector[]
): void => {
  const { roots, dtypes } = e.walk
  const frame = e.frames.at(-1)!
  vectors.forEach((at, n) =>
    roots.forEach((root, output) => {
      const dtype = dtypes[output]!
      const point = value(e, root, at)
      const counted = across ? onlyFirst(combine, dtype, point, at.lanes) : point
      const sum = sums[output]![n % sums[output]!.length]!
      const flaw = flaws.get(sum)
      if (flaw === undefined) {
        frame.statements.push(sum.set(combined(combine, dtype, sum, counted)))
        return
      }
      const held = local(sinkOf(e, frame), counted)
      frame.statements.push(sum.set(f32x4.pmax(sum, held)), flaw.set(v128.or(flaw, f32x4.ne(held, held))))
    })
  )
}

/** Makes the loops over reduced axes from number `n` on. The outermost of them goes over one block only. */
const loopsFrom = (e: Emitter, reduction: ReductionWalk, n: number, block: Local<'i32'>, inner: () => Body): Body => {
  const axis = reduction.loops[n]
  if (axis === undefined) return inner()
  const { count, size } = reduction.blocks
  const cut = n === 0 && count > 1
  const [index, start, end] = e.scope.locals('i32', 3) as [Local<'i32'>, Local<'i32'>, Local<'i32'>]
  const from = cut ? start : i32.const(0)
  const to = cut ? end : i32.const(axis.extent)
  const frame = createFrame([[axis.id, index]], { axis: axis.id, start: from, step: 1 })
  inFrame(e, frame, () => {
    const body = loopsFrom(e, reduction, n + 1, block, inner)
    frame.statements.push(...flatten(body))
  })
  const limit = i32.add(start, size)
  return [
    cut
      ? [start.set(i32.mul(block, size)), end.set(select('i32', i32.ltS(limit, axis.extent), limit, axis.extent))]
      : [],
    countedLoop(index, from, to, 1, frame.before, [frame.statements, frame.after])
  ]
}

/** Returns nested statements as one list. */
export const flatten = (body: Body): readonly Code[] => (typeof body === 'function' ? [body] : body.flatMap(flatten))

/** Makes the code of one block's sums. */
const blockSums = (
  e: Emitter,
  reduction: ReductionWalk,
  sums: Sums,
  block: Local<'i32'>,
  columns: readonly Vector[]
): Body => {
  const flaws = createFlaws(e, reduction.combine, sums)
  const add = (vectors: readonly Vector[]): void => accumulate(e, reduction, sums, flaws, vectors)
  const whole = { count: 1, size: e.walk.lane.extent }
  const inner = (): Body => {
    if (reduction.across) return rounds(e, reduction.loops.length === 0 ? reduction.blocks : whole, block, add)
    add(columns)
    return []
  }
  const loops = loopsFrom(e, reduction, 0, block, inner)
  return [
    eachSum(e, sums, (sum, output) => sum.set(identity(reduction.combine, e.walk.dtypes[output]!))),
    [...flaws.values()].map((flaw) => flaw.set(i32x4.const(0))),
    loops,
    // All bits set are NaN.
    [...flaws].map(([sum, flaw]) => sum.set(v128.or(sum, flaw)))
  ]
}

/** Makes the code of all blocks of a unit, and of storing the results. `columns` start at the frame's position. */
const results = (
  e: Emitter,
  reduction: ReductionWalk,
  { block }: UnitPlace,
  outputs: readonly number[],
  columns: readonly Vector[]
): Body => {
  const { dtypes } = e.walk
  const { combine, across, blocks, staged } = reduction
  const count = across ? e.walk.vectors : columns.length
  const sums = createSums(e, count)
  const one = blockSums(e, reduction, sums, block, columns)
  const several = blocks.count > 1 && !staged
  const totals = several ? createSums(e, count) : sums
  const all = several
    ? [
        eachSum(e, totals, (total, output) => total.set(identity(combine, dtypes[output]!))),
        forRange(block, 0, blocks.count, 1, [
          one,
          eachSum(e, totals, (total, output, n) =>
            total.set(combined(combine, dtypes[output]!, total, sums[output]![n]!))
          )
        ])
      ]
    : one
  const stores = outputs.map((address, output) => {
    const own = totals[output]!
    const dtype = dtypes[output]!
    const store = (sum: Local<'v128'>, at: Vector): Body => storeCode(e, address, dtype, sum, at)
    if (!across) return columns.map((at, n) => store(own[n]!, at))
    const [first, ...others] = own
    return [
      others.map((other) => first!.set(combined(combine, dtype, first!, other))),
      acrossLanes(combine, dtype, first!),
      store(first!, { offset: 0, lanes: 1 })
    ]
  })
  return [all, stores]
}

/** Makes the code of columns from `place` on, in a frame of their own. */
const strip = (
  e: Emitter,
  reduction: ReductionWalk,
  unit: UnitPlace,
  outputs: readonly number[],
  place: Code<'i32'>,
  columns: readonly Vector[]
): Body => {
  const frame = createFrame([[e.walk.lane.id, place]])
  let body: Body = []
  inFrame(e, frame, () => {
    body = results(e, reduction, unit, outputs, columns)
  })
  return [frame.statements, body]
}

/** Makes the code of a unit. */
export const reduceUnit = (e: Emitter, reduction: ReductionWalk, unit: UnitPlace, outputs: readonly number[]): Body => {
  const { lane, pieces } = e.walk
  if (reduction.across) return results(e, reduction, unit, outputs, [])
  const rest = lane.extent % pieces.size
  const full = lane.extent - rest
  const place = e.scope.local('i32')
  const last = (): Body => strip(e, reduction, unit, outputs, i32.const(0), vectorsOf(rest, full))
  const other = (): Body => [
    place.set(i32.mul(unit.piece, pieces.size)),
    strip(e, reduction, unit, outputs, place, vectorsOf(pieces.size))
  ]
  if (full === 0) return last()
  if (rest === 0) return other()
  return ifThen(i32.ltS(unit.piece, pieces.count - 1), other(), last())
}
