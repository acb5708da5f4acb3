// DCGAN critic step: logistic loss + R1 (gamma 10), 1x28x28, conv 4x4 s2 p1 twice, dense 1, leaky relu 0.2, Adam(2e-4, 0.5, 0.9).
import { convInit, fill, rng, sizes } from './common.mjs'
import { array, jax, serveTraining } from './jaxjs.mjs'

const { grad, lax, nn, numpy: np, tree } = jax
const { batch, channels } = sizes
const [c1, c2] = channels
const r = rng(2)
const params = convInit(channels, r).map(array)
const images = () => array(fill([batch, 1, 28, 28], 1, r))
const data = [images(), images()]
const padding = [
  [1, 1],
  [1, 1]
]
const layer = (x, w, b, channels) =>
  nn.leakyRelu(lax.convGeneralDilated(x, w, [2, 2], padding).add(b.reshape([channels, 1, 1])), 0.2)
const D = (P, x) => {
  const h = layer(layer(x, P[0], P[1], c1), P[2], P[3], c2)
  return np.add(np.matmul(h.reshape([batch, 49 * c2]), P[4]), P[5])
}
const loss = (P, real, fake) => {
  const onReal = nn.softplus(np.negative(D(tree.ref(P), real.ref))).mean()
  const onFake = nn.softplus(D(tree.ref(P), fake)).mean()
  const g = grad((x) => D(P, x).sum())(real)
  return onReal.add(onFake).add(np.square(g).sum([1, 2, 3]).mean().mul(5))
}
await serveTraining(loss, params, data, 2e-4)
