import fc from 'fast-check'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { reportProgress } from '../../src/cli/progress.ts'
import type { Mark } from '../../src/cli/progressText.ts'
import { addMark, showBar, showDuration, showProgress, showRate, rateOf } from '../../src/cli/progressText.ts'

describe('texts', () => {
  it('durations', () => {
    expect([-1, 0.4, 17.2, 99, 100, 3599, 3600, 7500, 86400 + 3 * 3600].map(showDuration)).toEqual([
      '0 s',
      '0 s',
      '17 s',
      '99 s',
      '1 min 40 s',
      '59 min 59 s',
      '1 h 00 min',
      '2 h 05 min',
      '1 d 03 h'
    ])
  })
  it('rates', () => expect([1070.4, 12.34, 0.2].map(showRate)).toEqual(['1,070 steps/s', '12.3 steps/s', '5 s/step']))
  it('lines', () => {
    const metrics = { discriminator: 1.312, generator: 0.81234, modes: '8/8' }
    expect(showProgress({ step: 12300, total: 30000, rate: 1000, metrics })).toBe(
      '12,300/30,000  1,000 steps/s  discriminator 1.31  generator 0.812  modes 8/8  18 s left'
    )
    expect(showProgress({ step: 0, total: 5, metrics: {} })).toBe('0/5')
    expect(showProgress({ step: 0, total: 5, rate: 0, metrics: {} })).toBe('0/5')
    expect(showProgress({ step: 5, total: 5, rate: 2, metrics: {} })).toBe('5/5  2 steps/s')
  })
  it('bars', () => {
    expect(showBar({ step: 1, total: 4, metrics: {} }, 8)).toBe('██░░░░░░  1/4')
    expect(showBar({ step: 9, total: 4, metrics: {} }, 2)).toBe('██  9/4')
    expect(showBar({ step: 0, total: 0, metrics: {} }, 2)).toBe('██  0/0')
  })
})

describe('the rate', () => {
  it('is that of the last seconds', () => {
    const marks = [
      { step: 0, seconds: 0 },
      { step: 1, seconds: 5 },
      { step: 100, seconds: 10 }
    ].reduce<readonly Mark[]>((all, mark) => addMark(all, mark, 5), [])
    expect(marks).toHaveLength(2)
    expect(rateOf(marks)).toBe(99 / 5)
  })
  it('survives a pause longer than the window', () => {
    const marks = addMark([{ step: 0, seconds: 0 }], { step: 10, seconds: 100 }, 5)
    expect(rateOf(marks)).toBe(0.1)
  })
  it('is unknown without two times', () => {
    expect(rateOf([])).toBeUndefined()
    expect(rateOf([{ step: 3, seconds: 1 }])).toBeUndefined()
  })
  it('of even steps is even, for any window', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 2, max: 60 }), (window, n) => {
        const marks = Array.from({ length: n }, (_, i) => ({ step: 7 * i, seconds: i })).reduce<readonly Mark[]>(
          (all, mark) => addMark(all, mark, window),
          []
        )
        expect(rateOf(marks)).toBe(7)
        expect(marks.length).toBeLessThanOrEqual(window + 2)
      })
    )
  })
})

const open = (properties: object): { stream: PassThrough; text: () => string } => {
  const stream = Object.assign(new PassThrough(), properties)
  const parts: string[] = []
  stream.on('data', (part: Buffer) => parts.push(part.toString()))
  return { stream, text: () => parts.join('') }
}

describe('reportProgress', () => {
  it('writes plain lines at intervals, and the last state', () => {
    const { stream, text } = open({})
    let time = 0
    const report = reportProgress({ total: 100, first: 10, stream, interval: 10, now: () => time })
    for (let step = 11; step <= 40; step++) {
      time += 1
      report.update(step, step % 2 === 0 ? { loss: step } : undefined)
    }
    report.stop()
    expect(text().split('\n')).toEqual([
      '20/100  1 steps/s  loss 20  80 s left',
      '30/100  1 steps/s  loss 30  70 s left',
      '40/100  1 steps/s  loss 40  60 s left',
      ''
    ])
  })

  it('draws a bar on a terminal', () => {
    const { stream, text } = open({ isTTY: true, columns: 60 })
    let time = 0
    const report = reportProgress({ total: 4, stream, now: () => time })
    time = 1
    report.update(2, { generator: 0.5, modes: '3/8' })
    report.stop()
    report.stop()
    expect(text()).toContain('██████░░░░░░  2/4  2 steps/s  generator 0.5  modes 3/8  1 s')
    expect(text().endsWith('\n')).toBe(true)
    // Neither cursor nor wrapping is switched off.
    expect(text()).not.toMatch(/\[\?(25|7)l/)
  })
})
