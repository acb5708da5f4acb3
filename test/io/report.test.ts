import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Script } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { chartAssets } from '../../src/io/chartAssets.ts'
import { dataUri, escapeHtml, scriptData } from '../../src/io/html.ts'
import type { Report } from '../../src/io/report.ts'
import { reportPage, writeReport } from '../../src/io/report.ts'
import { thin } from '../../src/io/thinning.ts'

const hostile = '</script><script>alert(1)</script><img src=x onerror=alert(2)>'

const report: Report = {
  title: hostile,
  summary: hostile,
  metrics: {
    title: 'Final figures',
    rows: [
      ['high quality', 0.97123],
      ['steps', 30000],
      [hostile, hostile]
    ]
  },
  charts: [
    { title: 'Losses', x: [1, 2, 3], series: [{ name: hostile, values: [1, NaN, 3] }] },
    { title: 'KL', x: [1, 2], series: [{ name: 'KL', values: [0, 0.5] }], logarithmic: true }
  ],
  frames: [
    { step: 0, image: Uint8Array.of(1, 2, 3), caption: hostile },
    { step: 1000, image: Uint8Array.of(4, 5, 6) }
  ],
  tables: [{ title: 'Specification', rows: [['loss', 'nonSaturating']] }],
  texts: [{ title: 'Printed', body: hostile }]
}

const scriptsOf = (page: string): readonly string[] =>
  [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text!)

const dataOf = (page: string): { charts: any[]; frames: any[] } =>
  JSON.parse(/const report = (.*)\n/.exec(scriptsOf(page).at(-1)!)![1]!)

describe('reportPage', () => {
  const page = reportPage(report, { script: 'var uPlot = 1 // </script>', style: 'a { color: red }' })

  it('has two scripts that parse, whatever the texts contain', () => {
    expect(scriptsOf(page)).toHaveLength(2)
    for (const text of scriptsOf(page)) expect(() => new Script(text)).not.toThrow()
    expect(page).not.toContain('<img src=x')
  })
  it('shows figures and specification without a script', () => {
    expect(page).toContain('<th scope="row">high quality</th><td>0.9712</td>')
    expect(page).toContain('<td>30,000</td>')
    expect(page).toContain('<th scope="row">loss</th><td>nonSaturating</td>')
  })
  it('embeds every frame and shows the last', () => {
    expect(dataOf(page).frames.map(({ step, image }) => [step, image])).toEqual([
      [0, 'data:image/png;base64,AQID'],
      [1000, 'data:image/png;base64,BAUG']
    ])
    expect(page).toContain('src="data:image/png;base64,BAUG"')
  })
  it('has gaps where numbers are missing or a logarithm is', () => {
    expect(dataOf(page).charts[0].series[0].mean).toEqual([1, null, 3])
    expect(dataOf(page).charts[1].series[0].mean).toEqual([null, 0.5])
  })
  it('names nothing to be loaded', () => {
    const addresses = [...page.matchAll(/<[a-z]+\s[^>]*?(?:src|href)="([^"]*)"/g)].map(([, address]) => address)
    expect(addresses).toEqual([expect.stringMatching(/^data:image/)])
    expect(page).not.toMatch(/https?:|@import|url\(/)
    expect(page).toContain("default-src 'none'")
  })
  it('does without frames and charts', () => {
    const plain = reportPage({ ...report, frames: [], charts: [], texts: [] }, { script: '', style: '' })
    expect(plain).not.toContain('id="player"')
    expect(dataOf(plain)).toEqual({ charts: [], frames: [] })
  })
})

describe('writeReport', () => {
  it('writes a page with the plotting library inside', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'report-'))
    expect(await writeReport(join(directory, 'report.html'), report)()).toEqual(E.right(undefined))
    const page = readFileSync(join(directory, 'report.html'), 'utf8')
    rmSync(directory, { recursive: true })
    expect(scriptsOf(page)).toHaveLength(2)
    expect(scriptsOf(page)[0]).toContain('uPlot')
    expect(page).toContain('.u-legend')
  })
  it('finds the library', async () => {
    const assets = await chartAssets()
    expect(E.isRight(assets) && assets.right.script.length).toBeGreaterThan(40_000)
  })
})

describe('thin', () => {
  it('leaves short curves as they are', () =>
    expect(thin([1, 2, 3], [4, NaN, 6], 3)).toEqual({
      x: [1, 2, 3],
      mean: [4, null, 6],
      low: [4, null, 6],
      high: [4, null, 6]
    }))
  it('gives means and bounds of stretches', () =>
    expect(thin([1, 2, 3, 4, 5], [1, 3, 5, 9, 2], 3)).toEqual({
      x: [2, 4, 5],
      mean: [2, 7, 2],
      low: [1, 5, 2],
      high: [3, 9, 2]
    }))
  it('keeps to the number of points and to the range', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 20 }),
        (values, most) => {
          const { x, low, high, mean } = thin(
            values.map((_, i) => i),
            values,
            most
          )
          expect(x.length).toBeLessThanOrEqual(most)
          expect(x.at(-1)).toBe(values.length - 1)
          expect(Math.min(...(low as number[]))).toBe(Math.min(...values))
          expect(Math.max(...(high as number[]))).toBe(Math.max(...values))
          mean.forEach((m, i) => expect(m! >= low[i]! - 1e-6 && m! <= high[i]! + 1e-6).toBe(true))
        }
      )
    )
  })
})

describe('html', () => {
  it('escapes', () => expect(escapeHtml(`<a href="x">&'`)).toBe('&lt;a href=&quot;x&quot;&gt;&amp;&#39;'))
  it('writes data that reads back and cannot end a script', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(JSON.parse(scriptData(text))).toBe(text)
        expect(scriptData(text)).not.toContain('<')
      })
    )
  })
  it('encodes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20_000, size: 'max' }), (bytes) => {
        expect(dataUri('image/png', bytes)).toBe(`data:image/png;base64,${Buffer.from(bytes).toString('base64')}`)
      }),
      { numRuns: 20 }
    )
  })
})
