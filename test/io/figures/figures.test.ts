/** Figures: what any data gives is an SVG file that says what it shows, the same each time; what is drawn lies where its axes say. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decode } from 'fast-png'
import * as E from '#fp-ts/Either'
import fc from 'fast-check'
import domino from 'domino'
import { describe, expect, it } from 'vitest'
import { Figure } from '../../../src/figures.ts'
import { ones, tensor } from '../../../src/index.ts'
import { domainOf, isDrawable, tickText } from '../../../src/io/figures/axes.ts'
import { palette } from '../../../src/io/figures/palette.ts'
import { sourceFiles } from '../../support/imports.ts'

const name = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant(']]></svg>&nbsp;'))
const y = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 0, null, 5))
const lines = fc.array(
  fc.record({ name, y: fc.array(y, { maxLength: 12 }) }).map((one) => ({ ...one, x: one.y.map((_, i) => i) })),
  { maxLength: 3 }
)
const table = fc.array(fc.record({ arm: name, seed: fc.nat(), a: fc.double(), b: fc.double() }), { minLength: 1, maxLength: 6 }) // prettier-ignore
const points = fc.array(fc.tuple(fc.double(), fc.double()), { maxLength: 6 }).map((rows) => tensor(rows.flat(), [rows.length, 2])) // prettier-ignore

/** Each kind of figure, of anything that it takes. */
const figures: Readonly<Record<string, fc.Arbitrary<() => string>>> = {
  lines: fc.tuple(lines, name, fc.boolean()).map(([given, title, logarithmic]) => () => Figure.lines(given, { title, logarithmic })), // prettier-ignore
  spectra: lines.map((given) => () => Figure.spectra(given.map((one) => ({ name: one.name, values: one.y.map((v) => v ?? NaN) })))), // prettier-ignore
  runs: fc.tuple(table, fc.boolean()).map(([rows, logarithmic]) => () => Figure.runs(rows, { x: 'a', y: 'b', logarithmic })), // prettier-ignore
  classes: fc.array(fc.record({ name, counts: fc.array(fc.nat(50), { maxLength: 12 }) }), { maxLength: 3 }).map((given) => () => Figure.classes(given)), // prettier-ignore
  scatter: fc.tuple(points, fc.option(points, { nil: undefined })).map(([samples, real]) => () => Figure.scatter(samples, real === undefined ? {} : { real, centres: real })), // prettier-ignore
  images: fc.array(fc.record({ name, n: fc.integer({ min: 1, max: 4 }) }), { maxLength: 3 }).map((rows) => () => Figure.images(rows.map((row) => ({ name: row.name, images: ones([row.n, 1, 3, 2]) })), { columns: 2 })) // prettier-ignore
}

describe.each(Object.entries(figures))('%s', (_, arbitrary) => {
  it('are, of any data, the same text each time, without a place that is no number, and with a name and a description', () => {
    fc.assert(
      fc.property(arbitrary, (figure) => {
        const svg = figure()
        expect(figure()).toBe(svg)
        expect(svg).not.toMatch(/(NaN|Infinity|undefined)[^<]*"/)
        expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" class="figure" role="img" [^>]*><title>[^<]*<\/title><desc>[^<]+<\/desc>/) // prettier-ignore
      }),
      { numRuns: 15 }
    )
  })
  it('are read by a renderer, whatever the names in them', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary, async (figure) => {
        const png = await Figure.toPng(figure(), { scale: 0.25 })()
        expect(png).toMatchObject({ _tag: 'Right' })
      }),
      { numRuns: 8 }
    )
  })
})

/** The paths, dots and bars of a figure. */
const read = (svg: string): { all: (selector: string) => readonly Element[] } => {
  const document = domino.createDocument(svg)
  return { all: (selector) => Array.from(document.querySelectorAll(selector)) }
}
type Element = { getAttribute: (name: string) => string | null; textContent: string }
const numbers = (text: string | null): readonly number[] => (text?.match(/-?\d+(\.\d+)?/g) ?? []).map(Number)

