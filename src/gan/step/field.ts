import type { Layer } from '../../nn/layer.ts'
import type { Key } from '../../random/key.ts'
import { foldIn, key } from '../../random/key.ts'
import { zeros } from '../../ops/creation.ts'
import type { None } from '../../tensor/arguments.ts'
import { refuseMore } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import type { Rules } from '../../tensor/options.ts'
import { count, optional, requireOptions } from '../../tensor/options.ts'
import { showValue } from '../../tensor/problem.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { isTensor } from '../../tensor/tensor.ts'
import { flatten, isRecord } from '../../tensor/tree.ts'
import { shapesOf } from '../../transform/shapes.ts'
import { tensorsLike } from '../../transform/staged.ts'
import { gameOf } from '../game/gameOf.ts'
import type { Objective } from '../game/objective.ts'
import type { PlayerState } from '../game/position.ts'
import { phase } from '../game/phase.ts'
import type { Profile } from '../game/profile.ts'
import type { Spec } from '../game/spec.ts'
import type { Batch, Draws } from './batch.ts'
import { asBatch } from './batch.ts'
import { evaluationOf } from './evaluation.ts'
import type { State } from './state.ts'

/** Fixes what a field depends on beside the parameters. */
export interface Moment {
  /** Gives layer states, memories of terms, key and step; what a spec begins with by default. Its parameters are not read. */
  readonly state?: Pick<State, 'players' | 'memories' | 'key' | 'step'>
  /** A minibatch of data, where a term reads it. */
  readonly batch?: Tensor | Batch
  /** Random values by name, `latent` among them; what is left out is drawn, as the first phase of the step draws it. */
  readonly draws?: Draws
  /** How many latents are drawn; as many as the minibatch has samples, or 1, by default. */
  readonly batchSize?: number
}

const everyStep = (objective: Objective): Objective => objective.map((term) => ({ ...term, every: 1 }))

/** Lets terms that count at some steps, `every` times as much, count at each as much as they do in the mean. */
const inTheMean = (spec: Spec): Spec => {
  const of = (objectives: Readonly<Record<string, Objective>>): Readonly<Record<string, Objective>> =>
    Object.fromEntries(Object.entries(objectives).map(([player, objective]) => [player, everyStep(objective)]))
  const loss = spec.loss === undefined ? undefined : { ...spec.loss, objectives: of(spec.loss.objectives) }
  return { ...spec, loss, regularizers: of(spec.regularizers) }
}

const op = 'Gan.field'

const missing = (expected: string, actual: string, hint: string): never =>
  fail('InvalidArgument', { op, expected, actual, hint })

const has = (x: unknown, ...keys: readonly string[]): boolean => isRecord(x) && keys.every((key) => isRecord(x[key]))

const isSpec = (x: unknown): boolean => has(x, 'networks', 'regularizers', 'prior', 'projections')

const momentRules: Rules = {
  state: optional({
    expected: 'a state of the spec',
    accepts: (x) => has(x, 'players', 'memories') && isRecord(x) && isTensor(x['key']) && isTensor(x['step'])
  }),
  batch: optional({
    expected: 'a minibatch: a tensor, or { real, labels }',
    accepts: (x) =>
      isTensor(x) || (isRecord(x) && isTensor(x['real']) && (x['labels'] === undefined || isTensor(x['labels'])))
  }),
  draws: optional({ expected: 'tensors by name', accepts: (x) => isRecord(x) && Object.values(x).every(isTensor) }),
  batchSize: optional(count)
}

/**
 * Makes the field of a game an ordinary function of its parameters: (params, moment) -> each player's gradient of its own
 * objective, by player, everybody's parameters given. It can be differentiated, mapped and compiled like any other;
 * gradient descent moves along its negative. All else is fixed by `moment`. A lazy term counts with its mean weight.
 *
 * @throws InvalidArgument where the parameters of a player, or data that a term reads, are missing; whatever networks and
 * terms throw
 *
 * @example
 * import { Gan, Net, Prior, mean, neg, pipe, tensor } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(1, 1), discriminator: Net.dense(1, 1), prior: Prior.normal([1]) }),
 *   Gan.withLoss({ generator: ({ D, fake }) => mean(D(fake)), discriminator: ({ D, fake }) => neg(mean(D(fake))) })
 * )
 * const field = Gan.field(spec)
 * const params = {
 *   generator: { weights: tensor([[2]]), bias: tensor([0]) },
 *   discriminator: { weights: tensor([[3]]), bias: tensor([1]) }
 * }
 * field(params, { draws: { latent: tensor([[1]]) } }).generator.weights.data // => [3]
 */
export const field = (
  spec: Spec,
  ...more: None
): (<P extends Profile>(params: P, moment?: Moment, ...more: None) => P) => {
  refuseMore(op, more)
  if (!isSpec(spec)) missing('a spec', showValue(spec), 'Begin with Gan.between')
  const names = Object.keys(spec.networks).sort()
  const mean = inTheMean(spec)
  const root = key(0)
  const forms = new Map(
    Object.entries(spec.networks).map(([name, { init }]) => {
      const { leaves, structure } = flatten(shapesOf(op, (k: Key) => init(k).params, root))
      return [name, { leaves: leaves as readonly Tensor[], structure }]
    })
  )
  const playerAt = (name: string, net: Layer, params: Profile, state: Moment['state']): PlayerState => {
    const own = params[name] ?? missing(`parameters of ${names.join(', ')}`, `none of ${name}`, 'Give all players')
    const form = forms.get(name)
    if (form !== undefined) tensorsLike(form, own, [`parameters of ${name}`, 'those of its network'], op)
    const layers = state === undefined ? net.init(foldIn(root, names.indexOf(name))).state : state.players[name]?.layers
    return { params: own, layers, optimizer: [] }
  }
  return <P extends Profile>(params: P, moment: Moment = {}, ...others: None): P => {
    refuseMore(op, others)
    const { state, batch, draws = {}, batchSize } = requireOptions(op, moment, momentRules)
    if (!isRecord(params)) missing(`parameters of ${names.join(', ')}`, showValue(params), 'Give a record by player')
    const players = Object.fromEntries(
      Object.entries(spec.networks).map(([name, net]) => [name, playerAt(name, net, params, state)])
    )
    const given: Partial<Batch> = batch === undefined ? {} : asBatch(batch)
    const { real } = given
    const noBatch = (): never => missing('a minibatch, which a term reads', 'none', 'field(params, { batch })')
    const step = state?.step ?? zeros([], 'int32')
    const source = evaluationOf(mean, step, foldIn(foldIn(state?.key ?? root, step), 0), {
      batchSize: batchSize ?? real?.shape[0] ?? draws['latent']?.shape[0] ?? 1,
      batch: () => (real === undefined ? noBatch() : { ...given, real }),
      draws
    })
    const everybody = phase(names, (_, position) => position)
    const game = gameOf(mean, everybody, [source], step, () => true)
    return game.field({ players, memories: state?.memories ?? {}, figures: {} }).gradients as P
  }
}
