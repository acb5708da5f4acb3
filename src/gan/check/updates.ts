import * as E from '#fp-ts/Either'
import type { Key } from '../../random/key.ts'
import type { Aval } from '../../tensor/tensor.ts'
import { blank } from '../../tensor/tensor.ts'
import { flattenWithPaths, showPath, treeMap } from '../../tensor/tree.ts'
import { shapesOf } from '../../transform/shapes.ts'
import { gameOf } from '../game/gameOf.ts'
import type { Held } from '../game/networks.ts'
import type { Position } from '../game/position.ts'
import { paramsOf } from '../game/position.ts'
import { runPhase } from '../game/runPhase.ts'
import type { Spec } from '../game/spec.ts'
import { phasesOf } from '../game/spec.ts'
import type { Issue } from './issue.ts'
import { blankKey, blankLabels, blankStep } from './networks.ts'
import { issue } from './issue.ts'
import { strayPaths } from '../game/frozen.ts'
import { attempt, observe } from './trace.ts'

/** Traces every optimizer with the parameters as gradients, and every projection. */
export const examineUpdates = (spec: Spec, players: Readonly<Record<string, Held>>): readonly Issue[] =>
  Object.keys(spec.networks).flatMap((player) => {
    const params = players[player]?.params
    const optimizer = spec.optimizers[player]
    const projection = spec.projections[player]
    const tried = [
      attempt('TermFailed', ['optimizers', player], () => {
        if (optimizer === undefined || optimizer.problems.length > 0) return
        observe({ params, state: shapesOf('Gan.validate', optimizer.init, params) }, (of) => {
          treeMap((p) => p, of.params, optimizer.update(of.params, of.state, of.params)[0])
        })
      }),
      attempt('TermFailed', ['projections', player], () => {
        if (projection === undefined || (projection.problems ?? []).length > 0) return
        observe(params, (p) => {
          treeMap((q) => q, p, projection.apply(p))
        })
      })
    ]
    const strays = strayPaths(spec, player, params)
    const stray = strays.map((path) =>
      issue(
        'Misspelt',
        ['frozen', ...path],
        `a path to parameters of the ${player}`,
        showPath(path),
        `Its parameters are ${flattenWithPaths(params)
          .paths.slice(0, 6)
          .map((one) => showPath([player, ...one]))
          .join(', ')} ...`
      )
    )
    return [...stray, ...tried.flatMap((one) => (E.isLeft(one) ? [one.left.issue] : []))]
  })

/** Makes tensors without numbers of a tree of shapes. */
const blanks = <T>(tree: T): T => treeMap((x) => blank(x), tree)

/** Traces the players before the first step: parameters, states of layers and of optimizers. */
const playersOf = (spec: Spec, key: Key): Position['players'] =>
  Object.fromEntries(
    Object.entries(spec.networks).map(([name, net]) => {
      const { params, state } = net.init(key)
      return [name, { params, layers: state, optimizer: spec.optimizers[name]?.init(params) }]
    })
  )

/**
 * Traces one cycle of the update rule of a spec that is sound otherwise, on minibatches of such shapes. `recalls` are what
 * each player's terms remember.
 */
export const examineRule = (
  spec: Spec,
  real: Aval,
  recalls: Readonly<Record<string, readonly string[]>>
): readonly Issue[] => {
  const tried = attempt('TermFailed', ['update'], () => {
    const players = shapesOf('Gan.validate', (key: Key) => playersOf(spec, key), blankKey)
    const batchSize = real.shape[0] ?? 1
    const memories = Object.fromEntries(
      Object.entries(recalls).map(([player, names]) => [
        player,
        Object.fromEntries(names.map((name) => [name, blank({ shape: [], dtype: 'float32' })]))
      ])
    )
    const labels = blankLabels(spec, batchSize)
    const given = { players: blanks(players), memories, real: blank(real), labels, key: blankKey, step: blankStep }
    observe(given, (at) => {
      const start: Position = { players: at.players, memories: at.memories, figures: {} }
      phasesOf(spec).reduce((position, phase) => {
        const source = {
          latent: spec.prior.sample(at.key, batchSize),
          real: () => at.real,
          realLabels: () => at.labels,
          fakeLabels: at.labels,
          key: at.key,
          step: at.step
        }
        const sources = Array.from({ length: phase.minibatches }, () => source)
        const game = gameOf(spec, phase, sources, at.step, () => true)
        return runPhase(spec.update.name, phase, game, position, phase.init?.(paramsOf(start, phase.players)) ?? [])[0]
      }, start)
    })
  })
  return E.isLeft(tried) ? [tried.left.issue] : []
}
