import type { Shape, Tensor } from '../../src/index.ts'
import type { StepOf } from '../measure/job.ts'
import { zerosOf } from '../measure/random.ts'

interface Held<H> {
  readonly held: H
  readonly results: readonly Tensor[]
}

type Nothing = readonly []

/** A function of tensors that lie in the engine, whose results, of these shapes, stay there: nothing but it is timed. */
export const computing = <H>(
  held: H,
  shapes: readonly Shape[],
  f: (held: H) => readonly Tensor[]
): StepOf<Held<H>, Nothing, Nothing> => ({
  carry: { held, results: shapes.map((shape) => zerosOf(...shape)) },
  feed: () => [],
  step: ({ held: operands }) => [{ held: operands, results: f(operands) }, []],
  watch: { kind: 'result', of: ({ results }) => results }
})
