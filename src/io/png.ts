import { encode } from 'fast-png'
import type { Raster } from './raster.ts'

/**
 * Encodes a picture as the bytes of a PNG file: red, green and blue of 8 bits each. Equal pictures give equal bytes.
 */
export const toPng = ({ width, height, pixels }: Raster): Uint8Array =>
  encode({ width, height, channels: 3, depth: 8, data: pixels })
