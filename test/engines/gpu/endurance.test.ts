import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { gpuModes } from '../../support/gpuModes.ts'

const program = fileURLToPath(new URL('support/enduranceRun.ts', import.meta.url))
const hooks = new URL('../../support/stripTypes.mjs', import.meta.url).href
const start = `data:text/javascript,import { register } from 'node:module'; register('${hooks}');`

/**
 * MiB. What JavaScript holds is known to a part of one, and a small array of each call, or the kernels of each round, are
 * more. What the process has beside it goes up and down.
 */
const allowance = { all: 24, held: 2 }
type Size = typeof allowance

/** Has larger arrays given back when they are freed, where the allocator of the C library would keep them. */
const env = { ...process.env, MALLOC_MMAP_THRESHOLD_: String(2 ** 17) }

describe.each(gpuModes)('a process on %s', (mode) => {
  it('does not grow over 2,000 calls and 60 executables, prints nothing, and ends by itself', async () => {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--expose-gc', '--import', start, program, mode],
      { timeout: 120_000, env }
    )
    expect(stderr).toBe('')
    const grown = JSON.parse(stdout) as Readonly<Record<'calls' | 'rounds', Size>>
    for (const size of [grown.calls, grown.rounds]) {
      expect(size.held).toBeLessThan(allowance.held)
      expect(size.all).toBeLessThan(allowance.all)
    }
  }, 150_000)
})
