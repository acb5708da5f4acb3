/** A process that does runs, one after the other, for the process that began it: see src/run/sweep/pool.ts. */
import type { Job } from '../run/sweep/job.ts'
import { loadModule } from './spec/loadModule.ts'
import type { Report } from '../run/sweep/messages.ts'
import type { Place } from '../run/sweep/runJob.ts'
import { runJob } from '../run/sweep/runJob.ts'

/** Milliseconds between two words on how far a run has come. */
const pause = 500

const place = JSON.parse(process.argv[2] ?? '{}') as Place
const signal = { aborted: false }
let isBusy = false

const tell = (report: Report): void => {
  if (process.connected) process.send?.(report)
}

/** Whoever began it wants no more, or is dead: the run keeps where it is, and goes on another time. */
const leave = (): void => {
  signal.aborted = true
  if (!isBusy) process.exit()
}

// What a terminal tells all of its processes is for the first one, which leaves this one then.
process.on('SIGINT', () => undefined)
process.on('disconnect', leave)
process.on('message', (job: Job) => {
  isBusy = true
  let told = 0
  const onStep = (step: number): void => {
    const now = Date.now()
    if (now - told < pause) return
    told = now
    tell({ kind: 'step', step })
  }
  void runJob(job, place, { load: loadModule, signal, onStep })().then((outcome) => {
    isBusy = false
    tell({ kind: 'outcome', outcome })
    if (signal.aborted) process.exit()
  })
})
if (process.connected) tell({ kind: 'ready' })
else leave()
