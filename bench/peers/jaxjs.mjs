// jax-js on WebAssembly, jitted.
import { readFileSync } from 'node:fs'
import { serve } from './common.mjs'

globalThis.navigator ??= {} // which Node 20 lacks, and the import reads
export const jax = await import('@jax-js/jax')
const { blockUntilReady, defaultDevice, init, jit, numpy: np, tree, valueAndGrad } = jax
await init('wasm')
defaultDevice('wasm')

const manifest = new URL('../node_modules/@jax-js/jax/package.json', import.meta.url)
const { version } = JSON.parse(readFileSync(manifest, 'utf8'))

export const array = ({ data, shape }) => np.array(data).reshape(shape)
export const serveHere = (step, check) => serve(`jax-js ${version} wasm`, 1, step, check)

/** A training step by Adam, b1 0.5 and b2 0.9. Arrays are moved where they are used; `ref` keeps one for another use. */
export const serveTraining = (loss, params, data, learningRate) => {
  const [b1, b2] = [0.5, 0.9]
  const adam = jit((P, M, V, t, ...given) => {
    const [value, g] = valueAndGrad(loss)(tree.ref(P), ...given)
    const now = t.add(1)
    const c1 = np.subtract(1, np.exp(now.ref.mul(Math.log(b1))))
    const c2 = np.subtract(1, np.exp(now.ref.mul(Math.log(b2))))
    const next = P.map((p, i) => {
      const m = M[i].mul(b1).add(g[i].ref.mul(1 - b1))
      const v = V[i].mul(b2).add(np.square(g[i]).mul(1 - b2))
      const update = m.ref.div(c1.ref).div(np.sqrt(v.ref.div(c2.ref)).add(1e-8))
      return [p.sub(update.mul(learningRate)), m, v]
    })
    c1.dispose()
    c2.dispose()
    return [value, next.map(([p]) => p), next.map(([, m]) => m), next.map(([, , v]) => v), now]
  })
  let state = [params, params.map((p) => np.zeros(p.shape)), params.map((p) => np.zeros(p.shape)), np.array(0)]
  return serveHere(async () => {
    const [value, ...next] = adam(...state, ...data.map((x) => x.ref))
    state = next
    await blockUntilReady(state)
    return (await value.data())[0]
  })
}
