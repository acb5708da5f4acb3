import type { Phase } from './phase.ts'

/**
 * Counts the samples in a minibatch, a whole number >= 1: one number for all phases, or by player, of the phases that move
 * it.
 */
export type BatchSize = number | Readonly<Record<string, number>>

/** Returns the players whose batch size is that of a phase: those whom it moves, or, of a phase that moves none, evaluates. */
export const sizedBy = ({ players, evaluates }: Phase): readonly string[] => (players.length > 0 ? players : evaluates)

/** Returns the samples in a minibatch of a phase, whose players have one batch size. */
export const sizeOf = (batchSize: BatchSize, phase: Phase): number =>
  typeof batchSize === 'number' ? batchSize : (batchSize[sizedBy(phase)[0] ?? ''] ?? 1)

/** Lists the batch sizes that there are, each once. */
export const sizesOf = (batchSize: BatchSize): readonly number[] =>
  typeof batchSize === 'number' ? [batchSize] : [...new Set(Object.values(batchSize))]
