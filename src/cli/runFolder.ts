/** Folders of runs, as commands take them. */
import { resolve } from 'node:path'
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Dataset } from '../data/dataset.ts'
import type { Spec } from '../gan/game/spec.ts'
import type { State } from '../gan/step/state.ts'
import { specFromJson } from '../gan/json/specJson.ts'
import { listFiles, readText, removeDirectory, removeFile } from '../io/files.ts'
import type { Written } from '../run/description.ts'
import { readRun } from '../run/description.ts'
import { files, folders } from '../run/folder.ts'
import { acquire } from '../run/lock.ts'
import { latestOf } from '../run/session.ts'
import { isRecord } from '../tensor/tree.ts'
import type { Work } from './cli.ts'
import { cannot, ofFile, ofIssues } from './cli.ts'
import { openNamed } from './spec/openNamed.ts'
import { moduleSpec } from './spec/moduleSpec.ts'

/** Tells whether a folder holds a run. */
export const isRun = (folder: string): Work<boolean> =>
  pipe(
    listFiles(folder, () => false),
    TE.map((names) => names.includes(files.run)),
    TE.orElse((issue): Work<boolean> => (issue._tag === 'Missing' ? TE.right(false) : TE.left(ofFile(issue))))
  )

/** Files by which the folder stays that of a run. */
const kept: readonly string[] = [files.lock, files.run, files.spec]

/** Removes what a run has come to: its folder is that of a run which is yet to begin. Whatever else lies in it stays. */
export const removeRun = (folder: string): Work =>
  pipe(
    acquire(`${folder}/${files.lock}`),
    TE.chain((lock) =>
      pipe(
        Object.values(folders),
        TE.traverseArray((name) => removeDirectory(`${folder}/${name}`)),
        TE.chain(() =>
          pipe(
            Object.values(files).filter((name) => !kept.includes(name)),
            TE.traverseArray((name) => removeFile(`${folder}/${name}`))
          )
        ),
        TE.chainFirstTaskK(() => () => lock.release())
      )
    ),
    TE.bimap(ofFile, () => undefined)
  )

/** Holds a run that is read, at its latest state. */
export interface OpenRun {
  readonly folder: string
  readonly spec: Spec
  readonly run: Written
  readonly state: State
}

/** Reads a spec of spec.json: the spec itself, or the module that it names. */
const specIn = (folder: string, text: string): Work<Spec> => {
  const read = specFromJson(text)
  if (E.isRight(read)) return TE.right(read.right)
  const other: unknown = JSON.parse(text)
  const { module, settings } = isRecord(other) ? other : {}
  return typeof module === 'string'
    ? pipe(
        moduleSpec(resolve(module), isRecord(settings) ? settings : {}),
        TE.map(({ spec }) => spec)
      )
    : TE.left(cannot(`${folder}/${files.spec}: ${ofIssues(read.left).message}`))
}

/** Opens a run at its latest checkpoint. */
export const openRun = (folder: string): Work<OpenRun> =>
  pipe(
    TE.Do,
    TE.bind('run', () => TE.mapLeft(ofFile)(readRun(`${folder}/${files.run}`))),
    TE.bind('text', () => TE.mapLeft(ofFile)(readText(`${folder}/${files.spec}`))),
    TE.bind('spec', ({ text }) => specIn(folder, text)),
    TE.bind('latest', ({ spec }) => TE.mapLeft(ofIssues)(latestOf(folder, spec))),
    TE.chain(({ run, spec, latest }) =>
      latest === undefined
        ? TE.left(cannot(`${folder}: this run has no checkpoint yet.`))
        : TE.right({ folder, run, spec, state: latest.state })
    )
  )

/** Opens the data of a run, or others that are named. */
export const dataOf = ({ run }: OpenRun, named: string | undefined): Work<Dataset> =>
  openNamed(named ?? run.data, run.shape)
