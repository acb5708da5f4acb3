import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import type { EngineFault, ResidentStep } from '../transform/compileStep.ts'
import type { Batch, Metrics } from './cycle.ts'
import type { Issue } from './issue.ts'
import type { State } from './state.ts'
import type { Compiled, Feed, Variants } from './variants.ts'

/** A state that lives in an engine, advanced in place. */
export interface Trainer {
  /** `steps` cycles; `batches(i)` gives those of the i-th, and `onStep` sees its metrics. */
  readonly advance: (
    steps: number,
    options?: {
      readonly batches?: (step: number) => readonly Batch[]
      readonly onStep?: (step: number, metrics: Metrics) => void
    }
  ) => TE.TaskEither<EngineFault, void>
  /** A copy of the state as it is. */
  readonly snapshot: () => TE.TaskEither<EngineFault, State>
  readonly dispose: () => void
}

const asFault = (of: Issue): EngineFault => ({
  _tag: 'NotSupported',
  engine: of.path.join('.'),
  expected: of.expected,
  actual: of.actual,
  hint: of.hint
})

/** A trainer over the variants: the state moves to another executable only where the entries that count change. */
export const trainerOf = (variants: Variants, initial: State): TE.TaskEither<EngineFault, Trainer> => {
  type Place = { key: string; resident: ResidentStep<State, Feed, Metrics> }
  const settle = (key: string, build: () => TE.TaskEither<Issue, Compiled>, state: State): TE.TaskEither<EngineFault, Place> =>
    pipe(
      build(),
      TE.mapLeft(asFault),
      TE.chain((compiled) => compiled.resident(state)),
      TE.map((resident) => ({ key, resident }))
    )
  const first = Number(initial.step.data[0])
  const { key, build } = variants.at(first)
  return pipe(
    settle(key, build, initial),
    TE.map((start): Trainer => {
      let place = start
      let step = first
      const moveTo = (next: ReturnType<Variants['at']>): TE.TaskEither<EngineFault, void> =>
        next.key === place.key
          ? TE.right(undefined)
          : pipe(
              place.resident.snapshot(),
              TE.chain((state) => settle(next.key, next.build, state)),
              TE.map((moved) => {
                place.resident.dispose()
                place = moved
              })
            )
      const run = (count: number, offset: number, job: Parameters<Trainer['advance']>[1] = {}): TE.TaskEither<EngineFault, void> =>
        pipe(
          moveTo(variants.at(step)),
          TE.chain(() =>
            place.resident.advance({
              steps: count,
              feed: (i) => ({ batches: job.batches?.(offset + i) ?? [], draws: [] }),
              ...(job.onStep === undefined ? {} : { onStep: (i, metrics) => { job.onStep!(offset + i, metrics) } })
            })
          ),
          TE.map(() => {
            step += count
          })
        )
      return {
        advance: (steps, job) => async () => {
          for (let done = 0; done < steps; ) {
            const here = variants.at(step).key
            let count = 1
            while (done + count < steps && variants.at(step + count).key === here) count++
            const result = await run(count, done, job)()
            if (E.isLeft(result)) return result
            done += count
          }
          return E.right(undefined)
        },
        snapshot: () => place.resident.snapshot(),
        dispose: () => { place.resident.dispose() }
      }
    })
  )
}
