import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../io/fileIssue.ts'
import { readText } from '../io/files.ts'

/** Names so many classes by their numbers. */
export const numberedTo = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, label) => String(label))

/** Names classes by their numbers, 0 .. the greatest label. */
export const numbered = (labels: ArrayLike<number>): readonly string[] => {
  let most = 0
  for (let i = 0; i < labels.length; i++) most = Math.max(most, labels[i]!)
  return numberedTo(most + 1)
}

const longestList = 65_536

/** Reads the names of so many classes, a line each; undefined where there is no such file. */
export const namesIn = (file: string, count: number): TE.TaskEither<FileIssue, readonly string[] | undefined> =>
  pipe(
    readText(file, { limit: longestList }),
    TE.map((content) => content.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))),
    TE.flatMap((names) =>
      names.length === count
        ? TE.right<FileIssue, readonly string[] | undefined>(names)
        : TE.left<FileIssue, readonly string[] | undefined>({
            _tag: 'BadShape',
            file,
            expected: `${String(count)} names of classes, a line each`,
            actual: String(names.length)
          })
    ),
    TE.orElse((issue) => (issue._tag === 'Missing' ? TE.right(undefined) : TE.left(issue)))
  )
