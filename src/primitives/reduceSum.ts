import { sizeOf } from '../tensor/shape.ts'
import type { Primitive } from '../program/primitive.ts'
import { reducedShape, reductionNest, withoutReduction } from './rules/reduction.ts'
import { reductionWalk } from './reference/reductionWalk.ts'
import { otherAxes, requireAxes, requireDType } from './rules/requirements.ts'

/** Sum over `axes`, which vanish. Added up in double precision; int32 wraps around. */
export const reduceSum: Primitive<{ axes: readonly number[] }> = {
  name: 'reduceSum',
  shape: ([x], { axes }) => {
    requireAxes('reduceSum', x!, axes)
    requireDType('reduceSum', [x!], ['float32', 'int32'])
    return { shape: reducedShape(x!, axes), dtype: x!.dtype }
  },
  evaluate: ([x], result, { axes }) => {
    const { run, reads, writes } = reductionWalk(x!, result, axes)
    const size = sizeOf(result.shape)
    const sums = result.dtype === 'int32' ? new Int32Array(size) : new Float64Array(size)
    return ([a], y) => {
      sums.fill(0)
      for (let r = 0; r < reads.length; r++) {
        const read = reads[r]!
        const write = writes[r]!
        if (run.to === 0) {
          let sum = 0
          for (let i = 0; i < run.extent; i++) sum += a![read + i]!
          sums[write]! += sum
        } else for (let i = 0; i < run.extent; i++) sums[write + i * run.to]! += a![read + i]!
      }
      y.set(sums)
    }
  },
  linearity: { in: [0], how: 'jointly' },
  transpose: (o, cotangent, _, [x], { axes }) => o.broadcastInDim(cotangent, x!.shape, otherAxes(x!, axes)),
  batch: (o, [x], _, { axes }) =>
    o.reduceSum(
      x!,
      axes.map((axis) => axis + 1)
    ),
  lower: ([x], result, { axes }) => reductionNest(x!, result, axes, 'sum'),
  simplify: (o, [x], { axes }) => withoutReduction(o, x!, axes)
}
