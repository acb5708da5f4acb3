import type { Node } from '../../src/program/node.ts'
import type { Program } from '../../src/program/program.ts'
import { nodesOf } from '../../src/program/program.ts'
import { isScan } from '../../src/program/scan.ts'
import type { DotAxes } from '../../src/program/vocabulary.ts'
import { sizeOf } from '../../src/tensor/shape.ts'

/** Images y [G, N, O, ...] and filters w [G, O, C, ...]: every output meets C taps; those in the padding count, as usual. */
const ofConvolution = (y: Node, w: Node): number =>
  (2 * sizeOf(y.shape) * sizeOf(w.shape)) / (w.shape[0]! * w.shape[1]!)

const flopsOfNode = (node: Node): number => {
  if (isScan(node)) return node.params.length * flopsOf(node.params.body)
  const [a, b] = node.operands
  switch (node.primitive.name) {
    case 'dotGeneral': {
      const { contract } = node.params as unknown as DotAxes
      return contract[0].reduce((product, axis) => product * a!.shape[axis]!, 2 * sizeOf(node.shape))
    }
    case 'conv':
      return ofConvolution(node, b!)
    case 'convInputGradient':
      return ofConvolution(a!, b!)
    case 'convFilterGradient':
      return ofConvolution(b!, node)
    default:
      return 0
  }
}

/** Multiplications and additions in the contractions and convolutions that a program's outputs need, those of a loop's body once an iteration. */
export function flopsOf({ outputs }: Program): number {
  return nodesOf(outputs).reduce((sum, node) => sum + flopsOfNode(node), 0)
}
