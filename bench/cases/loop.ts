import type { Metrics } from '../../src/gan/step/metrics.ts'
import { cycle } from '../../src/gan/step/cycle.ts'
import type { Spec } from '../../src/gan/game/spec.ts'
import type { State } from '../../src/gan/step/state.ts'
import type { TrainingStep } from '../../src/gan/step/compile.ts'
import type { Engine, EngineName } from '../../src/transform/compileStep.ts'
import { E, Gan, Issue, Net, Program, Reg, compile, loop, pipe } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import type { Bench } from '../measure/bench.ts'
import type { Job } from '../measure/job.ts'
import { mulberry32, uniform } from '../measure/random.ts'
import { specOf } from './gan.ts'

const orThrow = <A>(result: E.Either<Parameters<typeof Issue.show>[0], A>): A => {
  if (E.isRight(result)) return result.right
  throw new Error(Issue.show(result.left))
}

/** Does so many steps on the same minibatch and tells of each loss. */
type Advance = (steps: number, onStep: (metrics: Metrics) => void) => Promise<void>
interface Way {
  readonly advance: Advance
  readonly dispose: () => void
}

type Begin = (spec: Spec, step: TrainingStep, start: State, batch: Tensor, engine: EngineName | Engine) => Promise<Way>

const byTrainer: Begin = async (_, step, start, batch) => {
  const trainer = orThrow(await step.trainer(start)())
  const batches = () => [batch]
  return {
    advance: async (steps, onStep) =>
      orThrow(await trainer.advance(steps, { batches, onStep: (__, metrics) => { onStep(metrics) } })()), // prettier-ignore
    dispose: trainer.dispose
  }
}

const cycleOf =
  (spec: Spec) =>
  (state: State, real: Tensor): [State, Metrics] =>
    cycle(spec, state, { batchSize: real.shape[0]!, batchesPerStep: 1, batch: () => ({ real }) })

const byLoop: Begin = async (spec, _, start, batch, engine) => {
  const training = loop(cycleOf(spec), { carry: start, engine })
  return {
    advance: async (steps, onStep) => {
      await training.advance(Array.from({ length: steps }, () => batch), { onStep: (__, metrics) => { onStep(metrics) } }) // prettier-ignore
    },
    dispose: training.dispose
  }
}

const byCompile: Begin = async (spec, _, start, batch, engine) => {
  const step = compile(cycleOf(spec), { engine })
  let state = start
  return {
    advance: async (steps, onStep) => {
      for (let i = 0; i < steps; i++) {
        const [next, metrics] = await step(state, batch)
        state = next
        onStep(metrics)
      }
    },
    dispose: step.dispose
  }
}

/** One game, whose state stays with a trainer of Gan.compile, in a loop, or comes and goes with each call. */
const job = (name: string, spec: Spec, batch: Tensor, begin: Begin, against?: string): Job => {
  const compiled = async (engine: EngineName | Engine): Promise<TrainingStep> =>
    orThrow(await pipe(spec, Gan.compile({ batchSize: batch.shape[0]!, engine }))())
  return {
    name,
    ...(against === undefined ? {} : { against }),
    program: () => Program.of((x) => x, batch),
    start: async (engine, losses) => {
      const begun = performance.now()
      const step = await compiled(engine)
      const way = await begin(spec, step, await step.init(0), batch, engine)
      const advance = async (steps: number): Promise<readonly number[]> => {
        const seen: number[] = []
        await way.advance(steps, (metrics) => {
          seen.push(metrics['discriminator']!.loss.data[0]! + metrics['generator']!.loss.data[0]!)
        })
        return seen
      }
      const first = [...(await advance(1))]
      const compileMs = performance.now() - begun
      first.push(...(await advance(losses - 1)))
      return {
        engine: step.engine,
        executor: undefined,
        flops: 0,
        compileMs,
        first,
        advance: async (steps) => {
          await advance(steps)
        },
        explain: step.explain,
        dispose: () => {
          way.dispose()
          step.dispose()
        }
      }
    }
  }
}

const group = (width: number, batchSize: number) => {
  const random = mulberry32(1)
  const generator = Net.serial(Net.dense(8, width), Net.relu, Net.dense(width, width), Net.relu, Net.dense(width, 2))
  const critic = Net.serial(Net.dense(2, width), Net.leakyRelu(0.2), Net.dense(width, width), Net.leakyRelu(0.2), Net.dense(width, 1)) // prettier-ignore
  const spec = Gan.withRegularizer('discriminator', Reg.r1({ gamma: 10 }))(specOf(generator, critic, 8))
  const batch = uniform([batchSize, 2], 1, random)
  const title = `loop ${String(width)}`
  return {
    jobs: [
      job(`${title}: trainer`, spec, batch, byTrainer),
      job(`${title}: loop`, spec, batch, byLoop, `${title}: trainer`),
      job(`${title}: compile`, spec, batch, byCompile, `${title}: trainer`)
    ]
  }
}

export const loops: Bench = { name: 'loop', groups: () => [group(32, 32), group(128, 256)] }
