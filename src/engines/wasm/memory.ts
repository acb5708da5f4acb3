import type { WebAssemblyMemory } from '../webassembly.ts'
import { WebAssembly } from '../webassembly.ts'
import { control } from '../../../kernels/wasm/module/protocol.ts'

/**
 * Memories of executables that were disposed of, to be used again: a memory that a worker has seen is only freed when the
 * worker collects its garbage, which an idle one never does.
 */
const free: { readonly memory: WebAssemblyMemory; readonly pages: number; readonly shared: boolean }[] = []

/** Memories kept, and pages in all of them. */
const most = 8
const mostPages = 4096

const pageBytes = 65536
export const pagesFor = (bytes: number): number => Math.ceil(bytes / pageBytes)
/** A 32-bit address reaches no further. */
export const mostBytes = 65535 * pageBytes

/** Whether no helper is at work in a memory, or was asked to. */
const isQuiet = ({ buffer }: WebAssemblyMemory): boolean => {
  const words = new Int32Array(buffer, control.present, (control.first - control.present) / 4)
  return words.every((_, n) => Atomics.load(words, n) === 0)
}

/** A memory of at least so many bytes; throws where there is none. Its content is whatever was there. */
export const takeMemory = (bytes: number, shared: boolean): WebAssemblyMemory => {
  const pages = pagesFor(bytes)
  let best = -1
  free.forEach((one, i) => {
    const fits = one.shared === shared && one.pages >= pages && one.pages <= 2 * pages + 16
    if (fits && (!shared || isQuiet(one.memory)) && (best < 0 || one.pages < free[best]!.pages)) best = i
  })
  if (best >= 0) return free.splice(best, 1)[0]!.memory
  return new WebAssembly.Memory(shared ? { initial: pages, maximum: pages, shared } : { initial: pages })
}

export const giveMemory = (memory: WebAssemblyMemory, shared: boolean): void => {
  const pages = memory.buffer.byteLength / pageBytes
  free.push({ memory, pages, shared })
  while (free.length > most || free.reduce((sum, one) => sum + one.pages, 0) > mostPages) free.shift()
}
