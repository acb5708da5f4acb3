import type { Signal } from './signal.ts'
import { unlessAborted } from './signal.ts'

const { setTimeout: later, clearTimeout: never } = globalThis as unknown as {
  readonly setTimeout: (f: () => void, milliseconds: number) => unknown
  readonly clearTimeout: (timer: unknown) => void
}

/** Waits for a promise, so many milliseconds at most and no longer than until the signal. */
export const inTime = async (of: PromiseLike<unknown>, milliseconds: number, signal?: Signal): Promise<void> => {
  let timer: unknown
  const late = new Promise<void>((resolve) => {
    timer = later(resolve, milliseconds)
  })
  try {
    await Promise.race([unlessAborted(of, signal), late])
  } finally {
    never(timer)
  }
}
