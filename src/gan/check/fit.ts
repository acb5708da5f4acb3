import { equalShapes, showShape, sizeOf } from '../../tensor/shape.ts'
import { classesIn } from '../game/labels.ts'
import type { Spec } from '../game/spec.ts'
import { objectiveOf, termPath } from '../game/spec.ts'
import type { Issue } from './issue.ts'
import { issue, issueOfProblem, warning } from './issue.ts'

/** Checks latents against the generator, as far as it tells before it runs. */
export const checkLatents = ({ networks: { generator }, prior }: Spec): readonly Issue[] => {
  const latents = generator?.input
  return latents === undefined || equalShapes(latents, prior.shape)
    ? []
    : [
        issue(
          'Misfit',
          ['prior', 'shape'],
          `latents of shape ${showShape(latents)}, which the generator takes`,
          showShape(prior.shape),
          `Prior.${prior.name}(${showShape(latents)})`
        )
      ]
}

/** Checks what the generator gives against what the discriminator takes, as far as they tell before they run. */
export const checkSamples = ({ networks }: Spec): readonly Issue[] => {
  const made = networks['generator']?.output
  const seen = networks['discriminator']?.input
  return made === undefined || seen === undefined || Object.keys(networks).length > 2 || equalShapes(made, seen)
    ? []
    : [
        issue(
          'Misfit',
          ['networks', 'discriminator'],
          `an input of shape ${showShape(made)}, which the generator gives`,
          showShape(seen),
          sizeOf(made) !== sizeOf(seen)
            ? 'Make the last layer of the generator and the first of the discriminator agree'
            : seen.length === 1
              ? 'Begin the discriminator with Net.flatten'
              : `Begin the discriminator with Net.reshape(${showShape(seen)})`
        )
      ]
}

/** Checks that there are labels where a network takes them. */
export const checkLabels = ({ networks, labels }: Spec): readonly Issue[] =>
  labels !== undefined
    ? []
    : Object.entries(networks)
        .filter(([, { takesLabels }]) => takesLabels)
        .map(([player]) =>
          issue(
            'Missing',
            ['labels'],
            `labels, which the network of ${player} takes`,
            'none',
            'Gan.withLabels({ classes: 10 }), and batches of { real, labels }'
          )
        )
        .slice(0, 1)

/** Checks that layers which tell classes apart know all of them, and the one of samples without a label. */
export const checkClasses = ({ networks, labels, problems }: Spec): readonly Issue[] => {
  if (problems.some(({ path: [part] }) => part === 'labels')) return []
  const wanted = labels === undefined ? undefined : classesIn(labels)
  if (wanted === undefined) return []
  return Object.entries(networks).flatMap(([player, net]) =>
    (net.layers ?? [net]).flatMap(({ takesLabels, title, options: { classes } }, i) =>
      takesLabels && typeof classes === 'number' && classes < wanted
        ? [
            issue(
              'Misfit',
              ['networks', player, i],
              `a layer of ${String(wanted)} classes${wanted === labels?.classes ? '' : ', the last one of dropped labels'}`,
              title,
              'Gan.withLabels says how many classes there are'
            )
          ]
        : []
    )
  )
}

/** Asks the loss what of the spec does not suit it. */
export const checkLoss = (spec: Spec): readonly Issue[] =>
  (spec.loss?.misfits?.(spec) ?? []).map((problem) => issueOfProblem('Misfit', [], problem))

/** Warns of batch norm under a per-sample penalty: it couples the samples of a minibatch, whose gradients then mix. */
export const checkCoupling = (spec: Spec): readonly Issue[] =>
  spec.networks['discriminator']?.couplesSamples === true
    ? objectiveOf(spec, 'discriminator').flatMap(({ name, perSample }, index) =>
        perSample === true
          ? [
              warning(
                issue(
                  'SampleCoupling',
                  termPath(spec, 'discriminator', index, name),
                  'a critic whose score of a sample depends on that sample alone',
                  'one whose samples see one another (batch norm, say), under a per-sample gradient penalty',
                  'Use Net.layerNorm in the critic, or none'
                )
              )
            ]
          : []
      )
    : []
