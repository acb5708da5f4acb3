/** Equal phases in succession are one loop, which gives what they give written out, to the bit, and compiles like one of them. */
import { describe, expect, it } from 'vitest'
import { nodesOf } from '../../../src/program/program.ts'
import { isScan } from '../../../src/program/scan.ts'
import { cycle } from '../../../src/gan/step/cycle.ts'
import { runsOf } from '../../../src/gan/step/run.ts'
import { runRepeatedly } from '../../../src/gan/step/runRepeatedly.ts'
import { initialState } from '../../../src/gan/step/state.ts'
import { Augment, Gan, Loss, Net, Objective, Opt, Program, Random, Reg, Update, div, mean, pipe, tensor, zeros } from '../../../src/index.ts' // prettier-ignore
import type { Tensor } from '../../../src/index.ts'
import { range } from '../../../src/tensor/shape.ts'
import { narrow } from '../../support/programs.ts'
import { batchAt, bits, compiled, points, rightOf, smallSpec } from '../../support/smallGan.ts'

/** The same phases, none of which is the one before it. */
const apart = (rule: Update.Update): Update.Update =>
  Update.of(rule.name, (players) => rule.phases(players).map((phase) => ({ ...phase })))

const three = Update.alternating({ discriminatorSteps: 3 })
/** Two steps along two fields a phase, of which the second is on a minibatch of its own; four phases in succession. */
const own = Update.of('own', (players) => {
  const twice = Update.phase(
    ['discriminator'],
    (game, position) => {
      const half = game.step(position, game.field(position))
      return game.step(half, game.field(half, { minibatch: 1 }))
    },
    { minibatches: 2 }
  )
  return [twice, twice, ...Update.simultaneous.phases(players), twice, twice]
})
const counting = Update.phaseWith(['discriminator'], {
  init: () => zeros([]),
  run: (game, position, count) => [game.step(position, game.field(position)), count]
})
const critic = (discriminator: Net.Layer) => (spec: Gan.Spec) => ({
  ...spec,
  networks: { ...spec.networks, discriminator }
})
const normed = Net.serial(Net.spectral(Net.dense(2, 3)), Net.batchNorm(3), Net.dropout(0.2), Net.dense(3, 1))
const conditional = Net.serial(Net.appendLabels(4), Net.dense(6, 4), Net.softplus, Net.dense(4, 1))

const games: readonly (readonly [string, Gan.Spec, Partial<Gan.CompileOptions>])[] = [
  [
    'Adam, memories and lazy terms',
    smallSpec(
      Gan.withUpdate(three),
      Gan.withOptimizer('discriminator', Opt.adam({ learningRate: 0.02, b1: 0.5, b2: 0.9 })),
      Gan.withRegularizer('discriminator', pipe(Reg.r1({ gamma: 0.1 }), Objective.every(2))),
      Gan.withRegularizer('discriminator', Reg.lecam({ lambda: 0.1, start: 0 })),
      Gan.withAverage({ decay: 0.9 })
    ),
    {}
  ],
  [
    'labels of which some are dropped',
    smallSpec(Gan.withUpdate(three), Gan.withLabels({ classes: 3, dropout: 0.2 }), critic(conditional)),
    { sampler: (key, n) => ({ real: points(key, n) as Tensor, labels: Random.randint(key, [n], 0, 3) }) }
  ],
  ['states of layers and keys of them', smallSpec(Gan.withUpdate(three), critic(normed)), { sampler: points }],
  [
    'an augmentation that adapts',
    smallSpec(
      Gan.withUpdate(three),
      Gan.withAugmentation('discriminator', Augment.instanceNoise({ deviation: 0.1 }), {
        probability: Augment.adaptive({ every: 2, images: 50 })
      })
    ),
    { batchSize: { discriminator: 4, generator: 2 }, sampler: points }
  ],
  ['two minibatches a phase, and two updates', smallSpec(Gan.withUpdate(own)), {}],
  ['accumulated gradients', smallSpec(Gan.withUpdate(Update.accumulated(three, { minibatches: 2 }))), {}],
  [
    'the generator first, and critics of two rules',
    smallSpec(
      Gan.withLoss(Loss.relativistic),
      Gan.withUpdate(Update.chain(three, Update.alternating({ discriminatorSteps: 2, first: 'generator' })))
    ),
    { sampler: points }
  ]
]

/** Does two cycles, and returns the state after them with the figures of each. */
const afterTwo = async (spec: Gan.Spec, options: Partial<Gan.CompileOptions>): Promise<unknown> => {
  const step = await compiled(spec, options)
  let state = await step.init(3)
  const seen: Gan.Metrics[] = []
  for (const i of [0, 1]) {
    const batches = step.shapesAt(i).map(([n], j) => batchAt(10 * i + j, n))
    const [next, metrics] = await step(state, batches)
    state = next
    seen.push(metrics)
  }
  step.dispose()
  return { state: bits(state), figures: seen }
}

