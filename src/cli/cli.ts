/** What all commands share: where they write, how they end, and how words become numbers. */
import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import type { Issue, Issues } from '../gan/check/issue.ts'
import { show } from '../gan/check/issue.ts'
import type { FileIssue } from '../io/fileIssue.ts'
import { showFileIssue } from '../io/fileIssue.ts'
import { isSaddlepointError } from '../tensor/error.ts'
import type { ProgressStream } from './progress.ts'

/** Says why a command ends early: what to print, and the status. */
export interface Failure {
  readonly message: string
  /** 1: it could not be done; 2: it was not said right; 130: it was interrupted. */
  readonly status: number
}

export interface Streams {
  readonly out: { readonly write: (text: string) => unknown }
  readonly err: ProgressStream
}

/** What a command does: at its end it has written what there is to say. */
export type Work<A = void> = TE.TaskEither<Failure, A>

export interface Cli extends Streams {
  /** Does the work of a command, says what went wrong, and keeps the status. */
  readonly finish: (work: Work) => Promise<void>
}

export const cannot = (message: string): Failure => ({ message, status: 1 })
export const misused = (message: string): Failure => ({ message: `error: ${message}`, status: 2 })

export const ofIssues = (issues: Issues): Failure => cannot(show(issues))
export const ofFile = (issue: FileIssue): Failure => cannot(showFileIssue(issue))

/** Catches what a function of the library, or of the user, throws. */
export const attempt = <A>(work: () => A | Promise<A>): Work<A> =>
  TE.tryCatch(
    async () => work(),
    (cause) => cannot(wordsOf(cause))
  )

export const wordsOf = (cause: unknown): string =>
  isSaddlepointError(cause)
    ? `${cause.op}: expected ${cause.expected}, got ${cause.actual}${cause.hint === undefined ? '' : `. ${cause.hint}`}`
    : cause instanceof Error
      ? cause.message
      : String(cause)

/** Reads a whole number of at least `least`. */
export const wholeNumber = (option: string, word: string, least: number): E.Either<Failure, number> =>
  /^\d+$/.test(word) && Number(word) >= least && Number.isSafeInteger(Number(word))
    ? E.right(Number(word))
    : E.left(misused(`${option} '${word}': give a whole number of at least ${String(least)}.`))

/** Reads a whole number where one is given. */
export const maybeNumber = (
  option: string,
  word: string | undefined,
  least: number
): E.Either<Failure, number | undefined> => (word === undefined ? E.right(undefined) : wholeNumber(option, word, least))

/** Shows warnings, where there are any. */
export const warn = ({ err }: Streams, warnings: readonly Issue[]): void => {
  if (warnings.length > 0) err.write(`${show(warnings)}\n`)
}

/** Writes a line, or as JSON what it says. */
export const say = ({ out }: Streams, json: boolean | undefined, record: object, line: string): void => {
  out.write(`${json === true ? JSON.stringify(record) : line}\n`)
}

/** Lines up names and values. */
export const aligned = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

/** Shows a number to six digits; one that does not exist, as a dash. */
export const figure = (x: number | null): string =>
  x === null || Number.isNaN(x) ? '–' : String(Number(x.toPrecision(6)))
