// The page of docs/embedding.md as its reader makes it: the blocks of the text as files, beside the built module.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { filesOf, isolation } from './chromium.mjs'
import { createServer } from 'node:http'
import { extname } from 'node:path'

const text = readFileSync('docs/embedding.md', 'utf8')
const blockOf = (language, at = 0) => {
  const block = [...text.matchAll(new RegExp('```' + language + '\\n([\\s\\S]*?)```', 'g'))][at]
  assert.ok(block, `docs/embedding.md has no block ${at} of ${language}`)
  return block[1]
}
const own = { '/index.html': blockOf('html'), '/page.js': blockOf('js'), '/worker.js': blockOf('js', 1) }
const lines = Object.values(own).join('').trimEnd().split('\n').length
assert.ok(lines <= 60, `the page has ${lines} lines, more than 60`)

const files = new Map([...filesOf('dist/browser'), ...Object.entries(own)])
const types = { '.html': 'text/html', '.js': 'text/javascript' }
const server = createServer((request, response) => {
  const content = files.get(request.url)
  response.writeHead(content === undefined ? 404 : 200, {
    ...isolation,
    'Content-Security-Policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
    'Content-Type': types[extname(request.url)] ?? 'text/plain'
  })
  response.end(content)
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu']
})
try {
  const page = await browser.newPage()
  const complaints = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  await page.goto(`http://127.0.0.1:${server.address().port}/index.html`)
  await page.click('#play')
  await page.waitForFunction(() => Number.parseInt(document.getElementById('step').textContent) >= 500, {
    timeout: 60_000
  })
  const inked = await page.evaluate(() => {
    const { data } = document.getElementById('samples').getContext('2d').getImageData(0, 0, 300, 300)
    return data.filter((value, i) => i % 4 === 3 && value > 0).length
  })
  assert.ok(inked > 100, `${inked} pixels of samples`)
  assert.deepEqual(complaints, [])
  console.log(`ok: the page of docs/embedding.md, ${lines} lines, ${inked} pixels of samples`)
} finally {
  await browser.close()
  server.close()
}
