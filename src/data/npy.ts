import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import { withBytes } from '../io/bytes.ts'
import type { FileIssue } from '../io/fileIssue.ts'
import { readFileOptions } from '../io/fileIssue.ts'
import type { Stored } from '../io/storedNumbers.ts'
import { readNumbers, reversed, storedTypes } from '../io/storedNumbers.ts'
import { transpose } from '../ops/shaping.ts'
import type { None } from '../tensor/arguments.ts'
import type { Data, DType } from '../tensor/dtype.ts'
import { count, text } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'
import type { Shape } from '../tensor/shape.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'

export interface NpyOptions {
  /** How messages name the file. */
  readonly file?: string
  /** The most bytes of numbers that are accepted, 2^31 - 1 by default. */
  readonly limit?: number
}

/** What the header of an npy file says. */
export interface NpyHeader {
  readonly type: Stored
  readonly isBigEndian: boolean
  /** Whether the first axis changes fastest, as in Fortran. */
  readonly isFortran: boolean
  readonly shape: Shape
  /** Where the numbers begin. */
  readonly start: number
  /** Bytes of header and numbers together. */
  readonly total: number
}

/** The longest header that is looked at: numpy's own are below 1 KiB. */
export const longestHeader = 65_536
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

const kinds: Readonly<Record<string, Stored>> = {
  b1: 'BOOL',
  u1: 'U8',
  i1: 'I8',
  u2: 'U16',
  i2: 'I16',
  u4: 'U32',
  i4: 'I32',
  u8: 'U64',
  i8: 'I64',
  f2: 'F16',
  f4: 'F32',
  f8: 'F64'
}

/** The one form in which numpy writes its dictionary; keys may come in any order. */
const field = {
  descr: /'descr'\s*:\s*('[^']*'|\[)/,
  order: /'fortran_order'\s*:\s*(True|False)/,
  shape: /'shape'\s*:\s*\(([\d,\sL]*)\)/
}

/** Reads the header of an npy file from its first bytes. */
export const readNpyHeader = (file: string, bytes: Uint8Array, limit: number): E.Either<FileIssue, NpyHeader> => {
  const issue = (_tag: FileIssue['_tag'], offset: number, expected: string, actual: string, hint?: string) =>
    E.left<FileIssue>({ _tag, file, offset, expected, actual, ...(hint === undefined ? {} : { hint }) })
  if (bytes.length < 12)
    return issue('Truncated', bytes.length, 'a header of 12 bytes or more', `${String(bytes.length)} bytes`)
  if (magic.some((byte, i) => bytes[i] !== byte)) return issue('BadMagic', 0, '93 and NUMPY', 'something else')
  const version = bytes[6]!
  if (version < 1 || version > 3) return issue('BadMagic', 6, 'version 1, 2 or 3', String(version))
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  const before = version === 1 ? 10 : 12
  const start = before + length
  if (start > longestHeader)
    return issue('TooLarge', 8, `a header of at most ${String(longestHeader)} bytes`, String(length))
  if (start > bytes.length)
    return issue(
      'Truncated',
      bytes.length,
      `a header of ${String(length)} bytes`,
      `${String(bytes.length - before)} bytes`
    )
  const header = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(before, start))
  const [descr, order, said] = [field.descr, field.order, field.shape].map((pattern) => pattern.exec(header)?.[1])
  if (descr === undefined || order === undefined || said === undefined)
    return issue('BadValue', before, 'descr, fortran_order and shape', showValue(header.trim()))
  const [, endian, kind] = /^'([<>|=])([a-zA-Z]\d*)'$/.exec(descr) ?? []
  const type = kind !== undefined && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
  if (endian === undefined || type === undefined)
    return issue(
      'BadType',
      before,
      `numbers: ${Object.keys(kinds).join(', ')}`,
      descr === '[' ? 'records' : descr,
      kind === 'O' ? 'Objects are code (pickle), which is never run: save numbers' : 'a.astype(np.float32), say'
    )
  const shape = said
    .split(',')
    .flatMap((extent) => (extent.trim() === '' ? [] : [Number(extent.trim().replace(/L$/, ''))]))
  if (!shape.every(Number.isSafeInteger) || shape.length > 32) return issue('BadShape', before, 'extents', said)
  // An empty axis must not hide extents that nobody wrote in good faith.
  const most = shape.reduce((product, extent) => product * Math.max(extent, 1), storedTypes[type])
  if (most > limit)
    return issue('TooLarge', before, `at most ${String(limit)} bytes`, `the shape (${said}) of ${descr}`)
  const total = start + sizeOf(shape) * storedTypes[type]
  return E.right({ type, isBigEndian: endian === '>', isFortran: order === 'True', shape, start, total })
}

