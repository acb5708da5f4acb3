// The book as a reader opens it, from a folder and without a server: node test/browser/book.mjs [--pictures FOLDER]
// Needs out/book (npx typedoc) and a Chromium: CHROMIUM_PATH, or /usr/bin/chromium.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'

const book = fileURLToPath(new URL('../../out/book', import.meta.url))
const pictures = process.argv.includes('--pictures') ? process.argv[process.argv.indexOf('--pictures') + 1] : undefined
const pages = ['index.html', ...readdirSync(join(book, 'documents')).map((name) => `documents/${name}`)]
assert.ok(pages.length > 15)

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu']
})
const addressOf = (name) => pathToFileURL(join(book, name)).href

for (const [name, width, height] of [
  ['laptop', 1280, 900],
  ['phone', 390, 844]
]) {
  const page = await (await browser.newContext({ viewport: { width, height } })).newPage()
  const errors = []
  page.on('pageerror', (error) => errors.push(error.message))
  for (const file of pages) {
    await page.goto(addressOf(file))
    // A page shows itself once its script has run.
    await page.waitForFunction(() => getComputedStyle(document.body).display !== 'none')
    const { wide, broken, headings } = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth - innerWidth,
      broken: [...document.images].filter((image) => image.naturalWidth === 0).map((image) => image.src),
      headings: [...document.querySelectorAll('h1')].filter((heading) => heading.offsetHeight > 0).length
    }))
    assert.deepEqual({ file, wide: Math.max(wide, 0), broken, headings }, { file, wide: 0, broken: [], headings: 1 })
    if (pictures) await page.screenshot({ path: join(pictures, `${name}-${file.replace(/\W/g, '-')}.png`) })
  }
  assert.deepEqual(errors, [])
}

const page = await browser.newPage()
await page.goto(addressOf('index.html'))
await page.locator('#tsd-search-trigger').click()
await page.keyboard.type('cotangent', { delay: 20 })
const found = page.locator('#tsd-search-results li')
await found.filter({ hasText: 'The ideas' }).waitFor({ timeout: 20_000 })
await browser.close()
console.log(`${pages.length} pages fit a laptop and a phone; the search finds words of a page`)
