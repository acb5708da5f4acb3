// What pages have to load, gzipped, against what it may be, and what the README says it is: node test/browser/size.mjs. Needs dist (npm run build).
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'

/** The core with the wasm engine: what a page needs that trains a GAN, bundled as one module. Cut into chunks it is 5 % more. */
const coreBudget = 113_500
/** The module for pages without a bundler: every function, since nobody knows which of them the page will call. */
const moduleBudget = 206_000

const path = (name) => fileURLToPath(new URL(name, import.meta.url))
const built = path('../../dist/browser/')
const gzipped = (code) => gzipSync(code, { level: 9 }).length
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`

/** The page's module with all that it imports outright; what is loaded on demand left out. */
const bundled = async (page) => {
  const onDemand = (id, _, { kind }) => (kind === 'dynamic-import' ? { id, external: true } : undefined)
  const bundle = await rolldown({
    input: path(page),
    platform: 'browser',
    resolve: { alias: { saddlepoint: path('../../dist/src/index.js') } },
    plugins: [{ name: 'on demand', resolveId: onDemand }]
  })
  const { output } = await bundle.generate({ format: 'esm', minify: true })
  return output[0].code
}

const files = readdirSync(built).filter((name) => name.endsWith('.js'))
const sizes = new Map(files.map((name) => [name, gzipped(readFileSync(built + name))]))
for (const [name, bytes] of sizes) console.log(`- dist/browser/${name}: ${kilobytes(bytes)}`)

// On the default engine a page asks for an adapter.
const core = gzipped(await bundled('trainer.mjs')) + sizes.get('device-adapter.js')
const whole = sizes.get('saddlepoint.js')
const checks = [
  ['core with the wasm engine', core, coreBudget],
  ['module with every function', whole, moduleBudget]
]
for (const [what, bytes, budget] of checks)
  console.log(`- ${what}: ${kilobytes(bytes)} of ${kilobytes(budget)}${bytes > budget ? ': TOO LARGE' : ''}`)

const readme = readFileSync(path('../../README.md'), 'utf8').replaceAll('\n', ' ')
const told = [
  [/to train a GAN comes to (\d+) kB/, core],
  [/one module has all \((\d+) kB\)/, whole]
]
const isRight = ([words, bytes]) => Math.abs(1000 * Number(words.exec(readme)?.[1]) - bytes) < 1000
const stale = told.filter((one) => !isRight(one))
for (const [words, bytes] of stale) console.log(`- README.md: ${String(words)} should say ${kilobytes(bytes)}`)
process.exit(stale.length === 0 && checks.every(([, bytes, budget]) => bytes <= budget) ? 0 : 1)
