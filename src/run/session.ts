/** Opens the folder of a run: makes it, or finds in it where to go on, and leaves nothing that a killed process began. */
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Issue, Issues } from '../gan/check/issue.ts'
import { show } from '../gan/game/show.ts'
import type { Spec } from '../gan/game/spec.ts'
import type { State } from '../gan/step/state.ts'
import { countAt } from '../gan/step/state.ts'
import { entriesIn, tidyCheckpoints } from '../io/checkpointFiles.ts'
import type { Checkpoint } from '../io/checkpoint.ts'
import { load } from '../io/checkpoint.ts'
import type { FileIssue } from '../io/fileIssue.ts'
import { listFiles, makeDirectory, readText, removeFile, writeIfChanged } from '../io/files.ts'
import type { Description, Written } from './description.ts'
import { differences, readRun, runText } from './description.ts'
import { files, folders, stepOfPicture } from './folder.ts'
import { issueOfRun } from './issueOfRun.ts'
import type { Entry, Heading } from './journal.ts'
import { cutAt, isEnding, readJournal, writeJournal } from './journal.ts'
import type { Meter } from './meter.ts'
import { meterFromText } from './meter.ts'

/** Says where a run goes on. */
export interface Session {
  /** Undefined before the first checkpoint. */
  readonly state: State | undefined
  /** Steps that are done. */
  readonly step: number
  /** Steps from one checkpoint to the next. */
  readonly every: number
  /** Sums of figures since the last line of the journal. */
  readonly meter: Meter
  readonly entries: readonly Entry[]
  /** Whether all is done. */
  readonly isEnded: boolean
  /** Checkpoints that were passed over. */
  readonly warnings: readonly Issue[]
}

/** Says what a run is of, and how long it is to be. */
export interface Plan {
  readonly spec: Spec
  readonly description: Description
  readonly steps: number
  /** Steps from one checkpoint to the next, where it is said. */
  readonly every: number | undefined
  readonly keep: number
  /** Whether the data may hold something else than they did. */
  readonly changedData: boolean
}

/** Chooses how often to look where nobody says: often enough to lose little, seldom enough to cost little. */
const usualEvery = (steps: number): number => Math.max(1, Math.min(1000, Math.ceil(steps / 20)))

/** Answers with nothing where a file is missing. */
const ifThere = <A>(read: TE.TaskEither<FileIssue, A>): TE.TaskEither<FileIssue, A | undefined> =>
  pipe(
    read,
    TE.orElse((problem): TE.TaskEither<FileIssue, A | undefined> =>
      problem._tag === 'Missing' ? TE.right(undefined) : TE.left(problem)
    )
  )

/** Lists a folder that may be missing. */
const namesIn = (folder: string): TE.TaskEither<FileIssue, readonly string[]> =>
  pipe(
    ifThere(listFiles(folder, () => false)),
    TE.map((names) => names ?? [])
  )

const removeThose = (folder: string, unwanted: (name: string) => boolean): TE.TaskEither<FileIssue, unknown> =>
  pipe(
    namesIn(folder),
    TE.map((names) => names.filter(unwanted)),
    TE.chain(TE.traverseArray((name) => removeFile(`${folder}/${name}`)))
  )

/** What `writeAtomically` leaves where its process is killed. */
const isUnfinished = (name: string): boolean => /^\..*\.tmp$/.test(name)

/** Loads the latest state of a folder of checkpoints; nothing where there is none. */
const latestIn = (folder: string, spec: Spec): TE.TaskEither<Issues, Checkpoint | undefined> =>
  pipe(
    ifThere(entriesIn(folder)),
    TE.mapLeft(issueOfRun),
    TE.chain((entries): TE.TaskEither<Issues, Checkpoint | undefined> =>
      entries === undefined || entries.length === 0 ? TE.right(undefined) : load(folder, spec)
    )
  )

/** Loads the state of a run that has come furthest. */
export const latestOf = (folder: string, spec: Spec): TE.TaskEither<Issues, Checkpoint | undefined> =>
  pipe(
    [folders.checkpoints, folders.interrupted],
    TE.traverseArray((name) => latestIn(`${folder}/${name}`, spec)),
    TE.map((found) =>
      found.reduce((best, one) => (one !== undefined && stepOf(one) > stepOf(best) ? one : best), undefined)
    )
  )

const stepOf = (checkpoint: Checkpoint | undefined): number =>
  checkpoint === undefined ? -1 : countAt(checkpoint.state.step)

const headingOf = ({ spec, description, steps }: Plan): Heading => {
  const { data, seed, batchSize, engine } = description
  return { run: { data, seed, 'batch size': batchSize, steps, engine }, spec: show(spec) }
}

/** Reads spec.json and run.json; nothing where the folder is no run's yet. */
const writtenIn = (
  folder: string
): TE.TaskEither<FileIssue, { readonly spec: string | undefined; readonly run: Written } | undefined> =>
  pipe(
    TE.Do,
    TE.bind('spec', () => ifThere(readText(`${folder}/${files.spec}`))),
    TE.bind('run', () => ifThere(readRun(`${folder}/${files.run}`))),
    TE.map(({ spec, run }) => (run === undefined ? undefined : { spec, run }))
  )

