import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { gpuModes } from '../../support/gpuModes.ts'

const program = fileURLToPath(new URL('enduranceRun.ts', import.meta.url))
const hooks = new URL('../../support/stripTypes.mjs', import.meta.url).href
const start = `data:text/javascript,import { register } from 'node:module'; register('${hooks}');`

/** MiB. A leak of one small array a call, or of a kernel a round, is more. */
const allowance = 24

describe.each(gpuModes)('a process on %s', (mode) => {
  it('does not grow over 2,000 calls and 60 executables, prints nothing, and ends by itself', async () => {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--expose-gc', '--import', start, program, mode],
      { timeout: 120_000 }
    )
    expect(stderr).toBe('')
    const grown = JSON.parse(stdout) as { readonly calls: number; readonly rounds: number }
    expect(grown.calls).toBeLessThan(allowance)
    expect(grown.rounds).toBeLessThan(allowance)
  }, 150_000)
})
