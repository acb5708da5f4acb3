/** The folder of a sweep: its list of runs in sweep.json, a folder for each of them in `runs`. */
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Issue, Issues } from '../../gan/check/issue.ts'
import { issue, issueOfProblem } from '../../gan/check/issue.ts'
import { makeDirectory, readText, writeAtomically } from '../../io/files.ts'
import { issueOfRun } from '../issueOfRun.ts'
import { isRecord } from '../../tensor/tree.ts'
import type { Job } from './job.ts'
import { jobProblems } from './job.ts'

export const files = {
  sweep: 'sweep.json',
  results: 'results.jsonl',
  table: 'results.csv',
  report: 'report.html'
} as const

/** Where runs are, and what became of those that cannot be run. */
export const folders = { runs: 'runs', failures: 'failures' } as const

/** Says where the folder of a run is, as seen from that of its sweep. */
export const runPath = ({ name }: Job): string => `${folders.runs}/${name}`
export const failurePath = ({ name }: Job): string => `${folders.failures}/${name}.json`

const format = 'saddlepoint sweep 1'

/** A sweep: its runs, and an id by which workers find its queue. */
export interface Sweep {
  readonly id: string
  readonly jobs: readonly Job[]
}

const bad = (file: string, expected: string, actual: string): Issues => [
  issue('BadFile', [file], expected, actual, 'saddlepoint sweep writes it')
]

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Reads what sweep.json holds, which may come from anywhere: every run is checked. */
export const sweepIn = (file: string, text: string): E.Either<Issues, Sweep> => {
  const read = parsed(text)
  if (!isRecord(read) || read['format'] !== format) return E.left(bad(file, `the format ${format}`, 'other text'))
  const { id, jobs } = read
  if (typeof id !== 'string' || !/^[0-9a-f-]{8,40}$/.test(id) || !Array.isArray(jobs))
    return E.left(bad(file, 'an id and a list of runs', 'something else'))
  const issues = jobs.flatMap((job, i): readonly Issue[] =>
    jobProblems(job).map((problem) => issueOfProblem('BadFile', [file, 'jobs', i], problem))
  )
  const [first, ...others] = issues
  if (first !== undefined) return E.left([first, ...others])
  const names = new Set((jobs as readonly Job[]).map(({ name }) => name))
  return names.size < jobs.length ? E.left(bad(file, 'runs of different names', 'a name twice')) : E.right({ id, jobs })
}

const asIssues = TE.mapLeft(issueOfRun)

/** Reads the sweep of a folder. */
export const readSweep = (folder: string): TE.TaskEither<Issues, Sweep> => {
  const file = `${folder}/${files.sweep}`
  return pipe(
    readText(file),
    asIssues,
    TE.flatMapEither((text) => sweepIn(file, text))
  )
}

const same = (a: Job, b: Job): boolean => JSON.stringify(a) === JSON.stringify(b)

/**
 * Makes a folder that of a sweep, or finds that it is: a grid may have grown. Left where a run of the same name was
 * another one.
 */
export const openSweep = (folder: string, jobs: readonly Job[]): TE.TaskEither<Issues, Sweep> => {
  const file = `${folder}/${files.sweep}`
  return pipe(
    asIssues(makeDirectory(folder)),
    TE.chain(() =>
      pipe(
        readText(file),
        TE.map((text): string | undefined => text),
        TE.orElse((one) => (one._tag === 'Missing' ? TE.right(undefined) : TE.left(one))),
        asIssues
      )
    ),
    TE.flatMapEither((text) => (text === undefined ? E.right(undefined) : sweepIn(file, text))),
    TE.flatMapEither((known): E.Either<Issues, Sweep> => {
      const before = new Map(known?.jobs.map((job) => [job.name, job] as const))
      const [first, ...others] = jobs.flatMap((job) => {
        const old = before.get(job.name)
        return old === undefined || same(old, job)
          ? []
          : [
              issue(
                'BadState',
                [file, job.name],
                'the run that this folder has by that name',
                'another',
                'Give another folder'
              )
            ]
      })
      return first === undefined
        ? E.right({ id: known?.id ?? globalThis.crypto.randomUUID(), jobs })
        : E.left([first, ...others])
    }),
    TE.chainFirst((sweep) => asIssues(writeAtomically(file, `${JSON.stringify({ format, ...sweep }, null, 1)}\n`)))
  )
}
