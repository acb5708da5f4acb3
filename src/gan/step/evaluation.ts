import { foldIn } from '../../random/key.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { GameSource } from '../game/gameOf.ts'
import { dropLabels, sampleLabels } from '../game/labels.ts'
import type { Spec } from '../game/spec.ts'
import type { Batch, Draws } from './batch.ts'

/** Says where a minibatch and its draws come from. */
export interface EvaluationOptions {
  /** Samples in it (B), at least 1. */
  readonly batchSize: number
  /** Returns the minibatch; `key` is for one that is drawn. Called at most once, only if a term reads data. */
  readonly batch: (key: Tensor) => Batch
  /** Values given instead of drawn ones, by `term/name`, `latent` or `fakeLabels`. */
  readonly draws?: Draws | undefined
}

/** Holds a minibatch of a phase with what is drawn beside it, and whether a term has read it. */
export interface Evaluation extends GameSource {
  readonly tookBatch: () => boolean
}

/**
 * Prepares an evaluation, which is what all players of a phase see: a minibatch, read when first asked for, latents,
 * labels, and a key. Keys are numbered: 0 draws latents, 1 labels, 2 the minibatch, 3 is for terms, 4 and 5 drop labels
 * of fakes and of reals. What a seed gives depends on these numbers, so they never change.
 */
export const evaluationOf = (
  spec: Spec,
  step: Tensor,
  key: Tensor,
  { batchSize, batch, draws: given = {} }: EvaluationOptions
): Evaluation => {
  const { labels } = spec
  let taken: Batch | undefined
  const take = (): Batch => (taken ??= batch(foldIn(key, 2)))
  const drop = (of: number, y: Tensor | undefined): Tensor | undefined =>
    labels === undefined || y === undefined ? undefined : dropLabels(labels, foldIn(key, of), y)
  return {
    latent: given['latent'] ?? spec.prior.sample(foldIn(key, 0), batchSize),
    fakeLabels:
      labels === undefined
        ? undefined
        : (given['fakeLabels'] ?? drop(4, sampleLabels(labels, foldIn(key, 1), batchSize) ?? take().labels)),
    real: () => take().real,
    realLabels: labels === undefined ? undefined : () => drop(5, take().labels),
    key: foldIn(key, 3),
    step,
    draws: given,
    tookBatch: () => taken !== undefined
  }
}
