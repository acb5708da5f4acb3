// The declarations of the built package, under the strictest settings and with libraries checked too.
import {
  E,
  Gan,
  Loss,
  Net,
  Opt,
  Prior,
  Reg,
  grad,
  mean,
  norm,
  pipe,
  square,
  sum,
  tensor,
  type Tensor
} from 'saddlepoint'
import * as page from 'saddlepoint/browser'
import { imageGrid } from 'saddlepoint/browser/files'
import { Figure } from 'saddlepoint/figures'

const loss = (x: Tensor): Tensor => sum(square(x))
const slope: Tensor = pipe(tensor([1, 2, 3]), grad(loss))
const shape: readonly number[] = slope.shape

const drawn: string = Figure.lines([{ name: 'loss', x: [0, 1], y: new Float32Array(2) }], { yLabel: 'loss' })

// @ts-expect-error a name is no tensor
grad(loss)('x')

interface Weights {
  readonly w: Tensor
  readonly layers: readonly { readonly bias: Tensor }[]
}
const weights: Weights = { w: tensor([1, 2]), layers: [{ bias: tensor(0) }] }
const slopes: Weights = grad((p: Weights) => sum(square(p.w)))(weights)

const penalty: Gan.Term = ({ D, real }) => mean(square(norm(grad((x: Tensor) => sum(D(x)))(real), { axes: [1] })))

const spec: Gan.Spec = pipe(
  Gan.between({ generator: Net.dense(2, 1), discriminator: Net.dense(1, 1), prior: Prior.normal([2]) }),
  Gan.withLoss(Loss.nonSaturating),
  Gan.withRegularizer('discriminator', Reg.r1({ gamma: 1 })),
  Gan.withRegularizer('discriminator', penalty),
  Gan.withOptimizer('generator', Opt.adam({ learningRate: Opt.linear(1e-3, 0, 100) })),
  Gan.withOptimizer('discriminator', Opt.adam({ learningRate: 1e-3 }))
)
const checked: E.Either<Gan.Issues, Gan.Spec> = Gan.validate(spec)
const controller = { signal: { aborted: false } }
const train = Gan.train({ data: [], batchSize: 2, steps: 1, signal: controller.signal })(spec)

// What pages load has the same types, so that values may go from one to the other.
const onPage: Tensor = page.square(slope)
const draws: typeof import('saddlepoint').imageGrid = imageGrid

export { checked, drawn, draws, onPage, shape, slope, slopes, train }
