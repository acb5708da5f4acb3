/** Modules of the user's get this very copy of the library, whatever lies beside them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadModule } from '../../src/cli/spec/loadModule.ts'
import * as library from '../../src/index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'modules-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const put = (name: string, text: string): string => {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
  return path
}

it.each(['own.js', 'own.mjs', 'own.ts', 'own.mts'])(
  'is this one in %s, where another copy is installed, in a project of ES modules too',
  async (name) => {
    const another = 'export const Net = { of: "another copy" }'
    put('node_modules/saddlepoint/package.json', '{ "name": "saddlepoint", "type": "module", "exports": "./index.js" }')
    put('node_modules/saddlepoint/index.js', another)
    for (const type of ['module', 'commonjs']) {
      put('package.json', JSON.stringify({ type }))
      put('width.js', type === 'module' ? 'export const width = 3' : 'exports.width = 3')
      const path = put(
        name,
        `import { Net } from 'saddlepoint'\nimport { width } from './width.js'\nexport default await Promise.resolve({ Net, width })`
      )
      const { default: found } = await loadModule(path)
      expect(found).toEqual({ Net: library.Net, width: 3 })
      expect((found as typeof library).Net.dense).toBe(library.Net.dense)
    }
  }
)
