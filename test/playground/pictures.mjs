// The pictures of docs/gallery.md: node test/playground/pictures.mjs. Needs out/playground and a Chromium.
import { chromium } from 'playwright-core'
import { serve } from './serve.mjs'

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu']
})
const site = await serve('out/playground')

/** Opens the playground, and plays until so many steps are done. */
const picture = async (name, { act = async () => {}, steps, height = 720, width = 1100 }) => {
  const page = await browser.newPage({ viewport: { width, height } })
  await page.goto(site.address)
  await page.getByRole('toolbar', { name: 'Play' }).waitFor()
  await act(page)
  await page.waitForTimeout(1000)
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await page.waitForFunction(
    (steps) =>
      [...document.querySelectorAll('.status strong')].every((x) => Number.parseInt(x.textContent.slice(5)) >= steps),
    steps,
    { timeout: 300_000 }
  )
  await page.screenshot({ path: `docs/${name}.jpg`, quality: 82 })
  await page.close()
}

await picture('playground-ring', { steps: 6000 })
await picture('playground-compare', {
  steps: 2500,
  act: async (page) => {
    await page.getByRole('button', { name: 'Compare two' }).click()
    await page.locator('.game').nth(1).waitFor()
    await page.locator('#g1-preset').selectOption('gan')
  }
})
await picture('playground-shapes', {
  steps: 3000,
  height: 800,
  act: async (page) => {
    await page.locator('#g0-data').selectOption('shapes')
    await page.waitForTimeout(1500)
    await page.locator('#g0-preset').selectOption('dcgan')
  }
})
await browser.close()
site.close()
