import type { Colour, Raster } from './raster.ts'
import { box, paint } from './raster.ts'

/** Draws digits in five rows of three pixels, each row a binary number. */
const glyphs: Readonly<Record<string, readonly number[]>> = {
  '0': [7, 5, 5, 5, 7],
  '1': [2, 6, 2, 2, 7],
  '2': [7, 1, 7, 4, 7],
  '3': [7, 1, 7, 1, 7],
  '4': [5, 5, 7, 1, 1],
  '5': [7, 4, 7, 1, 7],
  '6': [7, 4, 7, 5, 7],
  '7': [7, 1, 1, 2, 2],
  '8': [7, 5, 7, 5, 7],
  '9': [7, 5, 7, 1, 7],
  '-': [0, 0, 7, 0, 0],
  '.': [0, 0, 0, 0, 2],
  e: [0, 7, 7, 4, 7]
}

/** Gives the height of a written number, in units of the size of its dots. */
export const glyphHeight = 5

/** Computes the width of a written number, in units of the size of its dots. */
export const glyphWidth = (text: string): number => Math.max(0, 4 * text.length - 1)

/** Writes a number with its upper left corner at (left, top). */
export const write = (raster: Raster, text: string, left: number, top: number, size: number, colour: Colour): void => {
  for (const [place, character] of text.split('').entries())
    for (const [row, bits] of (glyphs[character] ?? []).entries())
      for (let column = 0; column < 3; column++) {
        if ((bits & (4 >> column)) === 0) continue
        const [x, y] = [left + (4 * place + column) * size, top + row * size]
        paint(raster, box(x, y, x + size, y + size), [x, y, x + size, y + size], colour)
      }
}
