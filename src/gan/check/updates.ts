import * as E from '#fp-ts/Either'
import { treeMap } from '../../tensor/tree.ts'
import { shapesOf } from '../../transform/shapes.ts'
import type { Held } from '../game/networks.ts'
import type { Spec } from '../game/spec.ts'
import type { Issue } from './issue.ts'
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
    return tried.flatMap((one) => (E.isLeft(one) ? [one.left.issue] : []))
  })
