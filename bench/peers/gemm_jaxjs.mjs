// x_i w for several x_i.
import { digest, fill, rng, sizes, weights } from './common.mjs'
import { array, jax, serveHere } from './jaxjs.mjs'

const { blockUntilReady, jit, numpy: np } = jax
const { m, k, n, repeats } = sizes
const r = rng(3)
const X = Array.from({ length: repeats }, () => array(fill([m, k], 1, r)))
const w = array(weights([k, n], k, r))
const all = jit((w1, ...xs) => xs.map((x) => np.matmul(x, w1.ref)))
const products = () => all(w.ref, ...X.map((x) => x.ref))
const step = async () => {
  const ys = products()
  await blockUntilReady(ys)
  for (const y of ys) y.dispose()
}
await serveHere(step, async () => digest(await Promise.all(products().map((y) => y.data()))))
