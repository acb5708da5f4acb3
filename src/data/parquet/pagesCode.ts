/**
 * The part of the worker's code that looks at the pages of a column before they are decoded: `checkPages(bytes, offset, codec, limit)`
 * gives what is wrong with the first that is, { offset, expected, actual }, or nothing. The library that decodes them believes their
 * headers: pages of no end, and a few bytes that claim gigabytes.
 *
 * @see https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift, PageHeader
 */
export const pagesCode = `
/** How many times as long as its bytes a page can be: by the format of each compression, of others by what the limit leaves. */
const expansion = { UNCOMPRESSED: 1, SNAPPY: 22, GZIP: 1032, LZ4: 255, LZ4_RAW: 255, ZSTD: 2 ** 16 }
/** Allows short pages the headers of their compression beside that. */
const slack = 64

/** Reads a structure of Thrift's compact protocol: its numbers and structures by field, and where it ends. */
const structureAt = (view, start) => {
  let at = start
  const varint = () => {
    let value = 0
    for (let shift = 0; shift < 64; shift += 7) {
      const byte = view.getUint8(at++)
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
    throw new Error('a number of more than 64 bits')
  }
  const zigzag = () => {
    const n = varint()
    return n % 2 === 1 ? -(n + 1) / 2 : n / 2
  }
  const skip = (length) => {
    at += length
    if (at > view.byteLength) throw new Error('a value that ends at byte ' + at + ' of ' + view.byteLength)
  }
  const structure = (depth) => {
    const fields = {}
    for (let field = 0; ; ) {
      const byte = view.getUint8(at++)
      if (byte === 0) return fields
      field = byte >> 4 ? field + (byte >> 4) : zigzag()
      fields[field] = valueOf(byte & 15, depth)
    }
  }
  const valueOf = (type, depth) => {
    if (type === 1 || type === 2) return type === 1
    if (type === 3) return view.getInt8(at++)
    if (type === 4 || type === 5 || type === 6) return zigzag()
    if (type === 7) return skip(8)
    if (type === 8) return skip(varint())
    if (type === 12 && depth < 8) return structure(depth + 1)
    throw new Error('a value of type ' + type)
  }
  return { fields: structure(0), end: at }
}

const checkPages = (bytes, offset, codec, limit) => {
  const view = new DataView(bytes)
  for (let at = 0; at < view.byteLength - 1; ) {
    const bad = (expected, actual) => ({ offset: offset + at, expected, actual: String(actual) })
    let header
    try {
      header = structureAt(view, at)
    } catch (cause) {
      return bad('the header of a page', cause.message)
    }
    const { fields: { 2: length, 3: compressed, 5: data, 7: dictionary, 8: data2 }, end } = header
    if (!(compressed >= 0 && end + compressed <= view.byteLength)) return bad('a page of at most the ' + (view.byteLength - end) + ' bytes of its column', compressed + ' bytes')
    const most = Math.min(limit, compressed * (expansion[codec] ?? Infinity) + slack)
    if (!(length >= 0 && length <= most)) return bad('a page of at most ' + most + ' bytes, as ' + compressed + ' can hold', length + ' bytes')
    const values = (data ?? dictionary ?? data2)?.[1]
    if (values !== undefined && !(values >= 0 && 16 * values <= limit)) return bad('a page of at most ' + Math.floor(limit / 16) + ' values', values)
    at = end + compressed
  }
  return undefined
}
`
