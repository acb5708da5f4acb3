import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../io/fileIssue.ts'
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

/** Numbers in memory by rows; `start` is where they lie in their file. */
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
      const taken = new (data.constructor as new (length: number) => Numbers)(rows.length * width)
      for (let i = 0; i < rows.length; i++)
        taken.set(data.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width)
      return TE.right(taken)
    },
    offsetOf: (row, element) =>
      start === undefined ? undefined : start + (row * width + element) * data.BYTES_PER_ELEMENT
  }
}
