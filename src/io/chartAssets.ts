import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from './fileIssue.ts'
import { readText } from './files.ts'
import { nodeModules } from './nodeModules.ts'

/** Holds the text of the library that draws the curves of a report, to be written into the page. */
export interface ChartAssets {
  readonly script: string
  readonly style: string
}

const locate = (name: string): E.Either<FileIssue, string> =>
  pipe(
    nodeModules(name),
    E.flatMap(({ module }) =>
      E.tryCatch(
        () => module.createRequire(import.meta.url).resolve(name),
        (cause): FileIssue => ({
          _tag: 'Missing',
          file: name,
          expected: 'the package uplot, a dependency of this one',
          actual: cause instanceof Error ? cause.message.split('\n')[0]! : String(cause)
        })
      )
    )
  )

const textOf = (name: string): TE.TaskEither<FileIssue, string> =>
  pipe(
    TE.fromEither(locate(name)),
    TE.flatMap((file) => readText(file))
  )

/** Reads uPlot from where this package's dependencies are installed. For Node. */
export const chartAssets: TE.TaskEither<FileIssue, ChartAssets> = pipe(
  TE.Do,
  TE.bind('script', () => textOf('uplot/dist/uPlot.iife.min.js')),
  TE.bind('style', () => textOf('uplot/dist/uPlot.min.css'))
)
