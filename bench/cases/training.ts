import type { Optimizer } from '../../src/optim/optimizer.ts'
import { applyUpdates } from '../../src/optim/optimizer.ts'
import type { Tensor } from '../../src/index.ts'
import { valueAndGrad } from '../../src/index.ts'
import type { StepOf } from '../measure/job.ts'

export interface Trained<P> {
  readonly params: P
  readonly optimizer: unknown
}

/** One player's training: the loss's gradient at the parameters, the optimizer's step, the same data at each step. */
export const training = <P, F>(
  loss: (params: P, data: F) => Tensor,
  optimizer: Optimizer,
  params: P,
  data: F
): StepOf<Trained<P>, F, Tensor> => ({
  carry: { params, optimizer: optimizer.init(params) },
  feed: () => data,
  step: (before, fed) => {
    const [value, gradients] = valueAndGrad((p: P) => loss(p, fed))(before.params)
    const [updates, after] = optimizer.update(gradients, before.optimizer, before.params)
    return [{ params: applyUpdates(before.params, updates), optimizer: after }, value]
  },
  watch: { kind: 'loss', of: ({ data: [value] }) => value! }
})
