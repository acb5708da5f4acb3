import { encode } from 'fast-png'

/** Holds a picture: red, green and blue of each pixel in 0..255, rows from the top. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8ClampedArray
}

/** Encodes a picture as the bytes of a PNG file: red, green and blue of 8 bits each. Equal pictures give equal bytes. */
export const encodePng = ({ width, height, pixels }: Picture): Uint8Array =>
  encode({ width, height, channels: 3, depth: 8, data: pixels })
