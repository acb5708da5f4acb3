// The playground in a headless Chromium, used as a reader uses it: node test/playground/run.mjs [--pictures FOLDER]
// Needs out/playground (npm run playground) and a Chromium: CHROMIUM_PATH, or /usr/bin/chromium.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { softwareWebGpu } from '../browser/chromium.mjs'
import { namelessIn, paleIn } from './accessible.mjs'
import { serve } from './serve.mjs'

const pictures = process.argv.includes('--pictures') ? process.argv[process.argv.indexOf('--pictures') + 1] : undefined
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const args = ['--no-sandbox', '--disable-gpu']
const browser = await chromium.launch({ executablePath, args })
const isolated = await serve('out/playground')
const plain = await serve('out/playground', { isolated: false })

/** A page, and whatever it complained about. */
const open = async (address, options = {}, of = browser) => {
  const context = await of.newContext({ viewport: { width: 1280, height: 1000 }, ...options })
  const page = await context.newPage()
  const complaints = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()))
  await page.goto(address)
  await page.getByRole('toolbar', { name: 'Play' }).waitFor({ timeout: 60_000 })
  const press = (name) => page.getByRole('button', { name, exact: true }).first().click()
  const status = (at = 0) => page.locator('.status').nth(at).textContent()
  const step = async (at = 0) =>
    Number(/\d+/.exec((await page.locator('.status strong').nth(at).textContent()) ?? '')?.[0] ?? 0)
  const until = async (what, test, seconds = 60) => {
    const late = Date.now() + 1000 * seconds
    while (!(await test())) {
      if (Date.now() > late)
        throw new Error(
          `no ${what} within ${seconds} s: ${await status()}, ${await page.locator('.issues').allTextContents()}`
        )
      await page.waitForTimeout(100)
    }
  }
  const issues = () => page.locator('.issues li').allTextContents()
  const picture = async (name) => pictures && (await page.screenshot({ path: join(pictures, `${name}.png`) }))
  return { context, page, complaints, press, status, step, until, issues, picture }
}

const unfold = async (root, name) => {
  const details = root.locator(`details:has(> summary:text("${name}"))`).first()
  if (!(await details.evaluate((element) => element.open))) await details.locator('summary').first().click()
}

