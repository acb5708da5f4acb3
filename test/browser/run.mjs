// The built library in a headless Chromium, on pages served as browsers meet them: node test/browser/run.mjs
// Needs dist (npm run build) and a Chromium: CHROMIUM_PATH, or /usr/bin/chromium.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const chromium = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
const noWorkers = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'"

/** How a page may be served. */
const pages = {
  isolated: isolation,
  plain: {},
  'isolated, workers forbidden': { ...isolation, 'Content-Security-Policy': noWorkers }
}

const bundle = await rolldown({
  input: fileURLToPath(new URL('page.mjs', import.meta.url)),
  platform: 'browser',
  external: [/^node:/, 'webgpu'],
  resolve: { alias: { saddlepoint: fileURLToPath(new URL('../../dist/src/index.js', import.meta.url)) } },
  logLevel: 'silent'
})
const { output } = await bundle.generate({ format: 'esm' })
const files = new Map(output.map((chunk) => [`/${chunk.fileName}`, chunk.code]))
const entry = output.find((chunk) => chunk.isEntry).fileName

/** Serves the page with these headers, opens it, and waits for what it reports. */
const visit = async (headers) => {
  let answer
  const reported = new Promise((resolve) => (answer = resolve))
  const server = createServer((request, response) => {
    if (request.url === '/report') {
      let body = ''
      request.on('data', (part) => (body += part))
      request.on('end', () => {
        response.writeHead(204).end()
        answer(JSON.parse(body))
      })
      return
    }
    const code = files.get(request.url)
    response.writeHead(200, { ...headers, 'Content-Type': code === undefined ? 'text/html' : 'text/javascript' })
    response.end(code ?? `<!doctype html><title>page</title><script type="module" src="/${entry}"></script>`)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const profile = mkdtempSync(join(tmpdir(), 'saddlepoint-page-'))
  const flags = ['--headless', '--no-sandbox', '--no-first-run', '--disable-gpu', '--disable-background-networking']
  const quiet = ['--disable-component-update', '--disable-sync', `--user-data-dir=${profile}`]
  const browser = spawn(chromium, [...flags, ...quiet, `http://127.0.0.1:${server.address().port}/`], {
    stdio: 'ignore',
    detached: true
  })
  const failed = new Promise((_, reject) => {
    browser.on('error', reject)
    setTimeout(() => reject(new Error('the page reported nothing within 90 s')), 90000).unref()
  })
  try {
    return await Promise.race([reported, failed])
  } finally {
    const gone = new Promise((resolve) => browser.on('exit', resolve))
    // The browser is a group of processes, all of which write into the profile.
    process.kill(-browser.pid, 'SIGKILL')
    await gone
    server.closeAllConnections()
    server.close()
    rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

const results = {}
for (const [name, headers] of Object.entries(pages)) {
  const result = await visit(headers)
  assert.ok(result.ok, `${name}: ${result.error}`)
  assert.equal(result.isolated, name !== 'plain', `${name}: cross-origin isolation`)
  assert.equal(result.wasm.engine, 'wasm', `${name}: the default engine`)
  const scale = Math.max(...result.reference.samples.map(Math.abs), 1)
  const error = Math.max(...result.wasm.samples.map((x, i) => Math.abs(x - result.reference.samples[i]))) / scale
  assert.ok(error < 2e-2, `${name}: after 200 steps samples are off the reference's by ${error}`)
  console.log(`- ${name}: ${result.wasm.explained}; off the reference by ${error.toExponential(1)}`)
  results[name] = result.wasm.samples
}
for (const [name, samples] of Object.entries(results))
  assert.deepEqual(samples, results.plain, `${name}: the same bits on every page`)
