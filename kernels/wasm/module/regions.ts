import type { Stage } from '../stages/stage.ts'

/** One task of a stage, by their numbers. */
export interface Task {
  readonly stage: number
  readonly task: number
}

/**
 * What runs between two meetings of the threads. A parallel region's tasks are in as many runs as there are threads: each
 * starts with its own, which has the same part of every stage, so that neighbours in memory stay with one thread, and
 * helps others when it is done. A serial one is too little work to share: the first thread does it in order.
 */
export interface Region {
  readonly parallel: boolean
  readonly tasks: readonly Task[]
  /** Where the run of each thread begins, and the end of the last. */
  readonly bounds: readonly number[]
  /** Nanoseconds for one thread, roughly. */
  readonly cost: number
}

/** Less than this, in nanoseconds, is done before another thread would notice. */
const serialCost = 6000
/** A region as long as this is cut, so that control comes back often. */
const longCost = 2e7

const costOf = (stages: readonly Stage[], ids: readonly number[]): number =>
  ids.reduce((sum, id) => sum + stages[id]!.tasks * stages[id]!.cost, 0)

/** The part of a stage's tasks that begins at `from` of `whole` parts. */
const boundary = (tasks: number, from: number, whole: number): number => Math.floor((tasks * from) / whole)

const tasksOf = (
  stages: readonly Stage[],
  ids: readonly number[],
  from: number,
  to: number,
  whole: number
): readonly Task[] =>
  ids.flatMap((stage) => {
    const { tasks } = stages[stage]!
    const start = boundary(tasks, from, whole)
    return Array.from({ length: boundary(tasks, to, whole) - start }, (_, n) => ({ stage, task: start + n }))
  })

const parallelRegion = (
  stages: readonly Stage[],
  ids: readonly number[],
  threads: number,
  piece: number,
  pieces: number
): Region => {
  const whole = threads * pieces
  const tasks: Task[] = []
  const bounds = [0]
  for (let thread = 0; thread < threads; thread++) {
    const from = piece * threads + thread
    tasks.push(...tasksOf(stages, ids, from, from + 1, whole))
    bounds.push(tasks.length)
  }
  return { parallel: true, tasks, bounds, cost: costOf(stages, ids) / pieces }
}

/** Regions of phases, whose stages do not depend on each other. Neighbouring serial phases become one. */
export const regionsOf = (
  stages: readonly Stage[],
  phases: readonly (readonly number[])[],
  threads: number
): readonly Region[] => {
  const regions: Region[] = []
  for (const phase of phases) {
    // The longest tasks first, lest one of them comes last and alone.
    const ids = phase.filter((id) => stages[id]!.tasks > 0).sort((a, b) => stages[b]!.cost - stages[a]!.cost)
    const cost = costOf(stages, ids)
    const count = ids.reduce((sum, id) => sum + stages[id]!.tasks, 0)
    if (count === 0) continue
    const pieces = Math.min(count, Math.ceil(cost / longCost))
    const last = regions.at(-1)
    if (pieces > 1 || (threads > 1 && count > 1 && cost > serialCost)) {
      for (let piece = 0; piece < pieces; piece++) regions.push(parallelRegion(stages, ids, threads, piece, pieces))
    } else {
      const tasks = tasksOf(stages, ids, 0, 1, 1)
      if (last?.parallel === false && last.cost + cost < longCost) {
        const all = [...last.tasks, ...tasks]
        regions[regions.length - 1] = { parallel: false, tasks: all, bounds: [0, all.length], cost: last.cost + cost }
      } else regions.push({ parallel: false, tasks, bounds: [0, tasks.length], cost })
    }
  }
  return regions
}
