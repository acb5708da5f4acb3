import type { EngineFault } from '../engine.ts'

export const engineName = 'wasm'

const fault = (_tag: EngineFault['_tag'], expected: string, actual: string, hint: string): EngineFault => ({
  _tag,
  engine: engineName,
  expected,
  actual,
  hint
})

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`

export const notAvailable = (actual: string): EngineFault =>
  fault(
    'NotAvailable',
    'WebAssembly with SIMD',
    actual,
    "Use the engine 'reference', or 'gpu:...' where there is a GPU"
  )

export const notSupported = (expected: string, actual: string): EngineFault =>
  fault('NotSupported', expected, actual, "Use the engine 'reference' for this program")

export const tooLarge = (bytes: number): EngineFault =>
  fault(
    'TooLarge',
    'a program that needs less than 4096 MiB',
    mebibytes(bytes),
    'Use smaller batches, or recompute intermediates under checkpoint'
  )

export const outOfMemory = (bytes: number, cause: unknown): EngineFault =>
  fault(
    'OutOfMemory',
    `${mebibytes(bytes)} of memory`,
    cause instanceof Error ? cause.message : String(cause),
    'Dispose of executables that are no longer needed, or use smaller batches'
  )

export const workerDied = (actual: string): EngineFault =>
  fault('WorkerDied', 'helpers that finish what they begin', actual, 'Run again: the next call starts new workers')

export const disposed: EngineFault = fault(
  'Disposed',
  'an executable in use',
  'one that was disposed of',
  'Compile it again'
)

export const wrongInputs = (expected: string, actual: string): EngineFault =>
  fault('NotSupported', expected, actual, 'Pass one array for each input of the program, of its size')

export const lost: EngineFault = fault(
  'Disposed',
  'a carry that the engine holds',
  'one that was disposed of, or lost with a worker',
  'Start again from a snapshot'
)
