import { describe, expect, it } from 'vitest'
import { leakyRelu } from '../../src/ops/activation.ts'
import { add, mul } from '../../src/ops/arithmetic.ts'
import { tensor } from '../../src/ops/creation.ts'
import { sin, tanh } from '../../src/ops/elementary.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { sum } from '../../src/ops/reduction.ts'
import { show, hash } from '../../src/program/show.ts'
import type { Program } from '../../src/program/program.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { flatten } from '../../src/tensor/tree.ts'
import { checkpoint } from '../../src/transform/checkpoint.ts'
import { traceFunction } from '../../src/transform/compile.ts'
import { customJvp } from '../../src/transform/customJvp.ts'
import { grad } from '../../src/transform/grad.ts'
import { zeros } from '../../src/ops/creation.ts'

const trace = <A extends readonly unknown[]>(f: (...args: A) => unknown, ...args: A): Program => {
  const { leaves, structure } = flatten(args)
  return traceFunction(f, structure, leaves as readonly Tensor[], 'test').program
}
const layer = (w: Tensor, x: Tensor): Tensor => sum(leakyRelu(add(matmul(x, w), 0.5), 0.2))
const weights = zeros([3, 4])
const batch = zeros([2, 3])

describe('draw', () => {
  it('is one line a node, with literals in place', () => {
    expect(show(trace(grad(layer), weights, batch))).toMatchInlineSnapshot(`
      "program (x0: float32[3, 4], x1: float32[2, 3])
        v0: float32[2, 4] = dotGeneral[contract [[1],[0]]; batch [[],[]]](x1, x0)
        v1: float32[2, 4] = broadcastInDim[shape [2,4]; axes []](0.5)
        v2: float32[2, 4] = add(v0, v1)
        v3: float32[2, 4] = broadcastInDim[shape [2,4]; axes []](0)
        v4: bool[2, 4] = compare[name gt](v2, v3)
        v5: float32[2, 4] = broadcastInDim[shape [2,4]; axes []](1)
        v6: float32[2, 4] = select(v4, v5, v3)
        v7: float32[2, 4] = select(v4, v3, v5)
        v8: float32[2, 4] = broadcastInDim[shape [2,4]; axes []](0.2)
        v9: float32[2, 4] = mul(v7, v8)
        v10: float32[2, 4] = add(v6, v9)
        v11: float32[3, 4] = dotGeneral[contract [[0],[0]]; batch [[],[]]](x1, v10)
        return v11"
    `)
  })

  it('shows constants by shape, and results that are inputs, literals or repeated', () => {
    expect(show(trace((x: Tensor, _: Tensor) => [x, mul(x, tensor([1, 2])), tensor(3), x], zeros([2]), zeros([1])))).toMatchInlineSnapshot(`
      "program (x0: float32[2], x1: float32[1])
        v0: float32[2] = constant()
        v1: float32[2] = mul(x0, v0)
        return x0, v1, 3, x0"
    `) // prettier-ignore
  })

  it('is the same every time, whatever was traced before, custom functions included', () => {
    const double = customJvp((x: Tensor) => mul(x, 2), (_, [dx]) => mul(dx, 2)) // prettier-ignore
    const f = (x: Tensor): Tensor => sum(double(checkpoint((y: Tensor) => sin(sin(y)))(x)))
    const first = show(trace(grad(f), zeros([2])))
    trace(f, zeros([3]))
    expect(show(trace(grad(f), zeros([2])))).toBe(first)
    expect(hash(trace(grad(f), zeros([2])))).toBe(hash(trace(grad(f), zeros([2]))))
  })
})

describe('hash', () => {
  it('is 16 hexadecimal digits', () => {
    expect(hash(trace(layer, weights, batch))).toMatch(/^[0-9a-f]{16}$/)
  })

  it('tells programs apart by what they do: shapes, dtypes, parameters, literals, constants, order of results', () => {
    const x = zeros([2, 2])
    const programs = [
      trace((y: Tensor) => add(y, 1), x),
      trace((y: Tensor) => add(y, 2), x),
      trace((y: Tensor) => add(y, 1), zeros([2])),
      trace((y: Tensor) => add(y, 1), zeros([2], 'int32')),
      trace((y: Tensor) => mul(y, 2), x),
      trace((y: Tensor) => tanh(y), x),
      trace((y: Tensor) => sum(y, { axes: [0] }), x),
      trace((y: Tensor) => sum(y, { axes: [1] }), x),
      trace((y: Tensor) => add(y, tensor([1, 2])), x),
      trace((y: Tensor) => add(y, tensor([1, 3])), x),
      trace((y: Tensor, _: Tensor) => add(y, 1), x, x),
      trace((y: Tensor) => [sin(y), tanh(y)], x),
      trace((y: Tensor) => [tanh(y), sin(y)], x)
    ]
    expect(new Set(programs.map(hash)).size).toBe(programs.length)
  })

  it('is equal for programs that were written differently but are one', () => {
    const x = zeros([2])
    const one = trace((y: Tensor) => mul(sin(y), sin(y)), x)
    const other = trace((y: Tensor) => {
      const s = sin(mul(y, 1))
      return mul(s, s)
    }, x)
    expect(hash(one)).toBe(hash(other))
  })
})
