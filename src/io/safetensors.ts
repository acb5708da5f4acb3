import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import type { Data, DType } from '../tensor/dtype.ts'
import { fail } from '../tensor/error.ts'
import { count, text } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'
import type { Shape } from '../tensor/shape.ts'
import { showShape, sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { isTensor } from '../tensor/tensor.ts'
import { isRecord } from '../tensor/tree.ts'
import { withBytes } from './bytes.ts'
import type { FileIssue } from './fileIssue.ts'
import { readFileOptions } from './fileIssue.ts'
import type { Stored } from './storedNumbers.ts'
import { readNumbers, storedAs, storedTypes } from './storedNumbers.ts'

/** Holds what a safetensors file holds. */
export interface Safetensors {
  readonly tensors: Readonly<Record<string, Tensor>>
  /** The texts that the writer put beside them. */
  readonly metadata: Readonly<Record<string, string>>
}

export interface SafetensorsOptions {
  /** How messages name the file. */
  readonly file?: string
  /** The most bytes of tensors that are accepted, 2^31 - 1 by default. */
  readonly limit?: number
}

const refused = (issue: FileIssue): E.Either<FileIssue, never> => E.left(issue)

const metadataKey = '__metadata__'
/** The longest header that the format's own reader takes. */
const longestHeader = 100_000_000

const encoder = /*#__PURE__*/ new TextEncoder()

/**
 * Writes tensors by name as the bytes of a safetensors file: eight bytes with the length of a header in JSON, the header,
 * the numbers. float32 is F32 (F64 where it was computed in double precision), int32 is I32, bool is BOOL; every bit is
 * kept, NaN's too. The numbers begin at a multiple of eight bytes.
 *
 * @throws InvalidArgument for what is no tensor, and for metadata that are no texts
 * @see https://github.com/huggingface/safetensors, "Format"
 *
 * @example
 * import { readSafetensors, tensor, writeSafetensors, E } from 'saddlepoint'
 * const bytes = writeSafetensors({ weights: tensor([[1, 2]]) }, { from: 'an example' })
 * const read = readSafetensors(bytes)
 * E.isRight(read) && read.right.tensors['weights'].data // => [1, 2]
 * E.isRight(read) && read.right.metadata // => { from: 'an example' }
 */
export const writeSafetensors = (
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
  ...more: None
): Uint8Array => {
  const op = 'writeSafetensors'
  refuseMore(op, more)
  const wrong = (expected: string, actual: unknown): never =>
    fail('InvalidArgument', { op, expected, actual: showValue(actual) })
  const [named, texts] = [tensors as unknown, metadata as unknown]
  if (!isRecord(named) || isTensor(named)) return wrong('tensors by their names', named)
  if (!isRecord(texts)) return wrong('texts by their names', texts)
  for (const value of Object.values(texts)) if (typeof value !== 'string') wrong('texts as metadata', value)
  let end = 0
  const header: [string, unknown][] = Object.keys(texts).length === 0 ? [] : [[metadataKey, texts]]
  const arrays: Data[] = []
  for (const [name, found] of Object.entries(named)) {
    if (name === metadataKey) wrong(`names other than ${metadataKey}`, name)
    if (!isTensor(found) || found.data.length !== sizeOf(found.shape))
      return wrong(`a tensor with its numbers as ${showValue(name)}`, found)
    const { data, shape } = found
    header.push([name, { dtype: storedAs(data), shape, data_offsets: [end, (end += data.byteLength)] }])
    arrays.push(data)
  }
  const json = encoder.encode(JSON.stringify(Object.fromEntries(header)))
  // Spaces after the JSON let the numbers begin where arrays may lie.
  const length = Math.ceil(json.length / 8) * 8
  const bytes = allocated(op, 8 + length + end).fill(0x20, 8 + json.length, 8 + length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true)
  bytes.set(json, 8)
  arrays.reduce((at, { buffer, byteOffset, byteLength }) => {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at)
    return at + byteLength
  }, 8 + length)
  return bytes
}

