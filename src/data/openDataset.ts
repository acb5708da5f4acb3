import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../io/fileIssue.ts'
import { readFileOptions } from '../io/fileIssue.ts'
import type { None } from '../tensor/arguments.ts'
import type { Rule } from '../tensor/options.ts'
import { count, oneOf, optional, text } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'
import type { Dataset } from './dataset.ts'
import type { OpenOptions } from './formats/format.ts'

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
    TE.flatMap((read) => async () => {
      // Pages, which have no files, do not load what reads them.
      const { openNamed } = await import('./formats/openNamed.ts')
      return openNamed(nameOrPath, read)()
    })
  )
