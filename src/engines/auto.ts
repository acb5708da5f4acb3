import * as E from '#fp-ts/Either'
import type { Rates } from '../compiler/cost.ts'
import { rates } from '../compiler/cost.ts'
import { explain } from '../compiler/explain.ts'
import { optimize } from '../compiler/rewrite/optimize.ts'
import { planMemory } from '../compiler/memory/plan.ts'
import { schedule } from '../compiler/scheduleProgram.ts'
import type { Program } from '../program/program.ts'
import { elementBytes } from '../tensor/dtype.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Engine, Executable } from './engine.ts'
import { showFault } from './engine.ts'
import { gpu } from './lazyGpu.ts'
import { reference } from './reference.ts'
import { isWasmAvailable, wasm } from './wasm/engine.ts'

/** An engine for a program, and the reason for taking it. */
export interface Choice {
  readonly engine: Engine
  readonly why: string
}

/** How many times as fast a GPU has to be before it is worth the way there. */
const worthwhile = 1.5

/** Estimates one run of the program on a CPU and on a GPU, and says whether the GPU pays for it. */
export const weigh = (program: Program): { readonly pays: boolean; readonly why: string } => {
  const made = schedule(optimize(program))
  const { flops, bytes, kernels } = explain(made, planMemory(made))
  const moved = [...program.inputs, ...program.outputs].reduce(
    (sum, { shape }) => sum + elementBytes.float32 * sizeOf(shape),
    0
  )
  const nanoseconds = (on: Rates): number =>
    flops / on.flops + bytes / on.bytes + kernels.length * on.launch + moved / on.transfer
  const [onCpu, onGpu] = [nanoseconds(rates.cpu), nanoseconds(rates.gpu)]
  const figures =
    `${(flops / 1e6).toPrecision(3)} Mflop in ${String(kernels.length)} kernels: ` +
    `about ${(onCpu / 1e6).toPrecision(2)} ms on a CPU, ${(onGpu / 1e6).toPrecision(2)} ms on a GPU`
  return { pays: onGpu * worthwhile < onCpu, why: figures }
}

const onCpu = async (why: string): Promise<Choice> => {
  return (await isWasmAvailable())
    ? { engine: wasm(), why }
    : { engine: reference(), why: `${why}; WebAssembly with SIMD is not there` }
}

/** Asks for a GPU and returns its name; undefined where none answers or the code that asks cannot be loaded. */
const gpuHere = async (): Promise<string | undefined> => {
  try {
    const { realAdapter } = await import('./gpu/device/adapter.ts')
    return await realAdapter()
  } catch {
    return undefined
  }
}

/** Chooses the engine that is likely the fastest for a program here. */
export const choose = async (program: Program): Promise<Choice> => {
  const adapter = await gpuHere()
  if (adapter === undefined) return onCpu('no GPU answers')
  const { pays, why } = weigh(program)
  return pays
    ? { engine: gpu({ mode: 'webgpu' }), why: `${adapter}; ${why}` }
    : onCpu(`a GPU (${adapter}) would not pay: ${why}`)
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
export const describe = async (program: Program): Promise<string> => {
  const { engine, why } = await choose(program)
  return `${engine.name}: ${why}`
}
