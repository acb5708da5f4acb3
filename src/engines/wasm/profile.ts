import type { Schedule } from '../../compiler/schedule.ts'
import type { BuiltModule } from '../../../kernels/wasm/module/buildModule.ts'
import { showSize } from './explain.ts'
import type { Instance } from './instance.ts'

export interface KernelTime {
  readonly kernel: number | undefined
  readonly name: string
  readonly size: string
  readonly primitives: readonly string[]
  readonly tasks: number
  readonly milliseconds: number
  /** As estimated for one thread. */
  readonly expected: number
}

/** Nanoseconds from which a task is timed by itself: others on the machine then spoil less. */
const long = 20_000

/** Times the stages of a step one by one, in the order of a step. */
export const profile = (
  { kernels }: Schedule,
  { stages, regions }: BuiltModule,
  { perform }: Instance,
  rounds = 30
): readonly KernelTime[] => {
  const order = [...new Set(regions.flatMap(({ tasks }) => tasks.map(({ stage }) => stage)))]
  /** Times of a stage's tasks, or of all of them together. */
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
    return {
      kernel,
      name,
      size: kernel === undefined ? '' : showSize(kernels[kernel]!),
      primitives: kernel === undefined ? [] : kernels[kernel]!.primitives,
      tasks,
      milliseconds: best.get(stage)!.reduce((sum, time) => sum + time, 0),
      expected: (cost * tasks) / 1e6
    }
  })
}
