/** Sweeps in processes of this machine: killed at any moment, every run comes to the bits of the run alone. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { Sweep } from '../../../src/run.ts'
import { poolOf } from '../../../src/run/sweep/pool.ts'
import { leftOf, rightOf } from '../../support/smallGan.ts'
import { temporary } from '../folders.ts'
import type { Built } from './support.ts'
import { alone, build, contentsOf, grid } from './support.ts'

let built: Built
beforeAll(async () => {
  built = await build()
})
afterAll(() => {
  built.remove()
})

let folder: string
beforeEach(() => {
  folder = temporary()
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It was gone.
  }
}
const options = () => ({ runners: 2, program: built.program, modules: built.modules })
const linesOf = (at: string): readonly Record<string, unknown>[] =>
  readFileSync(join(folder, at), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>) // prettier-ignore

it('does every run once, to the bits of the run alone, whose processes are killed', async () => {
  const jobs = rightOf(Sweep.runsOf(grid))
  const before = await alone(join(folder, 'alone'), jobs)
  let deaths = 0
  const place = { folder: join(folder, 'killed'), modules: built.modules }
  const pool = poolOf(place, {
    ...options(),
    // Some moment after the word of a step, and that of death for the next.
    onStep: () => {
      const [pid] = pool.pids()
      if (pid !== undefined && deaths < 4) setTimeout(() => { kill(pid) }, 100 * Math.random()) // prettier-ignore
    },
    onDeath: () => deaths++
  })
  const outcomes = await Promise.all(jobs.map((job) => pool.run(job)))
  await pool.close()
  expect(outcomes).toEqual(jobs.map(() => ({ ended: 'done' })))
  expect(deaths).toBeGreaterThan(0)
  expect(contentsOf(join(folder, 'killed'))).toEqual(before)
})

it('goes on where it was stopped, tries again what failed, and has each run once in its tables', async () => {
  const specs = { own: { module: 'own.js' }, gone: { module: 'gone.js' }, out: { module: '../index.js' } }
  const small: Sweep.Grid = { ...grid, specs, settings: { slope: [1] }, seeds: 1, steps: 4 }
  const signal = new AbortController()
  signal.abort()
  const stopped = rightOf(await Sweep.run(join(folder, 's'), small, { ...options(), signal: signal.signal })())
  expect(stopped.map(({ status }) => status)).toEqual(['waiting', 'waiting', 'waiting'])
  const told: string[] = []
  const onResult = ({ job }: Sweep.Result): void => void told.push(job.name)
  const results = rightOf(await Sweep.run(join(folder, 's'), small, { ...options(), onResult })())
  expect(results.map(({ status }) => status)).toEqual(['done', 'failed', 'failed'])
  expect(results[1]?.why).toContain('gone.js')
  expect(results[2]?.why).toContain(`expected a path inside ${built.modules}; got one that leads out of it`)
  expect(told.toSorted()).toEqual(results.map(({ job }) => job.name).toSorted())
  expect(linesOf('s/results.jsonl').map(({ run, status }) => [run, status])).toEqual(
    results.map(({ job, status }) => [job.name, status])
  )
  expect(readFileSync(join(folder, 's/results.csv'), 'utf8')).toMatch(/^run,arm,spec,slope,seed,status,/)
  expect(rightOf(await Sweep.results(join(folder, 's'))())).toEqual(results)
  const other = await Sweep.run(join(folder, 's'), { ...small, batchSize: 8 }, options())()
  expect(leftOf(other)[0].expected).toBe('the run that this folder has by that name')
})
