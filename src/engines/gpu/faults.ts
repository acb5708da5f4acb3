import type { Obstacle } from '../../../kernels/gpu/limits/obstacle.ts'
import type { FaultOf } from './faultOf.ts'
import { fault, messageOf } from './faultOf.ts'

/** Says why a part of a program has no kernels. */
export const notPrinted = ({ reason, expected, actual }: Obstacle): FaultOf =>
  reason === 'size'
    ? fault(
        'TooLarge',
        expected,
        actual,
        "Make the batch smaller, or choose an engine that indexes with integers, such as 'wasm'"
      )
    : fault('NotSupported', expected, actual, "Choose another engine, such as 'wasm', and please report this program")

export const inexactInteger = (value: number): FaultOf =>
  fault(
    'TooLarge',
    'integers of at most 2^24 in magnitude where floats depend on them',
    String(value),
    'Keys and counters may be larger: they never reach a kernel. Indices may not'
  )

export const degraded = (executor: string, reason: string | null): FaultOf =>
  fault(
    'Degraded',
    'one fused plan',
    `the ${executor} executor of gpu.js, since ${reason ?? 'it gives no reason'}`,
    'Please report this program: its results are right, but slow'
  )

const isMemory = (message: string): boolean => /memory|allocat/i.test(message) && !/out of bounds/i.test(message)

export const failed = (cause: unknown): FaultOf =>
  fault(
    isMemory(messageOf(cause)) ? 'OutOfMemory' : 'NotSupported',
    'kernels that gpu.js runs',
    messageOf(cause),
    'Compare with the reference engine, and please report this program'
  )

export const disposed: FaultOf = fault('Disposed', 'an executable in use', 'one that was disposed of', 'Compile again')

export const lost = (reason: string): FaultOf =>
  fault(
    'DeviceLost',
    'a device that answers',
    `one that is gone: ${reason}`,
    'Run again: the next call asks for a new device. A state that was advanced is the one before this call'
  )

export const wrongInputs = (expected: string, actual: string): FaultOf =>
  fault('NotSupported', expected, actual, 'Pass one array for each input of the program, of its size')
