/**
 * Walks the product loss x regularizer x update rule: whatever is combined compiles, takes finite steps, and counts. All
 * pairs of loss and regularizer are differentiated. The combinations that would meet each loss and each regularizer under
 * each rule are thinned to three of four; `SADDLEPOINT_RUNS=134` runs these all, `SADDLEPOINT_RUNS=2400` the whole product.
 */
import { afterAll, describe, expect, it } from 'vitest'
import { Engine, Gan, Loss, Net, Opt, Prior, Random, Update, evaluate, mean, pipe, square, sub } from '../../../src/index.ts' // prettier-ignore
import { losses, terms, updates } from '../../../src/gan/json/makers.ts'
import { initialState } from '../../../src/gan/step/state.ts'
import type { Layer } from '../../../src/nn/layer.ts'
import { regularizers } from '../../support/regularizers.ts'
import { bits, compiled, leftOf } from '../../support/smallGan.ts'

/** Networks of one kind, of any numbers of inputs and outputs. */
interface Family {
  readonly sample: readonly number[]
  readonly generator: (inputs: number, ...first: readonly Layer[]) => Layer
  readonly critic: (outputs: number) => Layer
  /** Latents of 3 numbers from samples. */
  readonly encoder: Layer
}

const classes = 3
const latents = 3
const serial = Net.serial as (...layers: readonly Layer[]) => Layer

const points: Family = {
  sample: [4],
  generator: (inputs, ...first) => serial(...first, Net.dense(inputs, 5), Net.tanh, Net.dense(5, 4)),
  critic: (outputs) => Net.serial(Net.dense(4, 5), Net.softplus, Net.dense(5, outputs)),
  encoder: Net.dense(4, latents)
}

const images: Family = {
  sample: [1, 8, 8],
  generator: (inputs, ...first) =>
    serial(
      ...first,
      Net.dense(inputs, 2 * 4 * 4),
      Net.reshape([2, 4, 4]),
      Net.softplus,
      Net.transposedConvolution(2, 1, { kernel: 4, stride: 2, padding: 1 }),
      Net.tanh
    ),
  critic: (outputs) =>
    Net.serial(
      Net.convolution(1, 2, { kernel: 4, stride: 2, padding: 1 }),
      Net.leakyRelu(0.2),
      Net.flatten,
      Net.dense(2 * 4 * 4, outputs)
    ),
  encoder: Net.serial(Net.flatten, Net.dense(64, latents))
}

interface Players {
  readonly generator?: Layer
  readonly discriminator?: Layer
  readonly encoder?: Layer
  readonly second?: Layer
  readonly prior?: Prior.Prior
}

const codes = { categories: [2], continuous: 1 }

/** What a loss asks of the players, beside a generator and a critic of one score. */
const playersFor: Readonly<Record<string, (of: Family) => Players>> = {
  energyBased: ({ sample, critic }) => (sample.length === 1 ? { discriminator: critic(4) } : {}),
  auxiliaryClassifier: ({ critic, generator }) => ({
    generator: generator(latents + classes, Net.appendLabels(classes)),
    discriminator: critic(1 + classes)
  }),
  mutualInformation: ({ critic }) => ({ discriminator: critic(1 + 3), prior: Prior.codes(codes) }),
  bidirectional: ({ sample, encoder }) => {
    const inputs = latents + sample.reduce((a, b) => a * b)
    return { discriminator: Net.serial(Net.join, Net.dense(inputs, 5), Net.softplus, Net.dense(5, 1)), encoder }
  },
  withCritics: ({ critic }) => ({ second: critic(1) })
}

const custom = Loss.custom('mine', {
  generator: ({ D, fake }) => mean(square(sub(D(fake), 1))),
  discriminator: ({ D, real, fake }) => mean(square(sub(D(fake), sub(D(real), 1))))
})

const lossesOf = ({ sample }: Family): Readonly<Record<string, Loss.Loss>> => ({
  custom,
  minimax: Loss.minimax,
  nonSaturating: Loss.nonSaturating,
  leastSquares: Loss.leastSquares,
  wasserstein: Loss.wasserstein,
  hinge: Loss.hinge,
  relativistic: Loss.relativistic,
  relativisticAverage: Loss.relativisticAverage,
  fGan: Loss.fGan('kl'),
  phi: Loss.phi('sqrt'),
  energyBased: Loss.energyBased(sample.length === 1 ? { margin: 9, energy: 'squaredError' } : { margin: 9 }),
  boundaryEquilibrium: Loss.boundaryEquilibrium({ lambda: 0.1 }),
  topK: Loss.topK({ k: 2 }),
  featureMatching: Loss.featureMatching(),
  auxiliaryClassifier: Loss.auxiliaryClassifier({ classes }),
  mutualInformation: Loss.mutualInformation(codes),
  bidirectional: Loss.bidirectional(),
  hybrid: Loss.hybrid(({ real, fake }) => mean(square(sub(real, fake))), { ratio: 2 }),
  withCritics: Loss.withCritics(['discriminator', 'second'])(Loss.hinge)
})

