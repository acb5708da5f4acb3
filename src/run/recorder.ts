import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Issues } from '../gan/check/issue.ts'
import { issue } from '../gan/check/issue.ts'
import type { State } from '../gan/step/state.ts'
import { countAt } from '../gan/step/state.ts'
import type { Figures } from '../gan/train/figures.ts'
import type { Measurement } from '../gan/train/probe.ts'
import { save } from '../io/checkpoint.ts'
import { makeDirectory, removeDirectory, writeAtomically } from '../io/files.ts'
import { files, folders, pictureAt } from './folder.ts'
import { issueOfRun } from './issueOfRun.ts'
import type { Ending, Entry, Look } from './journal.ts'
import { addEntries, isLook, isMeasured, measuredOf } from './journal.ts'
import type { Lock } from './lock.ts'
import type { Looks } from './looks.ts'
import { means, measured, meterToText } from './meter.ts'
import type { Session } from './session.ts'

/** Writes down what a run does, in an order in which a kill at any moment leaves something to go on from. */
export interface Recorder {
  /** Hears of a step that is done. */
  readonly step: (step: number, figures: Figures) => void
  /** Hears of what a probe measured. */
  readonly measurement: (measurement: Measurement) => void
  /** Looks at a state and saves it: the journal and the picture first, since the checkpoint says that they are there. */
  readonly look: (state: State) => TE.TaskEither<Issues, Look>
  /** Saves a state between two checkpoints. */
  readonly interrupt: (state: State) => TE.TaskEither<Issues, void>
  readonly end: (ending: Ending) => TE.TaskEither<Issues, void>
  /** The last figures of samples. */
  readonly last: () => Look | undefined
}

export interface Recording {
  readonly folder: string
  readonly lock: Lock
  readonly looks: Looks
  readonly keep: number
  /** Steps from one line of means to the next. */
  readonly lineEvery: number
}

const stillOurs = ({ folder, lock }: Recording): TE.TaskEither<Issues, void> =>
  pipe(
    TE.fromTask<boolean, Issues>(() => lock.isHeld()),
    TE.chain((held) =>
      held
        ? TE.right(undefined)
        : TE.left([
            issue(
              'Busy',
              [`${folder}/${files.lock}`],
              'the lock of this process',
              'that of another one, or none',
              'Run one at a time'
            )
          ])
    )
  )

export const recorderOf = (recording: Recording, { meter: before, entries }: Session): Recorder => {
  const { folder, looks, keep, lineEvery } = recording
  let meter = before
  let pending: Entry[] = []
  let last = entries.findLast(isLook)
  const metadata = (): { readonly meter: string } => ({ meter: meterToText(meter) })
  const flushed = (...more: readonly Entry[]): TE.TaskEither<Issues, void> => {
    const lines = [...pending, ...more]
    pending = []
    return pipe(addEntries(`${folder}/${files.metrics}`, lines), TE.mapLeft(issueOfRun))
  }
  return {
    step: (step, figures) => {
      meter = measured(meter, figures)
      if (step % lineEvery > 0) return
      pending.push({ step, figures: means(meter) })
      meter = {}
    },
    measurement: (measurement) => {
      // A run that goes on before its first step measures anew what it has written down.
      const isKnown = (entry: Entry): boolean =>
        isMeasured(entry) && entry.step === measurement.step && entry.probe === measurement.probe
      if (!entries.some(isKnown)) pending.push(measuredOf(measurement))
    },
    look: (state) => {
      const step = countAt(state.step)
      const file = pictureAt(step)
      return pipe(
        stillOurs(recording),
        TE.chain(() => looks.at(state)),
        TE.chain(({ scores, picture }) => {
          const look: Look = { step, scores, ...(picture === undefined ? {} : { samples: file }) }
          return pipe(
            picture === undefined
              ? TE.right(undefined)
              : pipe(
                  makeDirectory(`${folder}/${folders.samples}`),
                  TE.chain(() => writeAtomically(`${folder}/${file}`, picture))
                ),
            TE.mapLeft(issueOfRun),
            TE.chain(() => flushed(look)),
            TE.chain(() =>
              save(`${folder}/${folders.checkpoints}`, state, { keep, metadata: metadata(), ...scoreOf(look) })
            ),
            TE.chain(() => TE.mapLeft(issueOfRun)(removeDirectory(`${folder}/${folders.interrupted}`))),
            TE.map(() => {
              last = look
              return look
            })
          )
        })
      )
    },
    interrupt: (state) =>
      pipe(
        stillOurs(recording),
        TE.chain(() => flushed()),
        TE.chain(() => save(`${folder}/${folders.interrupted}`, state, { keep: 1, metadata: metadata() })),
        TE.map(() => undefined)
      ),
    end: (ending) => flushed(ending),
    last: () => last
  }
}

/** How good a state is, as far as the figures of its samples tell: how many modes it has, then how well it hits them. */
const scoreOf = ({ scores }: Look): { readonly score?: number } => {
  const { modes, 'high quality': quality } = scores
  return typeof modes === 'number' && typeof quality === 'number' ? { score: modes + quality } : {}
}
