import * as E from '#fp-ts/Either'
import type { Batch } from '../step/batch.ts'
import type { Issues } from '../check/issue.ts'
import type { State } from '../step/state.ts'
import { countAt } from '../step/state.ts'
import type { Trainer } from '../step/trainer.ts'

/** Says which state a training reached. */
export interface Reached {
  readonly state: State
  /** Steps of this training that lie before it. */
  readonly done: number
}

/** Keeps a sound state and the minibatches of the steps since, so that any of these steps can be done once more. */
export interface RecoveryPoint extends Reached {
  /** Milliseconds that it took to copy. */
  readonly cost: number
  /** The minibatches of each step since. */
  readonly fed: readonly (readonly Batch[])[]
  /** Milliseconds of training since. */
  readonly age: number
}

/** Training goes on this many times as long as a copy of the state takes before the next copy is made. */
const patience = 20

/** Tells whether training has gone on for long enough to be worth a new copy. */
export const isStale = ({ cost, age }: RecoveryPoint): boolean => age >= patience * cost

/** Tells whether steps were given minibatches, where a sampler may have drawn them. */
export const isFed = (fed: RecoveryPoint['fed']): boolean => fed.some((batches) => batches.length > 0)

/** Makes the recovery point of a training that begins with that state. */
export const recoveryPointAt = (state: State): RecoveryPoint => ({ state, done: 0, cost: 0, fed: [], age: 0 })

/** Copies the state of a trainer whose training began after `first` cycles. */
export const recoveryPointOf = async (trainer: Trainer, first: number): Promise<E.Either<Issues, RecoveryPoint>> => {
  const from = Date.now()
  const state = await trainer.snapshot()()
  return E.map((copied: State) => ({
    ...recoveryPointAt(copied),
    done: countAt(copied.step) - first,
    cost: Date.now() - from
  }))(state)
}

/** Remembers the minibatches of further steps, which took so many milliseconds. */
export const replayable = (
  point: RecoveryPoint,
  fed: readonly (readonly Batch[])[],
  milliseconds: number
): RecoveryPoint => ({ ...point, fed: [...point.fed, ...fed], age: point.age + milliseconds })
