import type { Layer } from '../../nn/layer.ts'
import { isRecord } from '../../tensor/tree.ts'
import type { Spec } from '../game/spec.ts'
import { objectiveOf, termPath } from '../game/spec.ts'
import type { Issue } from './issue.ts'
import { issue, warning } from './issue.ts'

/** Their statistics stand still while the Jacobian of one sample is taken (`batchState`). */
const heldStill = ['batchNorm', 'conditionalBatchNorm']

const isLayer = (x: unknown): x is Layer => isRecord(x) && typeof x['couplesSamples'] === 'boolean'

/** Finds a layer, however deep, that compares the samples of a minibatch with one another. */
const comparing = (net: Layer): Layer | undefined => {
  if (!net.couplesSamples || heldStill.includes(net.name)) return undefined
  const inner = [...(net.layers ?? []), ...Object.values(net.options)].filter(isLayer)
  if (inner.length === 0) return net
  return inner.reduce<Layer | undefined>((found, layer) => found ?? comparing(layer), undefined)
}

/**
 * Warns of terms of a generator that read the Jacobian at each latent, where its layers compare samples: the Jacobian of one holds
 * derivatives of others then, and what is penalized is another function.
 */
export const checkComparison = (spec: Spec): readonly Issue[] =>
  Object.entries(spec.networks).flatMap(([player, net]) => {
    const layer = player === 'discriminator' ? undefined : comparing(net)
    return layer === undefined
      ? []
      : objectiveOf(spec, player).flatMap(({ name, perLatent }, index) =>
          perLatent === true
            ? warning(
                issue(
                  'SampleCoupling',
                  termPath(spec, player, index, name),
                  `a ${player} that makes each sample of its own latent alone`,
                  `one with ${layer.title}, which compares the samples of a minibatch`,
                  'Leave that layer to the critic: derivatives of one sample would hold those of others'
                )
              )
            : []
        )
  })
