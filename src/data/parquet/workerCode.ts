import { pagesCode } from './pagesCode.ts'

/**
 * The code of the worker that reads a Parquet file, as text, so that there is no file to fetch. It gets { file, limit, modules }
 * and answers { pictures, ends, labels, classes }, the bytes of all pictures one behind the other and where each ends, or
 * { issue }. The library that decodes pages believes what a file says of its sizes: here that can fill no memory but the
 * worker's own, and what pages inflate to is counted before it is allocated.
 */
export const workerCode = `
const { parentPort, workerData } = require('node:worker_threads')
const { open } = require('node:fs/promises')

const { file, limit, modules } = workerData
${pagesCode}
let left = limit
const spend = (length) => {
  left -= length
  if (!(length >= 0 && left >= 0)) throw Object.assign(new Error('more'), { isTooLarge: true })
}
const issue = (_tag, expected, actual, hint, offset) =>
  Object.assign(new Error(expected), { told: { _tag, expected, actual, ...(hint && { hint }), ...(offset !== undefined && { offset }) } })

const children = (schema, at) => {
  const found = []
  let next = at + 1
  const skip = (i) => {
    let after = i + 1
    for (let n = schema[i].num_children ?? 0; n > 0; n--) after = skip(after)
    return after
  }
  for (let n = schema[at].num_children ?? 0; n > 0; n--) {
    found.push(next)
    next = skip(next)
  }
  return found
}

const columnsOf = ({ schema, key_value_metadata = [] }) => {
  const top = children(schema, 0)
  const names = (at) => children(schema, at).map((i) => schema[i].name)
  const image =
    top.find((i) => names(i).includes('bytes')) ??
    top.find((i) => schema[i].type === 'BYTE_ARRAY' && /^(image|img|picture|bytes)$/i.test(schema[i].name))
  if (image === undefined)
    throw issue('BadShape', 'a column of pictures: a struct { bytes, path }, or bytes named image', top.map((i) => schema[i].name).join(', ') || 'no columns')
  let features = {}
  try {
    features = JSON.parse(key_value_metadata.find(({ key }) => key === 'huggingface')?.value ?? '{}').info?.features ?? {}
  } catch {}
  const isInteger = (i) => schema[i].type === 'INT64' || schema[i].type === 'INT32'
  const label =
    top.find((i) => isInteger(i) && features[schema[i].name]?._type === 'ClassLabel') ??
    top.find((i) => isInteger(i) && /^(label|labels|class|fine_label)$/i.test(schema[i].name))
  const said = label === undefined ? undefined : features[schema[label].name]?.names
  const classes = Array.isArray(said) && said.every((name) => typeof name === 'string') ? said : undefined
  return { image: schema[image].name, label: label === undefined ? undefined : schema[label].name, classes }
}

const run = async () => {
  const { parquetMetadataAsync, parquetRead, snappyUncompress } = await import(modules.hyparquet)
  const handle = await open(file, 'r')
  const { size } = await handle.stat()
  const bytesIn = async (start, end) => {
    const bytes = new Uint8Array(end - start)
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start)
    if (bytesRead < bytes.length) throw new Error('bytes ' + start + ' to ' + end + ' are not there')
    return bytes.buffer
  }
  const source = {
    byteLength: size,
    slice: async (start, end = size) => {
      if (!(start >= 0 && end >= start && end <= size)) throw new Error('bytes ' + start + ' to ' + end + ' of ' + size)
      spend(end - start)
      return bytesIn(start, end)
    }
  }
  const metadata = await parquetMetadataAsync(source)
  const { image, label, classes } = columnsOf(metadata)
  const rows = Number(metadata.num_rows)
  const groups = metadata.row_groups.map(({ num_rows }) => Number(num_rows))
  if (groups.some((n) => !(n >= 0)) || groups.reduce((a, b) => a + b, 0) !== rows || !(rows > 0))
    throw issue('BadShape', 'rows, as many as its row groups have', rows + ' in all, ' + groups.join(' + ').slice(0, 80))
  const wanted = metadata.row_groups.flatMap(({ columns }) => columns.filter(({ meta_data }) => [image, label].includes(meta_data?.path_in_schema[0])))
  const declared = 16 * rows + wanted.reduce((sum, { meta_data }) => sum + Number(meta_data.total_uncompressed_size), 0)
  if (!(declared <= limit)) throw issue('TooLarge', 'at most ' + limit + ' bytes of pictures', String(declared), 'Save them as files in folders, which are read one by one')
  for (const { meta_data: { codec, dictionary_page_offset, data_page_offset, total_compressed_size } } of wanted) {
    const [start, length] = [Number(dictionary_page_offset || data_page_offset), Number(total_compressed_size)]
    if (!(start >= 0 && length >= 0 && start + length <= size)) throw issue('BadValue', 'a column within the ' + size + ' bytes of the file', length + ' bytes from ' + start + ' on')
    const bad = checkPages(await bytesIn(start, start + length), start, codec, limit)
    if (bad !== undefined) throw issue('BadCompression', bad.expected, bad.actual, undefined, bad.offset)
  }
  const codecs = wanted.map(({ meta_data }) => meta_data.codec)
  const others = codecs.every((codec) => codec === 'SNAPPY' || codec === 'UNCOMPRESSED') || modules.compressors === undefined
    ? {}
    : (await import(modules.compressors)).compressors
  const own = { SNAPPY: (input, length) => {
    const output = new Uint8Array(length)
    snappyUncompress(input, output)
    return output
  } }
  const compressors = Object.fromEntries(
    Object.entries({ ...others, ...own }).map(([name, inflate]) => [name, (input, length) => {
      spend(length)
      return inflate(input, length)
    }])
  )
  const ends = new Float64Array(rows)
  const labels = label === undefined ? undefined : new Int32Array(rows)
  const parts = []
  let [row, length] = [0, 0]
  const take = (record) => {
    const given = record[image]
    const bytes = given instanceof Uint8Array ? given : given?.bytes
    if (!(bytes instanceof Uint8Array)) throw issue('BadValue', 'the bytes of a picture in row ' + row, 'none', 'Pictures that lie elsewhere are not fetched')
    length += bytes.length
    if (length > limit) throw issue('TooLarge', 'at most ' + limit + ' bytes of pictures', 'more')
    parts.push(bytes)
    ends[row] = length
    if (labels !== undefined) {
      const value = Number(record[label])
      if (!Number.isInteger(value) || value < 0 || value >= 1000000) throw issue('BadValue', 'a label from 0 on in row ' + row, String(record[label]))
      labels[row] = value
    }
    row++
  }
  for (let i = 0, start = 0; i < groups.length; start += groups[i++]) {
    if (groups[i] === 0) continue
    await parquetRead({
      file: source,
      metadata,
      compressors,
      columns: label === undefined ? [image] : [image, label],
      rowStart: start,
      rowEnd: start + groups[i],
      rowFormat: 'object',
      utf8: false,
      onComplete: (records) => records.forEach(take)
    })
    if (row !== start + groups[i]) throw issue('BadShape', groups[i] + ' rows in row group ' + i, String(row - start))
  }
  const pictures = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    pictures.set(part, at)
    at += part.length
  }
  await handle.close()
  return { pictures, ends, labels, classes }
}

run().then(
  (read) => parentPort.postMessage(read, [read.pictures.buffer, read.ends.buffer, ...(read.labels ? [read.labels.buffer] : [])]),
  (cause) => parentPort.postMessage({
    issue: cause.told ?? (cause.isTooLarge
      ? { _tag: 'TooLarge', expected: 'at most ' + limit + ' bytes', actual: 'pages of more' }
      : { _tag: 'BadValue', expected: 'a Parquet file', actual: String(cause.message) })
  })
)
`
