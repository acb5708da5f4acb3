import { isNode } from '../program/node.ts'
import { requireTensor } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { showAval } from '../tensor/tensor.ts'

/** Returns a tensor of finite numbers, or a traced one, whose numbers are not known yet. Throws InvalidArgument for others. */
export const requireFinite = (op: string, name: string, x: Tensor): Tensor => {
  if (isNode(requireTensor(op, x, name))) return x
  const off = x.data.findIndex((value) => !Number.isFinite(value))
  if (off < 0) return x
  const row = Math.floor(off / (x.data.length / (x.shape[0] ?? 1)))
  return fail('InvalidArgument', {
    op,
    expected: `finite numbers as ${name}`,
    actual: `${String(x.data[off])}${x.shape.length === 0 ? '' : ` in row ${String(row)}`}`,
    hint: 'Look at what made it: a figure of such numbers would say nothing'
  })
}

/** Reads latents [B, latents] of finite numbers, or traced ones. */
export const latentsIn = (op: string, z: Tensor): Tensor => {
  if (requireTensor(op, z).shape.length !== 2 || sizeOf(z.shape) === 0)
    fail('ShapeMisfit', { op, expected: 'latents [B, latents]', actual: showAval(z) })
  return requireFinite(op, 'latents', z)
}
