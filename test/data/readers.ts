/** Everything that reads files, each with small files that are right: what the fuzz of all readers changes. */
import { zipSync } from 'fflate'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue, Tensor } from '../../src/index.ts'
import * as s from '../../src/index.ts'
import { sizeOf } from '../../src/tensor/shape.ts'
import { idxBytes } from './idxBytes.ts'
import { npyBytes } from './npyBytes.ts'
import { parquetBytes } from './parquetBytes.ts'
import { jpegBytes, plainPng, pngBytes } from './pictures/pictureBytes.ts'

/** The most bytes that a reader is told to hold. */
export const limit = 2 ** 24

export interface Reader {
  readonly sources: readonly Uint8Array[]
  /** Reads a file, for which a directory is at hand, and says what is unsound about what came, if anything. */
  readonly read: (bytes: Uint8Array, directory: string) => Promise<E.Either<FileIssue, readonly string[]>>
  /** How many times dearer a mutant is than one of the others. */
  readonly cost?: number
}

const unsound = ({
  shape,
  data
}: {
  readonly shape: readonly number[]
  readonly data: ArrayLike<unknown>
}): readonly string[] =>
  data.length === sizeOf(shape) ? [] : [`${String(data.length)} numbers of shape ${String(shape)}`]

const bytesReader = <A>(
  sources: readonly Uint8Array[],
  read: (bytes: Uint8Array) => E.Either<FileIssue, A>,
  check: (read: A) => readonly string[]
): Reader => ({ sources, read: (bytes) => Promise.resolve(pipe(read(bytes), E.map(check))) })

const tensors = (record: Readonly<Record<string, Tensor>>): readonly string[] => Object.values(record).flatMap(unsound)

/** The first minibatch of a data set: as many numbers as its shape says, finite, labels that are classes. */
const firstBatch = (set: s.Dataset): TE.TaskEither<FileIssue, readonly string[]> => {
  const { rows = 0, shape, classes } = set
  const batchSize = Math.min(rows, 3)
  return pipe(
    set.batches({ batchSize }).at(0),
    TE.map(({ real, labels }) => [
      ...unsound(real),
      ...(String(real.shape) === String([batchSize, ...shape]) ? [] : [`a minibatch of shape ${String(real.shape)}`]),
      ...(real.data.every(Number.isFinite) ? [] : ['numbers that are not finite']),
      ...(shape.length === 1 || real.data.every((x) => x >= -1 && x <= 1) ? [] : ['pixels outside [-1, 1]']),
      ...((labels === undefined) === (classes === undefined) ? [] : ['labels without classes']),
      ...(labels === undefined || labels.data.every((label) => label >= 0 && label < classes!.length)
        ? []
        : ['labels that are no classes'])
    ])
  )
}

/** Opens what was put into a directory: a file, or several. */
const opened = (
  sources: readonly Uint8Array[],
  place: (bytes: Uint8Array) => Readonly<Record<string, Uint8Array>>,
  cost?: number
): Reader => ({
  sources,
  ...(cost === undefined ? {} : { cost }),
  read: (bytes, directory) => {
    const files = Object.entries(place(bytes))
    for (const [name, content] of files) {
      mkdirSync(join(directory, name, '..'), { recursive: true })
      writeFileSync(join(directory, name), content)
    }
    const path = files.length === 1 ? join(directory, files[0]![0]) : directory
    return pipe(s.openDataset(path, { limit }), TE.flatMap(firstBatch))()
  }
})

const idxImages = idxBytes({ type: 'uint8', shape: [2, 3, 4], data: Uint8Array.from({ length: 24 }, (_, i) => i * 9) })
const idxLabels = idxBytes({ type: 'uint8', shape: [2], data: Uint8Array.of(1, 0) })
const idxSources = [
  idxImages,
  idxBytes({ type: 'uint8', shape: [2, 2, 2, 3], data: new Uint8Array(24) }),
  idxBytes({ type: 'uint8', shape: [6], data: Uint8Array.of(3, 1, 4, 1, 5, 9) }),
  idxBytes({ type: 'int32', shape: [2, 8], data: Int32Array.from({ length: 16 }, (_, i) => i) }),
  idxBytes({ type: 'int8', shape: [5], data: Int8Array.of(-1, 2, -3, 4, -5) }),
  idxBytes({ type: 'int16', shape: [3, 2], data: Int16Array.of(-1, 2, -3, 4, -5, 6) }),
  idxBytes({ type: 'float32', shape: [1, 2, 2], data: Float32Array.of(0, 0.5, 1, 0.25) }),
  idxBytes({ type: 'float64', shape: [1, 2, 2], data: Float64Array.of(0, 0.5, 1, 0.25) })
].flatMap((bytes) => [bytes, gzipSync(bytes), gzipSync(bytes, { level: 0 })])

