// x_i w for several x_i.
import { digest, fill, rng, sizes, weights } from './common.mjs'
import { serveHere, tf } from './tfjs.mjs'

const { m, k, n, repeats } = sizes
const r = rng(3)
const tensor = ({ data, shape }) => tf.tensor(data, shape)
const X = Array.from({ length: repeats }, () => tensor(fill([m, k], 1, r)))
const w = tensor(weights([k, n], k, r))
const products = () => X.map((x) => tf.matMul(x, w))
const step = () => tf.dispose(products())
await serveHere(step, () => digest(products().map((y) => y.dataSync())))
