import { add, mul, square, sub } from '../ops/arithmetic.ts'
import { stack } from '../ops/assembly.ts'
import { sum } from '../ops/reduction.ts'
import { applyUpdates } from '../optim/optimizer.ts'
import { traceDepth } from '../program/trace.ts'
import { foldIn } from '../random/key.ts'
import { randint } from '../random/integers.ts'
import { sqrt } from '../ops/elementary.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { treeLeaves, treeMap } from '../tensor/tree.ts'
import { valueAndGrad } from '../transform/grad.ts'
import type { Entry } from './objective.ts'
import { named, weightAt } from './objective.ts'
import type { Input, Network, PlaySource } from './play.ts'
import { createPlay } from './play.ts'
import type { Spec } from './spec.ts'
import { objectiveOf } from './spec.ts'
import type { PlayerState, State } from './state.ts'

/** A minibatch of data, with labels where the GAN is conditional. */
export interface Batch {
  readonly real: Tensor
  readonly labels?: Tensor
}

/** Given random values of one phase: `latent`, `fakeLabels`, and each term's draws by `entry/name`. */
export type Draws = Readonly<Record<string, Tensor>>

/** What one player's updates of a cycle were like: one number an update, losses before it. */
export interface PlayerMetrics {
  readonly loss: Tensor
  readonly gradientNorm: Tensor
  readonly terms: Readonly<Record<string, Tensor>>
}
export type Metrics = Readonly<Record<string, PlayerMetrics>>

/** What the tracer of a cycle is told, to plan inputs and memories. */
export interface Observer {
  readonly onReal?: (phase: number) => void
  readonly onDraw?: (phase: number, name: string, value: Tensor) => void
  readonly onRecall?: (player: string, name: string, initial: number) => void
}

export interface CycleOptions {
  readonly batchSize: number
  /** How far a cycle moves the data cursor; default: by the minibatches that it took. */
  readonly batchesPerStep?: number
  /** The minibatch of a phase, given a key for those that are drawn. */
  readonly batch: (phase: number, key: Tensor) => Batch
  readonly draws?: (phase: number) => Draws
  /** Whether an entry counts at this step. */
  readonly active?: (entry: Entry) => boolean
  readonly observer?: Observer
}

interface Moved {
  readonly state: PlayerState
  readonly memories: Readonly<Record<string, Tensor>>
  readonly loss: Tensor
  readonly gradientNorm: Tensor
  readonly terms: Readonly<Record<string, Tensor>>
}

const globalNorm = (gradients: unknown): Tensor =>
  sqrt(treeLeaves(gradients).map((g) => sum(square(g))).reduce((a, b) => add(a, b)))

/** One player's update: the gradient of its objective at its parameters, its optimizer's step, its projection. */
const move = (
  spec: Spec,
  state: State,
  player: string,
  source: Omit<PlaySource, 'networks' | 'memories'>,
  { active = () => true, observer }: CycleOptions
): Moved => {
  const own = state.players[player]!
  const memories = state.memories[player] ?? {}
  const objective = named(objectiveOf(spec, player))
    .map((entry, index) => ({ entry, index }))
    .filter(({ entry }) => active(entry))

  const loss = (params: unknown): [Tensor, Omit<Moved, 'state' | 'loss' | 'gradientNorm'> & { layers: unknown }] => {
    const depth = traceDepth()
    let layers: unknown = own.layers
    let advanced = false
    const networkOf = (name: string, index: number): Network => {
      const net = spec.networks[name]!
      const { params: held, layers: before } = state.players[name]!
      const given = name === player ? params : held
      const key = foldIn(source.key, -1 - index)
      return (x: Input, labels) => {
        const [y, after] = net.apply({ params: given, state: before, key, training: true, labels }, x as Tensor)
        // State advances by the first application in the loss; those inside a penalty's own derivative only read it.
        if (name === player && !advanced && traceDepth() === depth) {
          layers = after
          advanced = true
        }
        return y
      }
    }
    const remembered: Record<string, Tensor> = { ...memories }
    const play = createPlay({
      ...source,
      networks: Object.fromEntries(Object.keys(spec.networks).sort().map((name, i) => [name, networkOf(name, i)])),
      memories,
      onRecall: (name, initial) => observer?.onRecall?.(player, name, initial),
      onRemember: (name, value) => {
        remembered[name] = value
      }
    })
    const terms = objective.map(({ entry, index }) => ({ entry, value: entry.term(play(entry.name, index)) }))
    const total = terms
      .map(({ entry, value }) => mul(value, weightAt(entry, state.step)))
      .reduce((a, b) => add(a, b))
    return [total, { layers, memories: remembered, terms: Object.fromEntries(terms.map(({ entry, value }) => [entry.name, value])) }]
  }

  const [[value, aux], gradients] = valueAndGrad(loss, { hasAux: true })(own.params)
  const [updates, optimizer] = spec.optimizers[player]!.update(gradients, own.optimizer, own.params)
  const moved = applyUpdates(own.params, updates)
  const params = spec.projections[player]?.apply(moved) ?? moved
  return {
    state: { params, layers: aux.layers, optimizer },
    memories: aux.memories,
    loss: value,
    gradientNorm: globalNorm(gradients),
    terms: aux.terms
  }
}

