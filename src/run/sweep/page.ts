/** The page of a sweep: one table of its arms, with means and standard errors, figures over the steps, and one table of its runs. */
import { escapeHtml } from '../../io/html.ts'
import { showNumber } from '../../io/numbers.ts'
import { reportStyle } from '../../io/reportStyle.ts'
import type { ArmFigure } from './arms.ts'
import { armsOf } from './arms.ts'
import { runPath } from './folder.ts'
import type { Result } from './results.ts'

const style = `${reportStyle}
.sweep { width: 100%; border-collapse: collapse; font-size: 14px; white-space: nowrap }
.sweep th, .sweep td { padding: 6px 14px 6px 0; border-top: 1px solid var(--line); text-align: left }
.sweep thead th { border-top: 0; color: var(--soft); font-weight: 400 }
.sweep .number { text-align: right; font-variant-numeric: tabular-nums }
.scroll { overflow-x: auto }
.curve svg { max-width: 100%; height: auto; display: block }
a { color: var(--accent) }
`

const text = (words: string, kind = ''): string => `<td${kind === '' ? '' : ` class="${kind}"`}>${words}</td>`

const table = (title: string, head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<section class="wide"><h2>${escapeHtml(title)}</h2><div class="scroll"><table class="sweep"><thead><tr>` +
  head.map((name) => `<th>${escapeHtml(name)}</th>`).join('') +
  `</tr></thead><tbody>${rows.map((cells) => `<tr>${cells.join('')}</tr>`).join('')}</tbody></table></div></section>`

const showFigure = (figure: ArmFigure | undefined): string =>
  figure === undefined
    ? ''
    : `${showNumber(figure.mean, 4)}${Number.isNaN(figure.standardError) ? '' : ` ± ${showNumber(figure.standardError, 2)}`}`

const namesIn = (of: readonly { readonly figures: object }[]): readonly string[] => [
  ...new Set(of.flatMap(({ figures }) => Object.keys(figures)))
]

/** Writes results as one HTML page that needs nothing else; runs link to the reports in their folders. */
export const sweepPage = (results: readonly Result[], figures: readonly string[]): string => {
  const arms = armsOf(results)
  const ofArms = namesIn(arms)
  const ofRuns = namesIn(results)
  const count = (status: Result['status']): number => results.filter((one) => one.status === status).length
  const summary = `${String(results.length)} runs, ${String(count('done'))} done, ${String(count('failed'))} failed`
  const armRows = arms.map(({ arm, runs, done, failed, figures }) => [
    text(escapeHtml(arm)),
    text(`${String(done)} of ${String(runs)}${failed > 0 ? `, ${String(failed)} failed` : ''}`),
    ...ofArms.map((name) => text(showFigure(figures[name]), 'number'))
  ])
  const runRows = results.map(({ job, status, step, figures, why }) => [
    text(
      status === 'waiting' ? escapeHtml(job.name) : `<a href="${runPath(job)}/report.html">${escapeHtml(job.name)}</a>`
    ),
    text(escapeHtml(why === undefined ? status : `${status}: ${why}`)),
    text(`${String(step)} of ${String(job.steps)}`, 'number'),
    ...ofRuns.map((name) => {
      const value = figures[name]
      return text(typeof value === 'number' ? showNumber(value, 4) : '', 'number')
    })
  ])
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>Sweep</title><style>${style}</style></head>`,
    `<body><main><h1>Sweep</h1><p class="summary">${summary}</p><div class="grid">`,
    table('Means over seeds, ± standard errors', ['arm', 'runs', ...ofArms], armRows),
    ...figures.map((svg) => `<section><div class="curve">${svg}</div></section>`),
    table('Runs', ['run', 'status', 'step', ...ofRuns], runRows),
    '</div></main></body></html>',
    ''
  ].join('\n')
}
