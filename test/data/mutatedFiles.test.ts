import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { formats } from '../../src/data/formats/formats.ts'
import * as root from '../../src/index.ts'
import { showFileIssue } from '../../src/io/fileIssue.ts'
import { mutantsOf } from './mutants.ts'
import { limit, readers } from './readers.ts'

/** `SADDLEPOINT_MUTANTS=10000 npx vitest run test/data/mutatedFiles` looks further. */
const asked = process.env['SADDLEPOINT_MUTANTS']
const mutants = Number(asked ?? 200)

describe('every reader of files', () => {
  it('is among those that are tried', () => {
    const exported = Object.keys(root).filter((name) => /^read[A-Z]/.test(name))
    expect(Object.keys(readers).sort()).toEqual([...exported, ...formats.map(({ name }) => name)].sort())
  })
})

describe.each(Object.entries(readers))('%s', (_, { sources, read, cost = 1 }) => {
  const runs = asked === undefined ? Math.ceil(mutants / cost) : mutants
  let directory = ''
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'mutants-'))
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  it('reads files that are right', async () => {
    let sound = 0
    for (const bytes of sources) {
      const found = await read(bytes, directory)
      if (E.isRight(found)) {
        expect(found.right).toEqual([])
        sound++
      }
    }
    expect(sound).toBeGreaterThan(0)
  })

  // Longer where more are tried.
  it('reads mutated files soundly, or refuses them with an issue', { timeout: 60_000 + 500 * mutants }, async () => {
    const before = process.resourceUsage().maxRSS
    let refused = 0
    await fc.assert(
      fc.asyncProperty(mutantsOf(sources), async (bytes) => {
        const found = await read(bytes, directory)
        if (E.isRight(found)) expect(found.right).toEqual([])
        else {
          refused++
          expect(showFileIssue(found.left)).toMatch(/^[^]+: expected [^]+, got [^]+/)
        }
      }),
      { numRuns: runs }
    )
    expect(refused).toBeGreaterThan(runs / 10)
    // Twice what they may hold, in KiB, and what is not yet collected.
    expect(process.resourceUsage().maxRSS - before).toBeLessThan((2 * limit) / 1024 + 400_000)
  })
})
