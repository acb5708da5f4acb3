/** docs/contributing.md: its changes apply to the tree as it is, each alone. test/contributing/run.mjs shows that they work. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(`${root}docs/contributing.md`, 'utf8')
const changes = page
  .split(/^## /m)
  .flatMap((section) =>
    [...section.matchAll(/^```diff\n([^]*?)^```$/gm)].map(([, text]) => [section.split('\n')[0]!, text!] as const)
  )

describe('docs/contributing.md', () => {
  it('has a change for each thing to add', () =>
    expect(changes.map(([title]) => title)).toEqual([
      'A primitive',
      'A layer',
      'A loss',
      'An update rule',
      'An engine'
    ]))

  it.each(changes)('%s: its change applies', (_, input) => {
    // Outside of any repository, so that paths are those of the root.
    const env = { ...process.env, GIT_DIR: '/nonexistent' }
    const { stderr } = spawnSync('git', ['apply', '--check', '-'], { cwd: root, input, encoding: 'utf8', env })
    expect(stderr).toBe('')
  })
})
