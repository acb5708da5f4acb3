// WGAN-GP critic step: MLP, leaky relu 0.2, lambda 10, Adam(1e-4, 0.5, 0.9).
import { fill, mlpInit, rng, sizes } from './common.mjs'
import { array, jax, serveTraining } from './jaxjs.mjs'

const { grad, nn, numpy: np, tree } = jax
const { batch, widths } = sizes
const r = rng(1)
const params = mlpInit(widths, r).map(array)
const data = [fill([batch, 2], 1, r), fill([batch, 2], 1, r), fill([batch, 1], 0.5, r, 0)].map(array)
const critic = (P, x) => {
  let h = x
  for (let i = 0; i < P.length; i += 2) {
    h = np.add(np.matmul(h, P[i]), P[i + 1])
    if (i + 2 < P.length) h = nn.leakyRelu(h, 0.2)
  }
  return h
}
const loss = (P, real, fake, eps) => {
  const xi = eps.ref.mul(real.ref).add(np.subtract(1, eps).mul(fake.ref))
  // P is captured: as a second argument jax-js 0.1.25 stops gradients at it, and the penalty's would silently vanish.
  const g = grad((x) => critic(tree.ref(P), x).sum())(xi)
  const gp = np.square(np.sqrt(np.square(g).sum(1).add(1e-12)).sub(1)).mean()
  return critic(tree.ref(P), fake).mean().sub(critic(P, real).mean()).add(gp.mul(10))
}
await serveTraining(loss, params, data, 1e-4)
