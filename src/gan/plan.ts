import * as E from '#fp-ts/Either'
import { traceInto } from '../program/trace.ts'
import { drawShape, sizeOf } from '../tensor/shape.ts'
import type { Aval, Tensor } from '../tensor/tensor.ts'
import { staged } from '../transform/staged.ts'
import { reaches } from '../transform/reach.ts'
import { foldIn } from '../random/key.ts'
import { cycle } from './cycle.ts'
import type { Issue } from './issue.ts'
import { issue, issueOf } from './issue.ts'
import type { Entry } from './objective.ts'
import { named } from './objective.ts'
import type { Network, Play } from './play.ts'
import { createPlay } from './play.ts'
import type { Spec } from './spec.ts'
import { objectiveOf } from './spec.ts'
import type { InitialMemories, State } from './state.ts'
import { initialState } from './state.ts'

/** What tracing a spec once teaches: what a step is fed, what its terms remember, and how data look. */
export interface Plan {
  /** Of one minibatch, [B, ...]. */
  readonly real: Aval
  readonly phases: readonly { readonly players: readonly string[]; readonly usesReal: boolean; readonly draws: Readonly<Record<string, Aval>> }[]
  readonly memories: InitialMemories
}

/** How many minibatches a step takes. */
export const batchesPerStep = ({ phases }: Plan): number => phases.filter(({ usesReal }) => usesReal).length

const attempt = <A>(tag: Issue['_tag'], path: Issue['path'], f: () => A): E.Either<Issue, A> =>
  E.tryCatch(f, (cause) => issueOf(tag, path, cause))

const avalOf = ({ shape, dtype }: Aval): Aval => ({ shape, dtype })

/** A tensor of a shape without numbers worth reading, for tracing. */
const blank = (aval: Aval): Tensor => ({
  ...avalOf(aval),
  data: aval.dtype === 'int32' ? new Int32Array(sizeOf(aval.shape)) : new Float32Array(sizeOf(aval.shape))
})

/** Runs `f` on traced stand-ins of `tree`'s leaves and forgets the program: only what f observes counts. */
const observe = <T>(tree: T, f: (tree: T) => void): void => {
  staged<readonly unknown[], unknown>('Gan.validate', [tree], (graph, values) => {
    traceInto(graph, [], () => f(values[0] as T), 'Gan.validate')
    return []
  })
}

/** The networks as a play sees them, at a state, with one player's parameters in place of its own. */
const networksAt = (spec: Spec, state: State, player?: string, params?: unknown): Readonly<Record<string, Network>> =>
  Object.fromEntries(
    Object.entries(spec.networks).map(([name, net], i) => {
      const { params: own, layers } = state.players[name]!
      const given = name === player ? params : own
      return [
        name,
        (x, labels) => net.apply({ params: given, state: layers, key: foldIn(state.key, i), training: true, labels }, x as Tensor)[0]
      ]
    })
  )

const labelsOf = (spec: Spec, batchSize: number): Tensor | undefined =>
  spec.labels === undefined ? undefined : blank({ shape: [batchSize], dtype: 'int32' })

/** Shapes of a fake minibatch and of the scores of it, or what is wrong with them. */
const examineNetworks = (spec: Spec, state: State, batchSize: number): E.Either<Issue, Aval> => {
  let fake: Aval | undefined
  const labels = labelsOf(spec, batchSize)
  return attempt('NetworkFailed', ['generator'], () => {
    observe(state, (s) => {
      fake = avalOf(networksAt(spec, s)['generator']!(spec.prior.sample(s.key, batchSize), labels))
    })
    return fake!
  })
}

