// Mutates files and runs the tests of their folder on each mutant: npm run mutation -- PATH... [--sample N] [--seed N] [--fresh]
//
// PATH       files or folders of one folder below src: src/random, src/gan/game/*.ts
// --sample   how many of its mutants, drawn with the seed (1); all by default
// --fresh    forget what earlier runs found; by default only what changed since is run again
//
// Prints the survivors and the row for the table in docs/testing.md. Reports and what is remembered lie under out/mutation.
import { Stryker } from '@stryker-mutator/core'
import { Instrumenter } from '@stryker-mutator/instrumenter'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { strykerPlugins as ignorers } from './prose.mjs'
import { markOf, sampleOf } from './sample.mjs'
import { head, rowOf } from './table.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string', default: 'Infinity' },
    seed: { type: 'string', default: '1' },
    fresh: { type: 'boolean', default: false }
  }
})

const filesBelow = (path) =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .toSorted()
        .flatMap((name) => filesBelow(join(path, name)))
    : [path]

const files = positionals.flatMap(filesBelow).filter((file) => file.endsWith('.ts'))
if (files.length === 0) throw new Error('Name files or folders: npm run mutation -- src/random')

/** The innermost folder that holds all of the paths. */
const common = (paths) => {
  const [first, ...rest] = paths.map((path) => path.split('/'))
  const length = first.findIndex((part, i) => rest.some((other) => other[i] !== part))
  return first.slice(0, length === -1 ? first.length : length).join('/')
}

/** The folder of tests that mirrors a folder of sources, or the nearest above. */
const testsOf = (folder) => {
  const mirrored = join('test', folder.replace(/^src(\/|$)/, ''))
  return existsSync(mirrored) ? mirrored : testsOf(dirname(folder))
}

const folder = common(files.map((file) => dirname(file)))
const name = folder.replaceAll('/', '+')
const at = (file) => `out/mutation/${name}.${file}.json`
const read = (file) => JSON.parse(readFileSync(file, 'utf8'))
mkdirSync('out/mutation', { recursive: true })

const silent = { info() {}, debug() {}, warn: console.warn, isDebugEnabled: () => false }
const { mutants } = await new Instrumenter(silent).instrument(
  files.map((file) => ({ name: file, mutate: true, content: readFileSync(file, 'utf8') })),
  { plugins: null, excludedMutations: [], ignorers: ignorers.map(({ value }) => value) }
)
const candidates = mutants.filter(({ ignoreReason, status }) => ignoreReason === undefined && status === undefined)
const sample = sampleOf(candidates, Number(values.sample), values.seed)
writeFileSync(at('sample'), JSON.stringify(sample.map(markOf)))
console.log(`${sample.length} of ${candidates.length} mutants of ${folder}, on the tests of ${testsOf(folder)}`)

// What was no part of an earlier sample was never tested, so there is nothing to remember about it.
if (values.fresh) rmSync(at('incremental'), { force: true })
else if (existsSync(at('incremental'))) {
  const known = read(at('incremental'))
  for (const file of Object.values(known.files))
    file.mutants = file.mutants.filter(({ status }) => status !== 'CompileError')
  writeFileSync(at('incremental'), JSON.stringify(known))
}

await new Stryker({
  configFile: 'stryker.config.js',
  mutate: files,
  vitest: { dir: testsOf(folder) },
  incrementalFile: at('incremental'),
  jsonReporter: { fileName: at('report') },
  sampleFile: at('sample')
}).runMutationTest()

console.log([head, rowOf(folder, read(at('report')))].join('\n'))
