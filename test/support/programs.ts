import * as E from '#fp-ts/Either'
import type { Program } from '../../src/program/program.ts'
import type { Aval, Tensor } from '../../src/tensor/tensor.ts'
import { flatten } from '../../src/tensor/tree.ts'
import { traceFunction } from '../../src/transform/compile.ts'
import { drawsFrom, drawTensor } from './draws.ts'

/** What an engine answered, where it must not be a fault. */
export const rightOf = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

/** A function of tensors of these shapes as a program. */
export const programOf = (f: (...xs: Tensor[]) => unknown, xs: readonly Aval[]): Program => {
  const { structure } = flatten(xs.map((x) => ({ ...x, data: new Float32Array(0) })))
  return traceFunction(f, structure, xs, 'test').program
}

export const narrow = (x: Tensor): Tensor =>
  x.data instanceof Float64Array ? { ...x, data: Float32Array.from(x.data) } : x

/** Numbers between -1 and 1. */
export const float = (shape: readonly number[], seed = 1): Tensor => {
  const d = drawsFrom(seed)
  return narrow(drawTensor(shape, () => d.real(-1, 1)))
}
