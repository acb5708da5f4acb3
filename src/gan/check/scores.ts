import type { Node } from '../../program/node.ts'
import { isNode } from '../../program/node.ts'
import { dependents, nodesOf } from '../../program/program.ts'
import { showShape } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Issue } from './issue.ts'
import { issue, warning } from './issue.ts'

/** Holds the scores that a term was given: whose they are, and what that player's network gave. */
export interface Seen {
  readonly player: string
  readonly scores: Tensor
}

/** Tests whether the scores are the values of a sigmoid, maybe reshaped. */
const isSquashed = (x: Tensor): boolean =>
  isNode(x) &&
  (x.primitive.name === 'logistic' ||
    (x.primitive.name === 'reshape' && x.operands.some((operand) => isSquashed(operand))))

/** Warns of a sigmoid before a loss of raw scores. */
export const checkSquashed = (seen: readonly Seen[]): readonly Issue[] =>
  seen
    .filter(({ scores }) => isSquashed(scores))
    .map(({ player }) =>
      warning(
        issue(
          'Misfit',
          ['networks', player],
          'raw scores, any number, which the loss takes',
          'the values of a sigmoid, in (0, 1)',
          `Leave the sigmoid at the end of the ${player} out: logistic losses apply it themselves, without overflow`
        )
      )
    )

/** Warns of a critic that gives many numbers for each sample or patch: a loss takes the mean over all of them. */
export const checkChannels = (seen: readonly Seen[]): readonly Issue[] =>
  seen
    .filter(({ scores: { shape } }) => (shape.length === 2 || shape.length === 4) && (shape[1] ?? 1) > 1)
    .map(({ player, scores: { shape } }) =>
      warning(
        issue(
          'Misfit',
          ['networks', player],
          'one score a sample, [B] or [B, 1], or one a patch, [B, 1, h, w]',
          `${showShape(shape)}, of which a loss takes the mean`,
          shape.length === 2
            ? `End the ${player} in Net.dense(${String(shape[1])}, 1)`
            : `End the ${player} in a convolution to 1 channel, or in Net.flatten and Net.dense(n, 1)`
        )
      )
    )

/** Tests whether [B] was repeated along new rows, or [B, 1] along its own, to [B, B]. */
const isSpread = (x: Node | undefined, of: readonly number[]): boolean =>
  x?.primitive.name === 'broadcastInDim' && x.operands[0]?.shape.join() === of.join()

/** Warns of scores [B] that meet values [B, 1]: they broadcast to all pairs. */
export const checkPairs = (
  value: Tensor,
  seen: readonly Tensor[],
  batchSize: number,
  path: Issue['path']
): readonly Issue[] => {
  if (batchSize === 1 || !isNode(value)) return []
  const order = nodesOf([value])
  const later = dependents(order, seen.filter(isNode))
  const paired = order.some(
    (node) =>
      later.has(node) &&
      node.shape.join() === [batchSize, batchSize].join() &&
      node.operands.length === 2 &&
      node.operands.some((x) => isSpread(x, [batchSize])) &&
      node.operands.some((x) => isSpread(x, [batchSize, 1]))
  )
  return paired
    ? [
        warning(
          issue(
            'Misfit',
            path,
            'scores that meet values of the same sample',
            `[B] and [B, 1], which broadcast to all pairs, [B, B]`,
            'Reshape one to the shape of the other; to [1, B] where all pairs are meant'
          )
        )
      ]
    : []
}
