import type { WasmExecutable } from '../../../src/engines/wasm/executable.ts'
import { wasm } from '../../../src/engines/wasm/engine.ts'
import type { Program } from '../../../src/program/program.ts'
import type { Data } from '../../../src/tensor/dtype.ts'
import { rightOf } from '../../support/programs.ts'

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
