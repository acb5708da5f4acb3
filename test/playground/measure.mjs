// Figures of the playground in a headless Chromium: node test/playground/measure.mjs [SECONDS], of frames, steps and weight;
// node test/playground/measure.mjs --minutes 10, of memory alone: it ends with 1 where something grew.
// Needs out/playground (npm run playground:build), and the machine to itself.
import { gzipSync } from 'node:zlib'
import { chromium } from 'playwright-core'
import { filesOf } from '../browser/chromium.mjs'
import { watchMemory } from './memory.mjs'
import { serve } from './serve.mjs'

const seconds = Number(process.argv[2] ?? 60)
const folder = 'out/playground'
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--enable-precise-memory-info']
})

if (process.argv[2] === '--minutes') {
  const grew = await watchMemory(browser, Number(process.argv[3] ?? 10))
  await browser.close()
  process.exit(grew ? 1 : 0)
}

/** Watches how far apart pictures of the screen are. */
const watchFrames = () => {
  globalThis.gaps = []
  let last = performance.now()
  const tick = (now) => {
    globalThis.gaps.push(now - last)
    last = now
    requestAnimationFrame(tick)
  }
  requestAnimationFrame(tick)
}

const heapOf = async (page) => {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  return (await page.evaluate(() => performance.memory.usedJSHeapSize)) / 2 ** 20
}

for (const isolated of [true, false]) {
  const site = await serve(folder, { isolated })
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 1000 } })).newPage()
  const files = filesOf(folder)
  const asked = new Set()
  page.context().on('request', (request) => asked.add(new URL(request.url()).pathname))
  await page.goto(site.address)
  await page.getByRole('toolbar', { name: 'Play' }).waitFor()
  await page.waitForTimeout(3000)
  const weight = [...asked].reduce((total, path) => {
    const content = files.get(path.endsWith('/') ? `${path}index.html` : path)
    return total + (content === undefined ? 0 : gzipSync(content).length)
  }, 0)
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await page.waitForTimeout(3000)
  await page.evaluate(watchFrames)
  const stepNow = async () => Number(/\d+/.exec(await page.locator('.status strong').textContent())[0])
  const before = [await stepNow(), performance.now()]
  await page.waitForTimeout(1000 * Math.min(seconds, 30))
  const steps = ((await stepNow()) - before[0]) / ((performance.now() - before[1]) / 1000)
  const gaps = (await page.evaluate(() => globalThis.gaps)).sort((a, b) => b - a)
  // To collect garbage stops the page: after the frames were counted.
  const heaps = []
  for (let i = 0; i < 6; i++) {
    await page.waitForTimeout((1000 * seconds) / 6)
    heaps.push((await heapOf(page)).toFixed(1))
  }
  console.log(
    `${isolated ? 'isolated' : 'plain'}: ${(weight / 1000).toFixed(0)} kB gzip, ${steps.toFixed(0)} steps a second, ` +
      `longest gap ${gaps[0].toFixed(0)} ms, 99.9 % below ${gaps[Math.floor(gaps.length / 1000)].toFixed(0)} ms, ` +
      `page's heap, MiB: ${heaps.join(', ')}`
  )
  site.close()
}
await browser.close()
