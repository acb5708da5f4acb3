import { foldIn, key } from '../random/key.ts'
import { randint } from '../random/integers.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { EngineName } from '../transform/compileStep.ts'
import { compile } from '../transform/compile.ts'
import type { Spec } from './spec.ts'
import type { State } from './state.ts'

export interface GenerateOptions {
  readonly count: number
  readonly engine?: EngineName
  /** Whether to use the running average where there is one (default true). */
  readonly average?: boolean
}

/** Draws samples of a state: the same seed, the same samples. */
export interface Generate {
  (state: State, seed: number, labels?: Tensor): Promise<Tensor>
  readonly dispose: () => void
}

/**
 * Compiled sampling: latents from the prior through the generator (its running average, where the spec keeps one) in
 * evaluation mode: running batch statistics, no dropout. [count, ...].
 */
export const generate =
  ({ count, engine = 'auto', average = true }: GenerateOptions) =>
  (spec: Spec): Generate => {
    const net = spec.networks['generator']!
    const classes = spec.labels?.classes
    const sample = compile(
      (params: unknown, layers: unknown, root: Tensor, labels: Tensor | null): Tensor => {
        const latent = spec.prior.sample(foldIn(root, 0), count)
        const drawn = labels ?? (classes === undefined ? undefined : randint(foldIn(root, 1), [count], 0, classes))
        return net.apply({ params, state: layers, key: foldIn(root, 2), training: false, labels: drawn }, latent)[0]
      },
      { engine }
    )
    const run = (state: State, seed: number, labels?: Tensor): Promise<Tensor> => {
      const { params, layers } = state.players['generator']!
      const averaged = average ? state.averages['generator'] : undefined
      return sample(averaged ?? params, layers, key(seed), labels ?? null)
    }
    return Object.assign(run, { dispose: sample.dispose })
  }