const rules: Readonly<Record<string, Update.Update>> = {
  chain: Update.chain(Update.simultaneous, Update.consensus({ gamma: 0.1 })),
  simultaneous: Update.simultaneous,
  optimistic: Update.optimistic,
  alternating: Update.alternating({ discriminatorSteps: 2 }),
  extragradient: Update.extragradient(),
  consensus: Update.consensus({ gamma: 0.1 }),
  symplectic: Update.symplectic({ lambda: 0.5, align: true }),
  unrolled: Update.unrolled({ steps: 2 }),
  bestResponse: Update.bestResponse({ steps: 2, tolerance: 1e-3 }),
  competitive: Update.competitive({ learningRate: 0.1, steps: 2 }),
  accumulated: Update.accumulated(Update.simultaneous, { minibatches: 2 }),
  lookahead: Update.lookahead(Update.alternating(), { period: 4 })
}

/** The first of the examples of each regularizer, by its name. */
const regularizerNamed = Object.fromEntries(
  [...regularizers].reverse().map((one) => [one.make('discriminator')[0]!.name, one] as const)
)

const lossNames = Object.keys(losses)
const regularizerNames = Object.keys(terms)
const ruleNames = Object.keys(updates)

const playerOf = (regularizer: string): string =>
  regularizerNamed[regularizer]!.of === 'critic' ? 'discriminator' : 'generator'

/** Draws minibatches, with labels for losses that read them. */
const samplerFor =
  ({ sample }: Family, loss: string): Gan.Sampler =>
  (key, n) => {
    const real = Random.normal(key, [n, ...sample])
    return loss === 'auxiliaryClassifier' ? { real, labels: Random.randint(key, [n], 0, classes) } : real
  }

const gameOf = (family: Family, loss: string): Gan.Spec => {
  const { generator, critic } = family
  const players = {
    generator: generator(latents),
    discriminator: critic(1),
    prior: Prior.normal([latents]),
    ...playersFor[loss]?.(family)
  }
  const spec = pipe(Gan.between(players), Gan.withLoss(lossesOf(family)[loss]!))
  const labelled = loss === 'auxiliaryClassifier' ? Gan.withLabels({ classes })(spec) : spec
  const optimizer = Opt.sgd({ learningRate: 0.01 })
  return Object.keys(spec.networks).reduce((s, player) => Gan.withOptimizer(player, optimizer)(s), labelled)
}

const regularized = (family: Family, loss: string, regularizer: string): Gan.Spec => {
  const player = playerOf(regularizer)
  return Gan.withRegularizer(player, regularizerNamed[regularizer]!.make(player))(gameOf(family, loss))
}

/** The critic of a bidirectional game scores pairs of samples and latents; these show it other samples, which have no partner. */
const isRefused = (loss: string, regularizer: string): boolean =>
  loss === 'bidirectional' &&
  ['dragan', 'consistency', 'balancedConsistency', 'latentConsistency'].includes(regularizer)

interface Combination {
  readonly loss: string
  readonly regularizer: string
  readonly rule: string
}

const seed = Number(process.env['SADDLEPOINT_SEED'] ?? 20140610)
const strength = Number(process.env['SADDLEPOINT_RUNS'] ?? 100) / 100

const shuffled = <T>(of: readonly T[], draw: number): readonly T[] =>
  [...Random.permutation(Random.foldIn(Random.key(seed), draw), of.length).data].map((i) => of[i]!)

const product: readonly Combination[] = shuffled(
  lossNames.flatMap((loss) =>
    regularizerNames.flatMap((regularizer) => ruleNames.map((rule) => ({ loss, regularizer, rule })))
  ),
  0
)

/** Takes combinations until each pair of names that `pairs` lists of one is met: first those that meet most that is new. */
const covering = (
  all: readonly Combination[],
  pairs: (of: Combination) => readonly string[]
): readonly Combination[] => {
  const met = new Set<string>()
  return [3, 2, 1].flatMap((fresh) =>
    all.filter((one) => {
      const found = pairs(one)
      const isTaken = found.filter((pair) => !met.has(pair)).length >= fresh
      if (isTaken) found.forEach((pair) => met.add(pair))
      return isTaken
    })
  )
}

/** A share of the cover; with more runs all of it, then others of the product. */
const thinned = (cover: readonly Combination[], share: number): readonly Combination[] => {
  const rest = product.filter((one) => !cover.includes(one))
  return [...cover, ...rest].slice(0, Math.ceil(cover.length * share * strength))
}

const isFinite = (tree: unknown): boolean => bits(tree).flat().every(Number.isFinite)
const isMoved = (before: unknown, after: unknown): boolean =>
  JSON.stringify(bits(before)) !== JSON.stringify(bits(after))

/** One thread: to start workers would take longer than such small steps. */
const engine = Engine.wasm({ threads: 1, background: false })

