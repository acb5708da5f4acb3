import type { Primitive } from '../program/primitive.ts'
import { reducedShape, reductionNest, withoutReduction } from './rules/reduction.ts'
import { reductionWalk } from './reference/reductionWalk.ts'
import { otherAxes, requireAxes, requireDType } from './rules/requirements.ts'

/** Greatest element over `axes`, which vanish; NaN where one is NaN. Elements that tie share the derivative equally. */
export const reduceMax: Primitive<{ axes: readonly number[] }> = {
  name: 'reduceMax',
  shape: ([x], { axes }) => {
    requireAxes('reduceMax', x!, axes)
    requireDType('reduceMax', [x!], ['float32', 'int32'])
    return { shape: reducedShape(x!, axes), dtype: x!.dtype }
  },
  evaluate: ([x], result, { axes }) => {
    const { run, reads, writes } = reductionWalk(x!, result, axes)
    const least = result.dtype === 'int32' ? -0x80000000 : -Infinity
    return ([a], y) => {
      y.fill(least)
      for (let r = 0; r < reads.length; r++)
        for (let i = 0, write = writes[r]!; i < run.extent; i++, write += run.to) {
          const value = a![reads[r]! + i]!
          if (value > y[write]! || Number.isNaN(value)) y[write] = value
        }
    }
  },
  linearity: 'none',
  jvp: (o, [x], [dx], y, { axes }) => {
    const greatest = o.compare(x!, o.broadcastInDim(y, x!.shape, otherAxes(x!, axes)), 'eq')
    const ties = o.convert(greatest, x!.dtype)
    return o.div(o.reduceSum(o.mul(dx!, ties), axes), o.reduceSum(ties, axes))
  },
  batch: (o, [x], _, { axes }) =>
    o.reduceMax(
      x!,
      axes.map((axis) => axis + 1)
    ),
  lower: ([x], result, { axes }) => reductionNest(x!, result, axes, 'max'),
  simplify: (o, [x], { axes }) => withoutReduction(o, x!, axes)
}
