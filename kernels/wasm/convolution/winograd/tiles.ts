/**
 * The transforms of x and y to points and back. A unit of work is one channel of four images: its plane is interleaved
 * in scratch, transformed along its rows, then along its columns, and spread over the matrices of all points.
 *
 * @category wasm
 */
import { defineFunction, f32x4, forRange, i32, memory, sharedFunction, v128 } from '../../encoder/index.ts'
import type { Body, Code, FunctionRef, Local, Module, Scope } from '../../encoder/index.ts'
import { extentOf, matrixOf, phasesOf, transposed } from './axis.ts'
import type { Axis, Role, TileRun } from './axis.ts'
import { multiply } from './combine.ts'
import { interleave, separate } from './interleave.ts'
import type { Planes } from './layout.ts'

/** An array x or y and the part of it that a pass transforms. */
export interface TileTransform {
  readonly role: Role
  readonly axes: readonly [vertical: Axis, horizontal: Axis]
  /** Channels, height and width of [image, channel, height, width], and the zeros before its first row and column. */
  readonly channels: number
  readonly size: readonly [number, number]
  readonly border: readonly [number, number]
  readonly planes: readonly Planes[]
  /** Channels and fours of images that one pass transforms, and how far the next pass is from it. */
  readonly pass: { readonly channels: number; readonly fours: number }
  readonly step: { readonly channels: number; readonly fours: number }
}

/** Writes `count` finished elements that lie at `target` plus a constant offset, and belong to `channel`. */
export type FinishElements = (
  scope: Scope,
  at: {
    readonly value: Local<'v128'>
    readonly array: Local<'i32'>
    readonly target: Local<'i32'>
    readonly offset: number
    readonly count: number
    readonly channel: Local<'i32'>
  }
) => Code

/** Transforms unit number `unit` of pass number `pass` of the array at address `array`, in scratch. */
export type TransformFunction = FunctionRef<Readonly<Record<'unit' | 'pass' | 'array' | 'scratch', 'i32'>>, 'none'>

/** Lays out scratch, in bytes: the interleaved plane [rows, columns], then [rows, phase, point and tile]. */
const roomOf = ({ role, axes: [vertical, horizontal] }: TileTransform) => {
  const columns = extentOf(role, horizontal)
  const rows = extentOf(role, vertical)
  const slots = 3 * horizontal.tiles + horizontal.longTiles
  const phases = phasesOf(role, horizontal)
  const middleRow = phases * slots * 16
  const plane = rows * columns * 16
  return {
    rows,
    columns,
    slots,
    phases,
    planeRow: columns * 16,
    middle: plane,
    middleRow,
    bytes: plane + rows * middleRow
  }
}

/** Returns the bytes of scratch that a unit needs. */
export const unitBytes = (transform: TileTransform): number => roomOf(transform).bytes

/** Returns the number of units in a pass. */
export const unitsOf = ({ pass }: TileTransform): number => pass.channels * pass.fours

/** What a unit is about: its first image's plane, and its row and column in the matrices of points. */
interface Unit {
  readonly channel: Local<'i32'>
  readonly row: Local<'i32'>
  readonly image: Local<'i32'>
  readonly plane: Local<'i32'>
}

const locate = (
  { channels, size, pass, step }: TileTransform,
  { channel, row, image, plane }: Unit,
  [unit, passNumber, array]: readonly [Local<'i32'>, Local<'i32'>, Local<'i32'>]
): Body => [
  row.set(i32.divU(unit, pass.fours)),
  image.set(i32.mul(i32.remU(unit, pass.fours), 4)),
  channel.set(i32.add(row, i32.mul(passNumber, step.channels))),
  plane.set(i32.add(image, i32.mul(passNumber, step.fours * 4))),
  plane.set(i32.add(i32.mul(plane, channels), channel)),
  plane.set(i32.add(array, i32.mul(plane, size[0] * size[1] * 4)))
]

/** Calls `body` for every tile of a run with a local that starts at `from` and moves by `bytes` a tile. */
const overTiles = (
  scope: Scope,
  count: number,
  moving: readonly { readonly local: Local<'i32'>; readonly bytes: number }[],
  body: Body
): Body => {
  const tile = scope.local('i32')
  return forRange(tile, 0, count, 1, [body, moving.map(({ local, bytes }) => local.set(i32.add(local, bytes)))])
}