/** Refuses a folder that holds something else. */
const strangersIn = (folder: string): TE.TaskEither<FileIssue, void> =>
  pipe(
    namesIn(folder),
    TE.map((names) => names.filter((name) => !isUnfinished(name) && name !== files.lock && name !== files.spec)),
    TE.chain(([stranger]) =>
      stranger === undefined
        ? TE.right(undefined)
        : TE.left({
            _tag: 'BadValue',
            file: folder,
            expected: 'an empty folder, or that of a run',
            actual: `one that holds ${stranger}`
          } as const)
    )
  )

/** Tells whether a run has come to its first checkpoint: before it, a folder can become that of another run. */
const hasBegun = (folder: string): TE.TaskEither<FileIssue, boolean> =>
  pipe(
    [folders.checkpoints, folders.interrupted],
    TE.traverseArray((name) => ifThere(entriesIn(`${folder}/${name}`))),
    TE.map((found) => found.some((entries) => (entries ?? []).length > 0))
  )

/** Checks that a folder is that of this run, or makes it so; tells how often it is looked at. */
const described = (folder: string, { description, steps, every, changedData }: Plan): TE.TaskEither<Issues, number> => {
  const [specFile, runFile] = [`${folder}/${files.spec}`, `${folder}/${files.run}`]
  return pipe(
    TE.Do,
    TE.bind('found', () => writtenIn(folder)),
    TE.bind('begun', () => hasBegun(folder)),
    TE.chainFirst(({ found }) => (found === undefined ? strangersIn(folder) : TE.right(undefined))),
    TE.mapLeft(issueOfRun),
    TE.chainFirstEitherK(({ found, begun }) =>
      found === undefined || !begun
        ? E.right(undefined)
        : differences(folder, description, { spec: found.spec ?? description.spec, run: found.run }, changedData)
    ),
    TE.chain(({ found, begun }) => {
      const chosen = every ?? (begun ? found?.run.every : undefined) ?? usualEvery(steps)
      return pipe(
        writeIfChanged(specFile, description.spec),
        TE.chain(() => writeIfChanged(runFile, runText(description, steps, chosen))),
        TE.bimap(issueOfRun, () => chosen)
      )
    })
  )
}

/**
 * Opens the folder of a run, whose lock this process has. Right: where to go on; the journal ends there. Left: the folder is
 * of another run, every difference named, or its files cannot be read.
 */
export const openSession = (folder: string, plan: Plan): TE.TaskEither<Issues, Session> =>
  pipe(
    TE.Do,
    TE.bind('every', () => described(folder, plan)),
    TE.bind('latest', () => latestOf(folder, plan.spec)),
    TE.chain(({ every, latest }) => {
      const step = latest === undefined ? 0 : countAt(latest.state.step)
      const journalFile = `${folder}/${files.metrics}`
      return pipe(
        ifThere(readJournal(journalFile)),
        // A first line that is none was cut off by a kill before the first checkpoint.
        TE.orElse((problem) => (latest === undefined ? TE.right(undefined) : TE.left(problem))),
        TE.map((journal) => cutAt(journal?.entries ?? [], latest === undefined ? -1 : step, step >= plan.steps)),
        TE.chainFirst((entries) => writeJournal(journalFile, { heading: headingOf(plan), entries })),
        TE.chainFirst((entries) => tidied(folder, latest === undefined ? -1 : step, plan.keep, entries.some(isEnding))),
        TE.bimap(issueOfRun, (entries): Session => ({
          state: latest?.state,
          step,
          every,
          meter: meterFromText(latest?.metadata['meter']),
          entries,
          isEnded: entries.some(isEnding),
          warnings: latest?.warnings ?? []
        }))
      )
    })
  )

/** Files that say what a run came to: of one that goes on they are out of date. */
const conclusions: readonly string[] = [files.summary, files.picture, files.report]

/** Removes what is of no use: halves of files, pictures of steps that are to be done again, checkpoints beyond those kept. */
const tidied = (folder: string, step: number, keep: number, isEnded: boolean): TE.TaskEither<FileIssue, unknown> =>
  pipe(
    [folder, `${folder}/${folders.samples}`, `${folder}/${folders.interrupted}`, `${folder}/${folders.checkpoints}`],
    TE.traverseArray((one) => removeThose(one, isUnfinished)),
    TE.chain(() => removeThose(folder, (name) => !isEnded && conclusions.includes(name))),
    TE.chain(() => removeThose(`${folder}/${folders.samples}`, (name) => (stepOfPicture(name) ?? -1) > step)),
    TE.chain(() => ifThere(tidyCheckpoints(`${folder}/${folders.checkpoints}`, keep)))
  )

/** Tells whether a run's report, the last of its files, is there. */
export const isConcluded = (folder: string): TE.TaskEither<Issues, boolean> =>
  pipe(
    namesIn(folder),
    TE.bimap(issueOfRun, (names) => names.includes(files.report))
  )

/** Makes the folder of a run. */
export const makeFolder = (folder: string): TE.TaskEither<Issues, void> => TE.mapLeft(issueOfRun)(makeDirectory(folder))
