/**
 * Copies a factor into the order in which the tiles read it.
 *
 * The right factor becomes panels of `width` columns, each k-major: [panel][k][width]. The left factor, where it cannot
 * be read in place, becomes rows: [row][k].
 *
 * @category wasm
 */
import { branchIf, defineFunction, forRange, i32, ifThen, loop, sequence, v128 } from '../encoder/index.ts'
import type { Body, Code, FunctionRef, Local, Module, Scope } from '../encoder/index.ts'
import { transpose4 } from './lanes.ts'
import { placeAt } from './place.ts'
import type { Factor } from './problem.ts'

/** Copies the panel that begins at `column`, steps [k, k + count), to the address `target`. */
export type PackFunction = FunctionRef<Readonly<Record<'target' | 'batch' | 'column' | 'k' | 'count', 'i32'>>, 'none'>

/** Panel of 4 * vectors columns of which `columns` exist. */
export interface PanelShape {
  readonly vectors: number
  readonly columns: number
}

interface Source {
  readonly factor: Factor
  readonly batch: Code<'i32'>
  readonly scope: Scope
}

/** Loads a vector of the factor, through its prologue. */
const fetch = (
  { factor: { address, strides, prologue }, batch, scope }: Source,
  index: Omit<Parameters<typeof placeAt>[0], 'batch'>
): Code<'v128'> => {
  const place = placeAt({ ...index, batch }, strides)
  const value = place.like(address)
  return prologue === undefined ? value : prologue(value, place, scope)
}

/** Emits the copying of one panel with vectors along the columns. */
const packAlongColumns = (
  source: Source,
  { vectors, columns }: PanelShape,
  target: Local<'i32'>,
  column: Local<'i32'>,
  k: Local<'i32'>,
  end: Local<'i32'>
): Body =>
  loop((again) => [
    Array.from({ length: vectors }, (_, v) =>
      v128.store(
        target,
        fetch(source, { row: k, column, columnOffset: v * 4, lanes: 'column', count: Math.min(4, columns - v * 4) }),
        v * 16
      )
    ),
    target.set(i32.add(target, vectors * 16)),
    k.set(i32.add(k, 1)),
    branchIf(again, i32.ltU(k, end))
  ])

/** Emits the copying of four steps of k at a time, as long as there are four: vectors along k, transposed in registers. */
const packAlongDepth = (
  source: Source,
  { vectors, columns }: PanelShape,
  target: Local<'i32'>,
  column: Local<'i32'>,
  k: Local<'i32'>,
  end: Local<'i32'>
): Body => {
  const { scope } = source
  const four = scope.locals('v128', 4)
  const spare = scope.locals('v128', 4)
  return loop((again) =>
    ifThen(i32.leU(i32.add(k, 4), end), [
      Array.from({ length: vectors }, (_, v) => [
        four.map((vector, i) =>
          v * 4 + i < columns
            ? vector.set(fetch(source, { row: k, column, columnOffset: v * 4 + i, lanes: 'row', count: 4 }))
            : []
        ),
        transpose4(four, spare),
        four.map((vector, i) => v128.store(target, vector, (i * vectors + v) * 16))
      ]),
      target.set(i32.add(target, vectors * 64)),
      k.set(i32.add(k, 4)),
      branchIf(again, 1)
    ])
  )
}

/** Defines the function that packs one panel of the right factor. */
export const definePack = (module: Module, factor: Factor, shape: PanelShape): PackFunction =>
  defineFunction(
    module,
    { params: { target: 'i32', batch: 'i32', column: 'i32', k: 'i32', count: 'i32' } },
    (scope, { target, batch, column, k, count }) => {
      const end = scope.local('i32')
      const source = { factor, batch, scope }
      const rest = packAlongColumns(source, shape, target, column, k, end)
      return [
        end.set(i32.add(k, count)),
        factor.strides.row === 1 && factor.strides.column !== 1
          ? [packAlongDepth(source, shape, target, column, k, end), ifThen(i32.ltU(k, end), rest)]
          : rest
      ]
    }
  )

/** Copies rows [row, row + rows) of the left factor, steps [k, k + count) of each, to the address `target`. */
export type PackRowsFunction = FunctionRef<
  Readonly<Record<'target' | 'batch' | 'row' | 'rows' | 'k' | 'count', 'i32'>>,
  'none'
>

/** Defines it, for copies whose rows lie `stride` bytes apart. */
export const definePackRows = (module: Module, factor: Factor, stride: number): PackRowsFunction =>
  defineFunction(
    module,
    { params: { target: 'i32', batch: 'i32', row: 'i32', rows: 'i32', k: 'i32', count: 'i32' } },
    (scope, { target, batch, row, rows, k, count }) => {
      const [at, stop, end, to] = scope.locals('i32', 4)
      const source = { factor, batch, scope }
      const copy = (lanes: 1 | 4): Code =>
        sequence(
          lanes === 4
            ? v128.store(to, fetch(source, { row, column: at, lanes: 'column', count: 4 }))
            : v128.store32Lane(to, fetch(source, { row, column: at, lanes: 'column', count: 1 }), 0),
          to.set(i32.add(to, lanes * 4))
        )
      return [
        end.set(i32.add(row, rows)),
        stop.set(i32.add(k, count)),
        loop((again) => [
          at.set(k),
          to.set(target),
          loop((next) => ifThen(i32.leU(i32.add(at, 4), stop), [copy(4), at.set(i32.add(at, 4)), branchIf(next, 1)])),
          forRange(at, at, stop, 1, copy(1)),
          row.set(i32.add(row, 1)),
          target.set(i32.add(target, stride)),
          branchIf(again, i32.ltU(row, end))
        ])
      ]
    }
  )
