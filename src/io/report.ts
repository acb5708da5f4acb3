import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { ChartAssets } from './chartAssets.ts'
import { chartAssets } from './chartAssets.ts'
import type { FileIssue } from './fileIssue.ts'
import { writeAtomically } from './files.ts'
import { dataUri, escapeHtml, scriptData } from './html.ts'
import { showCount, showNumber } from './numbers.ts'
import { reportScript } from './reportScript.ts'
import { reportStyle } from './reportStyle.ts'
import { thin } from './thinning.ts'

/** Lists rows of a name and a value. */
export interface ReportTable {
  readonly title: string
  readonly rows: readonly (readonly [name: string, value: number | string])[]
}

/** Holds curves over the same steps; a value that is missing or not finite leaves a gap. */
export interface ReportChart {
  readonly title: string
  /** Ascending. */
  readonly x: readonly number[]
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[]
  readonly xLabel?: string
  /** A logarithmic axis; values that are not positive leave gaps. */
  readonly logarithmic?: boolean
}

/** Holds a picture of samples at a step. */
export interface ReportFrame {
  readonly step: number
  /** A PNG file. */
  readonly image: Uint8Array
  readonly caption?: string
}

/** Holds a table of several columns; the first one names its rows. */
export interface ReportComparison {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Holds what a report says: the whole of a run on one page. */
export interface Report {
  readonly title: string
  /** One line below the title. */
  readonly summary?: string
  /** The final figures. */
  readonly metrics?: ReportTable
  /** What several runs came to, a row each. */
  readonly comparison?: ReportComparison
  /** Pictures side by side, each with its caption. */
  readonly gallery?: readonly ReportFrame[]
  readonly charts: readonly ReportChart[]
  /** In the order of their steps; the last one is shown first. */
  readonly frames: readonly ReportFrame[]
  /** The description of the GAN, and whatever else belongs to it. */
  readonly tables: readonly ReportTable[]
  /** Text set as it is, such as a printed specification. */
  readonly texts?: readonly { readonly title: string; readonly body: string }[]
}

const mostPoints = 600

const card = (title: string, body: string, kind = ''): string =>
  `<section${kind === '' ? '' : ` class="${kind}"`}><h2>${escapeHtml(title)}</h2>${body}</section>`

const table = ({ title, rows }: ReportTable, kind: string): string => {
  const cell = (value: number | string): string =>
    escapeHtml(typeof value === 'string' ? value : Number.isInteger(value) ? showCount(value) : showNumber(value, 4))
  const lines = rows.map(([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${cell(value)}</td></tr>`)
  return card(title, `<table class="rows ${kind}"><tbody>${lines.join('')}</tbody></table>`)
}

const comparisonTable = ({ title, columns, rows }: ReportComparison): string => {
  const head = columns.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('')
  const lines = rows.map(
    ([name = '', ...cells]) =>
      `<tr><th scope="row">${escapeHtml(name)}</th>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`
  )
  const body = `<table class="rows comparison"><thead><tr>${head}</tr></thead><tbody>${lines.join('')}</tbody></table>`
  return card(title, `<div class="scrolls">${body}</div>`, 'wide')
}

const gallerySection = (frames: readonly ReportFrame[]): string => {
  const figures = frames.map(({ step, image, caption = '' }) => {
    const text = `${escapeHtml(caption)}, step ${showCount(step)}`
    return `<figure><img alt="Samples of ${text}" src="${dataUri('image/png', image)}"><figcaption class="caption">${text}</figcaption></figure>`
  })
  return card('Samples', `<div class="gallery">${figures.join('')}</div>`, 'wide')
}

const chartData = ({ x, series, xLabel = 'step', logarithmic = false }: ReportChart): object => {
  const drawable = (value: number | null): number | null =>
    logarithmic && !(value !== null && value > 0) ? null : value
  const thinned = series.map(({ name, values }) => ({ name, ...thin(x, values.map(drawable), mostPoints) }))
  return {
    x: thin(x, [], mostPoints).x,
    xLabel,
    logarithmic,
    series: thinned.map(({ name, mean, low, high }) => ({ name, mean, low, high }))
  }
}

const player = (frames: readonly ReportFrame[], images: readonly string[]): string => {
  const last = frames[frames.length - 1]
  if (last === undefined) return ''
  const end = String(frames.length - 1)
  return card(
    'Samples',
    `<figure><img id="frame" alt="Samples at a step of training" src="${images[frames.length - 1]!}">` +
      `<figcaption class="caption" id="caption">${escapeHtml(last.caption ?? '')}</figcaption></figure>` +
      `<div class="player" id="player" hidden><button id="play" type="button" aria-label="Play"><svg width="14" height="14" ` +
      `viewBox="0 0 14 14"><path d="M4 2l8 5-8 5z" fill="currentColor"/></svg></button><input id="slider" type="range" min="0" ` +
      `max="${end}" value="${end}" aria-label="Step"><output id="step">step ${showCount(last.step)}</output></div>`
  )
}

/** Forbids the page to load anything from anywhere: what it needs is inside it. */
const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

/** Escapes a script or style to stand in its element. */
const inline = (element: 'script' | 'style', text: string): string =>
  `<${element}>${text.replace(/<\/(?=script|style)/gi, '<\\/')}</${element}>`

/**
 * Writes a run as one HTML page that needs nothing else and works from a disk: samples over the steps, curves, final
 * figures, the specification. Long curves are drawn as means of stretches in a band from lowest to highest.
 */
export const reportPage = (report: Report, assets: ChartAssets): string => {
  const { title, summary, metrics, comparison, gallery = [], charts, frames, tables, texts = [] } = report
  const images = frames.map(({ image }) => dataUri('image/png', image))
  const data = {
    charts: charts.map(chartData),
    frames: frames.map(({ step, caption = '' }, i) => ({ step, caption, image: images[i]! }))
  }
  const curves = charts.map((chart, i) => card(chart.title, `<div id="chart-${String(i)}"></div>`))
  const samples = player(frames, images)
  // Beside the samples there is room for the figures and one curve.
  const beside = samples === '' ? 0 : 1
  const figures = [...(metrics === undefined ? [] : [table(metrics, 'numbers')]), ...curves.slice(0, beside)].join('')
  const several = [
    ...(comparison === undefined ? [] : [comparisonTable(comparison)]),
    ...(gallery.length === 0 ? [] : [gallerySection(gallery)])
  ]
  const rest = [
    ...curves.slice(beside),
    ...tables.map((rows) => table(rows, '')),
    ...texts.map(({ title: name, body }) => card(name, `<pre>${escapeHtml(body)}</pre>`, 'wide'))
  ]
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    `<title>${escapeHtml(title)}</title>`,
    inline('style', assets.style + reportStyle),
    `</head><body><main><h1>${escapeHtml(title)}</h1><p class="summary">${escapeHtml(summary ?? '')}</p>`,
    `<div class="grid">${several.join('')}${samples}${figures === '' ? '' : `<div class="stack">${figures}</div>`}${rest.join('')}</div>`,
    '<p class="hint">Curves: drag to enlarge, double-click to go back, click a name to hide it.</p></main>',
    inline('script', assets.script),
    inline('script', `const report = ${scriptData(data)}\n${reportScript}`),
    '</body></html>',
    ''
  ].join('\n')
}

/** Writes the page of a report to a file, whole or not at all. For Node. */
export const writeReport = (file: string, report: Report): TE.TaskEither<FileIssue, void> =>
  pipe(
    chartAssets,
    TE.flatMap((assets) => writeAtomically(file, reportPage(report, assets)))
  )
