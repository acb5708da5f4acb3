import { o } from '../../src/primitives/vocabulary.ts'
import { openGraph } from '../../src/program/graph.ts'
import type { Program } from '../../src/program/program.ts'
import { traceInto } from '../../src/program/trace.ts'
import type { Shape } from '../../src/tensor/shape.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'

/** The program of a function of float32 tensors of these shapes. */
export const traced = (shapes: readonly Shape[], f: (...xs: Tensor[]) => Tensor | readonly Tensor[]): Program =>
  traceInto(
    openGraph(o),
    shapes.map((shape) => ({ shape, dtype: 'float32' })),
    (inputs) => f(...inputs),
    'traced'
  ).program
