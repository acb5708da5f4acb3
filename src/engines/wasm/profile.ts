import { explain } from '../../compiler/explain.ts'
import type { MemoryPlan } from '../../compiler/memory/plan.ts'
import type { Schedule } from '../../compiler/schedule.ts'
import type { BuiltModule } from '../../../kernels/wasm/module/buildModule.ts'
import type { Instance } from './instance.ts'

/** Measured time of one stage of a step. */
export interface StageTime {
  /** Number of its kernel in the schedule; undefined for copies of the carry. */
  readonly kernel: number | undefined
  readonly name: string
  /** Extents of the kernel, and the primitives that went into it. */
  readonly size: string
  readonly primitives: string
  readonly tasks: number
  readonly milliseconds: number
  /** Estimated milliseconds. */
  readonly expected: number
}

/** Nanoseconds from which each task is timed alone: a short measurement is rarely spoilt by other programs. */
const long = 20_000

/** Times the stages of a step one by one, on one thread and in the order of a step: the least of `rounds` rounds. */
export const profile = (
  schedule: Schedule,
  plan: MemoryPlan,
  { stages, regions }: BuiltModule,
  { perform }: Instance,
  rounds = 30
): readonly StageTime[] => {
  const { kernels } = explain(schedule, plan)
  const order = [...new Set(regions.flatMap(({ tasks }) => tasks.map(({ stage }) => stage)))]
  /** The least time of each task of a stage, or of all its tasks together. */
  const best = new Map(
    order.map((n) => [n, new Array<number>(stages[n]!.cost > long ? stages[n]!.tasks : 1).fill(Infinity)])
  )
  for (let round = 0; round < rounds; round++)
    for (const stage of order) {
      const times = best.get(stage)!
      const perTime = stages[stage]!.tasks / times.length
      times.forEach((time, n) => {
        const start = performance.now()
        for (let task = n * perTime; task < (n + 1) * perTime; task++) perform(stage, task)
        times[n] = Math.min(time, performance.now() - start)
      })
    }
  return order.map((stage) => {
    const { kernel, name, tasks, cost } = stages[stage]!
    const figures = kernel === undefined ? undefined : kernels[kernel]!
    return {
      kernel,
      name,
      size: figures?.extents ?? '',
      primitives: figures?.primitives ?? '',
      tasks,
      milliseconds: best.get(stage)!.reduce((sum, time) => sum + time, 0),
      expected: (cost * tasks) / 1e6
    }
  })
}
