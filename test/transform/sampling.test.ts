import { describe, expect, it } from 'vitest'
import { add, mul } from '../../src/ops/arithmetic.ts'
import { tensor } from '../../src/ops/creation.ts'
import { treeLeaves } from '../../src/tensor/tree.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { compile } from '../../src/transform/compile.ts'
import { linearize } from '../../src/transform/linearize.ts'
import { loop } from '../../src/transform/loop.ts'
import { vjp } from '../../src/transform/vjp.ts'

const one = (): Tensor => tensor([1, 2])
const numbers = (tree: unknown): number[] => treeLeaves(tree).flatMap(({ data }) => [...data])

/** What takes tensors and answers later: each is given x, which is overwritten as soon as the call has returned. */
const later = (engine: 'reference' | 'wasm'): readonly (readonly [string, (x: Tensor) => Promise<unknown>])[] => {
  const twice = compile((x: Tensor) => mul(x, 2), { engine })
  const tree = compile(({ x: [x] }: { x: [Tensor] }) => mul(x, 2), { engine })
  return [
    ['the first call', (x) => compile((y: Tensor) => mul(y, 2), { engine })(x)],
    ['another call', (x) => twice(x)],
    ['another call again', (x) => twice(x)],
    ['a call with a tree', (x) => tree({ x: [x] })],
    ['a call behind others', (x) => (void twice(tensor([3, 3])), twice(x))],
    ['what it captures', (x) => compile((y: Tensor) => mul(x, y), { engine })(tensor([2, 2]))],
    [
      'what it captures, for another form',
      (x) => {
        const scaled = compile((y: Tensor) => mul(x, y), { engine })
        void scaled(tensor([[1, 1]]))
        return scaled(tensor(2))
      }
    ],
    [
      'the carry of a loop',
      async (x) => {
        const doubling = loop((y: Tensor): [Tensor, null] => [mul(y, 2), null], { carry: x, engine })
        const outputs = doubling.advance(1)
        await outputs
        return doubling.snapshot()
      }
    ],
    [
      'a pullback',
      (x) => {
        const [, pullback] = vjp((y: Tensor) => mul(y, y), x)
        return Promise.resolve().then(() => pullback(tensor([1, 1])))
      }
    ],
    [
      'a linear map',
      (x) => {
        const [, push] = linearize((y: Tensor) => mul(y, y), x)
        return Promise.resolve().then(() => push(tensor([1, 1])))
      }
    ]
  ]
}

describe.each(['reference', 'wasm'] as const)('what is given to a call, on %s', (engine) => {
  it.each(later(engine))('is taken at the call: %s', async (_, call) => {
    const x = one()
    const answer = call(x)
    x.data.fill(100)
    expect(numbers(await answer)).toEqual([2, 4])
  })

  it('is left alone by the call', async () => {
    const x = one()
    const y = await compile((z: Tensor) => z, { engine })(x)
    y.data.fill(7)
    expect([...x.data]).toEqual([1, 2])
  })

  it('is taken from an iterator when it hands it out, before the loop is compiled', async () => {
    const x = one()
    const total = loop((y: Tensor, z: Tensor): [Tensor, null] => [add(y, z), null], { carry: tensor([0, 0]), engine })
    const once = function* (): Generator<Tensor> {
      setTimeout(() => x.data.fill(100))
      yield x
    }
    await total.advance(once())
    expect(numbers(await total.snapshot())).toEqual([1, 2])
    total.dispose()
  })
})

describe('what a compiled function captures', () => {
  it('is taken at the first call of each form, and is that for good', async () => {
    const w = tensor([10])
    const scaled = compile((y: Tensor) => mul(y, w), { engine: 'reference' })
    expect(numbers(await scaled(one()))).toEqual([10, 20])
    w.data.fill(3)
    expect(numbers(await scaled(one()))).toEqual([10, 20])
    expect(numbers(await scaled(tensor([1])))).toEqual([3])
  })
})