const examineEntry = (
  spec: Spec,
  state: State,
  player: string,
  { entry, index }: { readonly entry: Entry; readonly index: number },
  batchSize: number,
  real: Aval
): readonly Issue[] => {
  const path = [player, index < (spec.loss?.objectives[player]?.length ?? 0) ? 'loss' : 'regularizers', entry.name]
  const labels = labelsOf(spec, batchSize)
  const value = (s: State, params: unknown): Tensor => {
    const play: Play = createPlay({
      networks: networksAt(spec, s, player, params),
      real: () => blank(real),
      latent: spec.prior.sample(s.key, batchSize),
      ...(labels === undefined ? {} : { realLabels: () => labels }),
      fakeLabels: labels,
      key: s.key,
      step: s.step
    })(entry.name, index)
    return entry.term(play)
  }
  let scalar: Aval | undefined
  let moves = false
  const traced = attempt('TermFailed', path, () => {
    observe(state, (s) => {
      moves = reaches((params) => (scalar = value(s, params)), s.players[player]!.params)
    })
  })
  if (E.isLeft(traced)) return [traced.left]
  if (scalar?.shape.length !== 0 || scalar.dtype !== 'float32')
    return [
      issue('NotScalar', path, 'a float32 scalar, shape []', `${scalar?.dtype ?? 'nothing'}${drawShape(scalar?.shape ?? [])}`, 'Take the mean over samples')
    ]
  return moves
    ? []
    : [
        issue(
          'NoGradient',
          path,
          `a term whose gradient reaches the parameters of ${player}`,
          'one that does not depend on them in a differentiable way: it would do nothing',
          'Check for stopGradient, for a term given to the wrong player, and for gradients taken with respect to a constant'
        )
      ]
}

/** Traces all of a valid spec's parts, collecting every problem, and plans the step. */
export const examine = (spec: Spec, batchSize: number): E.Either<readonly Issue[], Plan> => {
  const initial = attempt('NetworkFailed', ['networks'], () => initialState(spec, {}, 0))
  if (E.isLeft(initial)) return E.left([initial.left])
  const state = initial.right
  const fake = examineNetworks(spec, state, batchSize)
  if (E.isLeft(fake)) return E.left([fake.left])
  const real = fake.right
  const scored = attempt('Misfit', ['discriminator'], () => {
    const labels = labelsOf(spec, batchSize)
    observe(state, (s) => {
      const play = createPlay({ networks: networksAt(spec, s), real: () => blank(real), latent: s.key, key: s.key, step: s.step })
      if (needsTensorCritic(spec)) play('scores', 0).D(blank(real), labels)
    })
  })
  if (E.isLeft(scored)) return E.left([scored.left])
  const issues = Object.keys(spec.networks).flatMap((player) =>
    named(objectiveOf(spec, player)).flatMap((entry, index) => examineEntry(spec, state, player, { entry, index }, batchSize, real))
  )
  if (issues.length > 0) return E.left(issues)
  const planned = attempt('TermFailed', ['update'], () => planOf(spec, state, batchSize, real))
  return E.isLeft(planned) ? E.left([planned.left]) : E.right(planned.right)
}

/** With two players the critic sees what the generator makes; with more, the loss decides what it sees. */
const needsTensorCritic = (spec: Spec): boolean => Object.keys(spec.networks).length === 2

const planOf = (spec: Spec, state: State, batchSize: number, real: Aval): Plan => {
  const players = spec.update.phases(Object.keys(spec.networks).sort())
  const usesReal = new Set<number>()
  const draws: Record<string, Aval>[] = players.map(() => ({}))
  const memories: Record<string, Record<string, number>> = {}
  observe(state, (s) => {
    cycle(spec, s, {
      batchSize,
      batch: () => ({ real: blank(real), ...(spec.labels === undefined ? {} : { labels: labelsOf(spec, batchSize)! }) }),
      observer: {
        onReal: (phase) => usesReal.add(phase),
        onDraw: (phase, name, value) => {
          draws[phase]![name] = avalOf(value)
        },
        onRecall: (player, name, value) => {
          memories[player] = { ...memories[player], [name]: value }
        }
      }
    })
  })
  return {
    real,
    phases: players.map((names, phase) => ({ players: names, usesReal: usesReal.has(phase), draws: draws[phase]! })),
    memories
  }
}
