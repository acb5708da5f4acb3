// A headless Chromium that opens one page, which reports to its server what came out. CHROMIUM_PATH, or /usr/bin/chromium.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'

const chromium = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'

const types = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.json': 'application/json' }

/** Headers under which a page is isolated, and may share memory with its workers. */
export const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp'
}

/** WebGPU on a CPU, for machines without a GPU. */
export const softwareWebGpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan']

/** What lies in a folder, as a server names it. */
export const filesOf = (folder) =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(folder.length).replaceAll('\\', '/'), readFileSync(file)])
  )

/**
 * Serves files, by their path from '/', opens the page, and waits for what it posts to /report. With the report comes what
 * the page asked for, in order.
 */
export const visit = async ({ files, page = '/index.html', headers = {}, flags = [], seconds = 90 }) => {
  const asked = []
  let answer
  const reported = new Promise((resolve) => (answer = resolve))
  const server = createServer((request, response) => {
    if (request.url === '/report') {
      let body = ''
      request.on('data', (part) => (body += part))
      request.on('end', () => {
        response.writeHead(204).end()
        answer({ report: JSON.parse(body), asked })
      })
      return
    }
    const [path] = request.url.split('?')
    const content = files.get(path)
    if (content !== undefined) asked.push(path)
    response.writeHead(content === undefined ? 404 : 200, { ...headers, 'Content-Type': types[extname(path)] ?? '' })
    response.end(content)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const profile = mkdtempSync(join(tmpdir(), 'saddlepoint-page-'))
  const usual = ['--headless', '--no-sandbox', '--no-first-run', '--disable-gpu', '--disable-background-networking']
  const quiet = [
    '--disable-component-update',
    '--disable-sync',
    `--user-data-dir=${profile}`,
    '--enable-logging=stderr'
  ]
  const address = `http://127.0.0.1:${server.address().port}${page}`
  const browser = spawn(chromium, [...usual, ...quiet, ...flags, address], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true
  })
  const said = []
  browser.stderr.on('data', (part) =>
    said.push(
      ...String(part)
        .split('\n')
        .filter((line) => line.includes('CONSOLE'))
    )
  )
  const failed = new Promise((_, reject) => {
    const late = () => reject(new Error(`no report within ${seconds} s\n${said.join('\n')}`))
    browser.on('error', reject)
    setTimeout(late, seconds * 1000).unref()
  })
  try {
    return await Promise.race([reported, failed])
  } finally {
    const gone = new Promise((resolve) => browser.on('exit', resolve))
    // The browser is a group of processes, all of which write into the profile.
    if (browser.pid !== undefined) process.kill(-browser.pid, 'SIGKILL')
    await gone
    server.closeAllConnections()
    server.close()
    rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}
