import { softplus } from '../../src/ops/activation.ts'
import { add, mul, square } from '../../src/ops/arithmetic.ts'
import { tensor } from '../../src/ops/creation.ts'
import { cos, exp, sin, tanh } from '../../src/ops/elementary.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { mean, sum } from '../../src/ops/reduction.ts'
import { logsumexp, softmax } from '../../src/ops/softmax.ts'
import type { Shape } from '../../src/tensor/shape.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { drawsFrom, drawTensor } from './draws.ts'

/** A float32 tensor that carries doubles. */
export const double = (values: readonly number[], shape: Shape = [values.length]): Tensor =>
  tensor(new Float64Array(values), shape)

/** Doubles in (-1, 1) that follow from a seed. */
export const drawn = (seed: number, shape: Shape): Tensor => {
  const d = drawsFrom(seed)
  return drawTensor(shape, () => d.real(-1, 1))
}

/** A function from [n] to [n] with derivatives of every order, which follows from a seed. */
export const smoothMap = (seed: number, n: number): ((x: Tensor) => Tensor) => {
  const d = drawsFrom(seed)
  const steps = Array.from({ length: d.int(2, 5) }, (): ((y: Tensor, x: Tensor) => Tensor) => {
    const matrix = drawTensor([n, n], () => d.real(-1, 1))
    const scale = d.real(0.3, 1.2)
    return d.pick<(y: Tensor, x: Tensor) => Tensor>([
      (y) => tanh(matmul(y, matrix)),
      (y) => sin(mul(y, scale)),
      (y, x) => mul(y, x),
      (y, x) => add(y, mul(cos(x), scale)),
      (y) => softplus(y),
      (y) => mul(exp(mul(y, -0.5)), scale),
      (y) => softmax(y),
      (y) => add(y, logsumexp(y)),
      (y) => mul(y, mean(square(y)))
    ])
  })
  return (x) => steps.reduce((y, step) => step(y, x), x)
}

/** The same, summed with weights. */
export const smoothScalar = (seed: number, n: number): ((x: Tensor) => Tensor) => {
  const f = smoothMap(seed, n)
  const weights = drawn(seed + 1, [n])
  return (x) => sum(mul(f(x), weights))
}

export const inner = (x: Tensor, y: Tensor): number => {
  let total = 0
  for (let i = 0; i < x.data.length; i++) total += x.data[i]! * y.data[i]!
  return total
}
