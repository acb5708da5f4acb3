import { errorAgainst } from '../../src/tensor/compare.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { drawsFrom, drawTensor } from './draws.ts'

/** A tensor of doubles. */
export const doubles = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor =>
  makeTensor(new Float64Array(values), shape)

const moved = (xs: readonly Tensor[], directions: readonly Tensor[], h: number): Tensor[] =>
  xs.map((x, i) => ({ ...x, data: new Float64Array(x.data).map((value, j) => value + h * directions[i]!.data[j]!) }))

const paired = (xs: readonly Tensor[], ys: readonly Tensor[]): number =>
  xs.reduce((sum, x, i) => sum + Array.from(x.data).reduce((s, value, j) => s + value * ys[i]!.data[j]!, 0), 0)

/** How far, at xs, the forward derivative is off a central difference, and the reverse one off the forward one. */
export const slopeErrors = (
  f: (...xs: Tensor[]) => Tensor,
  xs: readonly Tensor[]
): { readonly forward: number; readonly reverse: number } => {
  const draws = drawsFrom(7)
  const drawLike = (x: Tensor): Tensor => drawTensor(x.shape, () => draws.real(-1, 1))
  const directions = xs.map(drawLike)
  const at = evaluate(f, { precision: 'float64' })
  const h = 1e-5
  const [above, below] = [at(...moved(xs, directions, h)), at(...moved(xs, directions, -h))]
  const difference = Array.from(above.data, (value, i) => (value - below.data[i]!) / (2 * h))
  const [y, slope] = jvp(f, [...xs], directions)
  const covector = drawLike(y)
  const gradients = vjp(f, ...xs)[1](covector)
  return {
    forward: errorAgainst(slope.data, difference),
    reverse: errorAgainst([paired(gradients, directions)], [paired([slope], [covector])])
  }
}
