import type { Engine } from '../../src/engines/engine.ts'
import type { EngineName } from '../../src/transform/compileStep.ts'
import type { Setting } from './group.ts'
import { inTurns, median, runnerOf } from './measure.ts'

/** A ratio of two figures of ours, with the most that it is allowed to be. */
export interface Bar {
  readonly name: string
  /** What the figure is divided by. */
  readonly to: string
  readonly most: number
  readonly ratio: (engine: EngineName | Engine, samples: number) => Promise<number>
}

/** Something that has to be freed. */
export interface Made {
  readonly dispose: () => void
}

const cpuMs = async (run: () => Promise<void>): Promise<number> => {
  const before = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

const warmUps = 2
/** Compilings for each sample that is asked for: they take long enough to be few. */
const perSample = 1 / 3

/** How many times the processor time of `other` compiling takes, in turns, by the medians after two rounds to warm up. */
export const compilingRatio = async (
  make: () => Promise<Made>,
  other: () => Promise<Made>,
  samples: number
): Promise<number> => {
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round < Math.ceil(samples * perSample) + warmUps; round++)
    for (const [i, of] of [make, other].entries()) {
      const ms = await cpuMs(async () => {
        const made = await of()
        made.dispose()
      })
      if (round >= warmUps) times[i]!.push(ms)
    }
  return median(times[0]) / median(times[1])
}

/** Something that can be stepped. */
export interface Stepped extends Made {
  readonly advance: (steps: number) => Promise<void>
}

/** How many times the processor time of `other` a step takes, in turns. */
export const stepRatio = async (step: Stepped, other: Stepped, samples: number): Promise<number> => {
  try {
    const timings = await inTurns([await runnerOf(step.advance), await runnerOf(other.advance)], samples)
    return timings[0]!.cpuMsPerStep / timings[1]!.cpuMsPerStep
  } finally {
    step.dispose()
    other.dispose()
  }
}

/** Measures a ratio and prints it beside its bar. */
export const measureBar = async (
  { name, to, most, ratio }: Bar,
  { options, platform: { engine }, print }: Setting
): Promise<void> => {
  const measured = await ratio(engine, options.samples)
  const on = typeof engine === 'string' ? engine : engine.name
  print({ name, engine: on, threads: options.threads, ratio: measured, to, bar: most })
}
