// WGAN-GP critic step: MLP, leaky relu 0.2, lambda 10, Adam(1e-4, 0.5, 0.9).
import { fill, mlpInit, rng, sizes } from './common.mjs'
import { leakyRelu, serveTraining, tf } from './tfjs.mjs'

const { batch, widths } = sizes
const r = rng(1)
const P = mlpInit(widths, r).map(({ data, shape }, i) => tf.variable(tf.tensor(data, shape), true, `p${i}`))
const array = (shape, scale, shift) => tf.tensor(fill(shape, scale, r, shift).data, shape)
const [real, fake, eps] = [array([batch, 2], 1), array([batch, 2], 1), array([batch, 1], 0.5, 0)]
const critic = (x) => {
  let h = x
  for (let i = 0; i < P.length; i += 2) {
    h = tf.add(tf.matMul(h, P[i]), P[i + 1])
    if (i + 2 < P.length) h = leakyRelu(h)
  }
  return h
}
const loss = () => {
  const xi = tf.add(tf.mul(eps, real), tf.mul(tf.sub(1, eps), fake))
  const g = tf.grad((x) => tf.sum(critic(x)))(xi)
  const norm = tf.sqrt(tf.add(tf.sum(tf.square(g), 1), 1e-12))
  const gp = tf.mean(tf.square(tf.sub(norm, 1)))
  return tf.add(tf.sub(tf.mean(critic(fake)), tf.mean(critic(real))), tf.mul(10, gp))
}
await serveTraining(loss, P, tf.train.adam(1e-4, 0.5, 0.9, 1e-8))
