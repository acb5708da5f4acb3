import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../io/fileIssue.ts'
import { readBytes, readHead } from '../io/files.ts'
import type { Idx } from './idx.ts'
import { mostBytes, readIdx } from './idx.ts'

/** Holds any header, of gzip with names and comments too. */
const headSize = 65_536

/**
 * Reads a file in IDX format, as `readIdx` reads its bytes, once its beginning and its size agree: of a file that is
 * larger than its header announces the beginning alone is read.
 */
export const readIdxFile = (file: string, limit: number): TE.TaskEither<FileIssue, Idx> =>
  pipe(
    readHead(file, headSize),
    TE.flatMapEither(({ head, size }) =>
      pipe(
        mostBytes(file, head, limit),
        E.filterOrElse(
          (most) => size <= most,
          (most): FileIssue => ({
            _tag: 'TrailingBytes',
            file,
            offset: most,
            expected: `at most ${String(most)} bytes, by its header`,
            actual: `${String(size)} bytes`
          })
        )
      )
    ),
    TE.flatMap((most) => readBytes(file, { limit: most })),
    TE.flatMapEither((bytes) => readIdx(bytes, { file, limit }))
  )
