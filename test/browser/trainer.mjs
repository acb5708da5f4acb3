// A page that trains a GAN and has no other purpose: what its core weighs is measured.
import { E, Gan, Issue, Loss, Net, Opt, Prior, Reg, Toy, pipe } from 'saddlepoint'

const adam = Opt.adam({ learningRate: 2e-3, b1: 0, b2: 0.9 })
const spec = pipe(
  Gan.between({
    generator: Net.serial(Net.dense(8, 64), Net.relu, Net.dense(64, 2)),
    discriminator: Net.serial(Net.dense(2, 64), Net.leakyRelu(0.2), Net.dense(64, 1)),
    prior: Prior.normal([8])
  }),
  Gan.withLoss(Loss.nonSaturating),
  Gan.withRegularizer('discriminator', Reg.r1({ gamma: 0.02 })),
  Gan.withOptimizer('generator', adam),
  Gan.withOptimizer('discriminator', adam),
  Gan.withAverage({ decay: 0.99 })
)
const trained = await pipe(spec, Gan.train({ data: Toy.ring().sample, batchSize: 128, steps: 2000 }))()
if (E.isLeft(trained)) throw new Error(Issue.show(trained.left))
document.title = String((await Gan.generate({ count: 1 })(spec)(trained.right.state, 0)).data)
