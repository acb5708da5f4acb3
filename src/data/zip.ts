import * as E from '#fp-ts/Either'
import type { FileIssue } from '../io/fileIssue.ts'
import { crc32 } from './crc32.ts'
import { badCompression, canHold, cutShort, inflate } from './inflate.ts'

/** A file in a zip archive, as the directory at its end describes it. */
export interface Entry {
  readonly name: string
  /** 0 stored, 8 deflated. */
  readonly method: number
  readonly checksum: number
  /** Bytes in the archive. */
  readonly compressed: number
  /** Bytes of its content, as announced. */
  readonly size: number
  /** Where its content begins. */
  readonly start: number
}

const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 }
const endSize = 22
const centralSize = 46
const localSize = 30
/** What stands where a number does not fit into 32 bits, and lies elsewhere (zip64). */
const elsewhere = 0xffffffff

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength)

/** Finds the end record, behind which a comment of up to 64 KiB may lie. */
const endRecord = (bytes: Uint8Array): number => {
  const view = viewOf(bytes)
  for (let at = bytes.length - endSize; at >= Math.max(0, bytes.length - endSize - 0xffff); at--)
    if (view.getUint32(at, true) === signatures.end) return at
  return -1
}

/** Reads the sizes of zip64 from an entry's extra fields. */
const wide = (extra: DataView, wanted: number): readonly number[] => {
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    const length = extra.getUint16(at + 2, true)
    if (extra.getUint16(at, true) === 1 && length >= 8 * wanted && at + 4 + length <= extra.byteLength)
      return Array.from({ length: wanted }, (_, i) => Number(extra.getBigUint64(at + 4 + 8 * i, true)))
  }
  return []
}

/**
 * Lists the files of a zip archive by the directory at its end. Nothing is decompressed; each lies within the archive, and
 * none over another, so that an archive cannot hold one content many times.
 *
 * Source: PKWARE, ".ZIP file format specification" 6.3.10, sections 4.3.7, 4.3.12, 4.3.16, 4.5.3.
 */
export const readZip = (file: string, bytes: Uint8Array): E.Either<FileIssue, readonly Entry[]> => {
  const view = viewOf(bytes)
  const end = endRecord(bytes)
  const bad = (offset: number, expected: string, actual: string): E.Either<FileIssue, never> =>
    E.left({ _tag: 'BadMagic', file, offset, expected, actual })
  if (end < 0) return E.left(cutShort(file, bytes, "a zip archive's directory at the end", 'none'))
  const count = view.getUint16(end + 10, true)
  const entries: Entry[] = []
  let at = view.getUint32(end + 16, true)
  for (let i = 0; i < count; i++) {
    if (at + centralSize > end || view.getUint32(at, true) !== signatures.central)
      return bad(at, `the directory's entry ${String(i)} of ${String(count)}`, 'something else')
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true))
    const next = at + centralSize + nameLength! + extraLength! + commentLength!
    if (next > end) return bad(at, 'an entry within the archive', `one that ends at byte ${String(next)}`)
    const name = new TextDecoder().decode(bytes.subarray(at + centralSize, at + centralSize + nameLength!))
    const said = [24, 20, 42].map((offset) => view.getUint32(at + offset, true))
    const extra = viewOf(bytes.subarray(at + centralSize + nameLength!, at + centralSize + nameLength! + extraLength!))
    const far = wide(extra, said.filter((value) => value === elsewhere).length)
    let taken = 0
    const [size = 0, compressed = 0, local = 0] = said.map((value) =>
      value === elsewhere ? (far[taken++] ?? Infinity) : value
    )
    if (!(local + localSize <= bytes.length) || view.getUint32(local, true) !== signatures.local)
      return bad(at, `${name} at byte ${String(local)}`, 'something else')
    const start = local + localSize + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
    if (!(start + compressed <= at))
      return bad(at, `${name} within the archive`, `${String(compressed)} bytes from ${String(start)} on`)
    const [method, flags] = [view.getUint16(at + 10, true), view.getUint16(at + 8, true)]
    if ((method !== 0 && method !== 8) || flags & 1)
      return E.left(
        badCompression(
          file,
          at + 10,
          `${name} stored or deflated, in the clear`,
          `method ${String(method)}${flags & 1 ? ', encrypted' : ''}`
        )
      )
    entries.push({ name, method, checksum: view.getUint32(at + 16, true), compressed, size, start })
    at = next
  }
  const sorted = entries.toSorted((a, b) => a.start - b.start)
  const over = sorted.find(({ start }, i) => i > 0 && start < sorted[i - 1]!.start + sorted[i - 1]!.compressed)
  return over === undefined
    ? E.right(entries)
    : bad(over.start, `${over.name} beside the other files`, 'one over another')
}

/** Returns the first `size` bytes of a file in an archive, or all where it has fewer. */
export const entryHead = (
  file: string,
  bytes: Uint8Array,
  { method, start, compressed }: Entry,
  size: number
): E.Either<FileIssue, Uint8Array> => {
  const end = start + compressed
  if (method === 0) return E.right(bytes.subarray(start, Math.min(end, start + size)))
  const head = new Uint8Array(size)
  let length = 0
  const read = inflate(file, bytes, { start, end }, size, (output) => {
    const part = output.subarray(0, size - length)
    head.set(part, length)
    length += part.length
    return length < size ? 'more' : 'enough'
  })
  return E.isLeft(read) && length === 0 ? read : E.right(head.subarray(0, length))
}

/** Reads a file of an archive, whose content is to have `size` bytes; checks size and checksum. */
export const entryContent = (
  file: string,
  bytes: Uint8Array,
  entry: Entry,
  size: number
): E.Either<FileIssue, Uint8Array> => {
  const { method, start, compressed, checksum } = entry
  const expected = `${String(size)} bytes of content`
  const differs = (actual: string): E.Either<FileIssue, never> => E.left(badCompression(file, start, expected, actual))
  if (entry.size !== size) return differs(`${String(entry.size)} by the archive's directory`)
  if (method === 0 ? compressed !== size : !canHold(compressed, size))
    return differs(`${String(compressed)} in the archive`)
  const made = E.tryCatch(
    () => new Uint8Array(size),
    (): FileIssue => ({
      _tag: 'TooLarge',
      file,
      expected: 'a size that memory has room for',
      actual: `${String(size)} bytes`
    })
  )
  if (E.isLeft(made)) return made
  const content = made.right
  if (method === 0) content.set(bytes.subarray(start, start + size))
  else {
    let length = 0
    const read = inflate(file, bytes, { start, end: start + compressed }, size / 4, (output) => {
      if (length + output.length <= size) content.set(output, length)
      length += output.length
      return length <= size ? 'more' : 'enough'
    })
    if (E.isLeft(read)) return read
    if (length !== size) return differs(length > size ? 'more' : String(length))
  }
  const found = crc32(content)
  return found === checksum
    ? E.right(content)
    : E.left(badCompression(file, start, `content of checksum ${checksum.toString(16)}`, found.toString(16)))
}