const allocated = (op: string, size: number): Uint8Array<ArrayBuffer> => {
  try {
    return new Uint8Array(size)
  } catch {
    return fail('TooLarge', { op, expected: 'a size that memory has room for', actual: `${String(size)} bytes` })
  }
}

/** A tensor as the header describes it. */
interface Entry {
  readonly name: string
  readonly dtype: Stored
  readonly shape: Shape
  readonly start: number
  readonly end: number
}

const isCount = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0

/** Reads what the header says of one tensor, or says what is wrong with it. */
const entryOf = (name: string, said: unknown): E.Either<readonly [expected: string, actual: string], Entry> => {
  const bad = (expected: string, actual: unknown): E.Either<readonly [string, string], never> =>
    E.left([`${expected} of ${showValue(name)}`, showValue(actual)])
  if (!isRecord(said)) return bad('the record', said)
  const { dtype, shape, data_offsets: offsets } = said
  if (typeof dtype !== 'string' || !Object.hasOwn(storedTypes, dtype))
    return bad(`one of ${Object.keys(storedTypes).join(', ')} as dtype`, dtype)
  if (!Array.isArray(shape) || !shape.every(isCount)) return bad('the shape, counts,', shape)
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) return bad('two offsets', offsets)
  const [start = 0, end = 0] = offsets as readonly number[]
  const size = sizeOf(shape) * storedTypes[dtype as Stored]
  // An empty axis hides the others from the product.
  return end - start === size && shape.length <= 64
    ? E.right({ name, dtype: dtype as Stored, shape, start, end })
    : bad(`${String(size)} bytes for ${dtype} ${showShape(shape)}`, `${String(start)} to ${String(end)}`)
}

/** Reads the header: every byte of the content belongs to one tensor. */
const entriesIn = (
  file: string,
  header: Readonly<Record<string, unknown>>,
  content: number
): E.Either<FileIssue, readonly Entry[]> => {
  const issue = (expected: string, actual: string): E.Either<FileIssue, never> =>
    refused({ _tag: 'BadShape', file, offset: 8, expected, actual })
  const entries: Entry[] = []
  for (const [name, said] of Object.entries(header)) {
    if (name === metadataKey) continue
    const entry = entryOf(name, said)
    if (E.isLeft(entry)) return issue(...entry.left)
    entries.push(entry.right)
  }
  let end = 0
  for (const { name, start, end: next } of entries.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== end)
      return issue(`numbers of ${showValue(name)} from byte ${String(end)} on`, `byte ${String(start)}`)
    end = next
  }
  if (end > content)
    return refused({
      _tag: 'Truncated',
      file,
      offset: 8,
      expected: `${String(end)} bytes of numbers`,
      actual: `${String(content)} bytes`
    })
  if (end < content)
    return refused({
      _tag: 'TrailingBytes',
      file,
      offset: 8,
      expected: `${String(end)} bytes of numbers`,
      actual: `${String(content)} bytes`
    })
  return E.right(entries)
}

const metadataIn = (file: string, found: unknown): E.Either<FileIssue, Readonly<Record<string, string>>> =>
  found === undefined
    ? E.right({})
    : isRecord(found) && Object.values(found).every((value) => typeof value === 'string')
      ? E.right(found as Readonly<Record<string, string>>)
      : refused({ _tag: 'BadValue', file, offset: 8, expected: 'texts as metadata', actual: showValue(found) })

