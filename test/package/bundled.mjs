// What a bundler is given: differentiates, trains a GAN and shows an issue, and tells what came out.
import { E, Gan, Issue, Loss, Net, Opt, Prior, grad, pipe, square, sum, tensor } from 'saddlepoint'

const slope = grad((x) => sum(square(x)))(tensor([1, 2, 3]))
const players = Gan.between({
  generator: Net.dense(2, 1),
  discriminator: Net.dense(1, 1),
  prior: Prior.normal([2])
})
const unfinished = Gan.validate(players)
const run = async () => {
  const trained = await pipe(
    players,
    Gan.withLoss(Loss.nonSaturating),
    Gan.withOptimizer('generator', Opt.adam({ learningRate: 1e-3 })),
    Gan.withOptimizer('discriminator', Opt.adam({ learningRate: 1e-3 })),
    Gan.train({ data: [tensor([[1], [2]]), tensor([[3], [4]])], batchSize: 2, steps: 10, engine: 'wasm' })
  )()
  const steps = E.isRight(trained) ? trained.right.stepsDone : Issue.show(trained.left)
  const shown = E.isLeft(unfinished) ? Issue.show(unfinished.left).split('\n')[0] : 'no issue'
  console.log(`slope ${[...slope.data].join()}; steps ${steps}; ${shown}`)
}
void run()
