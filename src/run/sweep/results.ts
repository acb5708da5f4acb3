/** What the runs of a sweep came to: one each, read from their folders, so that none is missed and none counts twice. */
import { pipe } from '#fp-ts/function'
import type * as T from '#fp-ts/Task'
import * as TE from '#fp-ts/TaskEither'
import { readText } from '../../io/files.ts'
import { isRecord } from '../../tensor/tree.ts'
import { files as runFiles } from '../folder.ts'
import type { Journal, Look } from '../journal.ts'
import { isEnding, isLook, isMeans, readJournal } from '../journal.ts'
import type { Sweep } from './folder.ts'
import { failurePath, runPath } from './folder.ts'
import type { Job } from './job.ts'

/** `begun`: it has come as far as its folder says, and goes on when somebody takes it. */
export type Status = 'waiting' | 'begun' | 'done' | 'failed'

/** What one run came to. */
export interface Result {
  readonly job: Job
  readonly status: Status
  /** The last step of which its folder tells. */
  readonly step: number
  /** The last scores of samples, then the last means of figures, by name. */
  readonly figures: Readonly<Record<string, number | null>>
  /** The scores of samples at each step at which they were looked at. */
  readonly looks: readonly Pick<Look, 'step' | 'scores'>[]
  /** Why it failed. */
  readonly why?: string
}

const statusOf = (journal: Journal | undefined, failure: string | undefined): Status => {
  const ending = journal?.entries.findLast(isEnding)
  if (ending !== undefined && ending.ended !== 'failed') return 'done'
  if (failure !== undefined || ending !== undefined) return 'failed'
  return journal === undefined ? 'waiting' : 'begun'
}

/** Makes the result of a run of what is in its folder. */
export const resultIn = (job: Job, journal: Journal | undefined, failure: string | undefined): Result => {
  const entries = journal?.entries ?? []
  const scores = entries.findLast(isLook)?.scores ?? {}
  const means = entries.findLast(isMeans)?.figures ?? {}
  const status = statusOf(journal, failure)
  const why = failure ?? entries.findLast(isEnding)?.why
  return {
    job,
    status,
    step: entries.at(-1)?.step ?? 0,
    figures: { ...means, ...scores },
    looks: entries.filter(isLook).map((look) => ({ step: look.step, scores: look.scores })),
    ...(status === 'failed' && why !== undefined && { why })
  }
}

const orNothing = <A>(read: TE.TaskEither<unknown, A>): T.Task<A | undefined> =>
  pipe(
    read,
    TE.match(
      () => undefined,
      (found): A | undefined => found
    )
  )

const failureIn = (text: string): string => {
  try {
    const read: unknown = JSON.parse(text)
    if (isRecord(read) && typeof read['why'] === 'string') return read['why']
  } catch {
    // It is told below.
  }
  return 'a failure that was not written down'
}

/** Reads the result of a run. */
export const resultOf =
  (folder: string, job: Job): T.Task<Result> =>
  async () => {
    const journal = await orNothing(readJournal(`${folder}/${runPath(job)}/${runFiles.metrics}`))()
    const failure = await orNothing(readText(`${folder}/${failurePath(job)}`))()
    return resultIn(job, journal, failure === undefined ? undefined : failureIn(failure))
  }

/** Reads the results of all runs, in the order of the sweep; a few folders at a time. */
export const resultsOf =
  (folder: string, { jobs }: Sweep): T.Task<readonly Result[]> =>
  async () => {
    const found: Result[] = []
    for (let at = 0; at < jobs.length; at += 32)
      found.push(...(await Promise.all(jobs.slice(at, at + 32).map((job) => resultOf(folder, job)()))))
    return found
  }
