import type { Stage } from '../stages/stage.ts'

/** One task of a stage, by the numbers of both. */
export interface Task {
  readonly stage: number
  readonly task: number
}

/**
 * Tasks that may run in any order, before and after which all threads wait for one another. In a parallel region each
 * thread has a run of its own: the same part of every stage, so that neighbours in memory stay with one thread; who is
 * done takes tasks from others' runs. A region that is not parallel is too little work to share: thread 0 does its tasks
 * in the order of the list, so its later tasks may need what earlier ones leave.
 */
export interface Region {
  readonly parallel: boolean
  readonly tasks: readonly Task[]
  /** Thread t's run of a parallel region is the tasks from number bounds[t] to before bounds[t + 1]. */
  readonly bounds: readonly number[]
  /** Estimated nanoseconds on one thread. */
  readonly cost: number
}

/** Nanoseconds of work that is done before another thread would notice it. */
const serialCost = 6000
/** Nanoseconds that one call of `step` lasts at most, roughly, so that the event loop has its turn. */
export const callCost = 2e7

const costOf = (stages: readonly Stage[], ids: readonly number[]): number =>
  ids.reduce((sum, id) => sum + stages[id]!.tasks * stages[id]!.cost, 0)

/** The tasks of part number `part` of `parts` equal parts of every stage. */
const partOf = (stages: readonly Stage[], ids: readonly number[], part: number, parts: number): readonly Task[] =>
  ids.flatMap((stage) => {
    const { tasks } = stages[stage]!
    const start = Math.floor((tasks * part) / parts)
    const end = Math.floor((tasks * (part + 1)) / parts)
    return Array.from({ length: end - start }, (_, n) => ({ stage, task: start + n }))
  })

const parallelRegion = (
  stages: readonly Stage[],
  ids: readonly number[],
  threads: number,
  piece: number,
  pieces: number
): Region => {
  const runs = Array.from({ length: threads }, (_, thread) =>
    partOf(stages, ids, piece * threads + thread, threads * pieces)
  )
  const bounds = [0]
  for (const run of runs) bounds.push(bounds.at(-1)! + run.length)
  return { parallel: true, tasks: runs.flat(), bounds, cost: costOf(stages, ids) / pieces }
}

const serialRegion = (tasks: readonly Task[], cost: number): Region => ({
  parallel: false,
  tasks,
  bounds: [0, tasks.length],
  cost
})

/**
 * Makes regions of phases. A phase is a list of stages, by number, that do not depend on each other. A long phase becomes
 * several regions; neighbouring phases of little work become one region that is not parallel.
 */
export const regionsOf = (
  stages: readonly Stage[],
  phases: readonly (readonly number[])[],
  threads: number
): readonly Region[] => {
  const regions: Region[] = []
  for (const phase of phases) {
    // The longest tasks first: one that began last would keep the other threads waiting.
    const ids = phase.filter((id) => stages[id]!.tasks > 0).sort((a, b) => stages[b]!.cost - stages[a]!.cost)
    const cost = costOf(stages, ids)
    const count = ids.reduce((sum, id) => sum + stages[id]!.tasks, 0)
    if (count === 0) continue
    const pieces = Math.min(count, Math.ceil(cost / callCost))
    const last = regions.at(-1)
    if (pieces > 1 || (threads > 1 && count > 1 && cost > serialCost)) {
      for (let piece = 0; piece < pieces; piece++) regions.push(parallelRegion(stages, ids, threads, piece, pieces))
    } else {
      const tasks = partOf(stages, ids, 0, 1)
      if (last?.parallel === false && last.cost + cost < callCost)
        regions[regions.length - 1] = serialRegion([...last.tasks, ...tasks], last.cost + cost)
      else regions.push(serialRegion(tasks, cost))
    }
  }
  return regions
}