const npySources = [
  npyBytes('<f4', [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)),
  npyBytes('|u1', [2, 2, 2], Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7)),
  npyBytes('>f8', [2, 2], Float64Array.of(1, 2, 3, 4), { fortran: true }),
  npyBytes('<i8', [3], BigInt64Array.of(1n, 2n, 3n), { version: 2 })
]
const [points, pixels, , numbers] = npySources as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
const npzSources = [
  zipSync({ 'x_train.npy': pixels, 'y_train.npy': npyBytes('<i8', [2], BigInt64Array.of(1n, 0n)) }),
  zipSync({ 'a.npy': points, 'b.npy': numbers }, { level: 0 })
]
const text = (content: string): Uint8Array => new TextEncoder().encode(content)
const csvSources = ['x,y\n1,2\n-3,4e1\n', '"a";"label"\n0.5;1\n2;0\n', '1\t2\n3\t4'].map(text)
const cifarSources = [
  Uint8Array.from({ length: 2 * 3073 }, (_, i) => (i % 3073 === 0 ? 7 : i % 256)),
  Uint8Array.from({ length: 3074 }, (_, i) => (i === 0 ? 19 : i === 1 ? 99 : i % 256))
]
const stlImages = Uint8Array.from({ length: 2 * 27648 }, (_, i) => i % 256)
const pictureSources = [
  plainPng(
    4,
    3,
    Array.from({ length: 12 }, (_, i) => i * 20)
  ),
  plainPng(
    4,
    3,
    Array.from({ length: 36 }, (_, i) => i * 7)
  ),
  pngBytes(
    { width: 4, height: 3, depth: 2, colour: 3, palette: [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0] },
    new Uint8Array(6)
  ),
  pngBytes({ width: 4, height: 3, depth: 16, colour: 6, interlaced: true }, new Uint8Array(104)),
  jpegBytes(4, 3, (x, y) => [x * 60, y * 80, 9])
]

/** By the name of a format that `openDataset` knows, or of the function. */
export const readers: Readonly<Record<string, Reader>> = {
  readIdx: bytesReader(idxSources, (bytes) => s.readIdx(bytes, { limit }), unsound),
  readNpy: bytesReader(npySources, (bytes) => s.readNpy(bytes, { limit }), unsound),
  readNpz: bytesReader(npzSources, (bytes) => s.readNpz(bytes, { limit }), tensors),
  readCifar: bytesReader(cifarSources, s.readCifar, ({ images, labels }) => [...unsound(images), ...unsound(labels)]),
  readCsv: bytesReader(
    csvSources,
    (bytes) => s.readCsv(new TextDecoder().decode(bytes)),
    ({ values }) => unsound(values)
  ),
  readSafetensors: bytesReader(
    [s.writeSafetensors({ a: s.tensor([1, 2]), b: s.tensor([[true]]), c: s.tensor([3], [1], 'int32') }, { note: 'x' })],
    (bytes) => s.readSafetensors(bytes, { limit }),
    (read) => tensors(read.tensors)
  ),
  readDigits: {
    sources: idxSources,
    read: (bytes, directory) => {
      writeFileSync(join(directory, 'images.idx'), bytes)
      writeFileSync(join(directory, 'labels.idx'), idxLabels)
      return pipe(
        s.readDigits(directory, { limit }),
        TE.map(({ images, labels }) => [...unsound(images), ...(labels === undefined ? [] : unsound(labels))])
      )()
    }
  },
  IDX: opened([...idxSources, idxLabels], (bytes) =>
    bytes.length < 14
      ? { 'images.idx': idxImages, 'labels.idx': bytes }
      : { 'images.idx': bytes, 'labels.idx': idxLabels }
  ),
  npy: opened(npySources, (bytes) => ({ 'a.npy': bytes })),
  npz: opened(npzSources, (bytes) => ({ 'a.npz': bytes })),
  CSV: opened(csvSources, (bytes) => ({ 'a.csv': bytes })),
  CIFAR: opened(cifarSources, (bytes) => ({ 'a.bin': bytes })),
  'STL-10': opened([stlImages, Uint8Array.of(1, 10)], (bytes) =>
    bytes.length < 1000
      ? { 'train_X.bin': stlImages, 'train_y.bin': bytes }
      : { 'train_X.bin': bytes, 'train_y.bin': Uint8Array.of(1, 10) }
  ),
  Parquet: opened(
    [
      parquetBytes(pictureSources.slice(0, 2), [0, 1], { names: ['a', 'b'] }),
      parquetBytes([pictureSources[0]!], [0], { codec: 'UNCOMPRESSED' })
    ],
    (bytes) => ({ 'a.parquet': bytes }),
    10
  ),
  'a folder of PNG and JPEG': opened(pictureSources, (bytes) => ({ 'a/1.png': bytes, 'b/1.png': pictureSources[1]! }))
}
