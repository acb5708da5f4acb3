import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { chooseImages, chooseLabels, readDigits } from '../../src/data/digits.ts'
import { idxBytes } from './idxBytes.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'digits-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const images = idxBytes({ type: 'uint8', shape: [2, 1, 2], data: Uint8Array.of(0, 255, 51, 204) })
const labels = idxBytes({ type: 'uint8', shape: [2], data: Uint8Array.of(7, 3) })
const put = (name: string, bytes: Uint8Array): void => writeFileSync(join(directory, name), bytes)

describe('readDigits', () => {
  it('reads images in [-1, 1] and labels', async () => {
    put('train-images-idx3-ubyte', images)
    put('train-labels-idx1-ubyte.gz', gzipSync(labels))
    const read = await readDigits(directory)()
    expect(read).toEqual(
      E.right({
        images: { shape: [2, 1, 1, 2], dtype: 'float32', data: Float32Array.of(-1, 1, -0.6, 0.6) },
        labels: { shape: [2], dtype: 'int32', data: Int32Array.of(7, 3) },
        files: ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte.gz']
      })
    )
  })

  it('reads images without labels', async () => {
    put('t10k-images.idx3-ubyte.gz', gzipSync(images))
    const read = await readDigits(directory, { split: 'test' })()
    expect(E.isRight(read) && 'labels' in read.right).toBe(false)
    expect(E.isRight(read) && read.right.images.shape).toEqual([2, 1, 1, 2])
  })

  it('says what is missing', async () => {
    expect(await readDigits(join(directory, 'none'))()).toMatchObject({ left: { _tag: 'Missing' } })
    expect(await readDigits(directory)()).toMatchObject({ left: { _tag: 'Missing', actual: 'an empty directory' } })
    put('t10k-images-idx3-ubyte', images)
    expect(await readDigits(directory, { split: 'train' })()).toMatchObject({
      left: { _tag: 'Missing', actual: 't10k-images-idx3-ubyte' }
    })
  })

  it('refuses labels that do not match, and arrays of another rank', async () => {
    put('train-images-idx3-ubyte', images)
    put('train-labels-idx1-ubyte', idxBytes({ type: 'uint8', shape: [3], data: Uint8Array.of(1, 2, 3) }))
    expect(await readDigits(directory)()).toMatchObject({
      left: { _tag: 'BadShape', file: `${directory}/train-labels-idx1-ubyte`, actual: '3' }
    })
    put('train-images-idx3-ubyte', labels)
    expect(await readDigits(directory)()).toMatchObject({ left: { _tag: 'BadShape', actual: 'uint8 of shape [2]' } })
  })

  it('refuses a file above the limit', async () => {
    put('train-images-idx3-ubyte', images)
    expect(await readDigits(directory, { limit: 10 })()).toMatchObject({ left: { _tag: 'TooLarge' } })
  })
})

describe('the choice of files', () => {
  const names = [
    'emnist-letters-test-images-idx3-ubyte.gz',
    'emnist-letters-train-images-idx3-ubyte.gz',
    'emnist-letters-train-labels-idx1-ubyte.gz',
    'my-images'
  ]
  it('prefers training images', () => expect(chooseImages(names)).toBe(names[1]))
  it('obeys the split', () => expect(chooseImages(names, 'test')).toBe(names[0]))
  it('takes what there is', () => expect(chooseImages(['my-images', 'my-labels'])).toBe('my-images'))
  it('prefers the plain file', () => {
    const both = ['train-images-idx3-ubyte', 'train-images-idx3-ubyte.gz']
    expect(chooseImages(both)).toBe(both[0])
  })
  it('finds the labels', () => {
    expect(chooseLabels(names, names[1]!)).toBe(names[2])
    expect(chooseLabels(names, names[0]!)).toBeUndefined()
    expect(chooseLabels(['my-labels'], 'my-images')).toBe('my-labels')
  })
})
