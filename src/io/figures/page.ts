import type { None } from '../../tensor/arguments.ts'
import { refuseMore } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import type { Rule } from '../../tensor/options.ts'
import { optional, requireOptions, text } from '../../tensor/options.ts'
import { isRecord } from '../../tensor/tree.ts'
import { escapeHtml } from '../html.ts'

/** Holds a figure as it stands on a page. */
export interface Captioned {
  /** The fragment that links to it: `page.html#spectra`. */
  readonly name: string
  /** The text of an SVG file, as the other functions of `Figure` give it. */
  readonly svg: string
  readonly caption: string
}

/** Holds a table of texts; the first column names its rows. */
export interface PageTable {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export interface PageOptions {
  readonly title: string
  /** Paragraphs below the title. */
  readonly paragraphs?: readonly string[]
  readonly tables?: readonly PageTable[]
  readonly figures?: readonly Captioned[]
}

const isTexts = (x: unknown): boolean => Array.isArray(x) && x.every((one) => typeof one === 'string')
const list = (expected: string, accepts: (x: unknown) => boolean): Rule =>
  optional({ expected, accepts: (x) => Array.isArray(x) && x.every(accepts) })

const rules = {
  title: text,
  paragraphs: list('a list of texts', (x) => typeof x === 'string'),
  tables: list(
    'a list of tables { title, columns, rows } of texts',
    (x) =>
      isRecord(x) &&
      typeof x['title'] === 'string' &&
      isTexts(x['columns']) &&
      Array.isArray(x['rows']) &&
      x['rows'].every(isTexts)
  ),
  figures: list(
    'a list of figures { name, svg, caption }',
    (x) =>
      isRecord(x) &&
      ['name', 'caption'].every((field) => typeof x[field] === 'string') &&
      String(x['svg']).startsWith('<svg')
  )
}

const style = `
:root { color-scheme: light dark; --line: light-dark(#d8dee4, #30363d) }
body { margin: 0 auto; padding: 32px 20px 64px; max-width: 1360px; font: 16px/1.5 system-ui, sans-serif;
  color: light-dark(#1f2328, #e6edf3); background: light-dark(#ffffff, #161b22) }
h1 { font-size: 28px; margin: 0 0 8px } h2 { font-size: 18px; margin: 28px 0 6px } p { max-width: 74ch }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums }
th, td { text-align: left; font-weight: 400; padding: 5px 20px 5px 0; border-bottom: 1px solid var(--line); white-space: nowrap }
thead th { font-weight: 600 }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 560px), 1fr)); gap: 28px; margin-top: 32px }
figure { margin: 0; min-width: 0 } svg { max-width: 100%; height: auto }
figcaption { font-size: 14px; opacity: 0.85; max-width: 74ch; margin-top: 6px }
`

const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

const tableOf = ({ title, columns, rows }: PageTable): string => {
  const head = columns.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('')
  const lines = rows.map(
    ([name = '', ...cells]) =>
      `<tr><th scope="row">${escapeHtml(name)}</th>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`
  )
  return (
    `<h2>${escapeHtml(title)}</h2><div class="wide"><table><thead><tr>${head}</tr></thead>` +
    `<tbody>${lines.join('')}</tbody></table></div>`
  )
}

const figureOf = ({ name, svg, caption }: Captioned): string =>
  `<figure id="${escapeHtml(name)}">${svg}<figcaption>${escapeHtml(caption)}</figcaption></figure>`

/**
 * Writes figures with their captions, tables and paragraphs as one HTML page that needs nothing else, reads well on a laptop and on a
 * phone, and follows the reader's choice of light or dark.
 *
 * @throws InvalidArgument for what are no tables or figures
 *
 * @example
 * import { Figure } from 'saddlepoint/figures'
 * const svg = Figure.spectra([{ name: 'seed 0', values: [4, 1, 0.1] }])
 * const html = Figure.page({
 *   title: 'One run',
 *   tables: [{ title: 'At the end', columns: ['run', 'log condition'], rows: [['seed 0', '7.4']] }],
 *   figures: [{ name: 'spectra', svg, caption: 'The smallest value lies far from the others.' }]
 * })
 * html.includes('<figure id="spectra"><svg') // => true
 */
export const page = (options: PageOptions, ...more: None): string => {
  const op = 'Figure.page'
  refuseMore(op, more)
  const { title, paragraphs = [], tables = [], figures = [] } = requireOptions<PageOptions>(op, options, rules)
  const names = figures.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined)
    fail('InvalidArgument', { op, expected: 'figures of different names', actual: `two of the name '${twice}'` })
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    `<title>${escapeHtml(title)}</title><style>${style}</style></head>`,
    `<body><main><h1>${escapeHtml(title)}</h1>`,
    ...paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
    ...tables.map(tableOf),
    `<div class="figures">${figures.map(figureOf).join('\n')}</div>`,
    '</main></body></html>',
    ''
  ].join('\n')
}
