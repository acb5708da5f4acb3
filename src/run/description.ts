/** spec.json and run.json: what a run is of, by which a folder knows its own. */
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Issue, Issues } from '../gan/check/issue.ts'
import { issue } from '../gan/check/issue.ts'
import { show } from '../gan/game/show.ts'
import type { Spec } from '../gan/game/spec.ts'
import { specToJson } from '../gan/json/specJson.ts'
import type { FileIssue } from '../io/fileIssue.ts'
import { readText } from '../io/files.ts'
import { nodeModules } from '../io/nodeModules.ts'
import { isRecord } from '../tensor/tree.ts'

/** Says where a spec that cannot be written came from. */
export interface Origin {
  /** The path of a module. */
  readonly module: string
  /** A hash of its text. */
  readonly hash: string
  /** What it was called with, where it gives a function. */
  readonly settings?: Readonly<Record<string, unknown>>
}

/** Says what a run is of: two runs that agree in this come to the same bits. */
export interface Description {
  /** The text of spec.json. */
  readonly spec: string
  readonly data: string
  /** Tells what the data hold, where they lie in files. */
  readonly fingerprint?: string
  readonly shape: readonly number[]
  readonly seed: number
  readonly batchSize: number
  readonly engine: string
}

/** Holds what run.json says: the description, and what may change from one session to the next. */
export interface Written extends Omit<Description, 'spec'> {
  readonly format: string
  readonly steps: number
  readonly every: number
  readonly versions: Readonly<Record<string, string>>
}

export const format = 'saddlepoint run 1'

const indented = (text: string): string => `${JSON.stringify(JSON.parse(text), null, 2)}\n`

/** Writes spec.json: the spec, or of one with functions of a user's own where it came from and how it shows. */
export const specText = (spec: Spec, origin: Origin | undefined): string => {
  const written = specToJson(spec)
  return E.isRight(written)
    ? indented(written.right)
    : indented(JSON.stringify({ ...(origin ?? {}), shown: show(spec).split('\n') }))
}

/** Reads the versions of what trains. */
const versions = (): Readonly<Record<string, string>> =>
  pipe(
    nodeModules('package.json'),
    E.map(({ module }) => module.createRequire(import.meta.url)('saddlepoint/package.json') as { version: string }),
    E.match(
      () => ({}),
      ({ version }) => ({ saddlepoint: version, node: process.versions.node })
    )
  )

export const runText = (description: Description, steps: number, every: number): string => {
  const { spec: _, ...said } = description
  const written: Written = { format, ...said, steps, every, versions: versions() }
  return `${JSON.stringify(written, null, 2)}\n`
}

const isWritten = (x: unknown): x is Written =>
  isRecord(x) &&
  x['format'] === format &&
  ['seed', 'batchSize', 'steps', 'every'].every((name) => Number.isSafeInteger(x[name])) &&
  ['data', 'engine'].every((name) => typeof x[name] === 'string') &&
  Array.isArray(x['shape'])

/** Reads run.json. */
export const readRun = (file: string): TE.TaskEither<FileIssue, Written> =>
  pipe(
    readText(file),
    TE.flatMapEither((text) =>
      pipe(
        E.tryCatch(
          () => JSON.parse(text) as unknown,
          () => undefined
        ),
        E.filterOrElse(isWritten, () => undefined),
        E.mapLeft((): FileIssue => ({
          _tag: 'BadValue',
          file,
          expected: `a file of the format ${format}`,
          actual: 'other text'
        }))
      )
    )
  )

const differs = (file: string, expected: string, actual: string): Issue =>
  issue('BadState', [file], expected, actual, 'Give another folder, or what this one was begun with')

/** Says that data of the same name hold something else; of runs that were begun without, nobody can tell. */
const changes = (file: string, { data, fingerprint }: Description, run: Written): readonly Issue[] =>
  data !== run.data || run.fingerprint === undefined || fingerprint === undefined || fingerprint === run.fingerprint
    ? []
    : [
        issue(
          'BadState',
          [file],
          `${data} as it was when this run was begun (fingerprint ${run.fingerprint.slice(0, 12)})`,
          `files that have changed since (${fingerprint.slice(0, 12)})`,
          'Bring the files back, give another folder, or go on with them as they are: --changed-data, { changedData: true }'
        )
      ]

/** Finds in what a folder's run is another one. */
export const differences = (
  folder: string,
  description: Description,
  { spec, run }: { readonly spec: string; readonly run: Written },
  changedData: boolean
): E.Either<Issues, void> => {
  const names = ['data', 'shape', 'seed', 'batchSize', 'engine'] as const
  const [first, ...others] = [
    ...names.flatMap((name) => {
      const [here, there] = [JSON.stringify(description[name]), JSON.stringify(run[name])]
      return here === there ? [] : [differs(`${folder}/run.json`, `the run of this folder, of ${name} ${there}`, here)]
    }),
    ...(changedData ? [] : changes(`${folder}/run.json`, description, run)),
    ...(spec === description.spec
      ? []
      : [differs(`${folder}/spec.json`, 'the spec that this folder was begun with', changed(spec, description.spec))])
  ]
  return first === undefined ? E.right(undefined) : E.left([first, ...others])
}

/** Says where two specs part: by the first line that is not the same. */
const changed = (there: string, here: string): string => {
  const [old, now] = [there.split('\n'), here.split('\n')]
  const at = now.findIndex((line, i) => line !== old[i])
  const line = (lines: readonly string[]): string => lines[at]?.trim() ?? 'nothing'
  return `another: \`${line(now)}\` where it has \`${line(old)}\`, line ${String(at + 1)}`
}
