/** Runners: processes that do runs, each one at a time, and are begun again when they die. */
import type { ChildProcess, fork } from 'node:child_process'
import type * as os from 'node:os'
import type { Job } from './job.ts'
import type { Report } from './messages.ts'
import type { Outcome, Place } from './runJob.ts'

export interface PoolOptions {
  /** How many processes there are: as many as the machine runs at once. */
  readonly runners?: number
  /** The file that they run, where it is not that of the command line. */
  readonly program?: string | URL
  /** Hears of each step that a runner tells of. */
  readonly onStep?: (job: Job, step: number) => void
  /** Hears of a runner that died at a run. */
  readonly onDeath?: (job: Job, how: string) => void
}

export interface Pool {
  readonly size: number
  /** Does a run, as soon as a runner is free; one that dies is replaced, and goes on from the last checkpoint. */
  readonly run: (job: Job) => Promise<Outcome>
  /** Tells all runners to keep where they are, and ends them. */
  readonly close: () => Promise<void>
  /** The numbers of the processes that are at work. */
  readonly pids: () => readonly number[]
}

/** So many deaths in a row, at a run that comes no further, are not chance but the run's own fault. */
const mostDeaths = 25

const usual = new URL(`../../cli/runner${/\.[jt]s$/.exec(import.meta.url)?.[0] ?? '.js'}`, import.meta.url)

const node = (): { readonly fork: typeof fork; readonly cores: number } => {
  const { fork: start } = process.getBuiltinModule('node:child_process')
  const { availableParallelism }: typeof os = process.getBuiltinModule('node:os')
  return { fork: start, cores: availableParallelism() }
}

const ended = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

/** A runner, and when it hears: what it is told before is lost. */
interface Runner {
  readonly child: ChildProcess
  readonly ready: Promise<void>
}

const runnerOf = (child: ChildProcess): Runner => ({
  child,
  ready: new Promise((resolve) => {
    child.once('message', () => {
      resolve()
    })
    child.once('exit', () => {
      resolve()
    })
  })
})

/** Waits for what becomes of a run in a runner: undefined if it dies before it says so. */
const outcomeIn = async (
  { child, ready }: Runner,
  job: Job,
  onStep: (step: number) => void
): Promise<Outcome | undefined> => {
  await ready
  return new Promise((resolve) => {
    const settle = (outcome: Outcome | undefined): void => {
      child.off('message', hear)
      child.off('exit', die)
      resolve(outcome)
    }
    const hear = (report: Report): void => {
      if (report.kind === 'step') onStep(report.step)
      else if (report.kind === 'outcome') settle(report.outcome)
    }
    const die = (): void => {
      settle(undefined)
    }
    child.on('message', hear)
    child.on('exit', die)
    if (ended(child) || !child.connected) die()
    // One that cannot hear is one that dies: its exit tells.
    else child.send(job, () => undefined)
  })
}

/** Makes a pool for the runs of a sweep. Runners are begun when they are first needed. */
export const poolOf = (place: Place, options: PoolOptions = {}): Pool => {
  const { fork: start, cores } = node()
  const { runners: size = cores, program = usual, onStep, onDeath } = options
  const idle: Runner[] = []
  const working = new Set<Runner>()
  const waiting: (() => void)[] = []
  let isClosed = false
  const isClosing = (): boolean => isClosed

  const begun = (): Runner =>
    runnerOf(
      start(program, [JSON.stringify(place)], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        // Runs share the machine: each has its part of the cores.
        env: { ...process.env, SADDLEPOINT_THREADS: String(Math.max(1, Math.floor(cores / size))) }
      })
    )
  const take = async (): Promise<Runner> => {
    while (working.size >= size) await new Promise<void>((resolve) => waiting.push(resolve))
    const rested = idle.splice(0).filter(({ child }) => !ended(child) && child.connected)
    idle.push(...rested.slice(1))
    const runner = rested[0] ?? begun()
    working.add(runner)
    return runner
  }
  const give = (runner: Runner): void => {
    working.delete(runner)
    if (!ended(runner.child)) idle.push(runner)
    waiting.shift()?.()
  }
  const run = async (job: Job): Promise<Outcome> => {
    let deaths = 0
    let furthest = -1
    for (;;) {
      if (isClosing()) return { ended: 'aborted' }
      const runner = await take()
      const outcome = isClosing()
        ? ({ ended: 'aborted' } as const)
        : await outcomeIn(runner, job, (step) => {
            if (step > furthest) deaths = 0
            furthest = Math.max(furthest, step)
            onStep?.(job, step)
          })
      give(runner)
      if (outcome !== undefined) return outcome
      if (isClosing()) continue
      const { signalCode, exitCode } = runner.child
      const how = signalCode ?? `exit code ${String(exitCode)}`
      onDeath?.(job, how)
      if (++deaths >= mostDeaths)
        return {
          ended: 'failed',
          issues: [
            {
              _tag: 'EngineFailed',
              path: ['runner'],
              expected: 'a process that comes to the end of the run',
              actual: `${String(deaths)} that died, the last by ${how}`,
              hint: 'Give the run more memory, or fewer runners at once',
              severity: 'error'
            }
          ]
        }
    }
  }
  return {
    size,
    run,
    pids: () => [...working].flatMap(({ child }) => child.pid ?? []),
    close: async () => {
      isClosed = true
      for (const wake of waiting.splice(0)) wake()
      await Promise.all(
        [...idle, ...working].map(async ({ child }) => {
          if (child.connected) child.disconnect()
          if (!ended(child)) await new Promise((resolve) => child.once('exit', resolve))
        })
      )
    }
  }
}
