/** Small files that claim, or inflate to, gigabytes: for every reader, or why there is none for it. */
import { constants, deflateRawSync } from 'node:zlib'
import { idxBytes } from './idxBytes.ts'
import { npyBytes } from './npyBytes.ts'
import { parquetBytes } from './parquetBytes.ts'
import { jpegBytes, pngBytes } from './pictures/pictureBytes.ts'

const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))
const numbers = (...values: readonly (readonly [bytes: 2 | 4, value: number])[]): Uint8Array =>
  joined(
    ...values.map(([bytes, value]) => {
      const made = new DataView(new ArrayBuffer(bytes))
      if (bytes === 2) made.setUint16(0, value, true)
      else made.setUint32(0, value, true)
      return new Uint8Array(made.buffer)
    })
  )

const gigabyte = 2 ** 30
const block = deflateRawSync(new Uint8Array(2 ** 24), { level: 9, finishFlush: constants.Z_FULL_FLUSH })

/** A deflate stream of these bytes and then a gigabyte of zeros, in one megabyte. */
const deflated = (head: Uint8Array): Uint8Array =>
  joined(
    deflateRawSync(head, { finishFlush: constants.Z_FULL_FLUSH }),
    ...Array.from({ length: gigabyte / 2 ** 24 }, () => block),
    Uint8Array.of(3, 0)
  )

const gzipped = (head: Uint8Array, size: number): Uint8Array =>
  joined(Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3), deflated(head), numbers([4, 0], [4, size]))

const zipped = (name: string, head: Uint8Array, size: number): Uint8Array => {
  const content = deflated(head)
  const text = new TextEncoder().encode(name)
  const sizes = [[4, 0], [4, content.length], [4, size], [2, text.length], [2, 0]] as const // prettier-ignore
  const local = joined(numbers([4, 0x04034b50], [2, 20], [2, 0], [2, 8], [4, 0], ...sizes), text)
  const central = joined(
    numbers([4, 0x02014b50], [2, 20], [2, 20], [2, 0], [2, 8], [4, 0], ...sizes, [2, 0], [2, 0], [2, 0], [4, 0], [4, 0]), // prettier-ignore
    text
  )
  const end = numbers([4, 0x06054b50], [2, 0], [2, 0], [2, 1], [2, 1], [4, central.length], [4, local.length + content.length], [2, 0]) // prettier-ignore
  return joined(local, content, central, end)
}

const idxClaims = (...shape: readonly number[]): Uint8Array => {
  const bytes = idxBytes({ type: 'uint8', shape: shape.map(() => 1), data: new Uint8Array(1) }).slice()
  shape.forEach((extent, i) => new DataView(bytes.buffer).setUint32(4 + 4 * i, extent))
  return bytes
}
const small = idxClaims(2, 3, 4).subarray(0, 16)
const large = idxClaims(2 ** 10, 2 ** 10, 2 ** 10).subarray(0, 16)
const idx = {
  'claims 16 TB': idxClaims(2 ** 20, 2 ** 12, 2 ** 12),
  'gzip, a gigabyte behind 24 bytes': gzipped(small, 40),
  'gzip, a gigabyte that it claims': gzipped(large, gigabyte + 16)
}
const claimed = npyBytes('<f8', [100_000, 100_000], new Float64Array(1))
const few = npyBytes('|u1', [99, 2], new Uint8Array())
const npy = { 'claims 80 GB': claimed }
const npz = {
  'zip, a gigabyte behind 198 bytes': zipped('x.npy', few, few.length + 198),
  'zip, a gigabyte that its directory claims': zipped('x.npy', few, gigabyte + few.length),
  'zip, a gigabyte that its array claims': zipped('x.npy', npyBytes('|u1', [2 ** 15, 2 ** 15], new Uint8Array()), gigabyte + few.length) // prettier-ignore
}
const safetensors = (header: string, length = header.length): Uint8Array =>
  joined(numbers([4, length % 2 ** 32], [4, Math.floor(length / 2 ** 32)]), new TextEncoder().encode(header))
const jpeg = (() => {
  const bytes = jpegBytes(8, 8, () => [1, 2, 3]).slice()
  const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0)
  bytes.set([0xff, 0xdc, 0xff, 0xdc], frame + 5)
  return bytes
})()

type Bombs = Readonly<Record<string, Uint8Array>>

/** By the name of the reader; a text says why a file cannot claim more than it holds. */
export const bombs: Readonly<Record<string, Bombs | string>> = {
  readIdx: idx,
  readDigits: idx,
  IDX: idx,
  readNpy: npy,
  npy,
  readNpz: npz,
  npz,
  readSafetensors: {
    'claims 4 TB of numbers': safetensors('{"a":{"dtype":"F32","shape":[1048576,1048576],"data_offsets":[0,4398046511104]}}'),
    'claims a header of 1 TB': safetensors('{}', 2 ** 40)
  }, // prettier-ignore
  readCsv: 'neither compressed nor with sizes: what it holds is what is there',
  CSV: 'neither compressed nor with sizes: what it holds is what is there',
  readCifar: 'records of one size, without a header',
  CIFAR: 'records of one size, without a header',
  'STL-10': 'records of one size, without a header',
  Parquet: {
    'a page of 8 MB in 10 bytes': parquetBytes([new Uint8Array(2 ** 23)], [0], { codec: 'SNAPPY', compressors: { SNAPPY: () => new Uint8Array(10) } }),
    'gzip, pages of 15 MB in 10 bytes': parquetBytes([new Uint8Array(15e6)], [0], { codec: 'GZIP', compressors: { GZIP: () => new Uint8Array(10) } })
  }, // prettier-ignore
  'a folder of PNG and JPEG': {
    'PNG, 100,000 pixels a side': pngBytes({ width: 100_000, height: 100_000, depth: 8, colour: 2 }, new Uint8Array(9)),
    'PNG, 100 MB behind 12 pixels': pngBytes({ width: 4, height: 3, depth: 8, colour: 0 }, new Uint8Array(1e8)),
    'JPEG, 65,500 pixels a side': jpeg
  }
}
