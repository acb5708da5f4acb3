// Each optional package that is not installed is asked for by name, with the command that installs it: node optional.mjs
import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { E, Issue, compile, openDataset, showFileIssue, tensor } from 'saddlepoint'
import { Sweep } from 'saddlepoint/run'

const here = join(process.cwd(), 'node_modules')
const { peerDependencies } = JSON.parse(readFileSync(join(here, 'saddlepoint/package.json'), 'utf8'))

const leftOf = (result) => (E.isLeft(result) ? result.left : assert.fail(JSON.stringify(result)))

const queues = async () => {
  const grid = { specs: ['gan'], seeds: 1, data: 'ring', batchSize: 8, steps: 4 }
  return Issue.show(leftOf(await Sweep.runOver('over', grid, 'redis://127.0.0.1:1')()))
}
const dashboard = async () => {
  // A sweep asks for its queue first; the page of the queue is asked for by itself.
  const module = pathToFileURL(join(here, 'saddlepoint/dist/src/run/sweep/dashboard.js'))
  const { openDashboard } = await import(module.href)
  return Issue.show(leftOf(await openDashboard({})()))
}
const parquet = async () => {
  writeFileSync('images.parquet', 'PAR1 and so on PAR1')
  return showFileIssue(leftOf(await openDataset('images.parquet')()))
}
const webgpu = async () => {
  const compiled = compile((x) => x, { engine: 'gpu:webgpu' })
  return compiled(tensor([1])).then(
    () => assert.fail('it ran'),
    ({ message, hint = '' }) => `${message} ${hint}`
  )
}

/** What needs a package, and says so. */
const asks = {
  '@bull-board/api': dashboard,
  '@bull-board/express': dashboard,
  bullmq: queues,
  hyparquet: parquet,
  'hyparquet-compressors': parquet,
  ioredis: queues,
  webgpu
}
assert.deepEqual(Object.keys(asks).sort(), Object.keys(peerDependencies).sort())

// gpu.js brings it, if it can be had.
rmSync(join(here, 'webgpu'), { recursive: true, force: true })
for (const [name, ask] of Object.entries(asks)) {
  const told = await ask()
  assert.match(told, new RegExp(`npm install [\\w@/ -]*${name}`), `${name}: ${told}`)
  assert.doesNotMatch(told, /ERR_MODULE_NOT_FOUND|Cannot find/, `${name}: ${told}`)
}
