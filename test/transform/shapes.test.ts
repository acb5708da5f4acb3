import { expect, it } from 'vitest'
import { matmul, sum, tensor, zeros } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { blank } from '../../src/tensor/tensor.ts'
import { shapesOf } from '../../src/transform/shapes.ts'
import { thrown } from '../support/thrown.ts'

const f = (x: Tensor, more: { readonly w: Tensor; readonly scale: number }) => ({
  y: matmul(x, more.w),
  rest: [sum(x), typeof more.scale, null].filter((part) => typeof part !== 'string')
})

it('gives shapes and dtypes in the tree of the result, of tensors as of blanks, and no numbers', () => {
  const ofTensors = shapesOf('test', f, zeros([2, 3]), { w: zeros([3, 4]), scale: 2 })
  const float = (shape: readonly number[]) => blank({ shape, dtype: 'float32' })
  const ofBlanks = shapesOf('test', f, float([2, 3]), { w: float([3, 4]), scale: 2 })
  for (const { y, rest } of [ofTensors, ofBlanks]) {
    expect([y.shape, y.dtype]).toEqual([[2, 4], 'float32'])
    expect((rest[0] as Tensor).shape).toEqual([])
    expect(rest[1]).toBeNull()
    expect(() => y.data).toThrow(/alone/)
  }
  expect(shapesOf('test', (n: Tensor) => n, tensor(new Int32Array(3))).dtype).toBe('int32')
})

it('hands numbers on as they are', () => {
  shapesOf('test', (n: number) => (expect(n).toBe(7), zeros([n])), 7)
})

it('throws under the name it is given', () => {
  const untyped = shapesOf as (op: string, f: () => unknown) => unknown
  expect(thrown(() => untyped('mine', () => 'text'))).toMatchObject({ _tag: 'InvalidTree', op: 'mine' })
})
