import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const program = fileURLToPath(new URL('memoryRun.ts', import.meta.url))
const hooks = new URL('../../support/stripTypes.mjs', import.meta.url).href
const start = `data:text/javascript,import { register } from 'node:module'; register('${hooks}')`

/** What the pool keeps for other executables, and half as much for what a process keeps anyway. */
const bound = 256 * 1.5

/** Has arrays of some MiB given back when they are freed, where the allocator of the C library would keep them. */
const env = { ...process.env, MALLOC_MMAP_THRESHOLD_: String(2 ** 20) }

/** MiB that a process has grown by in the end when executables of these sizes are made and disposed of, a group at a time. */
const growth = async (threads: number, groups: readonly (readonly number[])[]): Promise<number> => {
  const options = ['--expose-gc', '--import', start, program, JSON.stringify([threads, groups, bound])]
  return Number((await promisify(execFile)(process.execPath, options, { env })).stdout)
}

it.each([
  ['larger than the pool, one by one', [[300], [280], [320], [290]]],
  ['small, but many at once', [new Array<number>(60).fill(16)]]
])(
  'memory of executables is freed where helpers have seen it: %s',
  async (_, groups) => {
    expect(groups.flat().reduce((sum, size) => sum + size)).toBeGreaterThan(2 * bound)
    expect(await growth(2, groups)).toBeLessThan(bound)
  },
  120_000
)
