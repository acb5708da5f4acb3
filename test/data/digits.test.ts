import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import type { Digits, DigitsOptions } from '../../src/data/digits.ts'
import { readDigits } from '../../src/data/digits.ts'
import type { Idx } from '../../src/data/idx.ts'
import type { FileIssue } from '../../src/io/fileIssue.ts'
import { idxBytes } from './idxBytes.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'digits-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const images = idxBytes({ type: 'uint8', shape: [2, 1, 2], data: Uint8Array.of(0, 255, 51, 204) })
const labels = idxBytes({ type: 'uint8', shape: [2], data: Uint8Array.of(7, 3) })

/** Writes files below the directory, gzipped where the name says so. */
const put = (...files: readonly (readonly [name: string, bytes: Uint8Array])[]): void => {
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), name.endsWith('.gz') ? gzipSync(bytes) : bytes)
  }
}

const read = async (options?: DigitsOptions): Promise<Digits> => {
  const found = await readDigits(directory, options)()
  if (E.isLeft(found)) throw new Error(JSON.stringify(found.left))
  return found.right
}
const refused = async (options?: DigitsOptions): Promise<FileIssue> => {
  const found = await readDigits(directory, options)()
  if (E.isRight(found)) throw new Error(`read ${found.right.files.join(', ')}`)
  return found.left
}

describe('readDigits', () => {
  it('reads images in [-1, 1] and labels', async () => {
    put(['train-images-idx3-ubyte', images], ['train-labels-idx1-ubyte.gz', labels])
    expect(await read()).toEqual({
      images: { shape: [2, 1, 1, 2], dtype: 'float32', data: Float32Array.of(-1, 1, -0.6, 0.6) },
      labels: { shape: [2], dtype: 'int32', data: Int32Array.of(7, 3) },
      range: [0, 255],
      files: ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte.gz']
    })
  })

  it('says what is missing', async () => {
    expect(await readDigits(join(directory, 'none'))()).toMatchObject({ left: { _tag: 'Missing' } })
    expect(await refused()).toMatchObject({ _tag: 'Missing', actual: 'an empty directory' })
    put(['t10k-images-idx3-ubyte', images])
    expect(await refused({ split: 'train' })).toMatchObject({ _tag: 'Missing', actual: 't10k-images-idx3-ubyte' })
    expect(await refused({ labels: true })).toMatchObject({
      _tag: 'Missing',
      expected: 'a file such as t10k-labels-idx1-ubyte'
    })
  })

  it('refuses labels that do not match, and arrays of another rank', async () => {
    put(
      ['train-images-idx3-ubyte', images],
      ['train-labels-idx1-ubyte', idxBytes({ type: 'uint8', shape: [3], data: Uint8Array.of(1, 2, 3) })]
    )
    expect(await refused()).toMatchObject({
      _tag: 'BadShape',
      file: `${directory}/train-labels-idx1-ubyte`,
      actual: '3'
    })
    put(['train-images-idx3-ubyte', labels])
    expect(await refused()).toMatchObject({ _tag: 'BadShape', actual: 'uint8 of shape [2]' })
  })

  it('refuses a file above the limit, and one larger than its header announces without reading it', async () => {
    put(['train-images-idx3-ubyte', images])
    expect(await refused({ limit: 3 })).toMatchObject({ _tag: 'TooLarge' })
    put(['train-images-idx3-ubyte', Uint8Array.of(...images, ...new Array<number>(100).fill(0))])
    expect(await refused()).toMatchObject({ _tag: 'TrailingBytes', offset: 20, actual: '120 bytes' })
    writeFileSync(join(directory, 'train-images-idx3-ubyte'), Buffer.concat([gzipSync(images), Buffer.alloc(2 ** 17)]))
    expect(await refused()).toMatchObject({ _tag: 'TrailingBytes' })
  })

  it.each<readonly [string, unknown, Partial<FileIssue>]>([
    ['a split that is none', { split: 'valid' }, { expected: "one of 'train', 'test', or nothing as split", actual: '"valid"' }],
    ['a misspelt option', { splitt: 'test' }, { hint: 'Did you mean split?' }],
    ['an option of another type', { labels: 'yes' }, { expected: 'true or false, or nothing as labels' }],
    ['a range that is none', { range: [1, 0] }, { actual: '[1, 0]' }],
    ['no record', 'test', { _tag: 'BadOption' }],
    ['null', null, { _tag: 'BadOption' }]
  ])('refuses %s', async (_, options, issue) => {
    put(['train-images-idx3-ubyte', images])
    expect(await refused(options as DigitsOptions)).toMatchObject({ _tag: 'BadOption', ...issue })
  }) // prettier-ignore

  it.each([undefined, null, 7, {}])('refuses %j as a directory', async (given) => {
    expect(await readDigits(given as never)()).toMatchObject({ left: { _tag: 'BadOption' } })
  })
})

