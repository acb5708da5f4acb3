import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { FileIssue } from '../io/fileIssue.ts'
import type { None } from '../tensor/arguments.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { NpyOptions } from './npy.ts'
import { longestHeader, npyOptions, npyTensor, readNpyHeader } from './npy.ts'
import type { Entry } from './zip.ts'
import { entryContent, entryHead, readZip } from './zip.ts'

const arrayOf = (file: string, bytes: Uint8Array, entry: Entry, limit: number): E.Either<FileIssue, Tensor> => {
  const name = `${file} (${entry.name})`
  return pipe(
    entryHead(name, bytes, entry, Math.min(entry.size, longestHeader)),
    E.flatMap((head) => readNpyHeader(name, head, limit)),
    E.bindTo('header'),
    E.bind('content', ({ header }) => entryContent(name, bytes, entry, header.total)),
    E.flatMap(({ header, content }) => npyTensor(name, content, header))
  )
}

/**
 * Reads the arrays of an npz file, stored or compressed, by their names, as `readNpy` reads each. The limit is of all
 * arrays together. Issues are those of `readNpy`, and BadCompression.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.savez.html
 *
 * @example
 * import { readNpz, E } from 'saddlepoint'
 * const read = readNpz(new Uint8Array(10), { file: 'data.npz' })
 * E.isLeft(read) && read.left.expected // => "a zip archive's directory at the end"
 */
export const readNpz = (
  bytes: Uint8Array,
  options: NpyOptions = {},
  ...more: None
): E.Either<FileIssue, Readonly<Record<string, Tensor>>> =>
  pipe(
    npyOptions('readNpz', 'npz', bytes, options, more),
    E.bindTo('all'),
    E.bind('entries', ({ all: { file } }) => readZip(file, bytes)),
    E.flatMap(({ all: { file, limit }, entries }) => {
      const arrays: [string, Tensor][] = []
      let left = limit
      for (const entry of entries) {
        const read = arrayOf(file, bytes, entry, left)
        if (E.isLeft(read)) return read
        left -= read.right.data.byteLength
        arrays.push([entry.name.replace(/\.npy$/, ''), read.right])
      }
      return E.right(Object.fromEntries(arrays))
    })
  )
