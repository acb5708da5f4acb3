/** What `memory.test.ts` looks at, in a process of its own: executables that are made, run and disposed of. */
import { setTimeout } from 'node:timers/promises'
import type { WasmExecutable } from '../../../src/engines/wasm/executable.ts'
import { tanh } from '../../../src/ops/elementary.ts'
import { programOf, rightOf } from '../../support/programs.ts'
import { build } from './support.ts'

/** An executable whose memory has so many MiB, half of them its input, that has run once. */
const used = async (mebibytes: number, threads: number): Promise<WasmExecutable> => {
  const size = (mebibytes * 2 ** 20) / 8
  const executable = await build(
    programOf((x) => [tanh(x)], [{ shape: [size], dtype: 'float32' }]),
    threads
  )
  rightOf(await executable.run([new Float32Array(size).fill(1)])())
  return executable
}

/** Makes as many executables as there are sizes, and then disposes of them. */
const useTogether = async (sizes: readonly number[], threads: number): Promise<void> => {
  const executables: WasmExecutable[] = []
  for (const size of sizes) executables.push(await used(size, threads))
  for (const executable of executables) executable.dispose()
  await setTimeout(2)
}

const resident = (): number => process.memoryUsage.rss() / 2 ** 20

const [threads, groups, enough] = JSON.parse(process.argv[2]!) as [number, number[][], number]
await useTogether([1], threads)
globalThis.gc!()
const before = resident()
for (const sizes of groups) await useTogether(sizes, threads)

// On a loaded machine workers do not end at once.
let least = Infinity
for (let round = 0; round < 20 && least > enough; round++) {
  globalThis.gc!()
  await setTimeout(100)
  least = Math.min(least, resident() - before)
}
console.log(least)
process.exit(0)
