// Whether the playground's memory grows: it plays the ring of 8 in an isolated page for so many minutes, and every 30 s the
// heaps of page and worker are read after a forced collection, with the resident memory of their process.
import { readFileSync } from 'node:fs'
import { serve } from './serve.mjs'

const MiB = 2 ** 20
const seconds = 30

/** The greatest slope that counts as none, in MiB a minute: a heap wavers by some tenths of a MiB. */
const none = { page: 0.1, worker: 0.1, resident: 3 }

const residentOf = (pid) => {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

/** The slope of the straight line through values at equal distances, by least squares. */
const slopeOf = (values) => {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((total, x) => total + x, 0) / values.length
  const sums = values.reduce(([xy, xx], y, i) => [xy + (i - middle) * (y - mean), xx + (i - middle) ** 2], [0, 0])
  return sums[0] / sums[1]
}

/** Sends commands of the DevTools to a page and to its worker. */
const inspectorsOf = async (browser, address) => {
  const session = await browser.newBrowserCDPSession()
  const replies = new Map()
  session.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result } = JSON.parse(message)
    replies.get(id)?.(result)
  })
  let last = 0
  const attached = async (type) => {
    const { targetInfos } = await session.send('Target.getTargets', { filter: [{ type }] })
    const target = targetInfos.find(({ url }) => url.startsWith(address))
    const { sessionId } = await session.send('Target.attachToTarget', { targetId: target.targetId, flatten: false })
    return (method) =>
      new Promise((resolve) => {
        last += 1
        replies.set(last, resolve)
        const message = JSON.stringify({ id: last, method })
        void session.send('Target.sendMessageToTarget', { sessionId, message })
      })
  }
  const processes = async () =>
    (await session.send('SystemInfo.getProcessInfo')).processInfo.filter(({ type }) => type === 'renderer')
  return { page: await attached('page'), worker: await attached('worker'), processes }
}

/** Prints what grew in so many minutes, and returns whether anything did. */
export const watchMemory = async (browser, minutes) => {
  const site = await serve('out/playground')
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 1000 } })).newPage()
  await page.goto(site.address)
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  const { processes, ...inspectors } = await inspectorsOf(browser, site.address)
  const heapOf = async (send) => {
    await send('HeapProfiler.collectGarbage')
    // What has finalizers goes with the second.
    await send('HeapProfiler.collectGarbage')
    const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = await send('Runtime.getHeapUsage')
    return (usedSize + embedderHeapUsedSize + backingStorageSize) / MiB
  }
  const samples = { page: [], worker: [], resident: [] }
  const stepNow = async () => Number(/\d+/.exec(await page.locator('.status strong').textContent())[0])
  // Histories and records fill during the first minute.
  await page.waitForTimeout(60_000)
  for (let i = 0; i <= (60 * minutes) / seconds; i++) {
    if (i > 0) await page.waitForTimeout(1000 * seconds)
    samples.page.push(await heapOf(inspectors.page))
    samples.worker.push(await heapOf(inspectors.worker))
    samples.resident.push((await processes()).reduce((total, { id }) => total + residentOf(id), 0) / MiB)
    const now = Object.entries(samples).map(([name, values]) => `${name} ${values.at(-1).toFixed(1)}`)
    console.log(`${((i * seconds) / 60).toFixed(1)} min, step ${await stepNow()}: MiB ${now.join(', ')}`)
  }
  const grown = Object.entries(samples).filter(([name, values]) => {
    const slope = (slopeOf(values) * 60) / seconds
    const grows = slope > none[name]
    console.log(`${name}: ${slope.toFixed(2)} MiB a minute, ${grows ? 'it grew' : 'no growth'}`)
    return grows
  })
  site.close()
  return grown.length > 0
}
