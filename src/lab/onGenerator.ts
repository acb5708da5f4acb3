import type { Generator } from '../gan/game/generatorJacobian.ts'
import { sampleLabels } from '../gan/game/labels.ts'
import type { Spec } from '../gan/game/spec.ts'
import { generatorWith, heldBy } from '../gan/step/generator.ts'
import type { State } from '../gan/step/state.ts'
import type { Layer } from '../nn/layer.ts'
import { foldIn } from '../random/key.ts'
import type { Key } from '../random/key.ts'
import { fail } from '../tensor/error.ts'
import { count, oneOf, optional } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Compiled } from '../transform/compile.ts'
import { compile } from '../transform/compile.ts'
import type { Engine, EngineName } from '../transform/compileStep.ts'
import { engineRule } from '../transform/compileStep.ts'

/** Says which generator of a state is looked at, and where it runs. */
export interface GeneratorOptions {
  /** Its running average, or the one that is trained: by default the average where the state keeps one. */
  readonly parameters?: 'average' | 'current'
  /** 'auto' by default. */
  readonly engine?: EngineName | Engine
}

export const generatorRules = { parameters: optional(oneOf('average', 'current')), engine: optional(engineRule) }
export const latentsRule = optional(count)

/** Draws latents of the prior and, in a conditional GAN, labels for them. */
export const drawnFor = (
  op: string,
  { prior, labels }: Spec,
  key: Key,
  n: number
): readonly [Tensor, Tensor | null] => {
  const z = prior.sample(foldIn(key, 0), n)
  if (labels === undefined) return [z, null]
  const drawn = sampleLabels(labels, foldIn(key, 1), n)
  return drawn === undefined
    ? fail('InvalidArgument', {
        op,
        expected: 'a GAN whose labels can be drawn',
        actual: 'one whose fakes have the labels or conditions of data',
        hint: 'Write a probe of your own, with labels of your own'
      })
    : [z, drawn]
}

/** Applies a function to generators of states, compiled once a spec. */
export interface OnGenerator<A extends readonly Tensor[], R> {
  readonly at: (spec: Spec, state: State, labels: Tensor | null, ...rest: A) => Promise<R>
  /** Frees the engine's memory. */
  readonly dispose: () => void
}

/** Compiles `f(G, ...)` for the generators of states; G is in evaluation mode. */
export const onGenerator = <A extends readonly Tensor[], R>(
  op: string,
  { parameters, engine }: GeneratorOptions,
  f: (G: Generator, ...rest: A) => R
): OnGenerator<A, R> => {
  type Run = Compiled<[params: unknown, layers: unknown, key: Key, labels: Tensor | null, rest: A], R>
  let kept: { readonly spec: Spec; readonly run: Run } | undefined
  const compiledFor = (spec: Spec, net: Layer): Run => {
    if (kept?.spec === spec) return kept.run
    kept?.run.dispose()
    const run: Run = compile(
      (params, layers, key, labels, rest) =>
        f(generatorWith(net, { params, layers }, { key, labels: labels ?? undefined }), ...rest),
      engine === undefined ? {} : { engine }
    )
    kept = { spec, run }
    return run
  }
  return {
    at: async (spec, state, labels, ...rest) => {
      const net = spec.networks['generator']
      if (net === undefined)
        return fail('InvalidArgument', { op, expected: 'a spec with a generator', actual: 'a spec without one' })
      const { params, layers } = heldBy(op, net, state, parameters)
      return compiledFor(spec, net)(params, layers, state.key, labels, rest)
    },
    dispose: () => kept?.run.dispose()
  }
}
