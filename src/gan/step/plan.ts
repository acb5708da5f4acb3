import type { Aval } from '../../tensor/tensor.ts'
import type { TracedSpec } from '../check/validate.ts'
import type { Spec } from '../game/spec.ts'
import { phasesOf } from '../game/spec.ts'
import type { InitialMemories, State } from './state.ts'
import { initialShapes } from './state.ts'

/** Says what a step is fed, what its terms remember, and which shapes data and state have. */
export interface StepPlan {
  /** Of one minibatch, [B, ...]. */
  readonly real: Aval
  readonly phases: readonly {
    readonly players: readonly string[]
    /** Whether some term of it reads data. */
    readonly usesReal: boolean
    /** Random values of it, by name. */
    readonly draws: Readonly<Record<string, Aval>>
  }[]
  readonly memories: InitialMemories
  /** Shapes of the state: its tensors have no numbers. */
  readonly state: State
}

/** Counts the minibatches that a step takes. */
export const batchesPerStep = ({ phases }: StepPlan): number => phases.filter(({ usesReal }) => usesReal).length

const joined = <A>(records: readonly Readonly<Record<string, A>>[]): Readonly<Record<string, A>> =>
  Object.fromEntries(records.flatMap((record) => Object.entries(record)))

/** Puts together, phase by phase, what the terms of the players that move in it were seen to read and to draw. */
export const planOf = (spec: Spec, { minibatch: minibatch, terms }: TracedSpec, batchSize: number): StepPlan => {
  const labels: Aval = { shape: [batchSize], dtype: 'int32' }
  const common = { latent: minibatch.latent, ...(spec.labels === undefined ? {} : { fakeLabels: labels }) }
  const memories: InitialMemories = Object.fromEntries(
    Object.keys(spec.networks).map((player) => [
      player,
      joined(terms.filter((term) => term.player === player).map(({ recalls }) => recalls))
    ])
  )
  return {
    real: minibatch.fake,
    phases: phasesOf(spec).map((players) => {
      const own = terms.filter(({ player }) => players.includes(player))
      return {
        players,
        usesReal: own.some(({ readsReal }) => readsReal),
        draws: joined([common, ...own.map(({ draws }) => draws)])
      }
    }),
    memories,
    state: initialShapes(spec, memories)
  }
}
