import { expect, it } from 'vitest'
import { add, grad, hessian, jacfwd, jacrev, jvp, linearizeWith, mul, sum, tensor, vjp, vjpWith } from '../../src/index.ts' // prettier-ignore
import type { Tensor } from '../../src/index.ts'
import { treeLeaves } from '../../src/tensor/tree.ts'

const x = tensor([1, 2])
const bits = (tree: unknown): number[][] => treeLeaves(tree).map(({ data }) => [...data])
/** Σ x², and beside it a tree that is handed through. */
const f = (y: Tensor): readonly [Tensor, { readonly twice: readonly Tensor[]; readonly x: Tensor }] => [
  sum(mul(y, y)),
  { twice: [add(y, y)], x: y }
]
const aux = [[2, 4], [1, 2]] // prettier-ignore
const options = { hasAux: true } as const

it('every transformation hands through what comes beside the result', () => {
  expect(bits(grad(f, options)(x))).toEqual([[2, 4], ...aux])
  expect(bits(jvp(f, [x], [tensor([1, 10])], options))).toEqual([[5], [42], ...aux])
  expect(bits(jacfwd(f, options)(x))).toEqual([[2, 4], ...aux])
  expect(bits(jacrev(f, options)(x))).toEqual([[2, 4], ...aux])
  expect(bits(hessian(f, options)(x))).toEqual([[2, 0, 0, 2], ...aux])
  const [y, pullback, beside] = vjpWith(options)(f, x)
  expect(bits([y, pullback(tensor(10)), beside])).toEqual([[5], [20, 40], ...aux])
  const [value, push, rest] = linearizeWith(options)(f, x)
  expect(bits([value, push(tensor([1, 10])), rest])).toEqual([[5], [42], ...aux])
})

it('integers have no tangents, whatever is given for them', () => {
  const n = tensor(new Int32Array([3]), [])
  expect(bits(jvp((k: Tensor) => add(k, 1), [n], [tensor(new Int32Array([5]), [])]))).toEqual([[4], [0]])
})

it('a function that captured doubles is taken in doubles', () => {
  const wide: Tensor = { ...x, data: new Float64Array([0.1, 0.2]) }
  const [y, pullback] = vjp((z: Tensor) => mul(z, wide), x)
  expect([...y.data]).toEqual([0.1, 0.4])
  expect([...pullback(tensor([1, 1]))[0].data]).toEqual([0.1, 0.2])
})
