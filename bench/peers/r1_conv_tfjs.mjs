// DCGAN critic step: logistic loss + R1 (gamma 10), 1x28x28, conv 4x4 s2 p1 twice, dense 1, leaky relu 0.2, Adam(2e-4, 0.5, 0.9).
import { convInit, fill, rng, sizes } from './common.mjs'
import { leakyRelu, serveTraining, tf } from './tfjs.mjs'

const { batch, channels } = sizes
const [, c2] = channels
const r = rng(2)
const I = convInit(channels, r)
const filters = ({ data, shape }) => tf.tensor(data, shape).transpose([2, 3, 1, 0]) // OIHW -> HWIO
const P = [
  filters(I[0]),
  tf.tensor(I[1].data),
  filters(I[2]),
  tf.tensor(I[3].data),
  tf
    .tensor(I[4].data, [c2, 7, 7])
    .transpose([1, 2, 0])
    .reshape([49 * c2, 1]),
  tf.tensor(I[5].data)
].map((t, i) => tf.variable(t, true, `p${i}`))
const images = () => tf.tensor(fill([batch, 28, 28, 1], 1, r).data, [batch, 28, 28, 1])
const [real, fake] = [images(), images()]
const layer = (x, w, b) => leakyRelu(tf.add(tf.conv2d(x, w, 2, 1, 'NHWC', 1, 'floor'), b))
const D = (x) => tf.add(tf.matMul(tf.reshape(layer(layer(x, P[0], P[1]), P[2], P[3]), [batch, 49 * c2]), P[4]), P[5])
const loss = () => {
  const logistic = tf.add(tf.mean(tf.softplus(tf.neg(D(real)))), tf.mean(tf.softplus(D(fake))))
  const g = tf.grad((x) => tf.sum(D(x)))(real)
  return tf.add(logistic, tf.mul(5, tf.mean(tf.sum(tf.square(g), [1, 2, 3]))))
}
await serveTraining(loss, P, tf.train.adam(2e-4, 0.5, 0.9, 1e-8))
