// A page that trains the ring of 8 with R1, the playground's first game, with this library or with TensorFlow.js, for so many
// seconds, and reports steps a second: #{"contestant":"wasm","seconds":10}
import * as tf from '@tensorflow/tfjs'
import { getThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { E, Gan, Issue, Preset, Toy, modeCoverage, tensor } from 'saddlepoint'

const [batch, width, latents] = [128, 64, 8]
const modes = Array.from({ length: 8 }, (_, i) => [Math.cos((i * Math.PI) / 4), Math.sin((i * Math.PI) / 4)])
const deviation = 0.01

/** Steps for so many seconds, in bursts after each of which their numbers are there. */
const paced = async (seconds, burst, run) => {
  await run(burst)
  const start = performance.now()
  let steps = 0
  while (performance.now() - start < 1000 * seconds) {
    await run(burst)
    steps += burst
  }
  return (1000 * steps) / (performance.now() - start)
}

const coverageOf = (points) => {
  const { captured, highQuality } = modeCoverage(
    tensor(Float32Array.from(points), [points.length / 2, 2]),
    Toy.ring().modes
  )
  return { captured, highQuality }
}

const saddlepoint = async ({ seconds }) => {
  const compiled = await Gan.compile({ batchSize: batch, sampler: Toy.ring().sample, engine: 'wasm' })(
    Preset.of('r1')
  )()
  if (E.isLeft(compiled)) throw new Error(Issue.show(compiled.left))
  const step = compiled.right
  const made = await step.trainer(await step.init(0))()
  if (E.isLeft(made)) throw new Error(Issue.show(made.left))
  const trainer = made.right
  const rate = await paced(seconds, 50, async (n) => {
    const moved = await trainer.advance(n)()
    if (E.isLeft(moved)) throw new Error(Issue.show(moved.left))
  })
  const state = await trainer.snapshot()()
  if (E.isLeft(state)) throw new Error(Issue.show(state.left))
  const samples = await Gan.generate({ count: 512, engine: 'wasm' })(step.spec)(state.right, 1)
  return { name: 'saddlepoint, wasm', rate, coverage: coverageOf(samples.data) }
}

const network = (name, sizes) =>
  sizes.slice(1).map((out, i) => {
    const bound = 1 / Math.sqrt(sizes[i])
    const drawn = (shape, of) => tf.variable(tf.randomUniform(shape, -bound, bound), true, `${name} ${of}${i}`)
    return [drawn([sizes[i], out], 'w'), drawn([out], 'b')]
  })

const applied = (layers, activation, x) =>
  layers.reduce((h, [w, b], i) => {
    const next = tf.add(tf.matMul(h, w), b)
    return i + 1 < layers.length ? activation(next) : next
  }, x)

/** tf.leakyRelu cannot be differentiated twice in 4.22. */
const leakyRelu = (x) => tf.sub(tf.relu(x), tf.mul(0.2, tf.relu(tf.neg(x))))

const tensorflow =
  (backend) =>
  async ({ seconds }) => {
    setWasmPaths('/wasm/')
    if (!(await tf.setBackend(backend))) throw new Error(`no backend ${backend}`)
    await tf.ready()
    const G = network('G', [latents, width, width, 2])
    const D = network('D', [2, width, width, 1])
    const average = G.flat().map((w) => w.clone())
    const generator = (z) => applied(G, tf.relu, z)
    const critic = (x) => applied(D, leakyRelu, x)
    const places = tf.tensor2d(modes)
    const [forD, forG] = [tf.train.adam(2e-3, 0, 0.99, 1e-8), tf.train.adam(2e-3, 0, 0.99, 1e-8)]
    const lossD = () => {
      const which = tf.randomUniform([batch], 0, modes.length, 'int32')
      const real = tf.add(tf.gather(places, which), tf.randomNormal([batch, 2], 0, deviation))
      const fake = generator(tf.randomNormal([batch, latents]))
      const slope = tf.grad((x) => tf.sum(critic(x)))(real)
      const penalty = tf.mul(0.01, tf.mean(tf.sum(tf.square(slope), 1)))
      const scores = tf.add(tf.mean(tf.softplus(tf.neg(critic(real)))), tf.mean(tf.softplus(critic(fake))))
      return tf.add(scores, penalty)
    }
    const lossG = () => tf.mean(tf.softplus(tf.neg(critic(generator(tf.randomNormal([batch, latents]))))))
    const move = (loss, optimizer, layers) => {
      const { grads } = tf.variableGrads(loss, layers.flat())
      optimizer.applyGradients(grads)
    }
    const step = () =>
      tf.tidy(() => {
        move(lossD, forD, D)
        move(lossG, forG, G)
        G.flat().forEach((w, i) => {
          const next = tf.keep(tf.add(tf.mul(0.999, average[i]), tf.mul(0.001, w)))
          average[i].dispose()
          average[i] = next
        })
      })
    const averaged = () => G.map((_, i) => average.slice(2 * i, 2 * i + 2))
    const sample = (n) => tf.tidy(() => applied(averaged(), tf.relu, tf.randomNormal([n, latents])))
    const rate = await paced(seconds, 10, async (n) => {
      for (let i = 0; i < n; i++) step()
      const made = sample(1)
      await made.data()
      made.dispose()
    })
    const threads = backend === 'wasm' ? `, threads: ${getThreadsCount()}` : ''
    const made = sample(512)
    const coverage = coverageOf(await made.data())
    return { name: `TensorFlow.js ${tf.version.tfjs}, ${backend}${threads}`, rate, coverage }
  }

const contestants = {
  saddlepoint,
  wasm: tensorflow('wasm'),
  webgl: tensorflow('webgl'),
  cpu: tensorflow('cpu')
}

const report = async () => {
  try {
    const { contestant, ...options } = JSON.parse(decodeURIComponent(location.hash.slice(1)))
    return { isolated: globalThis.crossOriginIsolated, ...(await contestants[contestant](options)) }
  } catch (cause) {
    return { error: String(cause?.stack ?? cause) }
  }
}
await fetch('/report', { method: 'POST', body: JSON.stringify(await report()) })
