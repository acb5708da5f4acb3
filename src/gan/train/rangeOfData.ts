import * as E from '#fp-ts/Either'
import { key } from '../../random/key.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { checkDataRange, isBounded } from '../check/dataRange.ts'
import type { Issue } from '../check/issue.ts'
import type { Spec } from '../game/spec.ts'
import type { Sampler } from '../step/sampler.ts'
import { sampleBatch } from '../step/sampler.ts'

/**
 * Warns of data that the generator cannot give, by their first minibatch: the one that came, or one like those that the
 * step draws for itself.
 */
export const rangeOfData = (
  spec: Spec,
  came: Tensor | undefined,
  sampler: Sampler | undefined,
  batchSize: number
): readonly Issue[] => {
  if (!isBounded(spec)) return []
  const drawn =
    sampler === undefined
      ? E.right(came)
      : E.tryCatch(
          () => sampleBatch(sampler, key(0), batchSize).real,
          () => undefined
        )
  return E.isLeft(drawn) || drawn.right === undefined ? [] : checkDataRange(spec, drawn.right)
}
