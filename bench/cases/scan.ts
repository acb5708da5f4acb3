import { explain } from '../../src/compiler/explain.ts'
import { planMemory } from '../../src/compiler/memory/plan.ts'
import { optimize } from '../../src/compiler/rewrite/optimize.ts'
import { schedule } from '../../src/compiler/scheduleProgram.ts'
import type { Engine } from '../../src/engines/engine.ts'
import type { EngineName } from '../../src/transform/compileStep.ts'
import { compileStep } from '../../src/transform/compileStep.ts'
import { E, Gan, Issue, Loss, Net, Program, Reg, Update, pipe } from '../../src/index.ts'
import type { Layer } from '../../src/nn/layer.ts'
import type { Bar, Stepped } from '../measure/bar.ts'
import { stepRatio } from '../measure/bar.ts'
import type { Bench } from '../measure/bench.ts'
import { jobOf } from '../measure/job.ts'
import { mulberry32, uniform } from '../measure/random.ts'
import { dcganPair, namedSizes } from './dcgan.ts'
import { latentSize, specOf } from './gan.ts'
import { adamStep } from './unrolled.ts'

type On = EngineName | Engine

const compileUnrolled = (updates: number) => async (engine: On) => {
  const { step, carry, feed } = adamStep(updates)
  const made = await compileStep(step, carry, feed(0), { engine })()
  if (E.isLeft(made)) throw new Error(`unrolled-adam-${String(updates)} was not compiled`)
  return made.right
}

const startUnrolled = async (asLoop: boolean, engine: On): Promise<Stepped> => {
  const started = await jobOf({ name: 'unrolled-adam-10' }, adamStep(10, { asLoop })).start(engine, 1)
  if ('missing' in started) throw new Error(started.missing)
  return started
}

/** Bytes of an executable beside its inputs: what lies between kernels, and what loops keep. */
const bytesOf = (keep: 'all' | 'sqrt'): number => {
  const { step, carry, feed } = adamStep(100, { keep })
  const scheduled = schedule(optimize(Program.of(step, carry, feed(0))))
  const { arenaBytes, loopBytes } = explain(scheduled, planMemory(scheduled))
  return arenaBytes + loopBytes
}

/** A generator, its critic, and the shape of a sample. */
type Pair = readonly [Layer, Layer, readonly number[]]

const mlps = (): Pair => [
  Net.serial(Net.dense(latentSize, 128), Net.relu, Net.dense(128, 128), Net.relu, Net.dense(128, 2)),
  Net.serial(Net.dense(2, 128), Net.leakyRelu(0.2), Net.dense(128, 128), Net.leakyRelu(0.2), Net.dense(128, 1)),
  [2]
]

const dcgans = (): Pair => {
  const [channels, extent] = namedSizes.image
  return [...dcganPair(namedSizes, mulberry32(1)), [channels, extent, extent]]
}

const batchSize = 64

/** WGAN-GP by an update rule. */
const compileGan = async ([generator, critic]: Pair, rule: Update.Update, engine: On): Promise<Gan.TrainingStep> => {
  const made = await pipe(
    specOf(generator, critic),
    Gan.withLoss(Loss.wasserstein),
    Gan.withRegularizer('discriminator', Reg.gradientPenalty({ lambda: 10 })),
    Gan.withUpdate(rule),
    Gan.compile({ batchSize, engine })
  )()
  if (E.isLeft(made)) throw new Error(Issue.show(made.left))
  return made.right
}

/** What `Update.alternating` does in a loop: phases that are made anew are written out. */
const writtenOut = (discriminatorSteps: number): Update.Update =>
  Update.of('written out', (players) =>
    [
      ...Array.from({ length: discriminatorSteps }, () => ['discriminator']),
      players.filter((name) => name !== 'discriminator')
    ].map((moved) =>
      // prettier-ignore
      Update.phase(moved, (game, position) => game.step(position, game.field(position)))
    )
  )

const startGan = async (pair: Pair, rule: Update.Update, engine: On): Promise<Stepped> => {
  const step = await compileGan(pair, rule, engine)
  const trainer = await step.trainer(await step.init(0))()
  if (E.isLeft(trainer)) throw new Error(Issue.show(trainer.left))
  const batch = uniform([batchSize, ...pair[2]], 1, mulberry32(2))
  const batches = Array.from({ length: step.batchesPerStep }, () => batch)
  return {
    advance: async (steps) => {
      const done = await trainer.right.advance(steps, { batches: () => batches })()
      if (E.isLeft(done)) throw new Error(Issue.show(done.left))
    },
    dispose: () => {
      trainer.right.dispose()
      step.dispose()
    }
  }
}

const alternating = (discriminatorSteps: number): Update.Update => Update.alternating({ discriminatorSteps })

const ofPair = (name: string, pair: () => Pair): readonly Bar[] => [
  {
    name: `compile discriminatorSteps 20, ${name}`,
    to: 'discriminatorSteps 1',
    most: 1.3,
    ratio: [
      (engine) => compileGan(pair(), alternating(20), engine),
      (engine) => compileGan(pair(), alternating(1), engine)
    ]
  },
  {
    name: `step of discriminatorSteps 5, ${name}`,
    to: 'the same written out',
    most: 1.1,
    ratio: async (engine, samples) =>
      stepRatio(await startGan(pair(), alternating(5), engine), await startGan(pair(), writtenOut(5), engine), samples)
  }
]

/** What loops inside programs cost: their compiling, steps and memory, each as a ratio beside its bar. */
export const scans: Bench = {
  name: 'scan',
  groups: () => [],
  bars: [
    {
      name: 'compile unrolled-adam-50',
      to: 'unrolled-adam-5',
      most: 1.5,
      ratio: [compileUnrolled(50), compileUnrolled(5)]
    },
    {
      name: 'compile unrolled-adam-5',
      to: 'unrolled-adam-1',
      most: 1.5,
      ratio: [compileUnrolled(5), compileUnrolled(1)]
    },
    {
      name: 'step of unrolled-adam-10',
      to: 'the same written out',
      most: 1.1,
      ratio: async (engine, samples) =>
        stepRatio(await startUnrolled(true, engine), await startUnrolled(false, engine), samples)
    },
    {
      name: "bytes of unrolled-adam-100, keep 'sqrt'",
      to: "keep 'all'",
      most: 0.25,
      ratio: () => Promise.resolve(bytesOf('sqrt') / bytesOf('all'))
    },
    ...ofPair('MLPs', mlps),
    ...ofPair('DCGAN', dcgans)
  ]
}
