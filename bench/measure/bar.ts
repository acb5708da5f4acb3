import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
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
  /** What is compared: a figure, or how long the first of two takes to compile in processes of their own. */
  readonly ratio: ((engine: On, samples: number) => Promise<number>) | readonly [Compiling, Compiling]
}

type On = EngineName | Engine
/** Compiles something; what it took until then counts. */
export type Compiling = (engine: On) => Promise<Made>

/** Something that has to be freed. */
export interface Made {
  readonly dispose: () => void
}

/** Compiles in a process of its own, with cold code as a user's does; returns its processor time in ms. */
const coldMs = (bar: string, side: 0 | 1, { options: { engine, threads } }: Setting): number => {
  const program = fileURLToPath(new URL('cold.js', import.meta.url))
  const args = [...process.execArgv, program, bar, String(side), engine, String(threads)]
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (stdout === '') throw new Error(`no time of ${bar}`)
  return Number(stdout)
}

/** How many times the processor time of the second the first takes to compile, by the medians of nine processes each, in turns. */
const coldRatio = (bar: string, setting: Setting): number => {
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round < processes; round++)
    for (const side of [0, 1] as const) times[side].push(coldMs(bar, side, setting))
  return median(times[0]) / median(times[1])
}

const processes = 9

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
export const measureBar = async ({ name, to, most, ratio }: Bar, setting: Setting): Promise<void> => {
  const {
    options,
    platform: { engine },
    print
  } = setting
  const measured = typeof ratio === 'function' ? await ratio(engine, options.samples) : coldRatio(name, setting)
  const on = typeof engine === 'string' ? engine : engine.name
  print({ name, engine: on, threads: options.threads, ratio: measured, to, bar: most })
}
