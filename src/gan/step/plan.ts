import * as E from '#fp-ts/Either'
import type { Aval } from '../../tensor/tensor.ts'
import { cycle } from './cycle.ts'
import type { Example } from '../check/examine.ts'
import { attempt, observe } from '../check/examine.ts'
import type { Issue } from '../check/issue.ts'
import { issue } from '../check/issue.ts'
import type { Spec } from '../game/spec.ts'
import { phasesOf } from '../game/spec.ts'
import type { InitialMemories, State } from './state.ts'
import { initialShapes } from './state.ts'

/** What tracing a whole cycle teaches: what a step is fed, what its terms remember, and how data look. */
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

/** How many minibatches a step takes. */
export const batchesPerStep = ({ phases }: StepPlan): number => phases.filter(({ usesReal }) => usesReal).length

const avalOf = ({ shape, dtype }: Aval): Aval => ({ shape, dtype })

const unrecalled = (
  remembered: Readonly<Record<string, readonly string[]>>,
  memories: InitialMemories
): readonly Issue[] =>
  Object.entries(remembered).flatMap(([player, names]) =>
    [...new Set(names)]
      .filter((name) => memories[player]?.[name] === undefined)
      .map((name) =>
        issue(
          'TermFailed',
          ['memories', player, name],
          'a term that recalls what it remembers',
          `remember('${name.slice(name.lastIndexOf('/') + 1)}', ...) without recall of that name`,
          'recall(name, initial) says what the memory is before the first step'
        )
      )
  )

/** Traces the whole cycle of a spec whose parts are sound. */
export const planOf = (spec: Spec, stage: Example, batchSize: number): E.Either<readonly Issue[], StepPlan> => {
  const usesReal = new Set<number>()
  const draws = new Map<number, Record<string, Aval>>()
  const memories: Record<string, Record<string, number>> = {}
  const remembered: Record<string, string[]> = {}
  const traced = attempt('TermFailed', ['update'], () => {
    observe(stage, ({ state, real, labels }) => {
      cycle(spec, state, {
        batchSize,
        batch: () => (labels === undefined ? { real } : { real, labels }),
        observer: {
          onReal: (phase) => usesReal.add(phase),
          onDraw: (phase, name, value) => draws.set(phase, { ...draws.get(phase), [name]: avalOf(value) }),
          onRecall: (player, name, value) => {
            memories[player] = { ...memories[player], [name]: value }
          },
          onRemember: (player, name) => {
            ;(remembered[player] ??= []).push(name)
          }
        }
      })
    })
    return phasesOf(spec)
  })
  if (E.isLeft(traced)) return E.left([traced.left])
  const issues = unrecalled(remembered, memories)
  return issues.length > 0
    ? E.left(issues)
    : E.right({
        real: avalOf(stage.real),
        phases: traced.right.map((players, phase) => ({
          players,
          usesReal: usesReal.has(phase),
          draws: draws.get(phase) ?? {}
        })),
        memories,
        state: initialShapes(spec, memories)
      })
}
