import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../io/fileIssue.ts'
import { readFileOptions } from '../io/fileIssue.ts'
import { listFiles, readHead } from '../io/files.ts'
import type { None } from '../tensor/arguments.ts'
import { nearestWord } from '../tensor/nearestWord.ts'
import type { Rule } from '../tensor/options.ts'
import { count, oneOf, optional, text } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'
import type { Dataset } from './dataset.ts'
import { drawn } from './formats/drawn.ts'
import { formats } from './formats/formats.ts'
import type { Found, OpenOptions, Opening } from './formats/format.ts'

const interval: Rule = {
  expected: 'two finite numbers, the lesser first',
  accepts: (x) => Array.isArray(x) && x.length === 2 && x.every(Number.isFinite) && x[0] < x[1]
}
const sides: Rule = {
  expected: 'a whole number from 1 to 4096',
  accepts: (x) => Number.isInteger(x) && (x as number) >= 1 && (x as number) <= 4096
}
const rules = {
  split: optional(oneOf('train', 'test', 'validation', 'unlabeled')),
  set: optional(text),
  size: optional(sides),
  channels: optional({ expected: '1 or 3', accepts: (x: unknown) => x === 1 || x === 3 }),
  range: optional(interval),
  limit: count
}

/** Holds the header of any file that is recognised by it. */
const headSize = 65_536

/** Looks at what is there: a folder by its names, three levels deep, or a file by its first bytes. */
const look = (path: string): TE.TaskEither<FileIssue, Found> =>
  pipe(
    readHead(path, headSize),
    TE.map(({ head, size }): Found => ({ kind: 'file', path, head, size })),
    TE.orElse((issue) =>
      issue._tag === 'Missing'
        ? TE.left(issue)
        : pipe(
            listFiles(path, () => true, 2),
            TE.bimap(
              () => issue,
              (files): Found => ({ kind: 'folder', path, files })
            )
          )
    )
  )

const list = (words: readonly string[]): string => words.join(', ')

/** Says that nothing is called so: neither a file, nor a set that is drawn. */
const unknown = (issue: FileIssue): FileIssue => {
  const meant = nearestWord(issue.file, Object.keys(drawn))
  return issue._tag !== 'Missing'
    ? issue
    : {
        ...issue,
        expected: `a file, a folder, or one of ${list(Object.keys(drawn))}`,
        hint: meant === undefined ? 'Paths are seen from the folder where the program runs' : `Did you mean ${meant}?`
      }
}

const unrecognized = (found: Found): FileIssue => ({
  _tag: 'BadMagic',
  file: found.path,
  ...(found.kind === 'file' ? { offset: 0 } : {}),
  expected: `data as ${list(formats.map(({ name }) => name))}`,
  actual:
    found.kind === 'file'
      ? `a file of ${String(found.size)} bytes of another kind`
      : `a folder of ${found.files.length === 0 ? 'no files' : list(found.files.slice(0, 8))}`,
  hint: 'docs/data.md says what can be opened'
})

const openPath = (path: string, options: Opening): TE.TaskEither<FileIssue, Dataset> =>
  pipe(
    look(path),
    TE.mapLeft(unknown),
    TE.flatMap((found) => {
      const format = formats.find(({ recognizes }) => recognizes(found))
      return format === undefined ? TE.left(unrecognized(found)) : format.open(found, options)
    })
  )

/**
 * Opens a data set: by name one that is drawn (shapes, ring, grid, swissroll, dirac), else a file or folder, whose kind is
 * recognised by its content. For Node.
 *
 * @returns Left: nothing there, nothing that is recognised, or what is wrong with it, with the byte; never throws or rejects
 *
 * @example
 * import { openDataset, E } from 'saddlepoint'
 * const opened = await openDataset('shapes', { size: 32 })()
 * E.isRight(opened) && opened.right.shape // => [1, 32, 32]
 * const missing = await openDataset('rings')()
 * E.isLeft(missing) && missing.left.hint // => 'Did you mean ring?'
 */
export const openDataset = (
  nameOrPath: string,
  options: OpenOptions = {},
  ...more: None
): TE.TaskEither<FileIssue, Dataset> =>
  pipe(
    typeof nameOrPath === 'string'
      ? readFileOptions<OpenOptions>(nameOrPath, { limit: 2 ** 31 - 1 }, options, rules, more)
      : E.left<FileIssue>({
          _tag: 'BadOption',
          file: 'openDataset',
          expected: 'a name or a path',
          actual: showValue(nameOrPath)
        }),
    TE.fromEither,
    TE.flatMap((read) => {
      const draw = Object.hasOwn(drawn, nameOrPath) ? drawn[nameOrPath] : undefined
      return draw === undefined ? openPath(nameOrPath, read) : TE.fromEither(attemptDraw(nameOrPath, () => draw(read)))
    })
  )

const attemptDraw = (file: string, draw: () => Dataset): E.Either<FileIssue, Dataset> =>
  E.tryCatch(draw, (cause) => ({
    _tag: 'BadOption',
    file,
    expected: 'options that it can be drawn with',
    actual: cause instanceof Error ? cause.message : String(cause)
  }))
