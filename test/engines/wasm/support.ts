import * as E from '#fp-ts/Either'
import type { WasmExecutable } from '../../../src/engines/wasm/executable.ts'
import { wasm } from '../../../src/engines/wasm/engine.ts'
import type { Program } from '../../../src/program/program.ts'
import type { Data } from '../../../src/tensor/dtype.ts'
import type { Aval, Tensor } from '../../../src/tensor/tensor.ts'
import { flatten } from '../../../src/tensor/tree.ts'
import { traceFunction } from '../../../src/transform/compile.ts'
import { drawsFrom, drawTensor } from '../../support/draws.ts'

export const rightOf = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

export const programOf = (f: (...xs: Tensor[]) => unknown, xs: readonly Aval[]): Program => {
  const { structure } = flatten(xs.map((x) => ({ ...x, data: new Float32Array(0) })))
  return traceFunction(f, structure, xs, 'test').program
}

export const narrow = (x: Tensor): Tensor =>
  x.data instanceof Float64Array ? { ...x, data: Float32Array.from(x.data) } : x

export const float = (shape: readonly number[], seed = 1): Tensor => {
  const d = drawsFrom(seed)
  return narrow(drawTensor(shape, () => d.real(-1, 1)))
}

export const build = async (
  program: Program,
  threads: number,
  carry = 0,
  background = false
): Promise<WasmExecutable> => rightOf(await wasm({ threads, background }).compile(program, { carry })())

/** All bits of some arrays, as text: comparing long arrays element by element would take most of a test's time. */
export const bitsOf = (arrays: readonly Data[]): string =>
  arrays
    .map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength).toString('base64'))
    .join()
