import type { MemoryPlan } from '../../compiler/memory/plan.ts'
import type { Kernel, Schedule } from '../../compiler/schedule.ts'
import type { BuiltModule } from '../../../kernels/wasm/module/buildModule.ts'

const showBytes = (bytes: number): string =>
  bytes < 2 ** 20 ? `${(bytes / 2 ** 10).toFixed(1)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`

/** What a kernel goes over. */
export const showSize = (kernel: Kernel): string => {
  switch (kernel.kind) {
    case 'loops': {
      const { domain, reduction, outputs } = kernel.nest
      const over = reduction === undefined ? '' : ` over [${reduction.extents.join(', ')}]`
      return `[${domain.join(', ')}]${over}${outputs.length > 1 ? ` x ${String(outputs.length)}` : ''}`
    }
    case 'contraction':
      return `${String(kernel.batch)} x ${String(kernel.m)} x ${String(kernel.k)} x ${String(kernel.n)}`
    case 'conv':
    case 'convInputGradient':
    case 'convFilterGradient':
      return `[${kernel.result.join(', ')}] by [${kernel.params.kernel.join(', ')}]`
    case 'scatterAdd':
      return `${String(kernel.batches)} x ${String(kernel.picked)} rows of ${String(kernel.size)}`
    case 'cumulativeSum':
      return `${String(kernel.blocks)} x ${String(kernel.extent)} x ${String(kernel.inner)}`
    case 'routine':
      return `[${kernel.result.shape.join(', ')}]`
  }
}

const countNames = (names: readonly string[]): string => {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => (count === 1 ? name : `${name} x ${String(count)}`)).join(', ')
}

/** Kernels in the order they run, what they do, and what the whole takes. */
export const explain = (
  schedule: Schedule,
  plan: MemoryPlan,
  { regions, stages, bytes, threads, arithmetic, code }: BuiltModule
): string => {
  const costs = new Map<number, number>()
  for (const { kernel, cost, tasks } of stages)
    if (kernel !== undefined) costs.set(kernel, (costs.get(kernel) ?? 0) + (cost * tasks) / 1000)
  const lines = schedule.levels.flatMap((level, n) =>
    level.map((index) => {
      const kernel = schedule.kernels[index]!
      const cost = `${(costs.get(index) ?? 0).toFixed(1)} us`
      return `${String(n).padStart(4)}  ${kernel.kind.padEnd(18)} ${showSize(kernel).padEnd(36)} ${cost.padStart(10)}  ${countNames(kernel.primitives)}`
    })
  )
  const parallel = regions.filter((region) => region.parallel).length
  const total = regions.reduce((sum, { cost }) => sum + cost, 0)
  return [
    `wasm: ${String(schedule.kernels.length)} kernels on ${String(schedule.levels.length)} levels, ${String(threads)} thread${threads === 1 ? '' : 's'}, ` +
      `${String(regions.length)} regions (${String(parallel)} shared), arithmetic ${arithmetic}, about ${(total / 1e6).toFixed(3)} ms on one thread`,
    `memory ${showBytes(bytes)}: constants ${showBytes(plan.constantBytes)}, inputs ${showBytes(plan.inputBytes)}, arena ${showBytes(plan.arenaBytes)}; code ${showBytes(code.length)}`,
    'level kernel             size                                   estimate  primitives',
    ...lines
  ].join('\n')
}
