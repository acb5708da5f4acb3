import { describe, expect, it } from 'vitest'
import { checkpoint, compile, eye, grad, linearize, mul, relu, sin, sum, tensor, vjp, vmap } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { linearizeWith, vjpWith } from '../../src/index.ts'

describe.each(['vjp', 'linearize'] as const)('%s outside a trace', (name) => {
  const linearOf = (f: (x: Tensor) => Tensor, x: Tensor): [Tensor, (v: Tensor) => Tensor] => {
    if (name === 'linearize') return linearize(f, x)
    const [y, pull] = vjp(f, x)
    return [y, (v) => pull(v)[0]]
  }
  const square = (x: Tensor): Tensor => mul(x, x)

  it('calls the function once', () => {
    let calls = 0
    const [, along] = linearOf(
      (x) => {
        calls++
        return mul(x, calls)
      },
      tensor([1])
    )
    expect(along(tensor([1])).data).toEqual(Float32Array.of(1))
    expect(along(tensor([1])).data).toEqual(Float32Array.of(1))
    expect(calls).toBe(1)
  })
  it('keeps the values that it was taken at', () => {
    const x = tensor([2])
    const [, along] = linearOf(square, x)
    x.data[0] = 100
    expect(along(tensor([1])).data).toEqual(Float32Array.of(4))
  })
  it('is mapped, compiled and differentiated', async () => {
    const [, along] = linearOf(square, tensor([1, 2]))
    expect(vmap(along)(eye(2)).data).toEqual(Float32Array.of(2, 0, 0, 4))
    expect((await compile(along, { engine: 'reference' })(tensor([1, 1]))).data).toEqual(Float32Array.of(2, 4))
    expect(grad((v: Tensor) => sum(mul(along(v), v)))(tensor([1, 1])).data).toEqual(Float32Array.of(4, 8))
  })
  it('is differentiated through rules that trace again', () => {
    const [, along] = linearOf(
      checkpoint((x: Tensor) => relu(sin(x))),
      tensor([0.5])
    )
    expect(grad((v: Tensor) => sum(along(v)))(tensor([1])).data[0]).toBeCloseTo(Math.cos(0.5), 6)
  })
})

it('carries what else the function returns', () => {
  const f = (x: Tensor): [Tensor, { twice: Tensor }] => [mul(x, x), { twice: mul(x, 2) }]
  const [y, pull, aux] = vjpWith({ hasAux: true })(f, tensor([3]))
  const [z, push, other] = linearizeWith({ hasAux: true })(f, tensor([3]))
  expect([y, pull(tensor([1]))[0], aux.twice].map(({ data }) => data[0])).toEqual([9, 6, 6])
  expect([z, push(tensor([1])), other.twice].map(({ data }) => data[0])).toEqual([9, 6, 6])
})
