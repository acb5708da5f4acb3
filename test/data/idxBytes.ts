/** A writer of IDX files for tests, independent of the reader. */
import type { Idx } from '../../src/data/idx.ts'

export const codes = { uint8: 8, int8: 9, int16: 11, int32: 12, float32: 13, float64: 14 } as const
export const sizes = { uint8: 1, int8: 1, int16: 2, int32: 4, float32: 4, float64: 8 } as const

export const idxBytes = ({ type, shape, data }: Idx): Uint8Array => {
  const start = 4 + 4 * shape.length
  const bytes = new Uint8Array(start + data.length * sizes[type])
  const view = new DataView(bytes.buffer)
  bytes.set([0, 0, codes[type], shape.length])
  shape.forEach((extent, axis) => view.setUint32(4 + 4 * axis, extent))
  const set = {
    uint8: (at: number, x: number) => view.setUint8(at, x),
    int8: (at: number, x: number) => view.setInt8(at, x),
    int16: (at: number, x: number) => view.setInt16(at, x),
    int32: (at: number, x: number) => view.setInt32(at, x),
    float32: (at: number, x: number) => view.setFloat32(at, x),
    float64: (at: number, x: number) => view.setFloat64(at, x)
  }[type]
  data.forEach((x, i) => set(start + i * sizes[type], x))
  return bytes
}