/** Reads the header's JSON, and where the numbers begin. */
const headerIn = (
  file: string,
  bytes: Uint8Array,
  limit: number
): E.Either<FileIssue, { readonly header: Readonly<Record<string, unknown>>; readonly start: number }> => {
  if (bytes.length < 8)
    return refused({
      _tag: 'Truncated',
      file,
      offset: bytes.length,
      expected: '8 bytes with the length of a header',
      actual: `${String(bytes.length)} bytes`
    })
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  const start = 8 + length
  if (length > longestHeader || bytes[8] !== 0x7b)
    return refused({
      _tag: 'BadMagic',
      file,
      offset: 0,
      expected: 'the length of a header, and the header',
      actual: `a length of ${String(length)}`
    })
  if (start > bytes.length)
    return refused({
      _tag: 'Truncated',
      file,
      offset: bytes.length,
      expected: `a header of ${String(length)} bytes`,
      actual: `${String(bytes.length - 8)} bytes`
    })
  if (bytes.length - start > limit)
    return refused({
      _tag: 'TooLarge',
      file,
      offset: start,
      expected: `at most ${String(limit)} bytes`,
      actual: `${String(bytes.length - start)} bytes`
    })
  return pipe(
    E.tryCatch(
      (): unknown => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start))),
      (): FileIssue => ({
        _tag: 'BadValue',
        file,
        offset: 8,
        expected: 'a header in JSON',
        actual: 'text that is none'
      })
    ),
    E.flatMap((header) =>
      isRecord(header)
        ? E.right({ header, start })
        : refused({ _tag: 'BadValue', file, offset: 8, expected: 'a record as header', actual: showValue(header) })
    )
  )
}

/**
 * Reads the bytes of a safetensors file. F32, I32 and BOOL keep their bits, F64 stays double; F16 and BF16 become float32,
 * other integers int32 where they fit. The file is taken for hostile: everything is checked before anything is allocated,
 * and beside the file's bytes memory holds the tensors and nothing else of their size. Issues: Truncated, BadMagic,
 * TooLarge, BadShape, TrailingBytes, BadValue, with offsets; BadOption.
 *
 * @see https://github.com/huggingface/safetensors, "Format"
 *
 * @example
 * import { readSafetensors, showFileIssue, E } from 'saddlepoint'
 * const found = readSafetensors(new Uint8Array([200, 0, 0, 0, 0, 0, 0, 0, 123]), { file: 'g.safetensors' })
 * E.isLeft(found) && showFileIssue(found.left)
 * // => 'g.safetensors, byte 9: expected a header of 200 bytes, got 1 bytes (Truncated)'
 */
export const readSafetensors = (
  bytes: Uint8Array,
  options: SafetensorsOptions = {},
  ...more: None
): E.Either<FileIssue, Safetensors> =>
  pipe(
    readFileOptions<SafetensorsOptions>(
      'readSafetensors',
      { file: 'safetensors', limit: 2 ** 31 - 1 },
      options,
      { file: text, limit: count },
      more
    ),
    E.flatMap(withBytes(bytes)),
    E.flatMap(({ file, limit }) =>
      pipe(
        headerIn(file, bytes, limit),
        E.flatMap(({ header, start }) =>
          pipe(
            entriesIn(file, header, bytes.length - start),
            E.flatMap((entries) => tensorsOf(file, bytes, start, entries)),
            E.bindTo('tensors'),
            E.bind('metadata', () =>
              metadataIn(file, Object.hasOwn(header, metadataKey) ? header[metadataKey] : undefined)
            )
          )
        )
      )
    )
  )

const tensorsOf = (
  file: string,
  bytes: Uint8Array,
  first: number,
  entries: readonly Entry[]
): E.Either<FileIssue, Readonly<Record<string, Tensor>>> => {
  const tensors: [string, Tensor][] = []
  for (const { name, dtype, shape, start, end } of entries) {
    const read = readNumbers(dtype, bytes.subarray(first + start, first + end))
    if (E.isLeft(read))
      return refused({
        _tag: 'BadValue',
        file,
        offset: first + start,
        expected: `${read.left.expected} in ${showValue(name)}`,
        actual: read.left.actual
      })
    const data = read.right
    const kind: DType = data instanceof Int32Array ? 'int32' : data instanceof Uint8Array ? 'bool' : 'float32'
    tensors.push([name, { shape, dtype: kind, data }])
  }
  return E.right(Object.fromEntries(tensors))
}
