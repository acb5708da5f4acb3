import type { Markish } from '@observablehq/plot'
import * as Plot from '@observablehq/plot'

/** The symbols of points, told apart without their colours. */
export const symbols = ['circle', 'square', 'triangle', 'diamond', 'star', 'wye', 'cross'] as const

/** Names a colour, and the symbol that points of it have: a circle by default. */
export interface LegendEntry {
  readonly name: string
  readonly colour: string
  readonly symbol?: (typeof symbols)[number]
}

const rowHeight = 20
const keyWidth = 16

/** Estimates how wide a text of 12 pixels is. */
export const textWidth = (text: string): number => 6 * text.length

interface Placed extends LegendEntry {
  readonly x: number
  readonly row: number
}

/** Places entries in rows that are as wide as the figure. */
const place = (entries: readonly LegendEntry[], width: number): readonly Placed[] => {
  const placed: Placed[] = []
  let [x, row] = [0, 0]
  for (const entry of entries) {
    const extent = keyWidth + textWidth(entry.name) + 18
    if (x > 0 && x + extent > width - 24) [x, row] = [0, row + 1]
    placed.push({ ...entry, x, row })
    x += extent
  }
  return placed
}

/** Computes how much room a legend takes, in pixels. */
export const legendHeight = (entries: readonly LegendEntry[], width: number): number =>
  entries.length === 0 ? 0 : rowHeight * (1 + Math.max(...place(entries, width).map(({ row }) => row)))

/** Draws a legend from (dx, dy), which is relative to the upper left corner of the frame. */
export const legend = (
  entries: readonly LegendEntry[],
  width: number,
  { dx, dy }: { readonly dx: number; readonly dy: number }
): readonly Markish[] =>
  place(entries, width).flatMap(({ name, colour, symbol = 'circle', x, row }) => {
    const middle = dy + row * rowHeight + rowHeight / 2
    const at = { frameAnchor: 'top-left' } as const
    return [
      Plot.dot([0], { ...at, dx: dx + x + 5, dy: middle, symbol, r: 4.5, fill: colour }),
      Plot.text([name], { ...at, dx: dx + x + 16, dy: middle - 5 })
    ]
  })
