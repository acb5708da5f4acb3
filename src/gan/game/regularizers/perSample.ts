import { reshape } from '../../../ops/shaping.ts'
import { requireTensor } from '../../../tensor/arguments.ts'
import { fail } from '../../../tensor/error.ts'
import { equalShapes, showShape, sizeOf } from '../../../tensor/shape.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { showAval } from '../../../tensor/tensor.ts'

/** Shapes a number a sample, [B] or [B, 1], to stand beside samples x, [B, ...]: [B, 1, ...]. */
export const perSample = (op: string, name: string, numbers: Tensor, x: Tensor): Tensor => {
  const [batch = 1, ...features] = x.shape
  return numbers.shape[0] === batch && sizeOf(numbers.shape) === batch
    ? reshape(numbers, [batch, ...features.map(() => 1)])
    : fail('ShapeMisfit', {
        op,
        expected: `${name} as [${String(batch)}], a number for each of the ${String(batch)} samples`,
        actual: showAval(numbers),
        hint: `Draw uniform(key, [${String(batch)}]), say`
      })
}

/** Fails unless y has the shape of samples x. */
export const requireAlike = (op: string, name: string, y: Tensor, x: Tensor): void => {
  if (!equalShapes(y.shape, x.shape))
    fail('ShapeMisfit', {
      op,
      expected: `${name} shaped like the samples, ${showShape(x.shape)}`,
      actual: showAval(y)
    })
}

/** Fails unless directions are some of latents z: [probes, B, latents], of at least two. */
export const requireProbes = (op: string, directions: Tensor, z: Tensor): void => {
  const [probes = 0, ...each] = requireTensor(op, directions).shape
  if (probes < 2 || !equalShapes(each, z.shape))
    fail('ShapeMisfit', {
      op,
      expected: `at least two directions of latents, [probes, ${z.shape.join(', ')}]`,
      actual: showAval(directions)
    })
}
