/**
 * The transforms of the filter to points and back. A unit of work is one channel of y; vectors lie along four columns of
 * the transformed filter: the four phases of a channel of x where the stride is two, four channels of x where it is one.
 *
 * @category wasm
 */
import { defineFunction, forRange, i32, sharedFunction, v128 } from '../../encoder/index.ts'
import type { Body, Code, Local, Module, Scope } from '../../encoder/index.ts'
import { readLanes, writeLanes } from '../../contraction/lanes.ts'
import { evaluation, transposed } from './axis.ts'
import type { Axis } from './axis.ts'
import { multiply } from './combine.ts'
import type { Planes } from './layout.ts'
import type { TransformFunction } from './tiles.ts'

export interface FilterTransform {
  readonly axes: readonly [vertical: Axis, horizontal: Axis]
  /** Of [outputs, inputs, kernel height, kernel width]. */
  readonly inputs: number
  readonly planes: readonly Planes[]
  /** Channels of x that one pass transforms. */
  readonly channels: number
}

/** Four elements of the filter, those of one tap, in memory. */
export interface FilterElements {
  readonly read: (base: Code<'i32'>) => Code<'v128'>
  readonly write: (base: Code<'i32'>, value: Local<'v128'>) => Code
}

/** Returns where the four elements of a tap lie, from the address of the first element of their channels. */
const elementsOf = ({ axes: [vertical, horizontal] }: FilterTransform, u: number, v: number): FilterElements => {
  const width = horizontal.taps * horizontal.stride
  const offset = (u * vertical.stride * width + v * horizontal.stride) * 4
  if (horizontal.stride === 1) {
    const channel = vertical.taps * width * 4
    return {
      read: (base) => readLanes(base, offset, channel, 4),
      write: (base, value) => writeLanes(base, offset, channel, 4, value)
    }
  }
  return {
    read: (base) => v128.load64Lane(base, v128.load64Zero(base, offset), 1, offset + width * 4),
    write: (base, value) => (out) => {
      v128.store64Lane(base, value, 0, offset)(out)
      v128.store64Lane(base, value, 1, offset + width * 4)(out)
    }
  }
}

/** Lists the points that are there, and where their matrices lie from the first. */
const pointsOf = (planes: readonly Planes[]): readonly { v: number; h: number; plane: Planes; offset: number }[] =>
  planes.flatMap((plane) => {
    const along = (fourth: boolean): readonly number[] => (fourth ? [3] : [0, 1, 2])
    return along(plane.fourth[0]).flatMap((v, i) =>
      along(plane.fourth[1]).map((h, j, { length }) => ({ v, h, plane, offset: (i * length + j) * plane.planeBytes }))
    )
  })

/** Emits the loop over a row of the transformed filter, four columns a round. */
const overColumns = (
  scope: Scope,
  { axes: [vertical, horizontal], inputs, planes, channels }: FilterTransform,
  [unit, pass, array]: readonly [Local<'i32'>, Local<'i32'>, Local<'i32'>],
  body: (at: { readonly filter: Local<'i32'>; readonly column: Local<'i32'>; readonly row: Local<'i32'> }) => Body
): Body => {
  const [column, filter, row] = scope.locals('i32', 3)
  const size = vertical.taps * horizontal.taps * vertical.stride * horizontal.stride
  const perRound = horizontal.stride === 1 ? 4 : 1
  const { rowBytes } = planes[0]!
  return [
    filter.set(i32.add(i32.mul(unit, inputs), i32.mul(pass, channels))),
    filter.set(i32.add(array, i32.mul(filter, size * 4))),
    row.set(i32.mul(unit, rowBytes)),
    forRange(column, 0, rowBytes, 16, [
      body({ filter, column, row }),
      row.set(i32.add(row, 16)),
      filter.set(i32.add(filter, perRound * size * 4))
    ])
  ]
}

/** Defines the transform of the filter to points, once for all filters that are transformed alike. */
export const defineFilterToPoints = (module: Module, transform: FilterTransform): TransformFunction =>
  sharedFunction(module, `winograd filter ${JSON.stringify(transform)}`, () =>
    defineFunction(
      module,
      { params: { unit: 'i32', pass: 'i32', array: 'i32', scratch: 'i32' } },
      (scope, { unit, pass, array }) => {
        const { axes, planes } = transform
        const [vertical, horizontal] = axes
        const points = pointsOf(planes)
        const values = Array.from({ length: vertical.taps }, () => scope.locals('v128', horizontal.taps))
        const middle = Array.from({ length: 4 }, () => scope.locals('v128', horizontal.taps))
        return overColumns(scope, transform, [unit, pass, array], ({ filter, row }) => [
          values.map((taps, u) => taps.map((tap, v) => tap.set(elementsOf(transform, u, v).read(filter)))),
          transposed(values as never as number[][]).map((_, v) =>
            multiply(
              evaluation(vertical.taps),
              values.map((taps) => taps[v]!)
            ).map((value, p) => middle[p]![v]!.set(value))
          ),
          points.map(({ v, h, plane, offset }) =>
            v128.store(row, multiply([evaluation(horizontal.taps)[h]!], middle[v]!)[0]!, plane.address + offset)
          )
        ])
      }
    )
  )

/** Defines the transform from points to the filter, whose elements `finish` writes. */
export const defineFilterFromPoints = (
  module: Module,
  transform: FilterTransform,
  finish: (
    scope: Scope,
    at: {
      readonly value: Local<'v128'>
      readonly array: Local<'i32'>
      readonly target: Local<'i32'>
      readonly elements: FilterElements
      readonly channel: Local<'i32'>
    }
  ) => Code
): TransformFunction =>
  defineFunction(
    module,
    { params: { unit: 'i32', pass: 'i32', array: 'i32', scratch: 'i32' } },
    (scope, { unit, pass, array }) => {
      const { axes, planes } = transform
      const [vertical, horizontal] = axes
      const points = pointsOf(planes)
      const verticalPoints = planes.some(({ fourth }) => fourth[0]) ? 4 : 3
      const middle = Array.from({ length: verticalPoints }, () => scope.locals('v128', horizontal.taps))
      const value = scope.local('v128')
      return overColumns(scope, transform, [unit, pass, array], ({ filter, row }) => [
        middle.map((taps, p) => {
          const own = points.filter(({ v }) => v === p)
          const matrix = transposed(own.map(({ h }) => evaluation(horizontal.taps)[h]!))
          return multiply(
            matrix,
            own.map(({ plane, offset }) => v128.load(row, plane.address + offset))
          ).map((sum, t) => taps[t]!.set(sum))
        }),
        Array.from({ length: vertical.taps }, (_, u) =>
          Array.from({ length: horizontal.taps }, (__, v): Body => [
            value.set(
              multiply(
                [transposed(evaluation(vertical.taps).slice(0, verticalPoints))[u]!],
                middle.map((taps) => taps[v]!)
              )[0]!
            ),
            finish(scope, { value, array, target: filter, elements: elementsOf(transform, u, v), channel: unit })
          ])
        )
      ])
    }
  )
