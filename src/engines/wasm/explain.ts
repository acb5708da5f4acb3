import { explain } from '../../compiler/explain.ts'
import type { MemoryPlan } from '../../compiler/memory/plan.ts'
import type { Schedule } from '../../compiler/schedule.ts'
import type { BuiltModule } from '../../../kernels/wasm/module/buildModule.ts'

const showBytes = (bytes: number): string =>
  bytes < 2 ** 20 ? `${(bytes / 2 ** 10).toFixed(1)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`

/** Estimated microseconds of each kernel on one thread. */
const estimates = ({ stages }: BuiltModule): ReadonlyMap<number | undefined, number> => {
  const sums = new Map<number | undefined, number>()
  for (const { kernel, cost, tasks } of stages) sums.set(kernel, (sums.get(kernel) ?? 0) + (cost * tasks) / 1000)
  return sums
}

/** Prints what a step takes in all, and a line for each kernel in the order in which they run. */
export const showModule = (schedule: Schedule, plan: MemoryPlan, built: BuiltModule): string => {
  const { regions, bytes, threads, arithmetic, code } = built
  const { kernels } = explain(schedule, plan)
  const times = estimates(built)
  const lines = schedule.levels.flat().map((index) => {
    const { level, kind, extents, primitives } = kernels[index]!
    const time = `${(times.get(index) ?? 0).toFixed(1)} us`
    return `${String(level).padStart(4)}  ${kind.padEnd(18)} ${extents.padEnd(36)} ${time.padStart(10)}  ${primitives}`
  })
  const parallel = regions.filter((region) => region.parallel).length
  const total = regions.reduce((sum, { cost }) => sum + cost, 0)
  return [
    `wasm: ${String(kernels.length)} kernels on ${String(schedule.levels.length)} levels, ${String(threads)} thread${threads === 1 ? '' : 's'}, ` +
      `${String(regions.length)} regions (${String(parallel)} shared), arithmetic ${arithmetic}, about ${(total / 1e6).toFixed(3)} ms on one thread`,
    `memory ${showBytes(bytes)}: constants ${showBytes(plan.constantBytes)}, inputs ${showBytes(plan.inputBytes)}, arena ${showBytes(plan.arenaBytes)}; code ${showBytes(code.length)}`,
    'level kernel             size                                   estimate  primitives',
    ...lines
  ].join('\n')
}
