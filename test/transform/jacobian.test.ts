import { describe, expect, it } from 'vitest'
import {
  concat,
  take,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jvp,
  mul,
  sum,
  tensor,
  vmap,
  zeros
} from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'

describe.each([
  ['jacfwd', jacfwd],
  ['jacrev', jacrev]
])('%s', (_, jacobian) => {
  it('takes one argument or a list of them', () => {
    const f = (x: Tensor, y: Tensor): Tensor => mul(mul(x, x), y)
    const [x, y] = [tensor([1, 2]), tensor([3, 4])]
    const both = jacobian(f, { argnums: [1, 0] })(x, y)
    expect(both[0].data).toEqual(Float32Array.of(1, 0, 0, 4))
    expect(both[1].data).toEqual(Float32Array.of(6, 0, 0, 16))
    expect(jacobian(f, { argnums: 1 })(x, y).data).toEqual(both[0].data)
  })
  it('carries what else the function returns', () => {
    const [j, aux] = jacobian((x: Tensor): [Tensor, Tensor] => [mul(x, x), sum(x)], { hasAux: true })(tensor([1, 2]))
    expect(j.data).toEqual(Float32Array.of(2, 0, 0, 4))
    expect(aux.data).toEqual(Float32Array.of(3))
  })
  it.each([[[0]], [[0, 3]], [[2, 0]]])('of nothing, shape %j, is empty', (shape) => {
    expect(jacobian((x: Tensor) => mul(x, x))(zeros(shape)).shape).toEqual([...shape, ...shape])
  })
  it('has an empty leaf beside others', () => {
    const of = jacobian(({ a, b }: { a: Tensor; b: Tensor }) => ({ y: concat([mul(a, a), b]), none: b }))
    const { y, none } = of({ a: tensor([3]), b: zeros([0]) })
    expect([y.a.shape, y.b.shape, none.a.shape, none.b.shape]).toEqual([[1, 1], [1, 0], [0, 1], [0, 0]]) // prettier-ignore
    expect(y.a.data).toEqual(Float32Array.of(6))
  })
})

describe('a Hessian', () => {
  it('of nothing is empty', () => expect(hessian((x: Tensor) => sum(mul(x, x)))(zeros([0])).shape).toEqual([0, 0]))
  it('of several arguments has a block for each pair', () => {
    const blocks = hessian((x: Tensor, y: Tensor) => sum(mul(mul(x, x), y)), { argnums: [0, 1] })(
      tensor([3]),
      tensor([5])
    )
    expect(blocks.map((row) => row.map(({ data }) => data[0]))).toEqual([
      [10, 6],
      [6, 0]
    ])
  })
  it('and its products hold integers', () => {
    const f = ({ x, i }: { x: Tensor; i: Tensor }): Tensor => sum(mul(take(x, i), take(x, i)))
    const at = { x: tensor([1, 2]), i: tensor([1, 1], [2], 'int32') }
    expect(hvp(f)(at, { x: tensor([1, 10]), i: at.i }).x.data).toEqual(Float32Array.of(0, 40))
    expect(hessian(f)(at).x.x.data).toEqual(Float32Array.of(0, 0, 0, 4))
  })
})

it('vmap maps over an extent of 0', () => {
  expect(vmap((x: Tensor) => sum(mul(x, x)))(zeros([0, 3])).shape).toEqual([0])
  expect(vmap(grad((x: Tensor) => sum(mul(x, x))))(zeros([0, 3])).shape).toEqual([0, 3])
})

it('jvp carries what else the function returns', () => {
  const f = (x: Tensor): [Tensor, Tensor] => [mul(x, x), mul(x, 2)]
  const [y, dy, aux] = jvp(f, [tensor([3])], [tensor([1])], { hasAux: true })
  expect([y, dy, aux].map(({ data }) => data[0])).toEqual([9, 6, 6])
})
