import * as E from '#fp-ts/Either'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Dataset, OpenOptions } from '../../src/index.ts'
import { openDataset, showFileIssue } from '../../src/index.ts'
import { idxBytes } from './idxBytes.ts'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { npyBytes } from './npyBytes.ts'
import { parquetBytes } from './parquetBytes.ts'
import { jpegBytes, plainPng } from './pictures/pictureBytes.ts'

let root = ''
let folder = ''
let counted = 0
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'datasets-'))
})
beforeEach(() => {
  folder = join(root, String(counted++))
  mkdirSync(folder)
})
afterAll(() => rmSync(root, { recursive: true }))

const write = (name: string, content: Uint8Array | string): string => {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

const open = async (path: string, options?: OpenOptions): Promise<Dataset> => {
  const opened = await openDataset(path, options)()
  if (E.isLeft(opened)) throw new Error(showFileIssue(opened.left))
  return opened.right
}

const refusal = async (path: string, options?: OpenOptions): Promise<string> => {
  const opened = await openDataset(path, options)()
  return E.isLeft(opened) ? showFileIssue(opened.left) : 'opened'
}

/** The number whose bytes, turned round, are those of x. */
const swapped = (x: number): number => {
  const view = new DataView(new ArrayBuffer(4))
  view.setFloat32(0, x)
  return view.getFloat32(0, true)
}

/** All rows of a data set, sorted, as [samples, labels]. */
const contents = async ({ rows = 0, shape, batches }: Dataset): Promise<readonly (readonly number[])[]> => {
  const read = await batches({ batchSize: rows }).at(0)()
  if (E.isLeft(read)) throw new Error(showFileIssue(read.left))
  const { real, labels } = read.right
  const width = shape.reduce((product, extent) => product * extent, 1)
  return Array.from({ length: rows }, (_, i) => [
    ...real.data.subarray(i * width, (i + 1) * width),
    ...(labels === undefined ? [] : [labels.data[i]!])
  ]).sort((a, b) => a[0]! - b[0]!)
}

describe('what is drawn', () => {
  it.each([
    ['ring', [2]],
    ['grid', [2]],
    ['swissroll', [2]],
    ['dirac', [1]],
    ['shapes', [1, 28, 28]]
  ])('%s is opened by its name', async (name, shape) => {
    const dataset = await open(name)
    expect([dataset.name, dataset.shape, dataset.rows]).toEqual([name, shape, undefined])
    expect(dataset.sample).toBeTypeOf('function')
  })

  it('shapes have the size and channels that are asked for', async () => {
    expect(await open('shapes', { size: 32, channels: 3 })).toMatchObject({ shape: [3, 32, 32] })
    expect(await refusal('shapes', { size: 4 })).toMatch(/8 to 256/)
  })

  it('a name that is nothing is answered with the nearest', async () => {
    expect(await refusal('shape')).toMatch(/one of shapes, ring, .* Did you mean shapes\?/)
    expect(await refusal('/nowhere/at/all')).toMatch(/Missing/)
  })
})

describe('IDX', () => {
  const images = idxBytes({ type: 'uint8', shape: [3, 1, 2], data: Uint8Array.of(255, 0, 0, 0, 127.5, 255) })
  const labels = idxBytes({ type: 'uint8', shape: [3], data: Uint8Array.of(1, 0, 2) })

  it('a folder is opened with its labels', async () => {
    write('train-images-idx3-ubyte.gz', gzipSync(images))
    write('train-labels-idx1-ubyte', labels)
    const set = await open(folder)
    expect(set).toMatchObject({ name: folder, shape: [1, 1, 2], rows: 3, classes: ['0', '1', '2'] })
    expect((await contents(set)).map((row) => row.at(-1))).toEqual([0, 2, 1])
    expect(await refusal(folder, { split: 'test' })).toMatch(/Missing/)
  })

  it('a file is opened with the labels beside it, whatever else lies there', async () => {
    write('train-images-idx3-ubyte', idxBytes({ type: 'uint8', shape: [1, 1, 1], data: Uint8Array.of(1) }))
    write('t10k-labels-idx1-ubyte', labels)
    const path = write('t10k-images-idx3-ubyte', images)
    expect(await open(path)).toMatchObject({ rows: 3, classes: ['0', '1', '2'] })
    const alone = await open(write('pictures.bin', images))
    expect([alone.rows, alone.classes]).toEqual([3, undefined])
  })
})

describe('tables and arrays', () => {
  it('CSV is points, and a column named label has labels', async () => {
    expect(await contents(await open(write('a.csv', 'x,y\n1,2\n-3,4\n')))).toEqual([
      [-3, 4],
      [1, 2]
    ])
    const labelled = await open(write('b.txt', 'x\tlabel\n5\t1\n7\t0\n'))
    expect([labelled.shape, labelled.classes, await contents(labelled)]).toEqual([[1], ['0', '1'], [[5, 1], [7, 0]]]) // prettier-ignore
    expect(await refusal(write('c.csv', 'x,label\n1,0.5\n'))).toMatch(/whole labels from 0 on in column label/)
  })

  it('npy is points or images by its axes', async () => {
    const points = await open(write('p.npy', npyBytes('<f8', [2, 2], Float64Array.of(1, 2, -30, 4))))
    expect([points.shape, await contents(points)]).toEqual([[2], [[-30, 4], [1, 2]]]) // prettier-ignore
    const images = await open(write('i.npy', npyBytes('<f4', [1, 2, 1, 3], Float32Array.of(0, 0.5, 1, 1, 0.5, 0))))
    expect([images.shape, await contents(images)]).toEqual([[3, 2, 1], [[-1, 1, 0, 0, 1, -1]]])
  })

  it('numbers outside are told with their byte, where they are read', async () => {
    const path = write('x.npy', npyBytes('<f4', [1, 1, 2], Float32Array.of(0, 300)))
    expect(await refusal(path)).toMatch(/BadValue.*range: \[0, 300\]/)
    const read = await (await open(path, { range: [0, 200] })).batches({ batchSize: 1 }).at(0)()
    expect(E.isLeft(read) && showFileIssue(read.left)).toMatch(/numbers from 0 to 200, got 300/)
    const bad = await (await open(write('nan.npy', npyBytes('<f4', [1, 2], Float32Array.of(1, NaN))))).batches({ batchSize: 1 }).at(0)() // prettier-ignore
    expect(E.isLeft(bad) && showFileIssue(bad.left)).toMatch(/finite numbers, got NaN/)
  })
})

describe('CIFAR', () => {
  const picture = (label: readonly number[], first: number): number[] => [
    ...label,
    first,
    ...Array<number>(3071).fill(0)
  ]

  it('a folder of CIFAR-10 is one set, its classes named', async () => {
    write('data_batch_1.bin', Uint8Array.from([...picture([7], 10), ...picture([3], 20)]))
    write('data_batch_2.bin', Uint8Array.from(picture([9], 30)))
    write('test_batch.bin', Uint8Array.from(picture([1], 40)))
    write('batches.meta.txt', 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n')
    const train = await open(folder)
    expect(train).toMatchObject({ shape: [3, 32, 32], rows: 3 })
    expect(train.classes?.[7]).toBe('h')
    expect((await contents(train)).map((row) => [Math.round((row[0]! + 1) * 127.5), row.at(-1)])).toEqual([[10, 7], [20, 3], [30, 9]]) // prettier-ignore
    expect(await open(folder, { split: 'test' })).toMatchObject({ rows: 1 })
    expect(await refusal(folder, { split: 'validation' })).toMatch(/Missing.*train, test/)
  })

  it('a file is recognised by its labels, of CIFAR-100 too', async () => {
    const fine = await open(write('train.bin', Uint8Array.from([...picture([19, 99], 5), ...picture([0, 3], 6)])))
    expect([fine.rows, fine.classes?.length, (await contents(fine)).map((row) => row.at(-1))]).toEqual([2, 100, [99, 3]]) // prettier-ignore
    expect(await refusal(write('x.bin', Uint8Array.from(picture([10], 5))))).toMatch(/of another kind/)
  })

  it('a label that is none is told with its byte', async () => {
    // The first 21 pictures are looked at when the file is recognised.
    const pictures = Array.from({ length: 23 }, (_, i) => picture([i === 22 ? 11 : 0], 1)).flat()
    expect(await refusal(write('many.bin', Uint8Array.from(pictures)))).toMatch(/byte 67606: expected a label below 10, got 11/) // prettier-ignore
  })
})

describe('STL-10', () => {
  // Red is the number of the column, and is stored column by column.
  const image = (brightness: number): number[] =>
    Array.from({ length: 3 * 96 * 96 }, (_, i) => (i < 9216 ? Math.floor(i / 96) : brightness))

  it('is upright, with labels from 0', async () => {
    write('train_X.bin', Uint8Array.from([...image(1), ...image(2)]))
    write('train_y.bin', Uint8Array.of(10, 1))
    write('unlabeled_X.bin', Uint8Array.from(image(3)))
    const train = await open(folder)
    expect(train).toMatchObject({ shape: [3, 96, 96], rows: 2 })
    const [first] = await contents(train)
    expect([0, 1, 95, 96].map((at) => Math.round((first![at]! + 1) * 127.5))).toEqual([0, 1, 95, 0])
    expect(new Set((await contents(train)).map((row) => row.at(-1)))).toEqual(new Set([9, 0]))
    expect(await open(folder, { split: 'unlabeled' })).not.toHaveProperty('classes')
    expect(await open(join(folder, 'train_X.bin'))).toMatchObject({ rows: 2 })
    write('train_y.bin', Uint8Array.of(11, 1))
    expect(await refusal(folder)).toMatch(/byte 0: expected labels from 1 to 10, got 11/)
    write('train_X.bin', Uint8Array.from([...image(1), 5]))
    expect(await refusal(folder)).toMatch(/byte 27648: expected 27648 bytes.*TrailingBytes/)
  })
})

describe('npz', () => {
  const pictures = npyBytes('|u1', [2, 1, 2], Uint8Array.of(0, 255, 255, 0))
  const labels = npyBytes('<i8', [2], BigInt64Array.of(1n, 0n))

  it('has samples and labels by split', async () => {
    const other = npyBytes('|u1', [1, 1, 2], Uint8Array.of(1, 2))
    const path = write('mnist.npz', zipSync({ 'x_test.npy': other, 'x_train.npy': pictures, 'y_train.npy': labels }))
    const set = await open(path)
    expect([set.shape, set.classes, await contents(set)]).toEqual([[1, 1, 2], ['0', '1'], [[-1, 1, 1], [1, -1, 0]]]) // prettier-ignore
    expect(await open(path, { split: 'test' })).toMatchObject({ rows: 1 })
    expect(await refusal(path, { split: 'validation' })).toMatch(/x_test int32\[1, 1, 2\].*Missing/)
  })
})

describe('a folder of pictures', () => {
  const gray = (level: number): Uint8Array => plainPng(2, 1, [level, 255])

  it('has the names of its folders as classes', async () => {
    write('dog/1.png', gray(20))
    write('cat/1.PNG', gray(10))
    write('cat/2.png', gray(30))
    write('notes.txt', 'x')
    const set = await open(folder)
    expect(set).toMatchObject({ shape: [1, 1, 2], rows: 3, classes: ['cat', 'dog'] })
    expect((await contents(set)).map((row) => [Math.round((row[0]! + 1) * 127.5), row[2]])).toEqual([[10, 0], [20, 1], [30, 0]]) // prettier-ignore
  })

  it('may be split in folders, or have no classes', async () => {
    for (const [i, path] of ['train/a', 'train/b', 'train/b', 'val/a', 'val/b'].entries())
      write(`${path}/${String(i)}.png`, gray(i))
    expect(await open(folder)).toMatchObject({ rows: 3, classes: ['a', 'b'] })
    expect(await open(folder, { split: 'validation' })).toMatchObject({ rows: 2, classes: ['a', 'b'] })
    expect(await refusal(folder, { split: 'test' })).toMatch(/Missing.*There may be train, validation/)
    expect(await open(join(folder, 'train', 'b'))).not.toHaveProperty('classes')
  })

  it('is scaled, cut and coloured as asked for', async () => {
    write(
      'a.jpg',
      jpegBytes(16, 8, (x) => (x < 4 || x >= 12 ? [0, 0, 255] : [255, 255, 255]))
    )
    write('b.png', plainPng(4, 4, Array<number>(16).fill(0)))
    const set = await open(folder, { size: 4 })
    expect(set.shape).toEqual([3, 4, 4])
    const [black, white] = await contents(set)
    expect(black!.every((x) => x === -1)).toBe(true)
    expect(Math.min(...white!)).toBeGreaterThan(0.7)
    expect(await open(folder, { size: 2, channels: 1 })).toMatchObject({ shape: [1, 2, 2] })
    const read = await (await open(folder)).batches({ batchSize: 2 }).at(0)()
    expect(E.isLeft(read) && showFileIssue(read.left)).toMatch(
      /b\.png: expected 16 x 8 pixels, .* got 4 x 4 .*size: 64/
    )
  })

  it('tells which file is broken', async () => {
    write('a.png', gray(1))
    write('b.png', gray(1).subarray(0, 50))
    const read = await (await open(folder)).batches({ batchSize: 2 }).at(0)()
    expect(E.isLeft(read) && showFileIssue(read.left)).toMatch(/b\.png, byte 50: .*Truncated/)
    write(
      'c.png',
      jpegBytes(2, 1, () => [1, 2, 3])
    )
    expect(await refusal(join(folder, 'c.png'))).toMatch(/of another kind/)
  })
})

describe('Parquet', () => {
  const pictures = [10, 20, 30].map((level) => plainPng(2, 1, [level, 255]))

  it('has pictures, labels and the names of classes', async () => {
    const path = write(
      'a.parquet',
      parquetBytes(pictures, [1, 0, 1], { names: ['cat', 'dog', 'fox'], rowGroupSize: 2 })
    )
    const set = await open(path)
    expect(set).toMatchObject({ shape: [1, 1, 2], rows: 3, classes: ['cat', 'dog', 'fox'] })
    expect((await contents(set)).map((row) => [Math.round((row[0]! + 1) * 127.5), row[2]])).toEqual([[10, 1], [20, 0], [30, 1]]) // prettier-ignore
  })

  it('is read in several files, by split, whatever its pages are compressed by', async () => {
    const store = (i: number, codec: 'UNCOMPRESSED' | 'SNAPPY' | 'GZIP'): Uint8Array =>
      parquetBytes([pictures[i]!], [i], { codec, compressors: { GZIP: (bytes: Uint8Array) => gzipSync(bytes) } })
    write('data/train-00000-of-00002.parquet', store(0, 'UNCOMPRESSED'))
    write('data/train-00001-of-00002.parquet', store(1, 'GZIP'))
    write('data/test-00000-of-00001.parquet', store(2, 'SNAPPY'))
    expect((await contents(await open(folder))).map((row) => row[2])).toEqual([0, 1])
    expect((await contents(await open(folder, { split: 'test' }))).map((row) => row[2])).toEqual([2])
    expect(await refusal(folder, { split: 'validation' })).toMatch(/There may be test, train/)
  })

  it('that is too large, cut, or of another kind is refused', async () => {
    const bytes = parquetBytes(pictures, [1, 0, 1])
    const path = write('a.parquet', bytes)
    expect(await refusal(path, { limit: 300 })).toMatch(/TooLarge/)
    expect(await refusal(write('cut.parquet', bytes.subarray(0, -9)))).toMatch(/footer/)
    const table = parquetWriteBuffer({ columnData: [{ name: 'age', data: [25, 30], type: 'INT32' }] })
    expect(await refusal(write('table.parquet', new Uint8Array(table)))).toMatch(/a column of pictures: .*, got age/)
    const read = await (await open(write('b.parquet', parquetBytes([pictures[0]!, Uint8Array.of(1)], [0, 0])))).batches({ batchSize: 2 }).at(0)() // prettier-ignore
    expect(E.isLeft(read) && showFileIssue(read.left)).toMatch(/b\.parquet \(row 1\), byte 0: expected a PNG or JPEG/)
  })
})

describe('a file that is larger than what is held', () => {
  it('gives the same minibatches, read from the file', async () => {
    const data = Uint8Array.from({ length: 60 }, (_, i) => (i * 37) % 256)
    const files = [
      write('images.idx', idxBytes({ type: 'uint8', shape: [10, 2, 3], data })),
      write(
        'images.npy',
        npyBytes(
          '>f4',
          [10, 6],
          Float32Array.from(data).map((x) => swapped(x))
        )
      ),
      write('ints.idx', idxBytes({ type: 'int16', shape: [10, 6], data: Int16Array.from(data) }))
    ]
    for (const file of files) {
      const [held, streamed] = [await open(file), await open(file, { limit: 1 })]
      for (const step of [0, 1, 5])
        expect(await streamed.batches({ batchSize: 4, seed: 3 }).at(step)()).toEqual(
          await held.batches({ batchSize: 4, seed: 3 }).at(step)()
        )
    }
    expect(await contents(await open(files[1]!))).toEqual(await contents(await open(files[2]!)))
  })

  it('that became shorter is told', async () => {
    const path = write('images.idx', idxBytes({ type: 'uint8', shape: [10, 2, 3], data: new Uint8Array(60) }))
    const set = await open(path, { limit: 1 })
    writeFileSync(path, new Uint8Array(30))
    const read = await set.batches({ batchSize: 10 }).at(0)()
    expect(E.isLeft(read) && showFileIssue(read.left)).toMatch(/Truncated.*shorter since it was opened/)
  })
})

it('what is no data is refused with its kind', async () => {
  expect(await refusal(write('a.bin', Uint8Array.of(1, 2, 3)))).toMatch(/byte 0: expected data as .*a file of 3 bytes/)
  expect(await refusal(folder + '/none')).toMatch(/Missing/)
  mkdirSync(join(folder, 'empty'))
  expect(await refusal(join(folder, 'empty'))).toMatch(/a folder of no files/)
  expect(await refusal('shapes', { sze: 3 } as never)).toMatch(/Did you mean size\?/)
})
