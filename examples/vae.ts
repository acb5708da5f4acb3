/**
 * A variational autoencoder, trained by the loop that any function gets and measured by the lab like any generator.
 *
 * Images of shapes, drawn by a key. The encoder gives mean and log variance of latents, the decoder logits of pixels; what rises is the
 * evidence lower bound, log p(x | z) - KL(q(z | x) || p(z)). Told as it rises: how the decoder stretches latents.
 *
 *     npm run example -- examples/vae.ts [steps]
 */
import { pathToFileURL } from 'node:url'
import { Engine, Lab, Net, Opt, Random, Toy, add, compile, exp, loop, mean, mul, neg, sigmoid, sigmoidCrossEntropyWithLogits, slice, square, sub, sum, tensor, valueAndGrad } from 'saddlepoint' // prettier-ignore
import type { Tensor } from 'saddlepoint'

export interface VaeOptions {
  readonly steps?: number
  /** How often it is measured, beside the beginning. */
  readonly looks?: number
  /** Pixels along each side, a multiple of 4. */
  readonly size?: number
  readonly latents?: number
  /** Channels of the decoder between its convolutions. */
  readonly width?: number
  readonly batchSize?: number
  readonly engine?: Engine.Engine
  readonly tell?: (line: string) => void
}

/** What is known of it after some steps. */
export interface Look {
  readonly step: number
  /** The lower bound, in nats an image: the mean over the steps since the look before. */
  readonly bound: number | undefined
  /** How the decoder stretches 8 latents of the prior. */
  readonly spectrum: Lab.AverageSpectrum
}

interface Carry {
  readonly weights: { readonly encoder: unknown; readonly decoder: unknown }
  readonly moments: unknown
  readonly step: Tensor
}

/** Trains a VAE and looks at it on the way. */
export const train = async ({
  steps = 2000,
  looks = 4,
  size = 28,
  latents = 16,
  width = 16,
  batchSize = 64,
  engine = Engine.wasm(),
  tell = () => undefined
}: VaeOptions = {}): Promise<readonly Look[]> => {
  const [hidden, quarter] = [16 * width, size / 4]
  const encoder = Net.serial(Net.flatten, Net.dense(size * size, hidden), Net.relu, Net.dense(hidden, 2 * latents))
  const doubled = { kernel: 4, stride: 2, padding: 1 }
  const decoder = Net.serial(
    Net.dense(latents, 2 * width * quarter * quarter),
    Net.reshape([2 * width, quarter, quarter]),
    Net.relu,
    Net.transposedConvolution(2 * width, width, doubled),
    Net.relu,
    Net.transposedConvolution(width, 1, doubled)
  )
  const [firstEncoder, firstDecoder] = [encoder.init(Random.key(0)), decoder.init(Random.key(1))]
  const encode = (params: unknown, x: Tensor): Tensor => encoder.apply({ params, state: firstEncoder.state }, x)[0]
  const decode = (params: unknown, z: Tensor): Tensor => decoder.apply({ params, state: firstDecoder.state }, z)[0]

  /** The lower bound of a minibatch, by one draw z = μ + σ ε for each image. */
  const boundOf = ({ encoder: down, decoder: up }: Carry['weights'], x: Tensor, noise: Tensor): Tensor => {
    const code = encode(down, x)
    const [mu, logVariance] = [slice(code, { end: [batchSize, latents] }), slice(code, { start: [0, latents] })]
    const z = add(mu, mul(exp(mul(logVariance, 0.5)), noise))
    const unlikely = sum(sigmoidCrossEntropyWithLogits(decode(up, z), x), { axes: [1, 2, 3] })
    const divergence = mul(0.5, sum(sub(add(square(mu), exp(logVariance)), add(logVariance, 1)), { axes: [1] }))
    return neg(mean(add(unlikely, divergence)))
  }
  const { sample } = Toy.shapes({ size })
  const optimizer = Opt.adam({ learningRate: 1e-3 })
  const ascend = ({ weights, moments, step }: Carry): readonly [Carry, Tensor] => {
    const [forImages, forNoise] = Random.keysOf(Random.split(Random.foldIn(Random.key(2), step))) as [Tensor, Tensor]
    // Pixels, from -1 to 1, are taken as probabilities.
    const x = mul(0.5, add(sample(forImages, batchSize).real, 1))
    const noise = Random.normal(forNoise, [batchSize, latents])
    const [loss, gradients] = valueAndGrad((w: Carry['weights']) => neg(boundOf(w, x, noise)))(weights)
    const [updates, next] = optimizer.update(gradients, moments, weights, step)
    return [{ weights: Opt.applyUpdates(weights, updates), moments: next, step: add(step, 1) }, neg(loss)]
  }

  const weights = { encoder: firstEncoder.params, decoder: firstDecoder.params }
  const carry: Carry = { weights, moments: optimizer.init(weights), step: tensor(0, [], 'int32') }
  const training = loop(ascend, { carry, engine })
  const z = Random.normal(Random.key(3), [8, latents])
  const jacobians = compile((up: unknown, at: Tensor) => Lab.jacobian((y) => sigmoid(decode(up, y)))(at), { engine })

  const found: Look[] = []
  const look = async (step: number, bounds: readonly Tensor[]): Promise<void> => {
    const spectrum = Lab.averageSpectrum(await jacobians((await training.snapshot()).weights.decoder, z))
    const bound =
      bounds.length === 0 ? undefined : bounds.reduce((total, { data }) => total + (data[0] ?? NaN), 0) / bounds.length
    found.push({ step, bound, spectrum })
    const [most = 0, least = 0] = [spectrum.meanOfSingularValues[0], spectrum.meanOfSingularValues.at(-1)]
    tell(
      `step ${String(step)}: bound ${bound === undefined ? '-' : bound.toFixed(1)} nats, log condition ${spectrum.meanLogCondition.toFixed(2)} ` +
        `± ${spectrum.deviationLogCondition.toFixed(2)}, singular values ${most.toPrecision(3)} to ${least.toPrecision(3)}`
    )
  }
  await look(0, [])
  const each = Math.ceil(steps / looks)
  for (let step = 0; step < steps; step += each) {
    const now = Math.min(each, steps - step)
    await look(step + now, await training.advance(now))
  }
  for (const one of [training, jacobians]) one.dispose()
  return found
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await train({ steps: Number(process.argv[2] ?? 2000), tell: (line) => process.stdout.write(`${line}\n`) })