describe('equal phases in succession', () => {
  const onEach = games.flatMap(([name, ...of], i) => [
    [name, 'wasm', ...of] as const,
    ...(i < 2 ? [[name, 'reference', ...of] as const] : [])
  ])
  it.each(onEach)('give what they give written out, to the bit: %s, on %s', async (_, engine, spec, options) => {
    const [loop, out] = [spec, Gan.withUpdate(apart(spec.update))(spec)].map((of) =>
      afterTwo(of, { ...options, engine })
    )
    expect(await loop).toEqual(await out)
  })

  /** The state after two cycles on given minibatches and draws. */
  const afterDraws = async (spec: Gan.Spec, engine: 'wasm' | 'reference', draws: (i: number) => readonly object[]) => {
    const step = await compiled(spec, { engine, givenDraws: true })
    let state = await step.init(3)
    for (const i of [0, 1]) [state] = await step(state, range(3).map((j) => batchAt(10 * i + j)), draws(i) as never) // prettier-ignore
    step.dispose()
    return bits(state)
  }
  it.each(['wasm', 'reference'] as const)('read the draws that are given for each, on %s', async (engine) => {
    const spec = smallSpec(
      Gan.withUpdate(three),
      Gan.withRegularizer('discriminator', Reg.gradientPenalty({ lambda: 1 }))
    )
    const mixing = (n: number): Tensor => tensor(range(4).map((j) => ((7 * n + 3 * j) % 11) / 11))
    const drawsFrom = (first: number) => (i: number) =>
      range(4).map((j) => ({ latent: batchAt(first + 4 * i + j), ...(j < 3 && { 'gradientPenalty/interpolation': mixing(first + 4 * i + j) }) })) // prettier-ignore
    const [loop, out, others] = [
      await afterDraws(spec, engine, drawsFrom(50)),
      await afterDraws(Gan.withUpdate(apart(three))(spec), engine, drawsFrom(50)),
      // Those of the second of three are others.
      await afterDraws(spec, engine, (i) => drawsFrom(50)(i).map((of, j) => (j === 1 ? drawsFrom(90)(i)[1]! : of)))
    ]
    expect(loop).toEqual(out)
    expect(loop).not.toEqual(others)
  })
  it('are, given the latents that they would draw, what they are by themselves', async () => {
    const spec = smallSpec(Gan.withUpdate(three), Gan.withRegularizer('discriminator', Reg.r1({ gamma: 0.1 })))
    const step = await compiled(spec)
    const start = await step.init(3)
    let state = start
    for (const i of [0, 1]) [state] = await step(state, range(3).map((j) => batchAt(10 * i + j))) // prettier-ignore
    step.dispose()
    const latentOf = (ofCycle: number, minibatch: number): Tensor =>
      spec.prior.sample(Random.foldIn(Random.foldIn(Random.foldIn(start.key, ofCycle), minibatch), 0), 4)
    const draws = (i: number) => range(4).map((j) => ({ latent: narrow(latentOf(i, j)) }))
    expect(await afterDraws(spec, 'reference', draws)).toEqual(bits(state))
  })
})

describe('a run', () => {
  const timesIn = (rule: Update.Update): readonly number[] =>
    runsOf(rule.phases(['discriminator', 'generator']), true).map(({ times }) => times)
  it('has phases that are one and the same, in succession, and remember nothing', () => {
    expect(timesIn(three)).toEqual([3, 1])
    expect(timesIn(Update.chain(three, Update.lookahead(three)))).toEqual([3, 1, 3, 1, 1])
    expect(timesIn(apart(three))).toEqual([1, 1, 1, 1])
    expect(timesIn(Update.of('counted', () => [counting, counting]))).toEqual([1, 1])
    expect(runsOf(own.phases(['generator']), true).map(({ first }) => first)).toEqual([0, 4, 5])
    expect(runsOf(three.phases(['generator']), false).map(({ first }) => first)).toEqual([0, 1, 2, 3])
  })
  it('is one loop of a program that is as long for any number of critic steps', () => {
    const nodesAt = (discriminatorSteps: number) => {
      const spec = smallSpec(Gan.withUpdate(Update.alternating({ discriminatorSteps })))
      const step = (state: Gan.State) =>
        cycle(spec, state, { batchSize: 4, sampler: points, repeatedly: runRepeatedly })
      return nodesOf(Program.of(step, initialState(spec, {}, Random.key(0))).outputs)
    }
    // Literals, the numbers of minibatches, aside.
    const counts = [2, 5, 50].map((n) => nodesAt(n).filter(({ primitive }) => primitive.name !== 'literal').length)
    expect(counts[1]! - counts[0]!).toBeLessThan(20)
    expect(nodesAt(50).filter(isScan).length).toBeGreaterThan(0)
  })
  it('that diverges is replayed phase by phase, and the term is named', async () => {
    const spec = smallSpec(
      Gan.withUpdate(three),
      Gan.withRegularizer(
        'discriminator',
        Objective.of('big', ({ D, fake }) => div(mean(D(fake)), 0))
      )
    )
    const step = await compiled(spec, { sampler: points })
    const replayed = rightOf(await step.replay(await step.init(0))())
    expect(replayed.firstNonFinite).toBe(
      'first made by div of float32[] and float32[], in the term big of the discriminator'
    )
    step.dispose()
  })
})
