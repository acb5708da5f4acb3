import type { Shape } from '../tensor/shape.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Aval, Tensor } from '../tensor/tensor.ts'
import { fingerprint } from './fingerprint.ts'
import type { Node } from './node.ts'
import type { Program } from './program.ts'
import { nodesOf } from './program.ts'
import type { Vocabulary } from './vocabulary.ts'

/** A closed program as a parameter of a node: in the node's key, and so in whatever finds equal nodes, it is its fingerprint. */
export interface Body extends Program {
  readonly toJSON: () => string
}

export const bodyOf = (program: Program): Body => {
  let key: string | undefined
  return { ...program, toJSON: () => (key ??= fingerprint(program)) }
}

/** Names what the backward pass keeps of each iteration: all that it reads, or the carries alone, from which it computes the rest anew. */
export type Keep = 'all' | 'carries'

/**
 * Parameters of the primitive `scan`, a loop over a body:
 *
 *     body: (constants..., carries..., slices of xs...) -> (next carries..., ys...)
 *     operands: constants..., first carries..., xs...
 *
 * Iteration i reads slice i along the leading axis of each of the xs, from the last to the first where `reverse` is true.
 * The result is one vector: the outputs of the body that `returned` lists, of one dtype, one after the other and row-major;
 * of a carry its value after the last iteration, of a y all of them, that of iteration i in place i. So a loop is a value
 * like any other, and what it returns is taken apart by slices.
 */
export interface ScanParams extends Record<string, unknown> {
  readonly body: Body
  readonly constants: number
  readonly carries: number
  readonly length: number
  readonly reverse: boolean
  /** Numbers of outputs of the body. */
  readonly returned: readonly number[]
  /** Numbers of operands that the result is linear in, all together. */
  readonly linear: readonly number[]
  readonly keep: Keep
  /** The number of a carry, one truth value: once it is false, iterations change nothing more and are left out. */
  readonly whileTrue?: number
}

export type Scan = Node & { readonly params: ScanParams }

export const isScan = (node: Node): node is Scan => node.primitive.name === 'scan'

/** Returns shape and dtype of each part of a scan's result. */
export const partsOf = ({ body, carries, length, returned }: ScanParams): readonly Aval[] =>
  returned.map((n) => {
    const { shape, dtype } = body.outputs[n]!
    return { shape: n < carries ? shape : [length, ...shape], dtype }
  })

/** Takes a vector apart into parts of these shapes, along its last axis; axes before it stay. */
export const unpack = (
  o: Vocabulary,
  packed: Tensor,
  parts: readonly { readonly shape: Shape }[]
): readonly Tensor[] => {
  const leading = packed.shape.slice(0, -1)
  let start = 0
  return parts.map(({ shape }) => {
    const end = start + sizeOf(shape)
    const part = o.slice(packed, [...leading.map(() => 0), start], [...leading, end])
    start = end
    return o.reshape(part, [...leading, ...shape])
  })
}

/** Tests whether one of some nodes, or one in the body of a loop among them, passes a test. */
export const someNode = (nodes: readonly Node[], test: (node: Node) => boolean): boolean =>
  nodes.some((node) => test(node) || (isScan(node) && someNode(nodesOf(node.params.body.outputs), test)))
