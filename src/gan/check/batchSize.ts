import * as E from '#fp-ts/Either'
import type { Features } from '../../nn/features.ts'
import { sizeOfFeatures } from '../../nn/features.ts'
import type { Layer } from '../../nn/layer.ts'
import { groupSizeFor } from '../../nn/minibatch.ts'
import type { Spec } from '../game/spec.ts'
import type { Issue } from './issue.ts'
import { issue, warning } from './issue.ts'

/** Lists the layers of a network, each with the features that reach it. */
const layersOf = (net: Layer): readonly { readonly layer: Layer; readonly features: Features }[] => {
  let reached: Features = net.accepts
  return (net.layers ?? [net]).map((layer) => {
    const features = reached
    const next = layer.fit(features)
    reached = E.isRight(next) ? next.right : undefined
    return { layer, features }
  })
}

/** Counts how many numbers of a minibatch a layer compares with each other; undefined where it compares none. */
const compared = ({ name, options }: Layer, features: Features, batchSize: number): number | undefined => {
  const given = options['groupSize']
  switch (name) {
    case 'batchNorm':
    case 'conditionalBatchNorm':
      return batchSize * (sizeOfFeatures(features?.slice(1)) ?? Infinity)
    case 'minibatchStddev':
      return typeof given === 'number' ? groupSizeFor(batchSize, given) : undefined
    case 'minibatchDiscrimination':
      return batchSize
    default:
      return undefined
  }
}

const hints: Readonly<Record<string, string>> = {
  batchNorm: 'Compile with a batchSize above 1, or take Net.layerNorm',
  conditionalBatchNorm: 'Compile with a batchSize above 1',
  minibatchDiscrimination: 'Compile with a batchSize above 1'
}

/**
 * Warns of layers that compare the samples of a minibatch, where its size leaves them nothing to compare: what they give
 * is then a constant. A generator with batch norm behind a dense layer gives one sample for all latents.
 */
export const checkBatchSize = ({ networks }: Spec, batchSize: number): readonly Issue[] =>
  Object.entries(networks).flatMap(([player, net]) =>
    layersOf(net).flatMap(({ layer, features }, i) => {
      const group = compared(layer, features, batchSize)
      const path = ['networks', player, i]
      if (group === 1)
        return warning(
          issue(
            'Misfit',
            path,
            `at least two numbers for ${layer.title} to compare`,
            'groups of one, for which it gives the same numbers whatever it is given',
            hints[layer.name] ?? 'Change batchSize or groupSize'
          )
        )
      const wanted = Math.min(Number(layer.options['groupSize']), batchSize)
      return layer.name === 'minibatchStddev' && group !== undefined && group < wanted
        ? warning(
            issue(
              'Misfit',
              path,
              `a batch size that groups of ${String(wanted)} divide`,
              `${String(batchSize)}, which are compared in groups of ${String(group)}`,
              'Change batchSize or groupSize'
            )
          )
        : []
    })
  )