const visits = {
  'plays the ring to 8 modes, pauses, steps once, goes back': async () => {
    const { page, complaints, press, status, step, until, picture } = await open(isolated.address)
    assert.equal(await page.evaluate(() => crossOriginIsolated), true)
    await press('Play')
    await until('8 modes', async () => /8 of 8 modes/.test(await status()), 120)
    await picture('playground-ring')
    await press('Pause')
    await until('a pause', async () => /paused/.test(await status()))
    await page.waitForTimeout(300)
    const at = await step()
    await press('One step')
    await until('one step', async () => (await step()) === at + 1)
    await page.getByLabel('Back to').fill('0')
    await until('the first step', async () => (await step()) === 0)
    assert.deepEqual(complaints, [])
  },

  'plays phase by phase: two of alternating are a step, and a rule of one has none': async () => {
    const drawn = async ({ page }) => page.locator('canvas.plane').evaluate((canvas) => canvas.toDataURL())
    const begin = async () => {
      const game = await open(isolated.address)
      await game.press('100 steps')
      await game.until('100 steps', async () => (await game.step()) === 100)
      await game.page.waitForTimeout(300)
      return game
    }
    const phases = await begin()
    const before = await drawn(phases)
    await phases.press('One phase')
    await phases.until('a phase', async () => /phase 1 of 2: discriminator moved/.test(await phases.status()))
    await phases.page.waitForTimeout(300)
    assert.equal(await phases.step(), 100)
    assert.notEqual(await drawn(phases), before, 'the critic moved')
    await phases.picture('playground-phase')
    await phases.press('One phase')
    await phases.until('the step', async () => (await phases.step()) === 101)
    await phases.page.waitForTimeout(300)
    const whole = await begin()
    await whole.press('One step')
    await whole.until('the step', async () => (await whole.step()) === 101)
    await whole.page.waitForTimeout(300)
    assert.equal(await drawn(phases), await drawn(whole))
    await unfold(whole.page, 'Update rule')
    await whole.page.locator('#g0-update').selectOption('simultaneous')
    const button = whole.page.getByRole('button', { name: 'One phase' })
    await whole.until('no phases', () => button.isDisabled())
    assert.match(await button.getAttribute('title'), /one phase: a step is all of it/)
    assert.deepEqual(phases.complaints, [])
  },

  'has a control for each part: each change is a game that plays': async () => {
    const { page, complaints, press, step, until, issues } = await open(isolated.address)
    await press('Play')
    await until('a start', async () => (await step()) > 0)
    const names = await page.locator('#g0-loss option').evaluateAll((options) => options.map(({ value }) => value))
    assert.ok(names.length > 15, 'losses come from the registry')
    const plays = async (what) => {
      await until(
        `play of ${what}`,
        async () => (await step()) > 0 && /steps a second/.test(await page.locator('.status').textContent())
      )
      assert.deepEqual(await issues(), [], what)
    }
    const begin = async (act) => {
      await act()
      await page.waitForTimeout(400)
    }
    for (const loss of ['hinge', 'wasserstein', 'relativistic', 'leastSquares'])
      await begin(() => page.locator('#g0-loss').selectOption(loss)).then(() => plays(loss))
    await begin(() => page.getByLabel('add to generator').selectOption('jacobianClamp'))
    await plays('jacobianClamp')
    await unfold(page, 'Update rule')
    for (const rule of ['simultaneous', 'extragradient', 'alternating'])
      await begin(() => page.locator('#g0-update').selectOption(rule)).then(() => plays(rule))
    await unfold(page, 'Optimizers')
    await begin(() => page.locator('#g0-optimizers-generator').selectOption('rmsprop'))
    await plays('rmsprop')
    assert.deepEqual(complaints, [])
  },

  'says what is wrong with a value, at its place': async () => {
    const { page, issues, until } = await open(isolated.address)
    await page.getByLabel('gamma', { exact: true }).fill('-3')
    await page.getByLabel('gamma', { exact: true }).press('Enter')
    await until('an issue', async () => (await issues()).length > 0)
    assert.match((await issues())[0], /discriminator\.r1\.gamma: expected .* at least 0/)
  },

  'edits code, with an error and mended, in the sandbox': async () => {
    const { page, complaints, press, step, until, issues, picture } = await open(isolated.address)
    await until('a frame', async () => (await page.locator('canvas.plane').count()) > 0)
    await unfold(page, 'The game as code')
    await press('Edit')
    const editor = page.locator('.cm-content')
    await editor.waitFor()
    const code = await page
      .locator('.cm-content')
      .evaluate((element) => element.cmTile?.view?.state.doc.toString() ?? element.innerText)
    assert.match(code, /export const spec = pipe\(/)
    await editor.click()
    await page.keyboard.press('Control+A')
    await page.keyboard.insertText(code.replace('gamma:', 'gama:'))
    await press('Run')
    await until('an issue', async () => (await issues()).some((text) => /gama/.test(text)))
    /** The lines at which the editor's gutter shows an error. */
    const marked = () =>
      page.locator('.cm-lint-marker-error').evaluateAll((marks) => {
        const { top } = document.querySelector('.cm-content').getBoundingClientRect()
        const lines = [...document.querySelectorAll('.cm-line')].map((line) => line.getBoundingClientRect())
        return marks.map((mark) => {
          const { y, height } = mark.getBoundingClientRect()
          return lines.findIndex((line) => line.top <= y + height / 2 && y + height / 2 < line.bottom) + (top ? 1 : 0)
        })
      })
    const lineOf = (text, part) => text.split('\n').findIndex((line) => line.includes(part)) + 1
    await until('the mark', async () => (await marked()).length > 0)
    assert.deepEqual(await marked(), [lineOf(code, 'gamma:')])
    await picture('playground-code')
    const write = async (text) => {
      await editor.click()
      await page.keyboard.press('Control+A')
      await page.keyboard.insertText(text)
      await press('Run')
    }
    // Issues of the library at the line that they are about, and what a term throws at the line that threw.
    const ruled = code
      .replace('import { ', 'import { Update, ')
      .replace('Gan.withLoss', 'Gan.withUpdate(Update.alternating({\n    discriminatorSteps: 0\n  })),\n  Gan.withLoss')
    await write(ruled)
    await until('the rule’s issue', async () =>
      (await issues()).some((text) => /update\.discriminatorSteps/.test(text))
    )
    await until('its mark', async () => (await marked())[0] === lineOf(ruled, 'discriminatorSteps: 0'))
    const throwing = code.replace(
      'Gan.withLoss',
      "Gan.withRegularizer('discriminator', () => {\n    throw new Error('on purpose')\n  }),\n  Gan.withLoss"
    )
    await write(throwing)
    await until('what was thrown', async () => (await issues()).some((text) => /on purpose/.test(text)))
    await until('its mark', async () => (await marked())[0] === lineOf(throwing, 'on purpose'))
    await editor.click()
    await page.keyboard.press('Control+A')
    const own = code
      .replace(
        "from 'saddlepoint'",
        "from 'saddlepoint'\nimport { mean, square } from 'saddlepoint'\nimport type { Tensor } from 'saddlepoint'\nconst drift: Gan.Term = ({ D, real }) => mean(square(D(real as Tensor)))"
      )
      .replace(/Gan\.withLoss\(([^)]*)\)/, "Gan.withLoss($1),\n  Gan.withRegularizer('discriminator', drift)")
    await page.keyboard.insertText(own)
    await press('Run')
    await until('play of own code', async () => (await step()) > 10)
    assert.match(await page.locator('.code summary').textContent(), /yours is running/)
    await until(
      'the own term',
      async () => (await page.locator('.chart', { hasText: 'discriminator drift' }).count()) > 0
    )
    assert.deepEqual(complaints, [])
  },

  'code in the sandbox has no network, and a link with code runs nothing by itself': async () => {
    const { page, press, step, until, issues } = await open(isolated.address)
    await unfold(page, 'The game as code')
    await press('Edit')
    const asked = []
    page.on('request', (request) => asked.push(request.url()))
    await page.locator('.cm-content').click()
    await page.keyboard.press('Control+A')
    await page.keyboard.insertText(
      "fetch('https://example.org/stolen').catch(() => undefined)\nthrow new Error('ran ' + typeof document)"
    )
    await press('Run')
    await until('what it threw', async () => (await issues()).some((text) => /ran undefined/.test(text)))
    assert.deepEqual(
      asked.filter((url) => url.includes('example.org')),
      []
    )
    await press('Share')
    await until('an address', async () => page.url().includes('#'))
    const link = page.url()
    const other = await open(link)
    await other.page.waitForTimeout(1500)
    assert.equal(await step(), 0)
    assert.deepEqual(await other.issues(), [])
    assert.match(await other.page.locator('.notice').textContent(), /runs when you press Run/)
  },

  'a link opens the same game, with the same samples': async () => {
    const first = await open(isolated.address)
    await first.page.locator('#g0-seed').fill('7')
    await first.page.locator('#g0-seed').press('Enter')
    await first.page.waitForTimeout(500)
    const drawn = async ({ page, press, step, until }) => {
      await press('100 steps')
      await until('100 steps', async () => (await step()) === 100)
      await page.waitForTimeout(500)
      return page.locator('canvas.plane').evaluate((canvas) => canvas.toDataURL())
    }
    await first.press('Share')
    await first.until('an address', async () => first.page.url().includes('#'))
    const second = await open(first.page.url())
    assert.equal(await second.page.locator('#g0-seed').inputValue(), '7')
    assert.equal(await drawn(second), await drawn(first))
  },

  'compares two games from one start': async () => {
    const { page, press, step, until, picture, complaints } = await open(isolated.address)
    await press('Compare two')
    await until('two boards', async () => (await page.locator('.status').count()) === 2)
    await unfold(page.locator('.game').nth(1), 'Update rule')
    await page.locator('#g1-update').selectOption('extragradient')
    await page.waitForTimeout(500)
    await press('Play')
    await until('both', async () => (await step(0)) > 200 && (await step(1)) > 200)
    await picture('playground-compare')
    assert.deepEqual(complaints, [])
  },

  'learns points of a CSV file, and refuses a broken one in words': async () => {
    const { page, press, step, until, issues } = await open(isolated.address)
    const csv = (text) => ({ name: 'points.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
    await page.locator('#g0-file').setInputFiles(csv('x,y\n1,two\n'))
    await until('an issue', async () => (await issues()).length > 0)
    assert.match((await issues())[0], /points\.csv/)
    const rows = Array.from({ length: 200 }, (_, i) => `${Math.cos(i)},${Math.sin(i)}`)
    await page.locator('#g0-file').setInputFiles(csv(`x,y\n${rows.join('\n')}\n`))
    await until('the file', async () => (await page.locator('#g0-data').inputValue()) === 'own')
    await press('Play')
    await until('steps', async () => (await step()) > 100)
  },

  'learns images of an IDX file that is dropped, with their labels, and refuses others in words': async () => {
    const { page, press, step, until, issues, status, complaints } = await open(isolated.address)
    const idx = (shape, at) => {
      const count = shape.reduce((product, n) => product * n, 1)
      const extents = shape.flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255])
      return [0, 0, 8, shape.length, ...extents, ...Array.from({ length: count }, (_, i) => at(i))]
    }
    const drop = async (...files) => {
      const carried = await page.evaluateHandle((files) => {
        const transfer = new DataTransfer()
        for (const [name, bytes] of files) transfer.items.add(new File([Uint8Array.from(bytes)], name))
        return transfer
      }, files)
      await page.locator('.board').dispatchEvent('drop', { dataTransfer: carried })
    }
    const stripes = (i) => (Math.floor(i / (28 * 28)) % 2 === (Math.floor(i / 28) % 4 < 2 ? 0 : 1) ? 255 : 0)
    const labels = ['labels.idx', idx([64], (i) => i % 3)]
    await drop(labels)
    await until('an issue', async () => /labels\.idx: expected the images/.test((await issues()).join()))
    await drop(['small.idx', idx([5, 9, 9], () => 7)])
    await until('an issue', async () => /small\.idx: .* 28, 32, 48 or 64/.test((await issues()).join()))
    await drop(labels, ['images.idx', idx([64, 28, 28], stripes)])
    const name = page.locator('#g0-data option:checked')
    await until('the images', async () => (await name.textContent()) === 'images.idx, labels.idx')
    await until('presets of labels', async () =>
      (await page.locator('#g0-preset option').allTextContents()).includes('acgan')
    )
    await page.locator('#g0-preset').selectOption('acgan')
    await until('a frame', async () => (await page.getByRole('img', { name: '64 samples' }).count()) === 1)
    await press('One step')
    await until('a step', async () => (await step()) === 1, 120)
    assert.deepEqual(await issues(), [], await status())
    assert.deepEqual(complaints, [])
  },

  'plays on WebGPU where there is one, and says so where there is none': async () => {
    const none = await open(isolated.address)
    await none.page.locator('#g0-engine').selectOption('gpu:webgpu')
    await none.until('words', async () =>
      /plays on WebAssembly: WebGPU cannot be had here/.test((await none.issues()).join())
    )
    assert.equal(await none.page.locator('#g0-engine').inputValue(), 'wasm')
    await none.press('Play')
    await none.until('steps', async () => (await none.step()) > 10)
    const software = await chromium.launch({ executablePath, args: [...args, ...softwareWebGpu] })
    try {
      const { page, press, step, until, issues, status } = await open(isolated.address, {}, software)
      const asked = []
      page.on('request', (request) => asked.push(request.url()))
      await page.locator('#g0-engine').selectOption('gpu:webgpu')
      await until('compiled kernels', async () => /paused/.test(await status()), 120)
      await press('One step')
      await until('a step', async () => (await step()) === 1, 120)
      assert.deepEqual(await issues(), [])
      assert.equal(await page.locator('#g0-engine').inputValue(), 'gpu:webgpu')
      assert.equal(asked.filter((url) => /gpu-?.*\.js/.test(url)).length, 1, 'gpu.js is loaded when it is asked for')
    } finally {
      await software.close()
    }
  },

  ...Object.fromEntries(
    ['light', 'dark'].map((colorScheme) => [
      `fits a phone, by keyboard, with names and contrast, ${colorScheme}`,
      async () => {
        const { page, press, step, until, picture, complaints } = await open(plain.address, {
          viewport: { width: 390, height: 800 },
          colorScheme
        })
        assert.equal(await page.evaluate(() => crossOriginIsolated), false)
        await until('a frame', async () => (await page.locator('canvas.plane').count()) > 0)
        await page.keyboard.press('Space')
        await until('steps', async () => (await step()) > 100)
        await page.keyboard.press('Space')
        await picture(`playground-phone-${colorScheme}`)
        const button = page.getByRole('button', { name: 'One step' })
        const at = await step()
        await page.keyboard.press('Tab')
        for (let i = 0; i < 3 && !(await button.evaluate((x) => x === document.activeElement)); i++)
          await page.keyboard.press('Tab')
        await page.keyboard.press('Enter')
        await until('a step by keyboard', async () => (await step()) > at)
        // All that can be unfolded, unfolded.
        await page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)))
        await press('draw points')
        await press('Edit')
        await page.locator('.cm-content').waitFor()
        await page.locator('#g0-add-augmentation').selectOption({ index: 1 })
        await until('an augmentation', async () => (await page.getByText('augmentation of').count()) > 0)
        const [content, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
        assert.ok(content <= width, `${content} pixels in ${width}`)
        assert.deepEqual(await namelessIn(page), [], 'whatever is used or seen has a name')
        assert.deepEqual(await paleIn(page), [], 'contrast')
        await page.locator('.code').scrollIntoViewIfNeeded()
        await picture(`playground-phone-code-${colorScheme}`)
        assert.deepEqual(complaints, [])
      }
    ])
  )
}

const wanted = process.argv.slice(2).filter((word, i, all) => word !== '--pictures' && all[i - 1] !== '--pictures')
let failures = 0
for (const [name, visit] of Object.entries(visits)) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue
  const start = performance.now()
  try {
    await visit()
    console.log(`ok: ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`)
  } catch (error) {
    failures += 1
    console.error(`FAILED: ${name}: ${error.stack}`)
  }
  for (const context of browser.contexts()) await context.close()
}
await browser.close()
isolated.close()
plain.close()
console.log(failures === 0 ? 'the playground works' : `${failures} failed`)
process.exit(failures === 0 ? 0 : 1)
