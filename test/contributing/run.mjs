/**
 * Applies the changes of docs/contributing.md, all of them to one copy of the tree, and shows that each works: types, style, and the tests
 * that find what is new by themselves.
 */
import { execFile, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folders = ['src', 'kernels', 'test', 'docs', 'bench', 'examples']
const files = [
  ...['package.json', 'tsconfig.json', 'vitest.config.ts', 'README.md', 'CHANGELOG.md'],
  ...['.prettierrc.json', '.prettierignore']
]

/** What each change adds, and the least number of tests that have to speak of it. */
const additions = { xlogy: 9, concatenatedRelu: 6, relativisticHinge: 5, pastExtragradient: 7, nests: 60 }
const pages = {
  'docs/primitives.md': ['xlogy'],
  'docs/zoo.md': ['Net.concatenatedRelu', 'Loss.relativisticHinge', 'Update.pastExtragradient']
}
const tests = [
  ...['layers', 'docs/zoo', 'engines/laws', 'nn/layers', 'gan/json/builtIns', 'kernels/wasm/loops/primitives'],
  ...['primitives/laws', 'primitives/facts', 'primitives/refusals', 'primitives/page'],
  ...['gan/game/losses/games', 'gan/game/losses/values', 'gan/game/updates/bilinear', 'gan/game/updates/rules']
].map((name) => `test/${name}.test.ts`)

const page = readFileSync(join(root, 'docs/contributing.md'), 'utf8')
const changes = [...page.matchAll(/^## (.*)$|^```diff\n([^]*?)^```$/gm)].reduce(
  ({ title, found }, [, heading, text]) => ({
    title: heading ?? title,
    found: text === undefined ? found : [...found, { title, text }]
  }),
  { title: '', found: [] }
).found

const copy = mkdtempSync(join(tmpdir(), 'saddlepoint-contributing-'))
process.on('exit', () => rmSync(copy, { recursive: true, force: true }))

/** Runs a program of node_modules in the copy; rejects with what it printed. */
const run = (name, args, env = {}) =>
  new Promise((resolve, reject) => {
    const program = join(root, 'node_modules/.bin', name)
    const options = { cwd: copy, env: { ...process.env, ...env }, maxBuffer: 1e9 }
    execFile(program, args, options, (error, out, err) => {
      if (error === null) resolve(out)
      else reject(new Error(`${name} ${args.join(' ')}\n${out}${err}`))
    })
  })

const fail = (message) => {
  console.error(message)
  process.exit(1)
}

for (const name of [...folders, ...files]) cpSync(join(root, name), join(copy, name), { recursive: true })
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
spawnSync('git', ['init', '-q'], { cwd: copy })
spawnSync('git', ['add', '.'], { cwd: copy })

if (changes.length !== Object.keys(additions).length)
  fail(`docs/contributing.md has ${changes.length} changes; expected ${Object.keys(additions).length}`)
for (const { title, text } of changes) {
  const { status, stderr } = spawnSync('git', ['apply', '-'], { cwd: copy, input: text, encoding: 'utf8' })
  if (status !== 0) fail(`The change of docs/contributing.md under '${title}' no longer applies:\n${stderr}`)
}
const { stdout } = spawnSync('git', ['ls-files', '-mo', '--exclude', 'node_modules'], { cwd: copy, encoding: 'utf8' })
const touched = stdout.trim().split('\n')

/** Tests that name what is new, those of the pages and of the layers: few of what these files hold. */
const names = [...Object.keys(additions), 'shows the regist', '^ ?the source'].join('|')
const report = join(copy, 'report.json')
const testing = () =>
  run('vitest', ['run', '-u', '-t', names, '--reporter=json', `--outputFile=${report}`, ...tests], {
    SADDLEPOINT_ENGINE: 'nests',
    SADDLEPOINT_RUNS: '10'
  })
const typing = () => run('tsc', ['-p', '.'])
const styling = () => run('prettier', ['--check', ...touched.filter((file) => !file.includes('docs/'))])
try {
  writeFileSync(report, '')
  if (availableParallelism() > 1) await Promise.all([testing(), typing().then(styling)])
  else for (const part of [testing, typing, styling]) await part()
} catch (error) {
  fail(`The changes of docs/contributing.md apply, but do not hold:\n${error.message}`)
}

const passed = JSON.parse(readFileSync(report, 'utf8'))
  .testResults.flatMap(({ assertionResults }) => assertionResults)
  .filter(({ status }) => status === 'passed')
for (const [name, least] of Object.entries(additions)) {
  const count = passed.filter(({ fullName }) => fullName.includes(name)).length
  if (count < least) fail(`${name}: ${count} tests found it; expected ${least} or more`)
  console.log(`${name}: ${count} tests found it and passed`)
}
for (const [file, words] of Object.entries(pages)) {
  const missing = words.filter((word) => !readFileSync(join(copy, file), 'utf8').includes(word))
  if (missing.length > 0) fail(`${file} does not speak of ${missing.join(', ')}`)
}