/** Compiles a combination for wasm and takes two steps, in which all players move; says what went wrong, if anything. */
const faultOf = async (family: Family, { loss, regularizer, rule }: Combination): Promise<string | undefined> => {
  const spec = pipe(regularized(family, loss, regularizer), Gan.withUpdate(rules[rule]!))
  const name = `${loss} x ${regularizer} x ${rule}`
  const options = { batchSize: 4, engine, sampler: samplerFor(family, loss) } as const
  if (isRefused(loss, regularizer)) {
    const issues = leftOf(await pipe(spec, Gan.compile(options))())
    return issues.every(({ path }) => path.join('.') === `regularizers.discriminator.${regularizer}`)
      ? undefined
      : `${name}: ${JSON.stringify(issues)}`
  }
  try {
    const step = await compiled(spec, options)
    const first = await step.init(0)
    const [one] = await step(first)
    const [two] = await step(one)
    step.dispose()
    const still = Object.keys(spec.networks).filter(
      (player) => !isMoved(first.players[player]!.params, two.players[player]!.params)
    )
    if (still.length > 0) return `${name}: ${still.join(', ')} did not move`
    return isFinite(two) ? undefined : `${name}: not finite`
  } catch (error) {
    return `${name}: ${String(error)}`
  }
}

const faultsOf = async (family: Family, combinations: readonly Combination[]): Promise<readonly string[]> => {
  const faults: string[] = []
  for (const one of combinations) {
    const fault = await faultOf(family, one)
    if (fault !== undefined) faults.push(fault)
  }
  return faults
}

const timeout = 60_000 * Math.max(1, strength)
const ran = { points: 0, images: 0 }
afterAll(() => {
  console.log(`${ran.points} of ${product.length} combinations ran on points, ${ran.images} on images of 8 pixels`)
})

it('has an example of every loss, regularizer and rule that the library can name', () => {
  expect(Object.keys(lossesOf(points)).sort()).toEqual([...lossNames].sort())
  expect(regularizerNames.filter((name) => regularizerNamed[name] === undefined)).toEqual([])
  expect(Object.keys(rules).sort()).toEqual([...ruleNames].sort())
})

describe('on points', () => {
  const chosen = thinned(
    covering(product, ({ loss, regularizer, rule }) => [`${loss} x ${rule}`, `${regularizer} x ${rule}`]),
    0.75
  )
  it('meets each loss, each regularizer and each rule', () => {
    const met = (part: keyof Combination): readonly string[] => [...new Set(chosen.map((one) => one[part]))].sort()
    expect(met('loss')).toEqual([...lossNames].sort())
    expect(met('regularizer')).toEqual([...regularizerNames].sort())
    expect(met('rule')).toEqual([...ruleNames].sort())
  })
  it.each(ruleNames)(
    'takes two finite steps with losses and regularizers under %s',
    async (name) => {
      const combinations = chosen.filter(({ rule }) => rule === name)
      expect(await faultsOf(points, combinations)).toEqual([])
      ran.points += combinations.length
    },
    timeout
  )
})

describe('the gradient', () => {
  /** Each player's gradient at the first parameters, in double precision. */
  const gradientsOf = (loss: string, spec: Gan.Spec): Readonly<Record<string, unknown>> =>
    evaluate(
      () => {
        const state = initialState(spec, {}, Random.key(1))
        const params = Object.fromEntries(Object.entries(state.players).map(([player, of]) => [player, of.params]))
        // Later than the first step, at which some terms do not count yet.
        const step = { ...state.step, data: Int32Array.of(2) }
        return Gan.field(spec)(params, { batch: samplerFor(points, loss)(Random.key(2), 4), state: { ...state, step } })
      },
      { precision: 'float64' }
    )()

  it.each(lossNames)(
    'of %s and each regularizer changes with each of their terms, and with no other player’s',
    (loss) => {
      const plain = gradientsOf(loss, gameOf(points, loss))
      for (const regularizer of regularizerNames.filter((name) => !isRefused(loss, name))) {
        const spec = regularized(points, loss, regularizer)
        const player = playerOf(regularizer)
        const whole = gradientsOf(loss, spec)
        expect(isFinite(whole), regularizer).toBe(true)
        for (const name of Object.keys(spec.networks))
          expect(isMoved(plain[name], whole[name]), `${regularizer} in the gradient of ${name}`).toBe(name === player)
        for (const left of spec.loss!.objectives[player]!.filter(({ isMetric }) => isMetric !== true)) {
          const rest = spec.loss!.objectives[player]!.filter((term) => term !== left)
          const objectives = { ...spec.loss!.objectives, [player]: rest }
          const without = gradientsOf(loss, { ...spec, loss: { ...spec.loss!, objectives } })
          expect(isMoved(without[player], whole[player]), `${left.name} beside ${regularizer}`).toBe(true)
        }
      }
    }
  )
})

it(
  'takes two finite steps on images, with each loss, each regularizer and each rule',
  async () => {
    const chosen = thinned(
      covering(product, ({ loss, regularizer, rule }) => [loss, regularizer, rule]),
      1
    )
    expect(await faultsOf(images, chosen)).toEqual([])
    ran.images += chosen.length
  },
  timeout
)