/** Transforms one tile along one axis: `load` and `store` by the number of the point or of the element of the window. */
const transformTile = (
  scope: Scope,
  matrix: ReturnType<typeof matrixOf>,
  load: (index: number) => Code<'v128'>,
  store: (index: number, value: Code<'v128'>) => Code
): Body => {
  const values = (matrix[0] ?? []).map((_, i) => ({ local: scope.local('v128'), i }))
  return [
    values.map(({ local, i }) => local.set(load(i))),
    multiply(
      matrix,
      values.map(({ local }) => local)
    ).map((value, i) => store(i, value))
  ]
}

const adding = (address: Code<'i32'>, value: Code<'v128'>, offset: number): Code =>
  v128.store(address, f32x4.add(v128.load(address, offset), value), offset)

/** Transforms along the rows, between the interleaved plane and the middle. */
const alongRows = (scope: Scope, transform: TileTransform, scratch: Local<'i32'>, direction: 'to' | 'from'): Body => {
  const { role, axes } = transform
  const [, horizontal] = axes
  const { rows, planeRow, middle, middleRow, slots, phases } = roomOf(transform)
  const [row, plane, points, at, slot] = scope.locals('i32', 5)
  const pointOffset = (phase: number, point: number): number => (phase * slots + point * horizontal.tiles) * 16
  const overRun = (run: TileRun): Body => {
    const matrix = matrixOf(role, run)
    const elementOffset = (phase: number, j: number): number => (phase + j * phases) * 16
    const tile = (phase: number): Body =>
      direction === 'to'
        ? transformTile(
            scope,
            matrix,
            (j) => v128.load(at, elementOffset(phase, j)),
            (p, value) => v128.store(slot, value, pointOffset(phase, p))
          )
        : transformTile(
            scope,
            transposed(matrix),
            (p) => v128.load(slot, pointOffset(phase, p)),
            (j, value) => (role === 'x' ? adding : v128.store)(at, value, elementOffset(phase, j))
          )
    return [
      at.set(i32.add(plane, run.start * phases * 16)),
      slot.set(i32.add(points, run.first * 16)),
      overTiles(
        scope,
        run.count,
        [
          { local: at, bytes: run.outputs * phases * 16 },
          { local: slot, bytes: 16 }
        ],
        Array.from({ length: phases }, (_, phase) => tile(phase))
      )
    ]
  }
  return [
    plane.set(scratch),
    points.set(i32.add(scratch, middle)),
    forRange(row, 0, rows, 1, [
      horizontal.runs.map(overRun),
      plane.set(i32.add(plane, planeRow)),
      points.set(i32.add(points, middleRow))
    ])
  ]
}

/** Finds the classes whose horizontal point is, or is not, the fourth: with the vertical points before it and with the fourth. */
const sharing = (planes: readonly Planes[], fourth: boolean): readonly [Planes | undefined, Planes | undefined] => {
  const find = (v: boolean): Planes | undefined => planes.find((own) => own.fourth[0] === v && own.fourth[1] === fourth)
  return [find(false), find(true)]
}

