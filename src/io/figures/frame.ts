/** What all figures share: size, title, axes, and the way from a description to the text of an SVG file. */
import type { Markish } from '@observablehq/plot'
import * as Plot from '@observablehq/plot'
import domino from 'domino'
import { escapeHtml } from '../html.ts'
import type { Axis } from './axes.ts'
import { scaleOf } from './axes.ts'
import type { LegendEntry } from './legend.ts'
import { legend, legendHeight } from './legend.ts'

/** A page's own figure takes the colour of its text; one that stands alone, as a file, the colour that the reader prefers. */
const style =
  '<style>svg.figure:root{color:#1f2328}@media (prefers-color-scheme:dark){svg.figure:root{color:#e6edf3}}' +
  'svg.figure{max-width:100%;height:auto}svg.figure text{white-space:pre}</style>'

/** Removes what no XML may hold: control characters, and halves of pairs. */
const allowed = (markup: string): string =>
  markup.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')

/** Describes a figure: its axes, its legend, and the marks of Plot that it consists of. */
export interface Drawing {
  readonly title: string
  readonly description: string
  readonly width: number
  readonly height: number
  readonly x: Axis
  readonly y: Axis
  readonly legend?: readonly LegendEntry[]
  readonly marks: readonly Markish[]
}

const [left, right, bottom] = [58, 22, 46]
const [titleHeight, labelHeight] = [32, 28]

const headHeight = (entries: readonly LegendEntry[], width: number): number =>
  titleHeight + legendHeight(entries, width) + labelHeight

/** Computes how high a figure of this width is whose axes are of equal length. */
export const squareHeight = (entries: readonly LegendEntry[], width: number): number =>
  headHeight(entries, width) + (width - left - right) + bottom

/**
 * Draws a figure as the text of an SVG file: title and legend above, a picture with a name and a description for those who cannot
 * see it. Equal drawings give equal texts.
 */
export const draw = ({ title, description, legend: entries = [], x, y, marks, width, height }: Drawing): string => {
  const top = headHeight(entries, width)
  const vertical = scaleOf(y)
  // The types of a DOM are not among those of Node.
  const document: unknown = domino.createDocument('')
  const corner = { frameAnchor: 'top-left', dx: 12 - left } as const
  const drawn: unknown = Plot.plot({
    document,
    className: 'figure',
    width,
    height,
    marginLeft: left,
    marginRight: right,
    marginTop: top,
    marginBottom: bottom,
    style: { fontFamily: 'Lato, system-ui, sans-serif', fontSize: '12px' },
    x: scaleOf(x),
    y: vertical,
    marks: [
      Plot.gridY({ strokeOpacity: 0.12, ticks: vertical.ticks }),
      ...marks,
      Plot.text([title], { ...corner, dy: 10 - top, fontSize: 15, fontWeight: 700 }),
      Plot.text([y.label], { ...corner, dy: -labelHeight + 4 }),
      Plot.text([x.label], { frameAnchor: 'bottom', dy: 42 }),
      ...legend(entries, width, { dx: 12 - left, dy: titleHeight - top })
    ]
  })
  return svgOf(rounded((drawn as { readonly innerHTML: string }).innerHTML), { title, description, width, height })
}

/** Rounds places to hundredths of a pixel, within tags alone. */
const rounded = (markup: string): string =>
  markup.replace(/<[^>]*>/g, (tag) =>
    tag.replace(/-?\d+\.\d{3,}(e-\d+)?/g, (x) => String(Number(Number(x).toFixed(2))))
  )

/** Wraps what a figure consists of as the text of an SVG file, with a name, a description and colours. */
export const svgOf = (
  inside: string,
  { title, description, width, height }: Pick<Drawing, 'title' | 'description' | 'width' | 'height'>
): string => {
  const size = `width="${String(width)}" height="${String(height)}" viewBox="0 0 ${String(width)} ${String(height)}"`
  return allowed(
    `<svg xmlns="http://www.w3.org/2000/svg" class="figure" role="img" ${size} fill="currentColor" text-anchor="middle" ` +
      `font-family="Lato, system-ui, sans-serif" font-size="12">` +
      `<title>${escapeHtml(title)}</title><desc>${escapeHtml(description)}</desc>${style}` +
      `${inside.replace(/<style>[\s\S]*?<\/style>/, '').replaceAll('&nbsp;', '&#160;')}</svg>\n`
  )
}
