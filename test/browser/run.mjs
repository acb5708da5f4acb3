// The built library in a headless Chromium, on pages served as browsers meet them: node test/browser/run.mjs
// Needs dist (npm run build) and a Chromium: CHROMIUM_PATH, or /usr/bin/chromium. With names, only visits so named.
import assert from 'node:assert/strict'
import { pageOf } from './bundle.mjs'
import { isolation, softwareWebGpu, visit } from './chromium.mjs'

const noWorkers = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'"

/** How a page may be served. */
const pages = {
  isolated: isolation,
  plain: {},
  'isolated, workers forbidden': { ...isolation, 'Content-Security-Policy': noWorkers }
}

/** How a small program runs in each mode of gpu.js, and how near to float64 it comes. */
const modes = {
  'gpu:webasm': { tolerance: 1e-5, small: 'fused-sync' },
  'gpu:webgl2': { tolerance: 1e-4, small: 'generic' },
  'gpu:webgpu': { tolerance: 1e-4, small: 'fused-encoder' }
}

const said = async (options, job) => {
  const { report } = await visit({ ...options, page: `/index.html#${encodeURIComponent(JSON.stringify(job))}` })
  assert.ok(report.error === undefined, report.error)
  return report
}

const distance = (actual, expected) => {
  const scale = Math.max(...expected.map(Math.abs), 1)
  return Math.max(...actual.map((x, i) => Math.abs(x - expected[i]))) / scale
}

const firstLine = (text) => text.split('\n')[0]

const games = await pageOf('page.mjs')
const cases = await pageOf('cases.mjs')

const wasmSamples = new Map()
const onWasm = async (name, headers) => {
  const ring = { game: 'ring', steps: 200, count: 64 }
  const job = [
    { ...ring, engine: 'auto' },
    { ...ring, engine: 'reference' }
  ]
  const { isolated, results } = await said({ files: games, headers }, job)
  const [wasm, reference] = results
  assert.equal(isolated, name !== 'plain', 'cross-origin isolation')
  assert.equal(wasm.engine, 'wasm', 'the default engine')
  const error = distance(wasm.samples, reference.samples)
  assert.ok(error < 2e-2, `after 200 steps samples are off the reference's by ${error}`)
  wasmSamples.set(name, wasm.samples)
  assert.deepEqual(wasm.samples, wasmSamples.values().next().value, 'the same bits on every page')
  return `${firstLine(wasm.explained)}; off the reference by ${error.toExponential(1)}`
}

const executorsOf = (explained) => [...new Set([...explained.matchAll(/gpu\.js \(([^)]+)\)/g)].map(([, kind]) => kind))]

const onGpu = async (engine, headers) => {
  const small = { game: 'ring', steps: 10, width: 16, batchSize: 32, count: 64 }
  const dirac = { game: 'dirac', steps: 40 }
  const job = [engine, 'reference'].flatMap((engine) => [
    { ...small, engine },
    { ...dirac, engine }
  ])
  const { results } = await said({ files: games, headers, flags: softwareWebGpu }, job)
  const [ring, players, expectedRing, expectedPlayers] = results
  assert.equal(ring.engine, engine)
  assert.deepEqual(executorsOf(ring.explained), [modes[engine].small], 'executors')
  const errors = [distance(ring.samples, expectedRing.samples), distance(players.players, expectedPlayers.players)]
  for (const error of errors) assert.ok(error < modes[engine].tolerance, `off the reference by ${error}`)
  return `${firstLine(ring.explained)}; off the reference by ${errors.map((e) => e.toExponential(1)).join(' and ')}`
}

/** Threads of gpu.js, which come only with work enough, and only where memory can be shared. */
const onThreads = async (name, headers) => {
  const job = ['gpu:webasm', 'reference'].map((engine) => ({ game: 'product', engine }))
  const { results } = await said({ files: games, headers }, job)
  const [threaded, expected] = results
  const executors = executorsOf(threaded.explained)
  assert.deepEqual(executors, [name === 'isolated' ? 'fused-threaded' : 'fused-sync'], 'executors')
  const error = distance(threaded.values, expected.values)
  assert.ok(error < modes['gpu:webasm'].tolerance, `off the reference by ${error}`)
  return `a large product is ${executors.join()}; off the reference by ${error.toExponential(1)}`
}

/** Workers where they pay for the messages to them; the page's own thread alone where steps are short. */
const onWorkers = async () => {
  const job = [
    { game: 'product', engine: 'wasm' },
    { game: 'product', engine: 'reference' },
    { game: 'ring', steps: 1, engine: 'wasm' }
  ]
  const { results } = await said({ files: games, headers: isolation }, job)
  const [shared, expected, short] = results
  assert.match(firstLine(shared.explained), / [2-9]\d* threads/, 'a large product is shared')
  assert.match(firstLine(short.explained), / 1 thread,/, 'a short step is not')
  const error = distance(shared.values, expected.values)
  assert.ok(error < 1e-5, `off the reference by ${error}`)
  return `${firstLine(shared.explained)}; off the reference by ${error.toExponential(1)}`
}

/** A large program, on a page whose only GPU is a CPU: `auto` takes such a one only by name. */
const onAuto = async () => {
  const { results } = await said({ files: games, flags: softwareWebGpu }, [{ game: 'product', engine: 'auto' }])
  assert.match(results[0].explained, /^wasm/)
  return firstLine(results[0].explained)
}

const onCases = async (engine) => {
  const { tolerance, small } = modes[engine]
  const options = { files: cases, headers: isolation, flags: softwareWebGpu, seconds: 150 }
  const { count, ops, executors, problems } = await said(options, { engine, tolerance })
  assert.deepEqual(problems, [])
  // 'nothing': a part that only hands on what it is given.
  assert.deepEqual(
    executors.filter((executor) => executor !== 'nothing'),
    [small]
  )
  return `${count} reference cases of ${ops} ops`
}

const visits = new Map([
  ...Object.entries(pages).map(([name, headers]) => [name, () => onWasm(name, headers)]),
  ['wasm on workers, isolated', onWorkers],
  ['auto beside WebGPU in software', onAuto],
  ['gpu:webasm, large, isolated', () => onThreads('isolated', isolation)],
  ['gpu:webasm, large, plain', () => onThreads('plain', {})],
  ...Object.keys(modes).flatMap((engine) => [
    [`${engine}, isolated`, () => onGpu(engine, isolation)],
    [`${engine}, plain`, () => onGpu(engine, {})],
    [`${engine}, reference cases`, () => onCases(engine)]
  ])
])

const wanted = process.argv.slice(2)
let failures = 0
for (const [name, run] of visits) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue
  const start = performance.now()
  const seconds = () => ((performance.now() - start) / 1000).toFixed(0)
  try {
    console.log(`- ${name}: ${await run()} (${seconds()} s)`)
  } catch (cause) {
    failures++
    console.log(`- ${name}: FAILED after ${seconds()} s: ${cause?.message ?? cause}`)
  }
}
process.exit(failures === 0 ? 0 : 1)
