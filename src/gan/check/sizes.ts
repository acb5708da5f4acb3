import type { BatchSize } from '../game/batchSize.ts'
import { sizedBy } from '../game/batchSize.ts'
import type { Spec } from '../game/spec.ts'
import { phasesOf } from '../game/spec.ts'
import type { Issue } from './issue.ts'
import { issue } from './issue.ts'
import { unknownPlayer } from './names.ts'

const path = ['compile', 'batchSize']

/**
 * Checks batch sizes by player against the phases of a cycle: each phase has one, so those whom it moves together have the
 * same.
 */
export const checkSizes = (spec: Spec, batchSize: BatchSize): readonly Issue[] => {
  if (typeof batchSize === 'number') return []
  const known = Object.keys(spec.networks)
  const strangers = Object.keys(batchSize)
    .filter((player) => !known.includes(player))
    .map((player) => unknownPlayer([...path, player], player, known))
  const phases = phasesOf(spec).filter(({ minibatches }) => minibatches > 0)
  const missing = known
    .filter((player) => batchSize[player] === undefined && phases.some((phase) => sizedBy(phase).includes(player)))
    .map((player) =>
      issue(
        'Missing',
        [...path, player],
        `samples in a minibatch of the phases that move ${player}`,
        'nothing',
        `batchSize: { ${known.map((name) => `${name}: 64`).join(', ')} }, or one number for all`
      )
    )
  if (strangers.length > 0 || missing.length > 0) return [...strangers, ...missing]
  const mixed = phases.map(sizedBy).find((players) => new Set(players.map((player) => batchSize[player])).size > 1)
  return mixed === undefined
    ? []
    : [
        issue(
          'Misfit',
          path,
          `one batch size for ${mixed.join(', ')}: a phase of ${spec.update.name} moves them on the same minibatch`,
          mixed.map((player) => String(batchSize[player])).join(' and '),
          'Update.alternating moves them in phases of their own'
        )
      ]
}