describe('what is drawn', () => {
  it('is a line with gaps where there is no value', () => {
    const svg = Figure.lines([{ name: 'a', x: [0, 1, 2, 3, 4], y: [1, 2, NaN, 2, 1] }], { width: 400, height: 300 })
    const path = read(svg).all('g[aria-label=line] path')[0]!.getAttribute('d')!
    expect(path.match(/M/g)).toHaveLength(2)
    // The frame is 320 pixels wide from 58.
    expect(numbers(path).filter((_, i) => i % 2 === 0)).toEqual([58, 138, 298, 378])
  })
  it('has one colour and one entry of the legend for the lines of a group', () => {
    const of = (name: string, group: string) => ({ name, group, x: [0, 1], y: [0, 1] })
    const drawn = read(Figure.lines([of('seed 0', 'plain'), of('seed 1', 'plain'), of('seed 0', 'clamped')]))
    expect(drawn.all('g[aria-label=line]').map((g) => g.getAttribute('stroke'))).toEqual([palette[0], palette[0], palette[1]]) // prettier-ignore
    expect(drawn.all('text').map(({ textContent }) => textContent).filter((text) => /seed|plain|clamped/.test(text))).toEqual(['plain', 'clamped']) // prettier-ignore
  })
  it('is on a logarithmic axis by equal factors', () => {
    const path = read(Figure.spectra([{ name: 'a', values: [100, 10, 1, 0] }])).all('g[aria-label=line] path')[0]!
    const heights = numbers(path.getAttribute('d')).filter((_, i) => i % 2 === 1)
    expect(heights).toHaveLength(3)
    expect(heights[1]! - heights[0]!).toBeCloseTo(heights[2]! - heights[1]!, 1)
  })
  it('is a bar from 0 for each class of each run, as high as its count', () => {
    const bars = read(Figure.classes([{ name: 'a', counts: [10, 20] }, { name: 'b', counts: [5, 0] }])).all('rect') // prettier-ignore
    const heights = bars.map((bar) => Number(bar.getAttribute('height')))
    expect(heights).toHaveLength(4)
    expect(heights[0]! / heights[1]!).toBeCloseTo(0.5, 2)
    expect(heights[2]! / heights[1]!).toBeCloseTo(0.25, 2)
  })
  it('are runs of an arm in its colour, with their seeds', () => {
    const rows = [0, 1].flatMap((seed) => ['plain', 'clamped'].map((arm) => ({ arm, seed, a: seed, b: seed }))) // prettier-ignore
    const svg = Figure.runs([...rows, { arm: 'plain', seed: 2, a: NaN, b: 1 }], { x: 'a', y: 'b' })
    expect(svg).toContain('4 runs as points')
    expect(read(svg).all('g[aria-label=dot]').map((g) => g.getAttribute('fill'))).toEqual(expect.arrayContaining(palette.slice(0, 2))) // prettier-ignore
  })
  it('are points on equal axes, those outside counted and left out', () => {
    const svg = Figure.scatter(tensor([[0, 0], [0.5, 0.5], [9, 9], [NaN, 0]]), { extent: 1 }) // prettier-ignore
    const dots = read(svg).all('circle').map((dot) => [Number(dot.getAttribute('cx')), Number(dot.getAttribute('cy'))]) // prettier-ignore
    expect(dots).toHaveLength(2)
    const [[x0, y0], [x1, y1]] = dots as [[number, number], [number, number]]
    expect(x1 - x0).toBeCloseTo(y0 - y1, 6)
    expect(x1).toBeGreaterThan(x0)
    expect(svg).toContain('2 samples in the plane; 2 lie outside or are no numbers')
  })
  it('keeps the scale of the true centres when samples run away', () => {
    const centres = tensor([[1, 0], [-1, 0]]) // prettier-ignore
    const ringOf = (svg: string) => read(svg).all('circle[r="6"]').map((ring) => ring.getAttribute('cx')) // prettier-ignore
    expect(ringOf(Figure.scatter(tensor([[1e30, 1e30]]), { centres }))).toEqual(ringOf(Figure.scatter(tensor([], [0, 2]), { centres, extent: 3 * 1.15 }))) // prettier-ignore
  })
})

describe('a line with a margin', () => {
  it('lies in a band that the axis has room for; where there is no margin, there is none', () => {
    const svg = Figure.lines([{ name: 'a', x: [0, 1, 2], y: [1, 1, 1], margin: [1, 9, null] }])
    expect(svg).toContain('fill-opacity="0.16"')
    expect(svg).toMatch(/>10</)
    expect(Figure.lines([{ name: 'a', x: [0, 1, 2], y: [1, 1, 1] }])).not.toContain('fill-opacity="0.16"')
    const short = [{ name: 'a', x: [0, 1], y: [1, 1], margin: [1] }]
    expect(() => Figure.lines(short)).toThrow('as many numbers y as x')
  })
})

