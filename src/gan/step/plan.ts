import type { Aval } from '../../tensor/tensor.ts'
import type { TracedSpec } from '../check/validate.ts'
import { labelsAval } from '../game/labels.ts'
import type { Spec } from '../game/spec.ts'
import { phasesOf } from '../game/spec.ts'
import type { InitialMemories, State } from './state.ts'
import { initialShapes } from './state.ts'

/** Says what a step is fed, what its terms remember, and which shapes data and state have. */
export interface StepPlan {
  /** Of one minibatch, [B, ...]. */
  readonly real: Aval
  /** What each minibatch of each phase is for, in the order in which they are used. */
  readonly evaluations: readonly {
    /** Whether some term that is evaluated on it reads data. */
    readonly usesReal: boolean
    /** Random values beside it, by name. */
    readonly draws: Readonly<Record<string, Aval>>
  }[]
  readonly memories: InitialMemories
  /** Shapes of the state: its tensors have no numbers. */
  readonly state: State
}

/** Counts the minibatches that a step takes. */
export const batchesPerStep = ({ evaluations }: StepPlan): number =>
  evaluations.filter(({ usesReal }) => usesReal).length

const joined = <A>(records: readonly Readonly<Record<string, A>>[]): Readonly<Record<string, A>> =>
  Object.fromEntries(records.flatMap((record) => Object.entries(record)))

/** Puts together, phase by phase, what the terms that it evaluates were seen to read and to draw. */
export const planOf = (spec: Spec, { minibatch: minibatch, terms }: TracedSpec, batchSize: number): StepPlan => {
  const { labels } = spec
  const areDrawn = labels !== undefined && labels.fakes !== 'data'
  const common = { latent: minibatch.latent, ...(areDrawn ? { fakeLabels: labelsAval(labels, batchSize) } : {}) }
  const memories: InitialMemories = Object.fromEntries(
    Object.keys(spec.networks).map((player) => [
      player,
      joined(terms.filter((term) => term.player === player).map(({ recalls }) => recalls))
    ])
  )
  return {
    real: minibatch.fake,
    evaluations: phasesOf(spec).flatMap(({ evaluates, minibatches }) => {
      const own = terms.filter(({ player }) => evaluates.includes(player))
      const evaluation = {
        usesReal: own.some(({ readsReal }) => readsReal) || labels?.fakes === 'data',
        draws: joined([common, ...own.map(({ draws }) => draws)])
      }
      return Array.from({ length: minibatches }, () => evaluation)
    }),
    memories,
    state: initialShapes(spec, memories)
  }
}
