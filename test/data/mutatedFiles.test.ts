import fc from 'fast-check'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { readDigits } from '../../src/data/digits.ts'
import { readIdx } from '../../src/data/idx.ts'
import { showFileIssue } from '../../src/io/fileIssue.ts'
import { sizeOf } from '../../src/tensor/shape.ts'
import { idxBytes } from './idxBytes.ts'

/** Files as they are published, of every element type and number of axes, of which mutants are made. */
const contents = [
  idxBytes({ type: 'uint8', shape: [2, 3, 4], data: Uint8Array.from({ length: 24 }, (_, i) => i * 9) }),
  idxBytes({ type: 'uint8', shape: [2, 2, 2, 3], data: new Uint8Array(24) }),
  idxBytes({ type: 'uint8', shape: [6], data: Uint8Array.of(3, 1, 4, 1, 5, 9) }),
  idxBytes({ type: 'int32', shape: [2, 8], data: Int32Array.from({ length: 16 }, (_, i) => i) }),
  idxBytes({ type: 'int8', shape: [5], data: Int8Array.of(-1, 2, -3, 4, -5) }),
  idxBytes({ type: 'int16', shape: [3, 2], data: Int16Array.of(-1, 2, -3, 4, -5, 6) }),
  idxBytes({ type: 'float32', shape: [1, 2, 2], data: Float32Array.of(0, 0.5, 1, 0.25) }),
  idxBytes({ type: 'float64', shape: [1, 2, 2], data: Float64Array.of(0, 0.5, 1, 0.25) })
]
const sources: readonly Uint8Array[] = contents.flatMap((bytes) => [
  bytes,
  gzipSync(bytes),
  gzipSync(bytes, { level: 0 })
])

/** Changes a file at a place between 0 and 1 of it. */
type Mutation = (bytes: Uint8Array, at: number) => Uint8Array

const replaced = (bytes: Uint8Array, from: number, to: number, by: readonly number[] | Uint8Array): Uint8Array =>
  Uint8Array.of(...bytes.subarray(0, from), ...by, ...bytes.subarray(to))
const place = (bytes: Uint8Array, at: number): number => Math.floor(at * bytes.length)

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.nat(7).map((bit): Mutation => (b, at) => replaced(b, place(b, at), place(b, at) + 1, [(b[place(b, at)] ?? 0) ^ (1 << bit)])),
  fc.nat(255).map((byte): Mutation => (b, at) => replaced(b, place(b, at), place(b, at) + 1, [byte])),
  // Headers are where sizes lie.
  fc.tuple(fc.nat(19), fc.constantFrom(0, 1, 127, 128, 255)).map(([i, byte]): Mutation => (b) => replaced(b, Math.min(i, b.length), i + 1, [byte])),
  fc.constant<Mutation>((b, at) => b.subarray(0, place(b, at))),
  fc.constant<Mutation>((b, at) => b.subarray(place(b, at))),
  fc.uint8Array({ maxLength: 40 }).map((more): Mutation => (b, at) => replaced(b, place(b, at), place(b, at), more)),
  fc.nat(20).map((count): Mutation => (b, at) => replaced(b, place(b, at), place(b, at) + count, [])),
  fc.constantFrom(...sources).map((other): Mutation => (b, at) => replaced(b, place(b, at), b.length, other.subarray(place(other, at)))),
  fc.constant<Mutation>((b) => replaced(b, b.length, b.length, b)),
  fc.constant<Mutation>((b) => gzipSync(b))
) // prettier-ignore

const mutant = fc
  .tuple(
    fc.constantFrom(...sources),
    fc.array(fc.tuple(mutation, fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 1, maxLength: 3 })
  )
  .map(([bytes, changes]) => changes.reduce((so, [change, at]) => change(so, at), bytes))

const runs = 40 * Number(process.env['SADDLEPOINT_RUNS'] ?? 100)

describe('a mutated file', () => {
  it('is read as an array of its shape, or refused with an issue', () => {
    let refused = 0
    fc.assert(
      fc.property(mutant, (bytes) => {
        const read = readIdx(bytes, { limit: 2 ** 24 })
        if (E.isRight(read)) expect(read.right.data.length).toBe(sizeOf(read.right.shape))
        else {
          refused++
          expect(showFileIssue(read.left)).toMatch(/^.+: expected .+, got .+/)
        }
      }),
      { numRuns: runs }
    )
    expect(refused).toBeGreaterThan(runs / 2)
  })

  let directory = ''
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'mutants-'))
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  it('beside a sound one gives sound images, or is refused with an issue', async () => {
    const counts = { read: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(mutant, fc.boolean(), async (bytes, isLabels) => {
        const [images, labels] = isLabels ? [contents[0]!, bytes] : [bytes, idxBytes({ type: 'uint8', shape: [2], data: Uint8Array.of(0, 1) })] // prettier-ignore
        writeFileSync(join(directory, 'images.idx'), images)
        writeFileSync(join(directory, 'labels.idx'), labels)
        const read = await readDigits(directory, { limit: 2 ** 24 })()
        counts[E.isLeft(read) ? 'refused' : 'read']++
        if (E.isLeft(read)) return
        const { shape, data } = read.right.images
        expect(data.length).toBe(sizeOf(shape))
        expect(data.every((x) => x >= -1 && x <= 1)).toBe(true)
        expect(read.right.labels?.data.length).toBe(shape[0])
      }),
      { numRuns: runs / 10 }
    )
    expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(0)
  })
})