/** Transforms along the columns, between the middle and the matrices of points. */
const alongColumns = (
  scope: Scope,
  transform: TileTransform,
  unit: Unit,
  scratch: Local<'i32'>,
  direction: 'to' | 'from'
): Body => {
  const { role, axes, planes, pass } = transform
  const [vertical, horizontal] = axes
  const { middle, middleRow, slots, phases } = roomOf(transform)
  const images = pass.fours * 4
  const [down, across, tile, source, row, at] = scope.locals('i32', 6)
  const overRun = (run: TileRun, fourth: boolean): Body => {
    const [common, last] = sharing(planes, fourth)
    if (common === undefined) return []
    const matrix = matrixOf(role, run)
    const count = common.tiles[1]
    const ends = [common, run.points === 4 ? last : undefined].flatMap((own) =>
      own === undefined ? [] : [{ own, local: scope.local('i32') }]
    )
    const place = (point: number, across: number) => {
      const { own, local } = ends[point === 3 ? 1 : 0]!
      const number = point === 3 ? across : point * (fourth ? 1 : 3) + across
      return { local, offset: number * own.planeBytes }
    }
    const element = (point: number, j: number): number =>
      j * phases * middleRow + (fourth ? 3 : point) * horizontal.tiles * 16
    const column = (point: number): Body =>
      direction === 'to'
        ? transformTile(
            scope,
            matrix,
            (j) => v128.load(at, element(point, j)),
            (p, value) => {
              const { local, offset } = place(p, point)
              return v128.store(local, value, offset)
            }
          )
        : transformTile(
            scope,
            transposed(matrix),
            (p) => {
              const { local, offset } = place(p, point)
              return v128.load(local, offset)
            },
            (j, value) => (role === 'x' ? adding : v128.store)(at, value, element(point, j))
          )
    return [
      at.set(source),
      ends.map(({ own, local }) =>
        local.set(
          i32.add(
            i32.add(i32.mul(row, own.rowBytes), own.address),
            i32.mul(i32.add(i32.mul(tile, count * images), unit.image), 4)
          )
        )
      ),
      overTiles(
        scope,
        count,
        [{ local: at, bytes: 16 }, ...ends.map(({ local }) => ({ local, bytes: images * 4 }))],
        Array.from({ length: fourth ? 1 : 3 }, (_, point) => column(point))
      )
    ]
  }
  return forRange(
    down,
    0,
    phases,
    1,
    forRange(across, 0, phases, 1, [
      row.set(i32.add(i32.mul(i32.add(i32.mul(unit.row, phases), down), phases), across)),
      source.set(i32.add(i32.add(scratch, middle), i32.add(i32.mul(down, middleRow), i32.mul(across, slots * 16)))),
      vertical.runs.map((run) =>
        forRange(tile, run.first, run.first + run.count, 1, [
          overRun(run, false),
          overRun(run, true),
          source.set(i32.add(source, run.outputs * phases * middleRow))
        ])
      )
    ])
  )
}

const insetOf = ({ role, axes, size, border }: TileTransform) => ({
  ...{ height: size[0], width: size[1], top: border[0], left: border[1] },
  pitch: extentOf(role, axes[1])
})

const createUnit = (scope: Scope): Unit => {
  const [channel, row, image, plane] = scope.locals('i32', 4)
  return { channel, row, image, plane }
}

const imageBytesOf = ({ channels, size }: TileTransform): number => channels * size[0] * size[1] * 4

/** Defines the transform of an array to points, once for all arrays that are transformed alike. */
export const defineToPoints = (module: Module, transform: TileTransform): TransformFunction =>
  sharedFunction(module, `winograd ${JSON.stringify(transform)}`, () =>
    defineFunction(
      module,
      { params: { unit: 'i32', pass: 'i32', array: 'i32', scratch: 'i32' } },
      (scope, { unit: number, pass, array, scratch }) => {
        const unit = createUnit(scope)
        const at = scope.local('i32')
        const inset = insetOf(transform)
        const { rows, columns, middle } = roomOf(transform)
        const covered = inset.height === rows && inset.width === columns
        return [
          locate(transform, unit, [number, pass, array]),
          covered ? [] : memory.fill(scratch, 0, middle),
          at.set(scratch),
          interleave(scope, inset, unit.plane, imageBytesOf(transform), at),
          alongRows(scope, transform, scratch, 'to'),
          alongColumns(scope, transform, unit, scratch, 'to')
        ]
      }
    )
  )

/** Defines the transform from points to an array, whose elements `finish` writes. */
export const defineFromPoints = (module: Module, transform: TileTransform, finish: FinishElements): TransformFunction =>
  defineFunction(
    module,
    { params: { unit: 'i32', pass: 'i32', array: 'i32', scratch: 'i32' } },
    (scope, { unit: number, pass, array, scratch }) => {
      const unit = createUnit(scope)
      const at = scope.local('i32')
      return [
        locate(transform, unit, [number, pass, array]),
        transform.role === 'x' ? memory.fill(scratch, 0, unitBytes(transform)) : [],
        alongColumns(scope, transform, unit, scratch, 'from'),
        alongRows(scope, transform, scratch, 'from'),
        at.set(scratch),
        separate(scope, insetOf(transform), unit.plane, imageBytesOf(transform), at, (value, offset, count) =>
          finish(scope, { value, array, target: unit.plane, offset, count, channel: unit.channel })
        )
      ]
    }
  )
