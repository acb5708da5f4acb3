import { slice } from '../../../ops/assembly.ts'
import type { Operand } from '../../../ops/operands.ts'
import { broadcastTo, reshape } from '../../../ops/shaping.ts'
import { fail } from '../../../tensor/error.ts'
import { showValue } from '../../../tensor/problem.ts'
import type { Shape } from '../../../tensor/shape.ts'
import { equalShapes, showShape } from '../../../tensor/shape.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { isTensor, showAval } from '../../../tensor/tensor.ts'

/** Names a parameter of images: one value for each of them, or the same for all. */
export type PerImage = Operand

/** Reads a parameter of n images as [n, ...shape]; a number, or one value of that shape, is repeated. */
export const perImage = (op: string, name: string, value: PerImage, n: number, shape: Shape = []): Tensor => {
  const wanted = [n, ...shape]
  if (typeof value === 'number') return broadcastTo(value, wanted)
  if (isTensor(value) && value.dtype === 'float32') {
    if (equalShapes(value.shape, wanted)) return value
    if (equalShapes(value.shape, shape)) return broadcastTo(value, wanted)
  }
  return fail('ShapeMisfit', {
    op,
    expected: `${name} float32 ${showShape(wanted)}, or ${showShape(shape)} for all images`,
    actual: isTensor(value) ? showAval(value) : showValue(value)
  })
}

/** Takes pairs [n, 2] apart: [n] and [n]. */
export const coordinates = (pairs: Tensor): readonly [Tensor, Tensor] => {
  const [n = 0] = pairs.shape
  const at = (i: number): Tensor => reshape(slice(pairs, { start: [0, i], end: [n, i + 1] }), [n])
  return [at(0), at(1)]
}

/** Reshapes [n] to [n, 1, 1, 1], which broadcasts over images, or to fewer axes of extent 1. */
export const overAxes = (x: Tensor, axes = 3): Tensor => reshape(x, [x.shape[0] ?? 0, ...Array<number>(axes).fill(1)])
