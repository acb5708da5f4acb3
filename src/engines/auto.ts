import * as E from '#fp-ts/Either'
import type { Program } from '../program/program.ts'
import { requireProgram } from '../program/requireProgram.ts'
import type { None } from '../tensor/arguments.ts'
import type { Engine, Executable } from './engine.ts'
import type { Weigh } from './weigh.ts'
import { showFault } from './engine.ts'
import { gpu } from './lazyGpu.ts'
import { reference } from './reference.ts'
import { isWasmAvailable, wasm } from './wasm/engine.ts'

/** An engine for a program, and the reason for taking it. */
export interface Choice {
  readonly engine: Engine
  readonly why: string
}

const onCpu = async (why: string): Promise<Choice> => {
  return (await isWasmAvailable())
    ? { engine: wasm(), why }
    : { engine: reference(), why: `${why}; WebAssembly with SIMD is not there` }
}

/** Asks for a GPU: its name, and what weighs programs; undefined where none answers or the code for that cannot be loaded. */
const gpuHere = async (): Promise<{ readonly adapter: string; readonly weigh: Weigh } | undefined> => {
  try {
    const { realAdapter } = await import('./gpu/device/adapter.ts')
    const adapter = await realAdapter()
    return adapter === undefined ? undefined : { adapter, weigh: (await import('./weigh.ts')).weigh }
  } catch {
    return undefined
  }
}

/** Chooses the engine that is likely the fastest for a program here. */
export const choose = async (program: Program): Promise<Choice> => {
  const found = await gpuHere()
  if (found === undefined) return onCpu('no GPU answers')
  const { pays, why } = found.weigh(program)
  return pays
    ? { engine: gpu({ mode: 'webgpu' }), why: `${found.adapter}; ${why}` }
    : onCpu(`a GPU (${found.adapter}) would not pay: ${why}`)
}

/** Adds the reason for the choice to what an executable explains, after the line that names its engine. */
const withReason = (executable: Executable, why: string): Executable => ({
  ...executable,
  explain: () => executable.explain().replace(/\n|$/, `\ntaken by auto: ${why}\n`)
})

/** Compiles each program on the engine that `choose` names for it; where that is a GPU which refuses it, on the CPU. */
export const auto: Engine = {
  name: 'auto',
  compile: (program, options) => async () => {
    const { engine, why } = await choose(program)
    const compiled = await engine.compile(program, options)()
    if (E.isRight(compiled)) return E.right(withReason(compiled.right, why))
    if (!engine.name.startsWith('gpu')) return compiled
    const other = await onCpu(`${why}; but ${showFault(compiled.left)}`)
    return E.map((executable: Executable) => withReason(executable, other.why))(
      await other.engine.compile(program, options)()
    )
  }
}

/**
 * Says which engine `auto` takes for a program in this process or page, and why.
 *
 * @example
 * import { Engine, Program, mul, tensor } from 'saddlepoint'
 * const said = await Engine.describe(Program.of((x) => mul(x, 2), tensor([1, 2])))
 * said.startsWith('wasm') // => true
 */
export function describe(program: Program): Promise<string>
export async function describe(program: Program, ...more: None): Promise<string> {
  const { engine, why } = await choose(requireProgram('Engine.describe', program, more))
  return `${engine.name}: ${why}`
}