const averaged = (spec: Spec, state: State): State['averages'] =>
  spec.average === undefined
    ? state.averages
    : Object.fromEntries(
        Object.entries(state.averages).map(([name, average]) => [
          name,
          treeMap((a, p) => add(p, mul(spec.average!.decay, sub(a, p))), average, state.players[name]!.params)
        ])
      )

const byPlayer = (moves: readonly { readonly player: string; readonly moved: Moved }[]): Metrics =>
  Object.fromEntries(
    [...new Set(moves.map(({ player }) => player))].map((player) => {
      const own = moves.filter((m) => m.player === player).map(({ moved }) => moved)
      const names = Object.keys(own[0]!.terms)
      return [
        player,
        {
          loss: stack(own.map(({ loss }) => loss)),
          gradientNorm: stack(own.map(({ gradientNorm }) => gradientNorm)),
          terms: Object.fromEntries(names.map((name) => [name, stack(own.map(({ terms }) => terms[name]!))]))
        }
      ]
    })
  )

/**
 * One cycle of training as a pure function: every phase of the update rule in order, then the averages. Each phase has a
 * minibatch, latents and keys of its own, by foldIn of the step and the phase; players of one phase share them and all
 * see the parameters from before it.
 */
export const cycle = (spec: Spec, state: State, options: CycleOptions): [State, Metrics] => {
  const phases = spec.update.phases(Object.keys(spec.networks).sort())
  const stepKey = foldIn(state.key, state.step)
  const moves: { player: string; moved: Moved }[] = []
  const observer = options.observer
  let batches = 0
  const after = phases.reduce((before, players, phase) => {
    const key = foldIn(stepKey, phase)
    const given = options.draws?.(phase) ?? {}
    const drawn = (name: string, sample: () => Tensor): Tensor => {
      const value = given[name] ?? sample()
      observer?.onDraw?.(phase, name, value)
      return value
    }
    const latent = drawn('latent', () => spec.prior.sample(foldIn(key, 0), options.batchSize))
    const classes = spec.labels?.classes
    const fakeLabels =
      classes === undefined ? undefined : drawn('fakeLabels', () => randint(foldIn(key, 1), [options.batchSize], 0, classes))
    let taken: Batch | undefined
    const batch = (): Batch => {
      if (taken !== undefined) return taken
      observer?.onReal?.(phase)
      batches++
      return (taken = options.batch(phase, foldIn(key, 2)))
    }
    const source = {
      real: () => batch().real,
      realLabels: classes === undefined ? undefined : () => batch().labels!,
      latent,
      fakeLabels,
      key: foldIn(key, 3),
      step: before.step,
      draws: given,
      onDraw: (name: string, value: Tensor) => observer?.onDraw?.(phase, name, value)
    }
    // A player whose entries all rest at this step does not move.
    const moving = players.filter((player) => objectiveOf(spec, player).some((entry) => options.active?.(entry) ?? true))
    const moved = moving.map((player) => ({ player, moved: move(spec, before, player, source, options) }))
    moves.push(...moved)
    return {
      ...before,
      players: { ...before.players, ...Object.fromEntries(moved.map(({ player, moved: m }) => [player, m.state])) },
      memories: { ...before.memories, ...Object.fromEntries(moved.map(({ player, moved: m }) => [player, m.memories])) }
    }
  }, state)
  const next = { ...after, step: add(state.step, 1), cursor: add(state.cursor, options.batchesPerStep ?? batches) }
  return [{ ...next, averages: averaged(spec, next) }, byPlayer(moves)]
}
