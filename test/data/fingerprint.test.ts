/** Data that have changed are told from what they were, whatever files they lie in. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { formats } from '../../src/data/formats/formats.ts'
import { openDataset } from '../../src/index.ts'
import { fingerprint } from '../../src/io/fingerprint.ts'
import { showFileIssue } from '../../src/io/fileIssue.ts'
import type { FileIssue } from '../../src/io/fileIssue.ts'
import { readers } from './readers.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fingerprint-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const rightOf = <A>(found: E.Either<FileIssue, A>): A => {
  if (E.isLeft(found)) throw new Error(showFileIssue(found.left))
  return found.right
}

const filesIn = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((name) => statSync(name).isFile())

describe('what tells data from others', () => {
  it.each(formats.map(({ name }) => name))('of %s is equal for copies, and another after any change', async (name) => {
    const { sources, read } = readers[name]!
    // The first source that can be opened lies there afterwards.
    for (const [i, source] of sources.entries()) {
      mkdirSync(join(folder, String(i)))
      if (E.isRight(await read(source, join(folder, String(i))))) break
      rmSync(join(folder, String(i)), { recursive: true })
    }
    const place = join(folder, readdirSync(folder)[0]!)
    const names = filesIn(place)
    const path = names.length === 1 ? names[0]! : place
    const told = async (at: string): Promise<string> => rightOf(await rightOf(await openDataset(at)()).fingerprint!())
    const first = await told(path)
    expect(first).toMatch(/^[0-9a-f]{64}$/)
    expect(await told(path)).toBe(first)
    writeFileSync(join(dirname(path), 'README.md'), 'What it is.')
    const opened = rightOf(await openDataset(path)())
    for (const file of names) {
      const bytes = readFileSync(file)
      const changed = Uint8Array.from(bytes)
      changed[bytes.length - 1]! ^= 1
      writeFileSync(file, changed)
      expect(rightOf(await opened.fingerprint!())).not.toBe(first)
      writeFileSync(file, bytes)
    }
    expect(rightOf(await opened.fingerprint!())).toBe(first)
    renameSync(place, join(folder, 'elsewhere'))
    expect(E.isLeft(await opened.fingerprint!())).toBe(true)
    expect(await told(path.replace(place, join(folder, 'elsewhere')))).toBe(first)
  })

  it('of large files are both ends; of many files all sizes, and the content of some', async () => {
    const large = new Uint8Array(2 ** 23 + 1000)
    const of = async (at: number): Promise<string> => {
      large[at]! ^= 1
      writeFileSync(join(folder, 'a'), large)
      large[at]! ^= 1
      return rightOf(await fingerprint(folder, ['a'])())
    }
    const [first, last, early, late, middle, alsoMiddle] = [await of(0), await of(large.length - 1), await of(2 ** 22 - 1), await of(2 ** 22 + 1000), await of(2 ** 22), await of(2 ** 22 + 999)] // prettier-ignore
    expect(new Set([first, last, early, late, middle]).size).toBe(5)
    expect(alsoMiddle).toBe(middle)
    const many = Array.from({ length: 600 }, (_, i) => `f${i}`)
    for (const name of many) writeFileSync(join(folder, name), name)
    const before = rightOf(await fingerprint(folder, many)())
    expect(rightOf(await fingerprint(folder, many)())).toBe(before)
    writeFileSync(join(folder, 'f1'), 'longer')
    expect(rightOf(await fingerprint(folder, many)())).not.toBe(before)
    expect(rightOf(await fingerprint(folder, [])())).toMatch(/^[0-9a-f]{64}$/)
  })
})
