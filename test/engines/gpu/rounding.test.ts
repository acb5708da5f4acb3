/** What is stored and what is recomputed round alike: comparisons of a value with a reduction of itself find it. */
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../../src/engines/engine.ts'
import { gpu } from '../../../src/engines/lazyGpu.ts'
import { wasm } from '../../../src/engines/wasm/engine.ts'
import { argmax, compile, evaluate, exp, floor, grad, mul, reduceMax, softmax, sub, tensor } from '../../../src/index.ts' // prettier-ignore
import type { Tensor } from '../../../src/index.ts'

const x = tensor(Array.from({ length: 40 }, (_, i) => Math.fround(Math.sin(7 * i + 1) * (1 + i / 40))))
const tenths = tensor(Array.from({ length: 40 }, (_, i) => Math.fround((i + 1) / 10)))

const functions: Readonly<Record<string, readonly [Tensor, (x: Tensor) => Tensor]>> = {
  'the slope of the largest square': [x, grad((y: Tensor) => reduceMax(mul(y, y)))],
  'the place of the largest exponential': [x, (y) => argmax(exp(y))],
  'the place of the largest product of three': [x, (y) => argmax(mul(mul(y, 0.7), mul(y, 1.3)))],
  'a floor of what rounds up': [tenths, (y) => floor(mul(y, 10))],
  'what is left of a product': [tenths, (y) => sub(mul(y, 10), floor(mul(y, 10)))],
  'the slope of the largest of a softmax': [x, grad((y: Tensor) => reduceMax(softmax(mul(y, 1.1))))]
}

const engines: Readonly<Record<string, Engine>> = {
  wasm: wasm({ threads: 1 }),
  'gpu:cpu': gpu({ mode: 'cpu' }),
  'gpu:webasm': gpu({ mode: 'webasm' })
}

describe.each(Object.entries(engines))('on %s', (_, engine) => {
  it.each(Object.entries(functions))('%s is that of single precision', async (__, [at, f]) => {
    const expected = evaluate(f, { precision: 'float32' })(at)
    const actual = await compile(f, { engine })(at)
    actual.data.forEach((value, i) => {
      expect(value).toBeCloseTo(expected.data[i]!, 5)
    })
  })
})
