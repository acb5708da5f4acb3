/** Pages of figures: whatever the texts, they come out as texts, and nothing else stands on the page. */
import fc from 'fast-check'
import domino from 'domino'
import { describe, expect, it } from 'vitest'
import { Figure } from '../../../src/figures.ts'

const words = fc.oneof(
  fc.string().map((s) => s.trim()),
  fc.constantFrom('<script>alert(1)</script>', '</title>', '"&quot;', '</figure><img src=x>', '-->')
)
const svg = Figure.spectra([{ name: 'seed 0', values: [4, 1, 0.1] }])
const anyPage = fc.record({
  title: words,
  paragraphs: fc.array(words, { maxLength: 3 }),
  tables: fc.array(
    fc.record({
      title: words,
      columns: fc.array(words, { minLength: 1, maxLength: 3 }),
      rows: fc.array(fc.array(words, { minLength: 1, maxLength: 3 }), { maxLength: 3 })
    }),
    { maxLength: 2 }
  ),
  figures: fc
    .uniqueArray(words, { maxLength: 3 })
    .map((names) => names.map((name, i) => ({ name, svg, caption: `figure ${String(i)}: ${name}` })))
})

describe('a page', () => {
  it('holds its texts as texts, its tables and figures in their order, and nothing that loads or runs', () => {
    fc.assert(
      fc.property(anyPage, (page) => {
        const { document } = domino.createWindow(Figure.page(page))
        const found = (selector: string) => Array.from<any>(document.querySelectorAll(selector))
        const texts = (selector: string) => found(selector).map((one) => one.textContent)
        const { title, paragraphs, tables, figures } = page
        expect(texts('h1')).toEqual([title])
        expect(texts('p')).toEqual(paragraphs)
        expect(texts('h2')).toEqual(tables.map((table) => table.title))
        expect(texts('thead th')).toEqual(tables.flatMap(({ columns }) => columns))
        expect(texts('tbody th, tbody td')).toEqual(tables.flatMap(({ rows }) => rows.flat()))
        expect(found('figure').map(({ id }) => id)).toEqual(figures.map(({ name }) => name))
        expect(texts('figcaption')).toEqual(figures.map(({ caption }) => caption))
        expect(found('figure > svg')).toHaveLength(figures.length)
        expect(found('script, link, img, iframe')).toEqual([])
      })
    )
  })
  it('refuses figures that are none, and two of one name', () => {
    const figure = { name: 'a', svg, caption: 'b' }
    const page = (figures: readonly Figure.Captioned[]) => () => Figure.page({ title: 't', figures })
    expect(page([{ ...figure, svg: '<script>' }])).toThrow('a list of figures { name, svg, caption }')
    expect(page([figure, figure])).toThrow("two of the name 'a'")
  })
})
