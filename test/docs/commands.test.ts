/** Commands that documentation and docstrings tell: every Node that the package supports has to know what to do with them. */
import { execFile } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }

const told = ['.', 'bench', 'docs', 'examples', 'src', 'kernels', 'test', '.ci'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: folder !== '.', encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => /\.(md|ts|mjs|json)$/.test(name) && !/package-lock\.json|node_modules/.test(name))
    .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }))
)
const matches = (pattern: RegExp): readonly string[] =>
  told.flatMap(({ name, text }) => [...text.matchAll(pattern)].map(([all]) => `${name}: ${all}`))

it('none gives plain Node a file of TypeScript, which Node 20 cannot read', () => {
  expect(matches(/\bnode (-\S+ )*[\w./]+\.ts\b/g)).toEqual([])
})

it('each script that is told to be run is there', () => {
  const names = told.flatMap(({ text }) => [...text.matchAll(/\bnpm run (?:--silent )?([a-z][\w:]*)/g)].map(([, name]) => name!)) // prettier-ignore
  expect([...new Set(names)].filter((name) => !(name in scripts))).toEqual([])
  expect(names.length).toBeGreaterThan(30)
})

it('every example tells how it is run, and Node reads it by that command', { timeout: 600_000 }, async () => {
  const documented = told.flatMap(({ text }) => [...text.matchAll(/npm run example -- ([\w./]+\.ts)\b/g)].map(([, file]) => file!)) // prettier-ignore
  const runnable = readdirSync(join(root, 'examples'))
    .map((name) => `examples/${name}`)
    .filter((name) => name.endsWith('.ts') && readFileSync(join(root, name), 'utf8').includes('process.argv'))
  expect([...new Set(documented)].sort()).toEqual(runnable)
  const [program, ...flags] = scripts['example']!.split(' ')
  expect(program).toBe('node')
  const read = `for (const file of ${JSON.stringify(runnable)}) console.log(Object.keys(await import('./' + file)).join())`
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, '--input-type=module', '-e', read], { cwd: root }) // prettier-ignore
  expect(stdout.trim().split('\n')).toEqual(['study', 'memorise', 'study,told', 'train'])
})
