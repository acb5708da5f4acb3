import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import type { Dataset } from '../../data/dataset.ts'
import { drawn } from '../../data/formats/drawn.ts'
import { openDataset } from '../../data/openDataset.ts'
import type { Issues } from '../../gan/check/issue.ts'
import type { Signal } from '../../gan/train/signal.ts'
import { issueOfRun } from '../issueOfRun.ts'
import { train } from '../train.ts'
import { runPath } from './folder.ts'
import type { Job } from './job.ts'
import { inside } from './paths.ts'
import type { LoadModule } from './specOf.ts'
import { specOf } from './specOf.ts'

/** Says where a worker finds what runs are made of, and puts what they come to. */
export interface Place {
  /** The folder of the sweep. */
  readonly folder: string
  /** The folder in which modules of specs lie. */
  readonly modules: string
  /** The folder in which data lie; without one, paths of data are taken as they are. */
  readonly data?: string
}

/** Says what became of a run. `busy`: another worker is at it. */
export type Outcome =
  { readonly ended: 'done' | 'aborted' } | { readonly ended: 'failed' | 'busy'; readonly issues: Issues }

export interface RunJobOptions {
  readonly load: LoadModule
  readonly signal?: Signal
  readonly onStep?: (step: number) => void
}

const dataOf = ({ data }: Job, { data: folder }: Place): TE.TaskEither<Issues, Dataset> =>
  pipe(
    folder === undefined || Object.hasOwn(drawn, data) ? TE.right(data) : inside(folder, data),
    TE.chain((found) => pipe(openDataset(found), TE.mapLeft(issueOfRun)))
  )

/** Does one run of a sweep, or goes on with it, in its own folder: to the bits of the run alone, whoever began it. */
export const runJob =
  (job: Job, place: Place, { load, signal, onStep }: RunJobOptions): (() => Promise<Outcome>) =>
  async () => {
    const { batchSize, steps, seed, engine, every } = job
    const result = await pipe(
      TE.Do,
      TE.bind('folder', () => inside(place.folder, runPath(job))),
      TE.bind('found', () => specOf(job, place.modules, load)),
      TE.bind('data', () => dataOf(job, place)),
      TE.chain(({ folder, found, data }) =>
        train(folder, {
          spec: found.spec,
          data,
          batchSize,
          steps,
          seed,
          engine,
          ...(every !== undefined && { every }),
          ...(found.origin !== undefined && { origin: found.origin }),
          ...(signal !== undefined && { signal }),
          ...(onStep !== undefined && { onStep: (step) => { onStep(step) } }) // prettier-ignore
        })
      )
    )()
    if (E.isRight(result)) return { ended: result.right.stopped === 'aborted' ? 'aborted' : 'done' }
    const isBusy = result.left.some(({ _tag }) => _tag === 'Busy')
    return { ended: isBusy ? 'busy' : 'failed', issues: result.left }
  }
