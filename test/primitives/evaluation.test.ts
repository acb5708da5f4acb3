import { describe, expect, it } from 'vitest'
import type { PrimitiveName } from '../../src/primitives/registry.ts'
import { registry } from '../../src/primitives/registry.ts'
import type { AnyPrimitive } from '../../src/program/primitive.ts'
import type { Data } from '../../src/tensor/dtype.ts'
import { allocate } from '../../src/tensor/dtype.ts'
import { sizeOf } from '../../src/tensor/shape.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { caseFrom, caseSources } from '../support/arbitraries.ts'
import { drawsFrom } from '../support/draws.ts'

const names = Object.keys(registry) as readonly PrimitiveName[]

describe.for(names)('the evaluation of %s', (name) => {
  it('depends neither on what its output holds nor on its last run', () => {
    const primitive: AnyPrimitive = registry[name]
    for (let seed = 0; seed < 40; seed++) {
      const of = caseFrom(caseSources[name], seed)
      const draws = drawsFrom(seed + 1)
      const [operands, others] = [of.operands(draws), of.operands(draws)]
      const result = primitive.shape(operands, of.params)
      const run = primitive.evaluate(operands, result, of.params)
      const runOver = (xs: readonly Tensor[], content: number): Data => {
        const output = allocate(result.dtype, sizeOf(result.shape), 'float64').fill(content)
        run(
          xs.map((x) => x.data),
          output
        )
        return output
      }
      const clean = runOver(operands, 0)
      runOver(others, 0)
      expect(runOver(operands, 1)).toEqual(clean)
    }
  })
})
