import type { WebAssemblyMemory } from '../webassembly.ts'
import { WebAssembly } from '../webassembly.ts'
import { control } from '../../../kernels/wasm/module/protocol.ts'

/**
 * Memories of executables that were disposed of, to be used again, the oldest first. It takes time to get a new one: its
 * pages have to be cleared.
 */
const free: { readonly memory: WebAssemblyMemory; readonly pages: number; readonly shared: boolean }[] = []

/** Memories that are kept at most, and pages in all of them (256 MiB). */
const most = 8
const mostPages = 4096

const pageBytes = 65536

/** Bytes that a memory of 32-bit addresses may have. */
export const mostBytes = 65535 * pageBytes

/** Tells whether no helper works in a memory or was asked to. */
const isQuiet = ({ buffer }: WebAssemblyMemory): boolean => {
  const words = new Int32Array(buffer, control.present, (control.first - control.present) / 4)
  return words.every((_, n) => Atomics.load(words, n) === 0)
}

/** Returns a memory of at least so many bytes, with whatever was in it before. Throws a RangeError where there is none. */
export const takeMemory = (bytes: number, shared: boolean): WebAssemblyMemory => {
  const pages = Math.ceil(bytes / pageBytes)
  const fitting = free
    .filter((one) => one.shared === shared && one.pages >= pages && one.pages <= 2 * pages + 16)
    .filter(({ memory }) => !shared || isQuiet(memory))
  if (fitting.length > 0) {
    const smallest = fitting.reduce((best, one) => (one.pages < best.pages ? one : best))
    return free.splice(free.indexOf(smallest), 1)[0]!.memory
  }
  return new WebAssembly.Memory(shared ? { initial: pages, maximum: pages, shared } : { initial: pages })
}

/** Keeps a memory for another executable, and lets go of the oldest ones where they become too many. */
export const giveMemory = (memory: WebAssemblyMemory, shared: boolean): void => {
  free.push({ memory, pages: memory.buffer.byteLength / pageBytes, shared })
  while (free.length > most || free.reduce((sum, one) => sum + one.pages, 0) > mostPages) free.shift()
}
