import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../../io/fileIssue.ts'
import { listFiles, readHead } from '../../io/files.ts'
import { fingerprint } from '../../io/fingerprint.ts'
import { nearestWord } from '../../tensor/nearestWord.ts'
import type { Dataset } from '../dataset.ts'
import { drawn } from './drawn.ts'
import type { Found, Opening } from './format.ts'
import { folderOf, nameOf } from './format.ts'
import { formats } from './formats.ts'

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

/** Files that lie beside data without being any: hidden ones, and texts. */
const isAside = (path: string): boolean => /(^|\/)\.|\.(md|txt|json|html?|ya?ml|py|log)$/i.test(path)

const fingerprintOf = (found: Found): TE.TaskEither<FileIssue, string> =>
  found.kind === 'file'
    ? fingerprint(folderOf(found.path), [nameOf(found.path)])
    : fingerprint(
        found.path,
        found.files.filter((path) => !isAside(path))
      )

const openPath = (path: string, options: Opening): TE.TaskEither<FileIssue, Dataset> =>
  pipe(
    look(path),
    TE.mapLeft(unknown),
    TE.flatMap((found) => {
      const format = formats.find(({ recognizes }) => recognizes(found))
      return format === undefined
        ? TE.left(unrecognized(found))
        : pipe(
            format.open(found, options),
            TE.map((set): Dataset => ({ ...set, fingerprint: fingerprintOf(found) }))
          )
    })
  )

const attemptDraw = (file: string, draw: () => Dataset): E.Either<FileIssue, Dataset> =>
  E.tryCatch(draw, (cause) => ({
    _tag: 'BadOption',
    file,
    expected: 'options that it can be drawn with',
    actual: cause instanceof Error ? cause.message : String(cause)
  }))

/** Opens what is drawn under a name, or else what lies at a path. */
export const openNamed = (nameOrPath: string, options: Opening): TE.TaskEither<FileIssue, Dataset> => {
  const draw = Object.hasOwn(drawn, nameOrPath) ? drawn[nameOrPath] : undefined
  return draw === undefined
    ? openPath(nameOrPath, options)
    : TE.fromEither(attemptDraw(nameOrPath, () => draw(options)))
}