/** Double precision is what numpy computes in unless it is told, and more than training uses. */
const asTensor = (data: Data, shape: Shape): Tensor => {
  const dtype: DType = data instanceof Int32Array ? 'int32' : data instanceof Uint8Array ? 'bool' : 'float32'
  return { shape, dtype, data: data instanceof Float64Array ? Float32Array.from(data) : data }
}

/** Reads the numbers behind a header; `bytes` is the whole file. */
export const npyTensor = (file: string, bytes: Uint8Array, header: NpyHeader): E.Either<FileIssue, Tensor> => {
  const { type, isBigEndian, isFortran, shape, start, total } = header
  const expected = `${String(total)} bytes by its header`
  const actual = `${String(bytes.length)} bytes`
  if (bytes.length < total) return E.left({ _tag: 'Truncated', file, offset: bytes.length, expected, actual })
  if (bytes.length > total) return E.left({ _tag: 'TrailingBytes', file, offset: total, expected, actual })
  const numbers = bytes.subarray(start)
  return pipe(
    readNumbers(type, isBigEndian ? reversed(numbers, storedTypes[type]) : numbers),
    E.bimap(
      (misfit): FileIssue => ({ _tag: 'BadValue', file, offset: start, ...misfit }),
      (data) => (isFortran ? transpose(asTensor(data, shape.toReversed())) : asTensor(data, shape))
    )
  )
}

/**
 * Reads an array from the bytes of an npy file: floats of any width as float32, integers as int32 where they fit, bool as
 * bool; of either byte order, in C's order or Fortran's. Objects are refused, since reading them would run code. The file
 * is taken for hostile: sizes are checked before anything is allocated. Issues: Truncated, BadMagic, BadType, BadShape,
 * BadValue, TooLarge, TrailingBytes, with offsets; BadOption.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @example
 * import { readNpy, E } from 'saddlepoint'
 * const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 3), }\n"
 * const bytes = new Uint8Array([0x93, ...new TextEncoder().encode('NUMPY\u0001\u0000'), header.length, 0, ...new TextEncoder().encode(header), 7, 8, 9])
 * const read = readNpy(bytes)
 * E.isRight(read) && read.right.shape // => [1, 3]
 * E.isRight(read) && read.right.data // => [7, 8, 9]
 */
export const readNpy = (bytes: Uint8Array, options: NpyOptions = {}, ...more: None): E.Either<FileIssue, Tensor> =>
  pipe(
    npyOptions('readNpy', 'npy', bytes, options, more),
    E.flatMap(({ file, limit }) =>
      pipe(
        readNpyHeader(file, bytes, limit),
        E.flatMap((header) => npyTensor(file, bytes, header))
      )
    )
  )

/** Reads the options of a reader of numpy's files, and checks that there are bytes. */
export const npyOptions = (
  op: string,
  name: string,
  bytes: Uint8Array,
  options: NpyOptions,
  more: readonly unknown[]
): E.Either<FileIssue, Required<NpyOptions>> =>
  pipe(
    readFileOptions<NpyOptions>(op, { file: name, limit: 2 ** 31 - 1 }, options, { file: text, limit: count }, more),
    E.flatMap(withBytes(bytes))
  )
