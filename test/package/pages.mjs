// The installed package in pages: built by Vite in an empty app, and as it is, by one script tag. Both are opened in a
// Chromium and train GANs there: node pages.mjs ROOT CONSUMER
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [root, consumer] = process.argv.slice(2)
const tests = `${root}/test/browser`
const { filesOf, isolation, softwareWebGpu, visit } = await import(pathToFileURL(`${tests}/chromium.mjs`).href)
const { build, createLogger } = await import(pathToFileURL(createRequire(`${root}/package.json`).resolve('vite')).href)

/** An app of these files, built by Vite without a word of warning. */
const viteApp = async (name, files) => {
  const app = `${consumer}/${name}`
  mkdirSync(app)
  writeFileSync(`${app}/index.html`, '<!doctype html><title>app</title><script type="module" src="/main.mjs"></script>')
  for (const [file, content] of Object.entries(files)) writeFileSync(`${app}/${file}`, content)
  const warnings = []
  const customLogger = createLogger('warn')
  customLogger.warn = customLogger.warnOnce = (text) => warnings.push(text)
  // gpu.js is a chunk of 630 kB, which Vite would mention.
  const limits = { build: { chunkSizeWarningLimit: 700 } }
  const { output } = await build({ root: app, configFile: false, logLevel: 'warn', customLogger, ...limits })
  assert.deepEqual(warnings, [], `${name}: Vite warns`)
  return { files: filesOf(`${app}/dist`), chunks: output.filter(({ type }) => type === 'chunk') }
}

const isGpuJs = (chunk) => chunk.moduleIds.some((id) => id.includes('/node_modules/gpu.js/'))

/** gpu.js in a chunk of its own that nothing imports outright, and nothing of Node anywhere. */
const checkChunks = (name, chunks) => {
  const [gpuJs, ...others] = chunks.filter(isGpuJs)
  assert.ok(gpuJs !== undefined && others.length === 0, `${name}: one chunk has gpu.js`)
  const foreign = gpuJs.moduleIds.filter((id) => id.includes('/saddlepoint/'))
  assert.deepEqual(foreign, [], `${name}: what else is in the chunk of gpu.js`)
  const importers = chunks.filter(({ imports }) => imports.includes(gpuJs.fileName))
  assert.deepEqual(importers, [], `${name}: imports of gpu.js outright`)
  for (const { fileName, imports, dynamicImports, code } of chunks) {
    const ofNode = [...imports, ...dynamicImports].filter((id) => id.startsWith('node:') || id === 'webgpu')
    assert.deepEqual(ofNode, [], `${name}: imports of Node in ${fileName}`)
    assert.doesNotMatch(
      code,
      /__vite-browser-external|import\(\s*["'`]node:/,
      `${name}: modules of Node in ${fileName}`
    )
  }
  return gpuJs.fileName
}

const onCore = [
  { game: 'dirac', engine: 'auto', steps: 300 },
  { game: 'ring', engine: 'auto', steps: 2000 },
  // Large enough for workers, which the steps of a small game are not.
  { game: 'product', engine: 'auto' }
]
const modes = ['gpu:webasm', 'gpu:webgl2', 'gpu:webgpu']
const onGpuJs = modes.map((engine) => ({ game: 'dirac', engine, steps: 40 }))

const play = async (options, job) => {
  const { report, asked } = await visit({ ...options, page: `/index.html#${encodeURIComponent(JSON.stringify(job))}` })
  assert.ok(report.error === undefined, report.error)
  return { ...report, asked }
}

/** Trains on the default engine, which must not ask for gpu.js, and then on gpu.js. */
const trainOn = async (name, files, gpuJs) => {
  for (const [served, headers] of Object.entries({ plain: {}, isolated: isolation })) {
    const { isolated, results, asked } = await play({ files, headers }, onCore)
    const [dirac, ring, product] = results
    assert.equal(isolated, served === 'isolated')
    assert.equal(ring.engine, 'wasm')
    for (const x of dirac.players) assert.ok(Math.abs(x) < 1e-6, `${name}: players of the Dirac-GAN at ${x}`)
    assert.equal(ring.captured, 8, `${name}: modes of the ring`)
    assert.ok(ring.highQuality > 0.5, `${name}: high-quality samples: ${ring.highQuality}`)
    assert.ok(!asked.includes(gpuJs), `${name}: gpu.js was loaded for another engine`)
    if (isolated) assert.match(product.explained, /[2-9] threads/, `${name}: no workers`)
    console.log(`  ${name}, ${served}: 8 modes, ${(100 * ring.highQuality).toFixed(0)} % of samples near them`)
  }
  const { results, asked } = await play({ files, flags: softwareWebGpu }, onGpuJs)
  const [webasm, ...gpus] = results
  assert.deepEqual(
    results.map(({ engine }) => engine),
    modes
  )
  for (const { engine, players } of gpus)
    players.forEach((x, i) => assert.ok(Math.abs(x - webasm.players[i]) < 1e-4, `${name}: Dirac-GAN on ${engine}`))
  assert.ok(asked.includes(gpuJs), `${name}: gpu.js was not loaded`)
  console.log(`  ${name}: ${modes.join(', ')}`)
  return asked
}

const page = readFileSync(`${tests}/page.mjs`, 'utf8')
const games = readFileSync(`${tests}/games.mjs`, 'utf8')

const whole = await viteApp('whole', { 'main.mjs': "import * as all from 'saddlepoint'\nwindow.saddlepoint = all\n" })
checkChunks('whole', whole.chunks)

const app = await viteApp('app', { 'main.mjs': page, 'games.mjs': games })
await trainOn('Vite', app.files, `/${checkChunks('app', app.chunks)}`)

// No bundler: the package's own module.
const direct = (text) => text.replaceAll("'saddlepoint'", "'/saddlepoint/saddlepoint.js'")
const browser = `${consumer}/node_modules/saddlepoint/dist/browser`
const bare = new Map([
  ['/index.html', '<!doctype html><title>page</title><script type="module" src="/page.mjs"></script>'],
  ['/page.mjs', direct(page)],
  ['/games.mjs', direct(games)],
  ...[...filesOf(browser)].map(([name, content]) => [`/saddlepoint${name}`, content])
])
const asked = await trainOn('one script tag', bare, '/saddlepoint/gpu.js')
const before = asked.slice(0, asked.indexOf('/saddlepoint/gpu-engine.js'))
const core = before.filter((file) => file.startsWith('/saddlepoint/'))
assert.deepEqual(core, ['/saddlepoint/saddlepoint.js'], 'the core is one file')
