/** The files of checkpoints in a directory: `step-000001200.score0.75.safetensors`. */
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from './fileIssue.ts'
import { listFiles, removeFile } from './files.ts'

const named = /^step-(\d{9,})(?:\.score(-?[\d.e+-]+))?\.safetensors$/
/** What a process that was killed while it wrote leaves behind. */
const unfinished = /^\.step-.*\.tmp$/

export interface Entry {
  readonly name: string
  readonly step: number
  readonly score: number | undefined
}

/** Reads what the name of a file says. The score is in the name, so that none has to be opened to find the best. */
const entryOf = (name: string): readonly Entry[] => {
  const [, step, score] = named.exec(name) ?? []
  return step === undefined
    ? []
    : [{ name, step: Number(step), score: score === undefined ? undefined : Number(score) }]
}

/** Names the file of a checkpoint. */
export const checkpointName = (step: number, score: number | undefined): string =>
  `step-${String(step).padStart(9, '0')}${score === undefined ? '' : `.score${String(score)}`}.safetensors`

/** Lists the checkpoints of a directory, the latest first. */
export const entriesIn = (directory: string): TE.TaskEither<FileIssue, readonly Entry[]> =>
  pipe(
    listFiles(directory, () => false),
    TE.map((names) => names.flatMap(entryOf).toSorted((a, b) => b.step - a.step))
  )

/** Names what may go once so many are kept: all but the latest and the best. */
const superfluous = (entries: readonly Entry[], keep: number): readonly Entry[] => {
  const best = Math.max(...entries.map(({ score }) => score ?? -Infinity))
  const isBest = entries.findIndex(({ score }) => score === best)
  return entries.filter((_, i) => i >= keep && i !== isBest)
}

/** Removes all but the latest and the best, and what a killed process left unfinished. */
export const tidyCheckpoints = (directory: string, keep: number): TE.TaskEither<FileIssue, void> =>
  pipe(
    listFiles(directory, () => false),
    TE.map((names) => [
      ...superfluous(
        names.flatMap(entryOf).toSorted((a, b) => b.step - a.step),
        keep
      ).map(({ name }) => name),
      ...names.filter((name) => unfinished.test(name))
    ]),
    TE.chain(TE.traverseArray((name) => removeFile(`${directory}/${name}`))),
    TE.map(() => undefined)
  )
