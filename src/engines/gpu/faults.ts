import type { EngineFault } from '../engine.ts'

/** What can go wrong with gpu.js, in the words of the engine's interface. */
export type FaultOf = (engine: string) => EngineFault

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

export const notAvailable =
  (cause: unknown): FaultOf =>
  (engine) => ({
    _tag: 'NotAvailable',
    engine,
    expected: 'gpu.js in this mode',
    actual: messageOf(cause),
    hint: "Install gpu.js, or choose another engine, such as 'auto'"
  })

export const tooLarge =
  (expected: string, actual: string): FaultOf =>
  (engine) => ({
    _tag: 'TooLarge',
    engine,
    expected,
    actual,
    hint: "Make the batch smaller, or choose an engine that indexes with integers, such as 'wasm'"
  })

export const notPrinted =
  (expected: string, actual: string): FaultOf =>
  (engine) => ({
    _tag: 'NotSupported',
    engine,
    expected,
    actual,
    hint: "Choose another engine, such as 'wasm', and please report this program"
  })

export const inexactInteger =
  (value: number): FaultOf =>
  (engine) => ({
    _tag: 'TooLarge',
    engine,
    expected: 'integers of at most 2^24 in magnitude where floats depend on them',
    actual: String(value),
    hint: 'Keys and counters may be larger: they never reach a kernel. Indices may not'
  })

export const degraded =
  (executor: string, reason: string | null): FaultOf =>
  (engine) => ({
    _tag: 'Degraded',
    engine,
    expected: 'one fused plan',
    actual: `the ${executor} executor of gpu.js, since ${reason ?? 'it gives no reason'}`,
    hint: 'Please report this program: its results are right, but slow'
  })

export const failed =
  (cause: unknown): FaultOf =>
  (engine) => ({
    _tag:
      /memory|allocat/i.test(messageOf(cause)) && !/out of bounds/i.test(messageOf(cause))
        ? 'OutOfMemory'
        : 'NotSupported',
    engine,
    expected: 'kernels that gpu.js runs',
    actual: messageOf(cause),
    hint: 'Compare with the reference engine, and please report this program'
  })

export const disposed: FaultOf = (engine) => ({
  _tag: 'Disposed',
  engine,
  expected: 'an executable in use',
  actual: 'one that was disposed of',
  hint: 'Compile again'
})

export const lost =
  (reason: string): FaultOf =>
  (engine) => ({
    _tag: 'DeviceLost',
    engine,
    expected: 'a device that answers',
    actual: `one that is gone: ${reason}`,
    hint: 'Run again: the next call asks for a new device. A state that was advanced is the one before this call'
  })

export const wrongInputs =
  (expected: string, actual: string): FaultOf =>
  (engine) => ({
    _tag: 'NotSupported',
    engine,
    expected,
    actual,
    hint: 'Pass one array for each input of the program, of its size'
  })
