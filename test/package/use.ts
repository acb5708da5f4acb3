// The declarations of the built package, under the strictest settings and with libraries checked too.
import { grad, pipe, square, sum, tensor, type Tensor } from 'saddlepoint'

const loss = (x: Tensor): Tensor => sum(square(x))
const slope: Tensor = pipe(tensor([1, 2, 3]), grad(loss))
const shape: readonly number[] = slope.shape

// @ts-expect-error a name is no tensor
grad(loss)('x')

export { shape, slope }
