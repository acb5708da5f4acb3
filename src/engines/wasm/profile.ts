import type { Schedule } from '../../compiler/schedule.ts'
import type { Build } from './build.ts'
import type { Instance } from './instance.ts'

export interface KernelTime {
  readonly kernel: number | undefined
  readonly name: string
  readonly primitives: readonly string[]
  readonly tasks: number
  readonly milliseconds: number
  /** As estimated for one thread. */
  readonly expected: number
}

/** Times the stages of a step one by one, task by task, in the order of a step. */
export const profile = (
  { kernels }: Schedule,
  { stages, regions }: Build,
  { perform }: Instance,
  rounds = 30
): readonly KernelTime[] => {
  const best = stages.map(() => Infinity)
  const order = [...new Set(regions.flatMap(({ tasks }) => tasks.map(({ stage }) => stage)))]
  for (let round = 0; round < rounds; round++)
    for (const stage of order) {
      const start = performance.now()
      for (let task = 0; task < stages[stage]!.tasks; task++) perform(stage, task)
      best[stage] = Math.min(best[stage]!, performance.now() - start)
    }
  return order.map((stage) => {
    const { kernel, name, tasks, cost } = stages[stage]!
    return {
      kernel,
      name,
      primitives: kernel === undefined ? [] : kernels[kernel]!.primitives,
      tasks,
      milliseconds: best[stage]!,
      expected: (cost * tasks) / 1e6
    }
  })
}
