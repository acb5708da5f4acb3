/** Loops whose bodies have kernels that few programs have, which the program around them has not. */
import { describe, expect, it } from 'vitest'
import {
  add,
  argsort,
  cholesky,
  compile,
  concat,
  conv2d,
  convTranspose2d,
  convert,
  cumsum,
  grad,
  matmul,
  mul,
  ones,
  pad,
  repeat,
  reshape,
  sin,
  slice,
  sum,
  take,
  tensor,
  transpose
} from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'

const x = reshape(tensor(Array.from({ length: 16 }, (_, i) => Math.sin(i + 1) / 2)), [1, 1, 4, 4])
const kernel = mul(ones([1, 1, 3, 3]), 0.2)
const inner = { start: [0, 0, 0, 0], end: [1, 1, 4, 4] }

const bodies: Readonly<Record<string, (y: Tensor) => Tensor>> = {
  pad: (y) => slice(pad(sin(y), { low: [0, 0, 1, 1], high: [0, 0, 1, 1] }), inner),
  concat: (y) => slice(concat([sin(y), y], { axis: 2 }), inner),
  conv2d: (y) => conv2d(y, kernel, { padding: 1 }),
  convTranspose2d: (y) => convTranspose2d(y, kernel, { padding: 1 }),
  cumsum: (y) => mul(cumsum(y, { axis: 3 }), 0.5),
  take: (y) => mul(take(sin(y), [3, 2, 1, 1], { axis: 3 }), 0.5),
  argsort: (y) => add(mul(y, 0.5), convert(argsort(y), 'float32')),
  matmul: (y) => matmul(y, sin(y)),
  cholesky: (y) => {
    const a = reshape(y, [4, 4])
    const positive = add(matmul(a, transpose(a)), tensor([[4, 0, 0, 0], [0, 4, 0, 0], [0, 0, 4, 0], [0, 0, 0, 4]])) // prettier-ignore
    return reshape(mul(cholesky(positive), 0.3), [1, 1, 4, 4])
  }
}

describe.each(Object.entries(bodies))('a loop over %s', (_, body) => {
  const looped = (y: Tensor): Tensor => repeat(3, body, y)
  it.each([
    ['gives', looped],
    ['has the gradient of', grad((y: Tensor) => sum(sin(looped(y))))]
  ])('%s what the evaluator does', async (_name, f) => {
    const compiled = compile(f, { engine: 'wasm' })
    const [found, wanted] = [await compiled(x), f(x)]
    compiled.dispose()
    expect(wanted.data.some((value) => value !== 0)).toBe(true)
    found.data.forEach((value, i) => expect(value).toBeCloseTo(wanted.data[i]!, 4))
  })
})
