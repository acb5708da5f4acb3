// Plays the games that the address asks for, behind '#' as JSON, and tells the server how they came out.
import { Random, compile, grad, matmul, sum, tanh } from 'saddlepoint'
import { trainDirac, trainRing } from './games.mjs'

/** The gradient of a product large enough for threads. */
const product = async ({ engine }) => {
  const [x, w] = [Random.normal(Random.key(0), [256, 256]), Random.normal(Random.key(1), [256, 256])]
  const gradient = compile(
    grad((w) => sum(tanh(matmul(x, w)))),
    { engine }
  )
  const { data } = await gradient(w)
  return { values: Array.from(data.subarray(0, 512)), explained: await gradient.explain(w) }
}

const games = { dirac: trainDirac, ring: trainRing, product }

const report = async () => {
  try {
    const results = []
    for (const { game, ...options } of JSON.parse(decodeURIComponent(location.hash.slice(1))))
      results.push(await games[game](options))
    return { isolated: globalThis.crossOriginIsolated, results }
  } catch (cause) {
    return { error: String(cause?.stack ?? cause) }
  }
}
await fetch('/report', { method: 'POST', body: JSON.stringify(await report()) })
