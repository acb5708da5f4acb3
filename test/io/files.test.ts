import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { showFileIssue } from '../../src/io/fileIssue.ts'
import { listFiles, makeDirectory, readBytes, readText, writeAtomically } from '../../src/io/files.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'files-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

describe('writeAtomically', () => {
  it('writes bytes and text, and leaves nothing else', async () => {
    const file = join(directory, 'a.bin')
    expect(await writeAtomically(file, Uint8Array.of(1, 2, 3))()).toEqual(E.right(undefined))
    expect([...readFileSync(file)]).toEqual([1, 2, 3])
    await writeAtomically(file, 'text')()
    expect(readFileSync(file, 'utf8')).toBe('text')
    expect(readdirSync(directory)).toEqual(['a.bin'])
  })

  it('does nothing until it is run', () => {
    writeAtomically(join(directory, 'a'), 'text')
    expect(readdirSync(directory)).toEqual([])
  })

  it('lets a reader see the former content or the new one, never a part', async () => {
    const file = join(directory, 'a')
    const [former, next] = ['a'.repeat(3_000_000), 'b'.repeat(3_000_000)]
    writeFileSync(file, former)
    const seen = new Set<string>()
    const watch = setInterval(() => seen.add(readFileSync(file, 'utf8')), 0)
    await writeAtomically(file, next)()
    clearInterval(watch)
    expect([former, next]).toEqual(expect.arrayContaining([...seen]))
    expect(readFileSync(file, 'utf8')).toBe(next)
  })

  it('leaves the former file and no temporary one when it fails', async () => {
    const inside = join(directory, 'folder')
    await makeDirectory(join(inside, 'deep'))()
    const written = await writeAtomically(inside, 'text')()
    expect(written).toMatchObject({ left: { _tag: 'Unwritable', file: inside } })
    expect(readdirSync(directory)).toEqual(['folder'])
  })

  it('says what is missing', async () => {
    expect(await writeAtomically(join(directory, 'none', 'a'), '')()).toMatchObject({ left: { _tag: 'Missing' } })
  })
})

describe('reading', () => {
  it('reads bytes, text and names', async () => {
    writeFileSync(join(directory, 'b'), 'héllo')
    writeFileSync(join(directory, 'a'), Uint8Array.of(1, 2))
    expect(await readBytes(join(directory, 'a'))()).toEqual(E.right(Uint8Array.of(1, 2)))
    expect(await readText(join(directory, 'b'))()).toEqual(E.right('héllo'))
    expect(await listFiles(directory, () => false)()).toEqual(E.right(['a', 'b']))
  })

  it('refuses what is too large, no regular file, or not there', async () => {
    writeFileSync(join(directory, 'a'), 'text')
    execFileSync('mkfifo', [join(directory, 'pipe')])
    expect(await readBytes(join(directory, 'a'), { limit: 3 })()).toMatchObject({
      left: { _tag: 'TooLarge', expected: 'at most 3 bytes', actual: '4 bytes' }
    })
    expect(await readBytes(join(directory, 'pipe'))()).toMatchObject({ left: { _tag: 'Unreadable' } })
    expect(await readBytes(join(directory, 'none'))()).toMatchObject({ left: { _tag: 'Missing' } })
    expect(await listFiles(join(directory, 'a'), () => true)()).toMatchObject({ left: { _tag: 'Missing' } })
  })
})

describe('showFileIssue', () => {
  it('has file, offset, expected, actual and hint', () =>
    expect(
      showFileIssue({ _tag: 'BadMagic', file: 'a', offset: 0, expected: '00 00', actual: '1f 8b', hint: 'Unpack it.' })
    ).toBe('a, byte 0: expected 00 00, got 1f 8b (BadMagic). Unpack it.'))
})
