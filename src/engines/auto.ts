import * as E from '#fp-ts/Either'
import { explain } from '../compiler/explain.ts'
import { optimize } from '../compiler/rewrite/optimize.ts'
import { planMemory } from '../compiler/memory/plan.ts'
import { schedule } from '../compiler/scheduleProgram.ts'
import type { Program } from '../program/program.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Engine } from './engine.ts'
import { gpu } from './lazyGpu.ts'
import { reference } from './reference.ts'
import { isWasmAvailable, wasm } from './wasm/engine.ts'

/** An engine for a program, and why it was taken. */
export interface Choice {
  readonly engine: Engine
  readonly why: string
}

/**
 * Microseconds of a step, roughly: what a CPU with SIMD and what a GPU through gpu.js takes. The CPU's figures and the
 * cost of a launch were measured (docs/performance.md); the GPU's rates are cautious guesses for kernels that share no memory.
 */
const rates = {
  cpu: { flops: 80_000, bytes: 15_000, launch: 0.5, transfer: Infinity },
  gpu: { flops: 400_000, bytes: 100_000, launch: 15, transfer: 3000 }
}
/** A GPU is to be this many times as fast before it is worth the way there. */
const worthwhile = 1.5

/** Why a GPU pays for the program, or why it does not. */
export const weigh = (program: Program): { readonly pays: boolean; readonly why: string } => {
  const made = schedule(optimize(program))
  const { flops, bytes, kernels } = explain(made, planMemory(made))
  const moved = [...program.inputs, ...program.outputs].reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0)
  const time = (rate: (typeof rates)['cpu']): number =>
    flops / rate.flops + bytes / rate.bytes + kernels.length * rate.launch + moved / rate.transfer
  const [onCpu, onGpu] = [time(rates.cpu), time(rates.gpu)]
  const figures =
    `${(flops / 1e6).toPrecision(3)} Mflop in ${String(kernels.length)} kernels: ` +
    `about ${(onCpu / 1000).toPrecision(2)} ms on a CPU, ${(onGpu / 1000).toPrecision(2)} ms on a GPU`
  return { pays: onGpu * worthwhile < onCpu, why: figures }
}

const onCpu = async (why: string): Promise<Choice> => {
  return (await isWasmAvailable())
    ? { engine: wasm(), why }
    : { engine: reference(), why: `${why}; WebAssembly with SIMD is not there` }
}

/** The name of a GPU that answers; none, too, where the code that asks for it cannot be loaded. */
const gpuHere = async (): Promise<string | undefined> => {
  try {
    const { realAdapter } = await import('./gpu/device/adapter.ts')
    return await realAdapter()
  } catch {
    return undefined
  }
}

/** The engine that is likely fastest for a program here. */
export const choose = async (program: Program): Promise<Choice> => {
  const adapter = await gpuHere()
  if (adapter === undefined) return onCpu('no GPU answers')
  const { pays, why } = weigh(program)
  return pays
    ? { engine: gpu({ mode: 'webgpu' }), why: `${adapter}; ${why}` }
    : onCpu(`a GPU (${adapter}) would not pay: ${why}`)
}

/** Decides for each program by itself. A GPU that cannot have it after all leaves it to the CPU. */
export const auto: Engine = {
  name: 'auto',
  compile: (program, options) => async () => {
    const { engine, why } = await choose(program)
    const compiled = await engine.compile(program, options)()
    if (E.isRight(compiled) || !engine.name.startsWith('gpu')) return compiled
    const { engine: other } = await onCpu(why)
    return other.compile(program, options)()
  }
}

/**
 * Which engine `auto` takes for a program in this process or page, and why.
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
