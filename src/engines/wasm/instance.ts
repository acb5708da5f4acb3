import * as E from '#fp-ts/Either'
import type { Schedule } from '../../compiler/schedule.ts'
import type { Data } from '../../tensor/dtype.ts'
import type { EngineFault } from '../engine.ts'
import type { WebAssemblyFunction, WebAssemblyMemory, WebAssemblyModule } from '../webassembly.ts'
import { WebAssembly } from '../webassembly.ts'
import type { BuiltModule } from '../../../kernels/wasm/module/buildModule.ts'
import { control, outcome } from '../../../kernels/wasm/module/protocol.ts'
import { outOfMemory, workerDied } from './faults.ts'
import { giveMemory, takeMemory } from './memoryPool.ts'

/** A module in a memory of its own. */
export interface Instance {
  /** The buffers of the schedule, as views of the memory. */
  readonly views: readonly Data[]
  /**
   * Runs the regions from number `from` to before `to`: at once where the calling thread is thread 0, else on a worker.
   * The result is a fault where a worker died, which leaves the memory in no known state.
   */
  readonly runRegions: (from: number, to: number) => EngineFault | undefined | Promise<EngineFault | undefined>
  /** Does one task of a stage on the calling thread. */
  readonly perform: (stage: number, task: number) => void
  /** Counts the tasks that helpers have done so far. */
  readonly helped: () => number
  /** Gives the memory back. The instance is not to be used any more. */
  readonly release: () => void
}

const viewOf = (buffer: ArrayBufferLike, { dtype, size }: Schedule['buffers'][number], address: number): Data =>
  dtype === 'int32'
    ? new Int32Array(buffer, address, size)
    : dtype === 'bool'
      ? new Uint8Array(buffer, address, size)
      : new Float32Array(buffer, address, size)

const writeInitial = (
  words: Int32Array,
  views: readonly Data[],
  { buffers }: Schedule,
  { table }: BuiltModule
): void => {
  words.fill(0, 0, control.first / 4)
  words.set(table.words, table.address / 4)
  buffers.forEach(({ role }, i) => {
    if (role.kind === 'constant') views[i]!.set(role.data)
  })
}

/** Takes a memory and makes an instance in it. The result is a fault where there is no memory of that size. */
export const instantiate = async (
  schedule: Schedule,
  built: BuiltModule,
  module: WebAssemblyModule
): Promise<E.Either<EngineFault, Instance>> => {
  const { bytes, threads, addresses, scratch, shared: isShared, background } = built
  let memory: WebAssemblyMemory
  try {
    memory = takeMemory(bytes, isShared)
  } catch (cause) {
    return E.left(outOfMemory(bytes, cause))
  }
  const words = new Int32Array(memory.buffer)
  const views = schedule.buffers.map((buffer, i) => viewOf(memory.buffer, buffer, addresses[i]!))
  writeInitial(words, views, schedule, built)
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } })
  const step = exports['step'] as WebAssemblyFunction
  const perform = exports['perform'] as WebAssemblyFunction
  // Loaded where memory is shared alone.
  const workers = isShared ? await import('./workers.ts') : undefined
  const helpers = workers?.helpersOf({ module, memory, words, threads })
  const isParallel = built.regions.map((region) => region.parallel)
  const faultOf = (result: number): EngineFault | undefined => {
    if (result === outcome.done) return undefined
    workers?.endWorkers()
    return workerDied(result === outcome.trapped ? 'one that stopped' : 'one that did not answer for 15 s')
  }
  let inUse = true
  return E.right({
    views,
    runRegions: (from, to) => {
      if (threads > 1 && isParallel.slice(from, to).includes(true)) helpers?.ask()
      return helpers && background ? helpers.run(from, to).then(faultOf) : faultOf(step(from, to))
    },
    perform: (stage, task) => void perform(stage, task, scratch),
    helped: () => Atomics.load(words, control.helped / 4),
    release: () => {
      if (!inUse) return
      inUse = false
      helpers?.forget()
      giveMemory(memory, isShared)
    }
  })
}
