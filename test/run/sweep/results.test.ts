import { describe, expect, it } from 'vitest'
import { Sweep } from '../../../src/run.ts'
import type { Journal } from '../../../src/run/journal.ts'
import { curvesOf } from '../../../src/run/sweep/curves.ts'
import { sweepPage } from '../../../src/run/sweep/page.ts'
import type { Result } from '../../../src/run/sweep/results.ts'
import { resultIn } from '../../../src/run/sweep/results.ts'
import { columnsOf, csv, jsonLines, rowOf } from '../../../src/run/sweep/table.ts'
import { rightOf } from '../../support/smallGan.ts'

const jobs = rightOf(
  Sweep.runsOf({ specs: ['r1'], settings: { batchSize: [4, 8] }, seeds: 3, data: 'ring', batchSize: 4, steps: 20 })
)
const heading = { run: {}, spec: '' }
const journal = (modes: number, ended?: 'done' | 'failed'): Journal => ({
  heading,
  entries: [
    { step: 10, figures: { loss: 3 } },
    { step: 10, scores: { modes: 1 } },
    { step: 20, figures: { loss: 2 } },
    { step: 20, scores: { modes } },
    ...(ended === undefined ? [] : [{ step: 20, ended, ...(ended === 'failed' && { why: 'it diverged' }) }])
  ]
})
const results: readonly Result[] = [
  resultIn(jobs[0]!, journal(5, 'done'), undefined),
  resultIn(jobs[1]!, undefined, 'a, "b"\nc'),
  resultIn(jobs[2]!, journal(8, 'done'), undefined),
  resultIn(jobs[3]!, journal(2), undefined),
  resultIn(jobs[4]!, journal(2, 'failed'), undefined),
  resultIn(jobs[5]!, undefined, undefined)
]

describe('the results of runs', () => {
  it('are the last scores and figures of their journals', () => {
    expect(results.map(({ status, step }) => [status, step])).toEqual([
      ['done', 20],
      ['failed', 0],
      ['done', 20],
      ['begun', 20],
      ['failed', 20],
      ['waiting', 0]
    ])
    expect(results[0]?.figures).toEqual({ loss: 2, modes: 5 })
    expect(results[4]?.why).toBe('it diverged')
    expect(resultIn(jobs[0]!, journal(3, 'done'), 'before').status).toBe('done')
  })

  it('are a table of every run once, whose cells may hold anything', () => {
    const rows = results.map(rowOf)
    expect(columnsOf(rows)).toEqual(['run', 'arm', 'spec', 'batchSize', 'seed', 'status', 'step', 'steps', 'loss', 'modes', 'why']) // prettier-ignore
    const lines = csv(rows).split('\r\n')
    expect(lines[1]).toBe('r1_batchSize=4_seed=0,r1 batchSize=4,r1,4,0,done,20,20,2,5,')
    expect(lines[2]).toBe('r1_batchSize=8_seed=0,r1 batchSize=8,r1,8,0,failed,0,20,,,"a, ""b""\nc"')
    expect(lines).toHaveLength(rows.length + 2)
    const read = jsonLines(rows).trimEnd().split('\n').map((line) => JSON.parse(line) as object) // prettier-ignore
    expect(read).toEqual(rows)
  })

  it('have means and standard errors over the seeds that are done', () => {
    const [small, large] = Sweep.armsOf(results)
    expect(small).toMatchObject({ arm: 'r1 batchSize=4', runs: 3, done: 2, failed: 1 })
    expect(small?.figures['modes']).toEqual({ mean: 6.5, standardError: 1.5 })
    expect(large).toMatchObject({ runs: 3, done: 0, failed: 1, figures: {} })
  })

  it('are one page, whose links lead to the runs', async () => {
    const curves = await curvesOf(results)
    const page = sweepPage(results, curves)
    expect(page).toContain('6 runs, 2 done, 2 failed')
    expect(page).toContain('6.5 ± 1.5')
    expect(page).toContain('<a href="runs/r1_batchSize=4_seed=0/report.html">')
    expect(page).toContain('a, &quot;b&quot;')
    expect(page).not.toContain('<script')
    expect(curves).toHaveLength(1)
    expect(page).toContain(curves[0])
    // A line an arm; a band where several runs were looked at.
    expect(curves[0]).toContain('modes, mean over seeds ± standard error')
    for (const arm of new Set(results.filter(({ looks }) => looks.length > 0).map(({ job }) => job.arm)))
      expect(curves[0]).toContain(`>${arm}<`)
    expect(await curvesOf([results[1]!])).toEqual([])
  })
})
