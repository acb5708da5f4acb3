/** Times of steps, one a sample, in milliseconds a step. */
export interface Block {
  readonly ms: readonly number[]
  readonly cpuMs: number
}

/** Something whose steps can be timed; it may take fewer samples than asked where they are long. */
export interface Runner {
  readonly block: (samples: number) => Promise<Block>
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export interface Timing {
  readonly msPerStep: number
  readonly minMs: number
  /** Processor time a step, of all threads: the figure that other programs on the machine disturb least. */
  readonly cpuMsPerStep: number
  readonly samples: number
}

const timingOf = (blocks: readonly Block[]): Timing => {
  const ms = blocks.flatMap((block) => block.ms)
  return {
    msPerStep: median(ms),
    minMs: Math.min(...ms),
    cpuMsPerStep: median(blocks.filter((block) => block.ms.length > 0).map(({ cpuMs }) => cpuMs)),
    samples: ms.length
  }
}

const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const rounds = 6
/** Threads of whoever had the turn spin on for a little while. */
const restMs = 60

/** Samples of all runners, block by block in turns, so that whatever else the machine does meets all of them alike. */
export const inTurns = async (runners: readonly Runner[], samples: number): Promise<readonly Timing[]> => {
  const blocks: Block[][] = runners.map(() => [])
  for (let round = 0; round < rounds; round++) {
    const count = Math.ceil((samples * (round + 1)) / rounds) - Math.ceil((samples * round) / rounds)
    for (const [i, runner] of runners.entries()) {
      if (runners.length > 1) await rest(restMs)
      if (count > 0) blocks[i]!.push(await runner.block(count))
    }
  }
  return blocks.map(timingOf)
}

/** A sample lasts at least this long, as a call of a training does; shorter steps share one. */
const sampleMs = 20
const warmUp = { ms: 400, steps: 5, limitMs: 3000 }

/** Times `advance`, after a warm-up, in which it also learns how many steps make a sample. */
export const runnerOf = async (advance: (steps: number) => Promise<void>): Promise<Runner> => {
  const begun = performance.now()
  let steps = 1
  let perStep = Infinity
  for (let done = 0; ;) {
    const from = performance.now()
    await advance(steps)
    const elapsed = performance.now() - from
    done += steps
    perStep = elapsed / steps
    const spent = performance.now() - begun
    if (spent > warmUp.limitMs || (spent > warmUp.ms && done >= warmUp.steps)) break
    if (elapsed < sampleMs) steps *= 2
  }
  const perSample = Math.max(1, Math.ceil(sampleMs / perStep))
  return {
    block: async (samples) => {
      const ms: number[] = []
      const cpu = process.cpuUsage()
      for (let i = 0; i < samples; i++) {
        const from = performance.now()
        await advance(perSample)
        ms.push((performance.now() - from) / perSample)
      }
      const { user, system } = process.cpuUsage(cpu)
      return { ms, cpuMs: (user + system) / 1000 / (samples * perSample) }
    }
  }
}
