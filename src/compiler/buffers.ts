import { constant } from '../program/leaves.ts'
import type { Node } from '../program/node.ts'
import type { Program } from '../program/program.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { storageOf } from './fuse/pattern.ts'
import type { Buffer } from './schedule.ts'

/** The buffers of a schedule while its kernels are made: one for each input, others as they are asked for. */
export interface Buffers {
  readonly list: readonly Buffer[]
  /** The buffer of each input of the program. */
  readonly inputs: readonly number[]
  /** The buffer of a stored value, an input or a constant, made if there is none yet. */
  readonly of: (node: Node) => number
  /** Makes a temporary like another buffer. */
  readonly like: (buffer: number) => number
}

const roleOf = ({ primitive, params }: Node): Buffer['role'] =>
  primitive === constant ? { kind: 'constant', data: (params['tensor'] as Tensor).data } : { kind: 'temporary' }

export const createBuffers = (program: Program): Buffers => {
  const list: Buffer[] = []
  const numbers = new Map<Node, number>()
  const add = (node: Node, role: Buffer['role']): number => {
    const number = list.push({ dtype: node.dtype, size: sizeOf(node.shape), role }) - 1
    numbers.set(node, number)
    return number
  }
  const inputs = program.inputs.map((node, index) => add(node, { kind: 'input', index }))
  return {
    list,
    inputs,
    of: (node) => {
      const storage = storageOf(node)
      return numbers.get(storage) ?? add(storage, roleOf(storage))
    },
    like: (buffer) => list.push({ ...list[buffer]!, role: { kind: 'temporary' } }) - 1
  }
}
