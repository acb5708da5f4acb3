import { describe, expect, it } from 'vitest'
import * as s from '../../src/index.ts'
import { isSaddlepointError } from '../../src/index.ts'

const float = s.tensor([[1, 2, 3]])
const int = s.tensor([[1, 2, 3]], [1, 3], 'int32')
const bool = s.tensor([true, false, true])
const image = s.zeros([1, 2, 4, 4])

/** What is called, the tag of the error, and words that its message holds. */
const misfits: readonly (readonly [() => unknown, string, ...string[]])[] = [
  [() => s.add(float, s.zeros([2])), 'ShapeMisfit', 'add', '[1, 3]', '[2]'],
  [() => s.mul(float, int), 'DTypeMisfit', 'mul', "convert(x, 'float32')"],
  [() => s.add(int, 0.5), 'DTypeMisfit', '0.5'],
  [() => s.add(bool, 1), 'DTypeMisfit', 'add'],
  [() => s.div(int, int), 'DTypeMisfit', 'div'],
  [() => s.less(int, float), 'DTypeMisfit', 'less', 'convert'],
  [() => s.where(float, 1, 2), 'DTypeMisfit', 'where', 'bool', 'notEqual'],
  [() => s.where(bool, float, int), 'DTypeMisfit', 'where'],
  [() => s.logicalAnd(bool, float), 'DTypeMisfit', 'logicalAnd'],
  [() => s.exp(int), 'DTypeMisfit', 'exp', 'int32[1, 3]'],
  [() => s.mean(int), 'DTypeMisfit', 'mean'],
  [() => s.clamp(float, { min: 2, max: 1 }), 'InvalidArgument', 'min 2, max 1'],
  [() => s.sum(float, { axes: [2] }), 'InvalidArgument', 'sum', 'from -2 to 1'],
  [() => s.sum(float, { axes: [0, -2] }), 'InvalidArgument', 'distinct'],
  [() => s.reduceMax(s.zeros([0, 2]), { axes: [0] }), 'ShapeMisfit', 'reduceMax'],
  [() => s.norm(float, { ord: 0 }), 'InvalidArgument', 'norm'],
  [() => s.reshape(float, [2, -1]), 'ShapeMisfit', 'reshape'],
  [() => s.reshape(float, [-1, -1]), 'ShapeMisfit', 'reshape'],
  [() => s.transpose(float, [0, 0]), 'InvalidArgument', 'transpose'],
  [() => s.broadcastTo(float, [3]), 'ShapeMisfit', 'broadcastTo'],
  [() => s.expandDims(float, { axes: [3] }), 'InvalidArgument', 'expandDims', 'from -3 to 2'],
  [() => s.squeeze(float, { axes: [1] }), 'ShapeMisfit', 'squeeze'],
  [() => s.concat([float, s.zeros([2])]), 'ShapeMisfit', 'concat'],
  [() => s.concat([float, int]), 'DTypeMisfit', 'concat'],
  [() => s.concat([]), 'InvalidArgument', 'concat'],
  [() => s.stack([float, s.zeros([3])]), 'ShapeMisfit', 'stack'],
  [() => s.slice(float, { end: [1, 4] }), 'InvalidArgument', 'slice', 'place 4'],
  [() => s.slice(float, { strides: [1, -1] }), 'InvalidArgument', 'slice', 'flip'],
  [() => s.slice(float, { start: [0, 0, 0] }), 'InvalidArgument', 'slice'],
  [() => s.pad(float, { low: [1], high: [1] }), 'ShapeMisfit', 'pad'],
  [() => s.pad(float, { low: [-2, 0], high: [0, 0] }), 'ShapeMisfit', 'pad'],
  [() => s.take(float, [3], { axis: 1 }), 'InvalidArgument', 'take', 'from 0 to 2'],
  [() => s.take(float, [-1], { axis: 1 }), 'InvalidArgument', 'take'],
  [() => s.take(float, [0.5], { axis: 1 }), 'InvalidArgument', 'take', '0.5'],
  [() => s.take(float, float), 'DTypeMisfit', 'take', "convert(indices, 'int32')"],
  [() => s.takeAlongAxis(float, [0, 1]), 'ShapeMisfit', 'takeAlongAxis'],
  [() => s.oneHot([2], 2), 'InvalidArgument', 'oneHot'],
  [() => s.matmul(float, float), 'ShapeMisfit', 'matmul', '[1, 3] and float32[1, 3]'],
  [() => s.matmul(float, s.tensor(1)), 'ShapeMisfit', 'matmul'],
  [() => s.matmul(s.zeros([2, 3, 4]), s.zeros([3, 4, 5])), 'ShapeMisfit', 'matmul'],
  [() => s.dot(float, s.zeros([3])), 'ShapeMisfit', 'dot'],
  [() => s.dot(s.zeros([1]), s.zeros([3])), 'ShapeMisfit', 'matmul'],
  [() => s.einsum('ij,jk->ik', float), 'InvalidArgument', 'einsum', 'one term for each operand'],
  [() => s.einsum('ij->ijk', float), 'InvalidArgument', 'einsum'],
  [() => s.einsum('ij->ii', float), 'InvalidArgument', 'einsum'],
  [() => s.einsum('i1->i', float), 'InvalidArgument', 'einsum'],
  [() => s.einsum('i->i', float), 'ShapeMisfit', 'einsum'],
  [() => s.einsum('ij,ij->i', float, s.zeros([1, 4])), 'ShapeMisfit', 'einsum', 'j is both 3 and 4'],
  [() => s.topK(float, 4), 'InvalidArgument', 'topK'],
  [() => s.conv2d(float, image), 'ShapeMisfit', 'conv2d', 'images [N, C, H, W]'],
  [() => s.conv2d(image, s.zeros([2, 3, 3, 3])), 'ShapeMisfit', 'conv2d', 'O, I/groups'],
  [() => s.conv2d(image, s.zeros([3, 1, 1, 1]), { groups: 2 }), 'ShapeMisfit', 'conv2d'],
  [() => s.conv2d(image, s.zeros([1, 2, 5, 5])), 'ShapeMisfit', 'conv2d', 'smaller than the kernel'],
  [() => s.conv2d(image, s.zeros([1, 2, 1, 1]), { stride: 0 }), 'InvalidArgument', 'conv2d', 'stride'],
  [() => s.convTranspose2d(image, s.zeros([3, 2, 3, 3])), 'ShapeMisfit', 'convTranspose2d'],
  [() => s.convTranspose2d(image, s.zeros([2, 2, 1, 1]), { padding: 2 }), 'ShapeMisfit', 'convTranspose2d'],
  [() => s.avgPool2d(image, { window: 5 }), 'ShapeMisfit', 'avgPool2d'],
  [() => s.upsampleNearest2d(image, 1.5), 'InvalidArgument', 'upsampleNearest2d'],
  [() => s.resizeBilinear2d(image, { scale: 0.1 }), 'InvalidArgument', 'resizeBilinear2d'],
  [() => s.depthToSpace(image, 2), 'ShapeMisfit', 'depthToSpace'],
  [() => s.spaceToDepth(image, 3), 'ShapeMisfit', 'spaceToDepth'],
  [() => s.reflectPad2d(image, { low: 4, high: 0 }), 'ShapeMisfit', 'reflectPad2d'],
  [() => s.affineSample2d(image, s.zeros([2, 2, 3])), 'ShapeMisfit', 'affineSample2d', '[1, 2, 3] or [2, 3]'],
  [() => s.layerNorm(float, s.zeros([2]), s.zeros([2])), 'ShapeMisfit', 'layerNorm', '[3]'],
  [() => s.groupNorm(image, s.zeros([2]), s.zeros([2]), { groups: 3 }), 'ShapeMisfit', 'groupNorm'],
  [() => s.batchNorm(s.zeros([3]), s.zeros([3]), s.zeros([3])), 'ShapeMisfit', 'batchNorm'],
  [() => s.softmaxCrossEntropyWithLogits(float, [0, 1]), 'ShapeMisfit', 'softmaxCrossEntropyWithLogits'],
  [() => s.softmaxCrossEntropyWithLogits(float, [3]), 'InvalidArgument', 'from 0 to 2'],
  [() => s.zeros([-1]), 'InvalidArgument', 'zeros'],
  [() => s.arange(0, 1, { step: 0 }), 'InvalidArgument', 'arange'],
  [() => s.linspace(0, 1, 0), 'InvalidArgument', 'linspace']
]

describe('what does not fit', () => {
  for (const [call, tag, ...words] of misfits)
    it(call.toString().replace('() => s.', ''), () => {
      let thrown: unknown
      try {
        call()
      } catch (cause) {
        thrown = cause
      }
      if (!isSaddlepointError(thrown)) throw new Error(`threw ${String(thrown)}`)
      expect(thrown._tag).toBe(tag)
      for (const word of words) expect(thrown.message).toContain(word)
      expect(thrown.site).toContain('misfits.test.ts')
    })
})
