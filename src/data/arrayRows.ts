import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../io/fileIssue.ts'
import type { Pieces } from '../io/files.ts'
import { openPieces } from '../io/files.ts'
import type { Stored } from '../io/storedNumbers.ts'
import { readNumbers, reversed, storedTypes } from '../io/storedNumbers.ts'
import type { Shape } from '../tensor/shape.ts'
import { sizeOf } from '../tensor/shape.ts'

/** Any array of numbers: a typed array of whatever type a file has. */
export type Numbers = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array

/** An array [N, ...] whose rows are read where they are needed: in memory, or in a file that is larger. */
export interface ArrayRows {
  readonly file: string
  /** The type of its elements, in words: uint8, float32. */
  readonly type: string
  readonly shape: Shape
  /** Copies rows, one behind the other. */
  readonly take: (rows: ArrayLike<number>) => TE.TaskEither<FileIssue, Numbers>
  /** Returns the byte of the file at which an element of a row lies, where it lies in one. */
  readonly offsetOf: (row: number, element: number) => number | undefined
}

/** Allocates an array of the type of another. */
const emptied = (like: Numbers, length: number): Numbers =>
  new (like.constructor as new (length: number) => Numbers)(length)

/** Reads numbers in memory by rows; `start` is where they lie in their file. */
export const rowsInMemory = (
  file: string,
  { type, shape, data }: { readonly type: string; readonly shape: Shape; readonly data: Numbers },
  start?: number
): ArrayRows => {
  const width = sizeOf(shape.slice(1))
  return {
    file,
    type,
    shape,
    take: (rows) => {
      const taken = emptied(data, rows.length * width)
      for (let i = 0; i < rows.length; i++)
        taken.set(data.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width)
      return TE.right(taken)
    },
    offsetOf: (row, element) =>
      start === undefined ? undefined : start + (row * width + element) * data.BYTES_PER_ELEMENT
  }
}

/** Where an array lies in a file, and how its numbers are written. */
export interface StoredArray {
  readonly type: Stored
  readonly isBigEndian: boolean
  readonly shape: Shape
  /** The byte of the file at which it begins. */
  readonly start: number
  /** Bytes from one row to the next; by default those of a row. */
  readonly stride?: number
}

/** The words for types by which arrays in memory are called, too. */
export const typeNames: Readonly<Partial<Record<Stored, string>>> = {
  U8: 'uint8',
  I8: 'int8',
  I16: 'int16',
  I32: 'int32',
  F32: 'float32',
  F64: 'float64'
}

/** Makes numbers by rows that are read from their file when they are asked for. */
export const rowsInPieces = (
  file: string,
  pieces: Pieces,
  { type, isBigEndian, shape, start, stride }: StoredArray
): ArrayRows => {
  const element = storedTypes[type]
  const size = sizeOf(shape.slice(1)) * element
  const placeOf = (row: number): number => start + row * (stride ?? size)
  return {
    file,
    type: typeNames[type] ?? type,
    shape,
    take: (rows) =>
      pipe(
        pieces(Array.from(rows, placeOf), size),
        TE.flatMapEither((bytes) =>
          type === 'U8'
            ? E.right<FileIssue, Numbers>(bytes)
            : pipe(
                readNumbers(type, isBigEndian ? reversed(bytes, element) : bytes),
                E.mapLeft((misfit): FileIssue => ({ _tag: 'BadValue', file, offset: start, ...misfit }))
              )
        )
      ),
    offsetOf: (row, at) => placeOf(row) + at * element
  }
}

/** Opens an array that fills its file, of `size` bytes, to the end. */
export const openArray = (
  file: string,
  size: number,
  stored: StoredArray,
  limit: number
): TE.TaskEither<FileIssue, ArrayRows> => {
  const total = stored.start + sizeOf(stored.shape) * storedTypes[stored.type]
  const misfit = (_tag: FileIssue['_tag'], offset: number): TE.TaskEither<FileIssue, never> =>
    TE.left({
      _tag,
      file,
      offset,
      expected: `${String(total)} bytes by its header`,
      actual: `${String(size)} bytes`
    })
  if (size < total) return misfit('Truncated', size)
  if (size > total) return misfit('TrailingBytes', total)
  return pipe(
    openPieces(file, size, limit),
    TE.map((pieces) => rowsInPieces(file, pieces, stored))
  )
}

/** Rows of several arrays of one type and row shape as those of one, one array behind the other. */
export const joinedRows = (parts: readonly ArrayRows[]): ArrayRows => {
  const [first] = parts
  if (first === undefined || parts.length === 1)
    return first ?? rowsInMemory('', { type: 'uint8', shape: [0], data: new Uint8Array() })
  const ends = parts.map((_, i) => parts.slice(0, i + 1).reduce((sum, { shape: [rows = 0] }) => sum + rows, 0))
  const partOf = (row: number): number => ends.findIndex((end) => row < end)
  const rowIn = (part: number, row: number): number => row - (ends[part - 1] ?? 0)
  return {
    file: first.file,
    type: first.type,
    shape: [ends.at(-1)!, ...first.shape.slice(1)],
    take: (rows) => {
      const chosen = Array.from(rows, (row, to) => ({ part: partOf(row), row, to }))
      return pipe(
        parts,
        TE.traverseArray((part) => {
          const own = chosen.filter((one) => parts[one.part] === part)
          return pipe(
            part.take(own.map((one) => rowIn(one.part, one.row))),
            TE.map((numbers) => ({ own, numbers }))
          )
        }),
        TE.map((taken) => {
          const width = sizeOf(first.shape.slice(1))
          const all = emptied(taken[0]!.numbers, chosen.length * width)
          for (const { own, numbers } of taken)
            own.forEach(({ to }, i) => all.set(numbers.subarray(i * width, (i + 1) * width), to * width))
          return all
        })
      )
    },
    offsetOf: (row, element) => parts[partOf(row)]?.offsetOf(rowIn(partOf(row), row), element)
  }
}
