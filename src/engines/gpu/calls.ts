import * as E from '#fp-ts/Either'
import type { Kernel } from '../../../kernels/gpu/kernel.ts'
import type { Obstacle } from '../../../kernels/gpu/obstacle.ts'
import { printKernel } from '../../../kernels/gpu/print.ts'
import type { Node } from '../../program/node.ts'
import type { Aval } from '../../tensor/tensor.ts'

/** One kernel at work. Values are known by identity: those of nodes, and parts that a node is put together from. */
export interface Call {
  readonly kernel: Kernel
  readonly reads: readonly Aval[]
  readonly writes: Aval
}

/** What a kernel reads: whose value, under which shape, and the number that it is everywhere, where it is one. */
export interface Reading {
  readonly of: Aval
  readonly as: Aval
  readonly value?: number
}

/** Arrays that a kernel may read: WebGPU binds 8 at least, one of them the result. */
const mostArguments = 7

const callOf = (node: Node, readings: readonly Reading[], writes: Aval): E.Either<Obstacle, Call> => {
  const { primitive, params } = node
  const nest = primitive.lower(
    readings.map((reading) => reading.as),
    writes,
    params
  )
  if (nest.kind !== 'nest') return E.left({ reason: 'number', expected: 'a loop nest', actual: primitive.name })
  const operands = readings.map(({ as: { shape }, value }) => (value === undefined ? { shape } : { shape, value }))
  return E.map((kernel: Kernel) => ({ kernel, reads: kernel.reads.map((i) => readings[i]!.of), writes }))(
    printKernel(nest, operands)
  )
}

/** The kernels of a node: one, but for a concatenation of many, which is put together bit by bit. */
export const callsFor = (node: Node, readings: readonly Reading[]): E.Either<Obstacle, readonly Call[]> => {
  const { primitive, params } = node
  if (primitive.name !== 'concat' || readings.length <= mostArguments)
    return E.map((call: Call) => [call])(callOf(node, readings, node))
  const first = readings.slice(0, mostArguments)
  const part = primitive.shape(
    first.map((reading) => reading.as),
    params
  )
  const call = callOf(node, first, part)
  if (E.isLeft(call)) return call
  const rest = callsFor(node, [{ of: part, as: part }, ...readings.slice(mostArguments)])
  return E.map((calls: readonly Call[]) => [call.right, ...calls])(rest)
}
