import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mapCost } from '../../../src/compiler/fuse/mapCost.ts'
import { splitIndex } from '../../../src/compiler/fuse/pattern.ts'
import { isIdentity, offsetOf } from '../../../src/nest/affine.ts'
import { o } from '../../../src/primitives/vocabulary.ts'
import type { Shape } from '../../../src/tensor/shape.ts'
import { sizeOf, stridesOf } from '../../../src/tensor/shape.ts'
import { traced } from '../../support/traced.ts'

const shapes = fc.array(fc.constantFrom(1, 2, 3), { minLength: 1, maxLength: 4 })

/** The elements that lie where an axis starts anew: an axis of one shape is a group of axes of another if all of its are there. */
const starts = (shape: Shape): ReadonlySet<number> => new Set([...stridesOf(shape), sizeOf(shape)])

describe('indices under another shape', () => {
  it('name the same element, where every axis is a group of axes', () => {
    fc.assert(
      fc.property(shapes, shapes, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), (to, other, cuts) => {
        const merged = to.reduce<number[]>(
          (shape, n, i) => (i > 0 && cuts[i]! ? shape.with(-1, shape.at(-1)! * n) : [...shape, n]),
          []
        )
        for (const from of [merged, ...(sizeOf(other) === sizeOf(to) ? [other] : [])]) {
          const index = splitIndex(from, to)
          const exists = [...starts(from)].every((start) => starts(to).has(start))
          expect(index !== undefined).toBe(exists)
          if (index !== undefined) expect(isIdentity(offsetOf(index, from)!, to)).toBe(true)
        }
      })
    )
  })

  it.for([
    [[4], [6]],
    [
      [2, 6],
      [3, 4]
    ],
    [
      [4, 3],
      [6, 2]
    ]
  ] as const)('are no sums from %j to %j', ([from, to]) => {
    // prettier-ignore
    expect(splitIndex(from, to)).toBeUndefined()
  })
})

describe('the cost of a map', () => {
  it('counts loads and arithmetic, indices and numbers not', () => {
    for (const shape of [[], [5], [5, 4, 3]]) {
      const [sum, more] = traced([shape, shape], (x, y) => [o.add(x, y), o.exp(x)]).outputs
      expect(mapCost(sum!)).toMatchObject({ operations: 3, depth: 1 })
      expect(mapCost(more!)).toMatchObject({ operations: 2, depth: 1 })
    }
  })
})
