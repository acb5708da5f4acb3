import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../../io/fileIssue.ts'
import { readBytes, readHead } from '../../io/files.ts'
import type { Stored } from '../../io/storedNumbers.ts'
import { arrayDataset } from '../arrayDataset.ts'
import type { ArrayRows } from '../arrayRows.ts'
import { openArray, rowsInMemory, typeNames } from '../arrayRows.ts'
import { longestHeader, readNpy, readNpyHeader } from '../npy.ts'
import type { Format } from './format.ts'

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

/** Reads an array whole: in Fortran's order a row lies all over the file. */
const wholeArray = (path: string, type: Stored, limit: number): TE.TaskEither<FileIssue, ArrayRows> =>
  pipe(
    readBytes(path, { limit }),
    TE.flatMapEither((bytes) => readNpy(bytes, { file: path, limit })),
    TE.map(({ dtype, shape, data }) => rowsInMemory(path, { type: typeNames[type] ?? dtype, shape, data }))
  )

const openRows = (path: string, limit: number): TE.TaskEither<FileIssue, ArrayRows> =>
  pipe(
    readHead(path, longestHeader),
    TE.flatMap(({ head, size }) =>
      pipe(
        TE.fromEither(readNpyHeader(path, head, Number.MAX_SAFE_INTEGER)),
        TE.flatMap((header) =>
          header.isFortran && header.shape.length > 1
            ? wholeArray(path, header.type, limit)
            : openArray(path, size, header, limit)
        )
      )
    )
  )

/** Arrays as numpy saves them: [N, features], [N, H, W], [N, H, W, C] or [N, C, H, W]. */
export const npy: Format = {
  name: 'npy',
  recognizes: (found) => found.kind === 'file' && magic.every((byte, i) => found.head[i] === byte),
  open: ({ path }, { limit, range }) =>
    pipe(
      openRows(path, limit),
      TE.flatMap((rows) => arrayDataset(path, rows, undefined, { range }))
    )
}