describe('layouts', () => {
  const dashed = 'train-images-idx3-ubyte'
  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['as published', [`${dashed}.gz`, 'train-labels-idx1-ubyte.gz', 't10k-images-idx3-ubyte.gz'], [`${dashed}.gz`, 'train-labels-idx1-ubyte.gz']],
    ["Kaggle's: folders beside files of nearly their names", [`${dashed}/${dashed}`, 'train-images.idx3-ubyte', 'train-labels-idx1-ubyte/train-labels-idx1-ubyte', 'train-labels.idx1-ubyte'], ['train-images.idx3-ubyte', 'train-labels.idx1-ubyte']],
    ["Kaggle's, the folders alone", [`${dashed}/${dashed}`, 'train-labels-idx1-ubyte/train-labels-idx1-ubyte'], [`${dashed}/${dashed}`, 'train-labels-idx1-ubyte/train-labels-idx1-ubyte']],
    ['dots for one, dashes for the other', ['train-images.idx3-ubyte', 'train-labels-idx1-ubyte'], ['train-images.idx3-ubyte', 'train-labels-idx1-ubyte']],
    ['dashes for one, dots for the other, one in a folder', [`${dashed}/train-images.idx3-ubyte.gz`, 'train-labels.idx1-ubyte'], [`${dashed}/train-images.idx3-ubyte.gz`, 'train-labels.idx1-ubyte']],
    ['plain and compressed', [dashed, `${dashed}.gz`, 'train-labels-idx1-ubyte.gz', 'train-labels-idx1-ubyte'], [dashed, 'train-labels-idx1-ubyte']],
    ['the test alone', ['t10k-images.idx3-ubyte.gz', 't10k-labels.idx1-ubyte'], ['t10k-images.idx3-ubyte.gz', 't10k-labels.idx1-ubyte']],
    ["one's own", ['my-images', 'my-labels'], ['my-images', 'my-labels']],
    ["one's own, by type", ['images.idx', 'labels.idx.gz'], ['images.idx', 'labels.idx.gz']],
    ['labels of the other split', [dashed, 't10k-labels-idx1-ubyte', 't10k-labels.csv'], [dashed]],
    ['no labels', [dashed, 'readme.txt', 'folder/train-labels-idx1-ubyte'], [dashed]]
  ])('%s', async (_, names, expected) => {
    put(...names.map((name) => [name, name.includes('images') ? images : labels] as const))
    const { files, labels: found } = await read()
    expect(files).toEqual(expected)
    expect(found?.data).toEqual(expected.length === 2 ? Int32Array.of(7, 3) : undefined)
    expect((await read({ labels: false })).files).toEqual(expected.slice(0, 1))
  }) // prettier-ignore

  it('a link counts as what it leads to', async () => {
    put(['elsewhere', images], ['folder/train-labels-idx1-ubyte', labels])
    symlinkSync(join(directory, 'elsewhere'), join(directory, dashed))
    symlinkSync(join(directory, 'folder'), join(directory, 'train-labels-idx1-ubyte'))
    symlinkSync(join(directory, 'nowhere'), join(directory, 't10k-images-idx3-ubyte'))
    expect((await read()).files).toEqual([dashed, 'train-labels-idx1-ubyte/train-labels-idx1-ubyte'])
  })

  it.each(['train-labels.csv', 'train-labels-idx1-ubyte.xz', 'labels.json', 'mnist-train-labels-idx1-ubyte'])(
    'does not pass over labels in %s',
    async (name) => {
      put([dashed, images], [name, labels])
      expect(await refused()).toMatchObject({
        _tag: 'BadOption',
        file: `${directory}/${name}`,
        expected: 'labels in a file such as train-labels-idx1-ubyte'
      })
      expect((await read({ labels: false })).files).toEqual([dashed])
    }
  )

  it('QMNIST: labels are the first of eight columns', async () => {
    const rows = Int32Array.of(5, 0, 100, 7, 53, 42, 0, 0, 9, 4, 101, 3, 57, 43, 0, 0)
    put(
      ['qmnist-test-images-idx3-ubyte.gz', images],
      ['qmnist-test-labels-idx2-int.gz', idxBytes({ type: 'int32', shape: [2, 8], data: rows })]
    )
    expect((await read({ split: 'test' })).labels).toEqual({ shape: [2], dtype: 'int32', data: Int32Array.of(5, 9) })
    put(['qmnist-test-labels-idx2-int.gz', idxBytes({ type: 'uint8', shape: [2, 8], data: new Uint8Array(16) })])
    expect(await refused()).toMatchObject({ _tag: 'BadShape', actual: 'uint8 of shape [2, 8]' })
  })

  describe('EMNIST', () => {
    const upright = idxBytes({ type: 'uint8', shape: [1, 2, 3], data: Uint8Array.of(0, 51, 102, 153, 204, 255) })
    const one = (label: number): Uint8Array => idxBytes({ type: 'uint8', shape: [1], data: Uint8Array.of(label) })
    const putEmnist = (...sets: readonly string[]): void => {
      for (const set of sets)
        put(
          [`emnist-${set}-train-images-idx3-ubyte.gz`, upright],
          [`emnist-${set}-train-labels-idx1-ubyte.gz`, one(26)],
          [`emnist-${set}-mapping.txt`, one(0)]
        )
    }

    it('asks for the set, by name or by the end of it', async () => {
      putEmnist('balanced', 'letters')
      expect(await refused()).toMatchObject({
        _tag: 'BadOption',
        expected: "a choice among the sets 'emnist-balanced', 'emnist-letters'",
        hint: "{ set: 'balanced' }"
      })
      expect(await refused({ set: 'leters' })).toMatchObject({ hint: "Did you mean 'letters'?" })
      for (const set of ['letters', 'emnist-letters'])
        expect((await read({ set })).files[0]).toBe('emnist-letters-train-images-idx3-ubyte.gz')
      expect(await refused({ set: 'letters', split: 'test' })).toMatchObject({ _tag: 'Missing' })
    })

    it('turns pictures upright, unless told that they are', async () => {
      putEmnist('digits')
      const turned = (await read()).images
      expect(turned.shape).toEqual([1, 1, 3, 2])
      expect([...turned.data].map((x) => Math.round((x + 1) * 127.5))).toEqual([0, 153, 51, 204, 102, 255])
      const { images: left } = await read({ transposed: false })
      expect(left.shape).toEqual([1, 1, 2, 3])
      put(['emnist-digits-train-labels-idx1-ubyte.gz', one(3)], ['plain/train-images', upright])
      expect(await readDigits(join(directory, 'plain'), { transposed: true })()).toMatchObject({
        right: { images: turned }
      })
    })

    it('letters begin at 1, the others at 0', async () => {
      putEmnist('letters', 'balanced')
      expect((await read({ set: 'letters' })).labels?.data).toEqual(Int32Array.of(25))
      expect((await read({ set: 'balanced' })).labels?.data).toEqual(Int32Array.of(26))
      expect((await read({ set: 'balanced', firstLabel: 20 })).labels?.data).toEqual(Int32Array.of(6))
      put(['emnist-letters-train-labels-idx1-ubyte.gz', one(0)])
      expect(await refused({ set: 'letters' })).toMatchObject({ _tag: 'BadValue', offset: 8, actual: '0' })
    })
  })
})

