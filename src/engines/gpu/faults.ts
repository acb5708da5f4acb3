import { drawShape } from '../../tensor/shape.ts'
import type { Obstacle } from '../../../kernels/gpu/obstacle.ts'
import type { Node } from '../../program/node.ts'
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
  (node: Node, { expected, actual }: Obstacle): FaultOf =>
  (engine) => ({
    _tag: 'TooLarge',
    engine,
    expected,
    actual: `${actual} in ${node.primitive.name} to ${node.dtype}${drawShape(node.shape)}`,
    hint: "Make the batch smaller, or choose an engine that indexes with integers, such as 'auto'"
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