describe('the plotting library', () => {
  it('is loaded where something is drawn, not with what only may draw', () => {
    const root = fileURLToPath(new URL('../../..', import.meta.url))
    const apart = /^src\/(figures\.ts|io\/figures\/)/
    const outright = sourceFiles(root, 'src').filter((file) => !apart.test(file) && /^import (?!type).* from '[^']*\/figures\/[^']*'/m.test(readFileSync(join(root, file), 'utf8'))) // prettier-ignore
    expect(outright).toEqual([])
  })
})

describe('axes', () => {
  it('have ticks that are few and short', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(tickText(x).length).toBeLessThanOrEqual(11)
      })
    )
    expect([0, -0.25, 1e-9, 12000, 2e6].map(tickText)).toEqual(['0', '−0.25', '1e−9', '12,000', '2e6'])
    expect(tickText(Number(`1e-5`))).toBe('1e−5')
    const ticks = read(Figure.spectra([{ name: 'a', values: [1e9, 1e-9] }])).all('g[aria-label="y-axis tick label"] text') // prettier-ignore
    expect(ticks.length).toBeGreaterThanOrEqual(4)
    expect(ticks.length).toBeLessThanOrEqual(8)
  })
  it('hold what is drawn, and one value in their middle', () => {
    fc.assert(
      fc.property(fc.array(y), fc.boolean(), fc.boolean(), (values, logarithmic, zero) => {
        const [low, high] = domainOf({ label: '', values: values.map((v) => v ?? NaN), logarithmic, zero: zero && !logarithmic }) // prettier-ignore
        expect(low).toBeLessThan(high)
        for (const v of values)
          if (v !== null && isDrawable(v, logarithmic)) {
            expect(v).toBeGreaterThanOrEqual(low)
            expect(v).toBeLessThanOrEqual(high)
          }
      })
    )
  })
})

describe('colours', () => {
  const luminance = (colour: string): number => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const c = parseInt(colour.slice(at, at + 2), 16) / 255
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
    }) as [number, number, number]
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  it('are told from a light page and from a dark one: contrasts of at least 3 (WCAG 2.2, 1.4.11)', () => {
    const contrast = (a: string, b: string) => {
      const [low, high] = [luminance(a), luminance(b)].sort((p, q) => p - q) as [number, number]
      return (high + 0.05) / (low + 0.05)
    }
    for (const colour of palette)
      for (const page of ['#ffffff', '#161b22'])
        expect(contrast(colour, page), `${colour} on ${page}`).toBeGreaterThanOrEqual(3)
  })
})

describe('toPng', () => {
  const svg = Figure.lines([{ name: 'a', x: [0, 1], y: [0, 1] }], { title: 'Title', width: 200, height: 120 })
  it('draws by scale, on the ground of its scheme, the same bytes each time', async () => {
    const [light, again, dark] = await Promise.all([Figure.toPng(svg, { scale: 1.5 })(), Figure.toPng(svg, { scale: 1.5 })(), Figure.toPng(svg, { scheme: 'dark' })()]) // prettier-ignore
    if (E.isLeft(light) || E.isLeft(again) || E.isLeft(dark)) throw new Error('not drawn')
    expect(again.right).toEqual(light.right)
    const [one, other] = [decode(light.right), decode(dark.right)]
    expect([one.width, one.height, other.width, other.height]).toEqual([300, 180, 400, 240])
    expect([...one.data.slice(0, 3)]).toEqual([255, 255, 255])
    expect([...other.data.slice(0, 3)]).toEqual([0x16, 0x1b, 0x22])
    // The title is written: its corner has ink.
    const inked = Array.from({ length: 30 }, (_, row) => Array.from(one.data.subarray(row * 300 * 3, row * 300 * 3 + 3 * 80))).flat() // prettier-ignore
    expect(Math.min(...inked)).toBeLessThan(80)
  })
  it('says what is no figure', async () => {
    for (const given of ['', 'no SVG', '<svg', 3, undefined])
      expect(await Figure.toPng(given as string)()).toMatchObject({ _tag: 'Left', left: { file: 'figure.svg' } })
  })
})
