import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { showFileIssue } from '../../src/io/fileIssue.ts'
import { bombs } from './bombs.ts'
import { readers } from './readers.ts'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'bombs-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

describe('a small file that claims gigabytes', () => {
  it('is there for every reader, or a reason why none can be', () => {
    expect(Object.keys(bombs).sort()).toEqual(Object.keys(readers).sort())
  })

  const all = Object.entries(bombs).flatMap(([reader, some]) =>
    typeof some === 'string' ? [] : Object.entries(some).map(([name, bytes]) => ({ reader, name, bytes }))
  )
  it.each(all)(
    '$reader, $name: is refused by file and byte, and nothing is allocated for it',
    async ({ reader, bytes }) => {
      expect(bytes.length).toBeLessThan(2 ** 21)
      const before = process.resourceUsage().maxRSS
      const found = await readers[reader]!.read(bytes, directory)
      if (E.isRight(found)) expect.fail(`it was read: ${String(found.right)}`)
      expect(showFileIssue(found.left)).toMatch(/^[^:]*, byte \d+: expected [^]+, got [^]+/)
      // In KiB: a gigabyte would show, the worker and what the file itself takes do not.
      expect(process.resourceUsage().maxRSS - before).toBeLessThan(200_000)
    }
  )
})