describe('arrays', () => {
  const name = 'train-images-idx3-ubyte'
  const write = (idx: Idx): void => put([name, idxBytes(idx)])

  it('in colour, channels last or first', async () => {
    const data = Uint8Array.from({ length: 2 * 2 * 5 * 3 }, (_, i) => i)
    write({ type: 'uint8', shape: [2, 2, 5, 3], data })
    const last = (await read()).images
    expect(last.shape).toEqual([2, 3, 2, 5])
    const byte = (x: number): number => Math.round((x + 1) * 127.5)
    // Image 1, channel 2, row 1, column 3.
    expect(byte(last.data[((1 * 3 + 2) * 2 + 1) * 5 + 3]!)).toBe(((1 * 2 + 1) * 5 + 3) * 3 + 2)
    write({ type: 'uint8', shape: [2, 3, 2, 5], data })
    const first = (await read()).images
    expect(first.shape).toEqual([2, 3, 2, 5])
    expect([...first.data].map(byte)).toEqual([...data])
    expect((await read({ transposed: true })).images.shape).toEqual([2, 3, 5, 2])
  })

  it('of four axes that tell nothing need to be told', async () => {
    write({ type: 'uint8', shape: [1, 3, 5, 3], data: new Uint8Array(45) })
    expect(await refused()).toMatchObject({ _tag: 'BadShape', hint: "Say which: { channels: 'last' }" })
    expect((await read({ channels: 'first' })).images.shape).toEqual([1, 3, 5, 3])
    expect((await read({ channels: 'last' })).images.shape).toEqual([1, 3, 3, 5])
    write({ type: 'uint8', shape: [1, 5, 5, 2], data: new Uint8Array(50) })
    expect(await refused()).toMatchObject({ _tag: 'BadShape' })
    expect((await read({ channels: 'last' })).images.shape).toEqual([1, 2, 5, 5])
  })

  it.each<readonly [string, Idx['type'], Idx['data'], readonly number[], readonly [number, number]]>([
    ['bytes', 'uint8', Uint8Array.of(0, 255), [-1, 1], [0, 255]],
    ['bits in bytes', 'uint8', Uint8Array.of(0, 1), [-1, 1 / 127.5 - 1], [0, 255]],
    ['signed bytes', 'int8', Int8Array.of(-128, 127), [-1, 1], [-128, 127]],
    ['bytes in int16', 'int16', Int16Array.of(51, 204), [-0.6, 0.6], [0, 255]],
    ['bytes in int32', 'int32', Int32Array.of(0, 255), [-1, 1], [0, 255]],
    ['floats from 0 to 1', 'float32', Float32Array.of(0.25, 1), [-0.5, 1], [0, 1]],
    ['floats from -1 to 1', 'float32', Float32Array.of(-0.5, 0.75), [-0.5, 0.75], [-1, 1]],
    ['doubles', 'float64', Float64Array.of(0, 0.75), [-1, 0.5], [0, 1]],
    ['bytes in doubles', 'float64', Float64Array.of(0, 127.5), [-1, 0], [0, 255]]
  ])('of %s', async (_, type, data, expected, range) => {
    for (const suffix of ['', '.gz']) {
      rmSync(join(directory, name), { force: true })
      put([`${name}${suffix}`, idxBytes({ type, shape: [1, 1, 2], data })])
      const found = await read()
      expect([...found.images.data]).toEqual([...Float32Array.from(expected)])
      expect(found.range).toEqual(range)
    }
  })

  it('of other ranges need to be told theirs', async () => {
    write({ type: 'int16', shape: [1, 1, 2], data: Int16Array.of(0, 4095) })
    expect(await refused()).toMatchObject({ _tag: 'BadValue', actual: 'int16 from 0 to 4095' })
    expect([...(await read({ range: [0, 4095] })).images.data]).toEqual([-1, 1])
    expect(await refused({ range: [0, 255] })).toMatchObject({ _tag: 'BadValue', offset: 18, actual: '4095' })
    write({ type: 'float64', shape: [1, 1, 2], data: Float64Array.of(0, NaN) })
    expect(await refused()).toMatchObject({ _tag: 'BadValue', offset: 24, actual: 'NaN' })
  })

  it('of labels: any type that holds whole numbers from the first label on', async () => {
    write({ type: 'uint8', shape: [2, 1, 1], data: new Uint8Array(2) })
    const putLabels = (idx: Idx): void => put(['train-labels-idx1-ubyte', idxBytes(idx)])
    for (const idx of [
      { type: 'int16', shape: [2], data: Int16Array.of(1, 300) },
      { type: 'int32', shape: [2, 1], data: Int32Array.of(1, 300) },
      { type: 'float64', shape: [2], data: Float64Array.of(1, 300) }
    ] as const) {
      putLabels(idx)
      expect((await read()).labels?.data).toEqual(Int32Array.of(1, 300))
    }
    for (const [bad, at] of [
      [0.5, 12],
      [-1, 12],
      [NaN, 12],
      [2 ** 40, 12]
    ] as const) {
      // prettier-ignore
      putLabels({ type: 'float32', shape: [2], data: Float32Array.of(1, bad) })
      expect(await refused()).toMatchObject({ _tag: 'BadValue', offset: at })
    }
    putLabels({ type: 'uint8', shape: [2, 10], data: new Uint8Array(20) })
    expect(await refused()).toMatchObject({ _tag: 'BadShape', actual: 'uint8 of shape [2, 10]' })
  })
})
