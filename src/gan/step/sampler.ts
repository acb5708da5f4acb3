import * as E from '#fp-ts/Either'
import { showValue } from '../../tensor/problem.ts'
import { showShape, equalShapes } from '../../tensor/shape.ts'
import type { Aval, Tensor } from '../../tensor/tensor.ts'
import { isTensor, showAval } from '../../tensor/tensor.ts'
import type { Batch } from './batch.ts'
import { asBatch } from './batch.ts'
import { labelsAval } from '../game/labels.ts'
import { blankKey } from '../check/networks.ts'
import { attempt, observe } from '../check/trace.ts'
import type { Issue } from '../check/issue.ts'
import { issue } from '../check/issue.ts'
import type { Spec } from '../game/spec.ts'

/** Samples data inside the step: [n, ...] from a key; `{ real, labels }` or `{ real, condition }` in a conditional GAN. */
export type Sampler = (key: Tensor, n: number) => Tensor | Batch

/** Samples a minibatch by a sampler. */
export const sampleBatch = (sampler: Sampler, key: Tensor, n: number): Batch => {
  return asBatch(sampler(key, n))
}

/** Traces a sampler: it must draw minibatches like those that the generator makes. */
export const examineSampler = (spec: Spec, sampler: Sampler, fake: Aval): readonly Issue[] => {
  let drawn: Batch | undefined
  const batchSize = fake.shape[0] ?? 0
  const traced = attempt('TermFailed', ['sampler'], () => {
    observe(blankKey, (key) => {
      drawn = sampleBatch(sampler, key, batchSize)
    })
  })
  if (E.isLeft(traced)) return [traced.left.issue]
  const checks = (path: Issue['path'], x: unknown, { dtype, shape }: Aval): readonly Issue[] =>
    isTensor(x) && x.dtype === dtype && equalShapes(x.shape, shape)
      ? []
      : [
          issue(
            'Misfit',
            path,
            `minibatches ${dtype}${showShape(shape)} from sampler(key, ${String(batchSize)})`,
            isTensor(x) ? showAval(x) : showValue(x),
            'A sampler draws [n, ...features] like those that the generator makes, { real, labels } with labels, { real, condition } with conditions'
          )
        ]
  return [
    ...checks(['sampler'], drawn?.real, { ...fake, dtype: 'float32' }),
    ...(spec.labels === undefined
      ? []
      : checks(['sampler', 'labels'], drawn?.labels, labelsAval(spec.labels, batchSize)))
  ]
}
