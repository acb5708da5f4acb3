// Trains on a file of 2 GB, which is read row by row, and says how much memory that takes:
// npm run --silent bench -- --help && node out/bench/bench/measure/streaming.js [bytes] [steps]
import { mkdtempSync, openSync, rmSync, truncateSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { E, Gan, Issue, Preset, openDataset, pipe, showFileIssue } from '../../src/index.ts'

const [bytes, steps] = [Number(process.argv[2] ?? 2 ** 31), Number(process.argv[3] ?? 200)]
const side = 28
const rows = Math.floor((bytes - 16) / (side * side))

/** Images that are all black but for their first pixels: nothing else of the file takes room on the disk. */
const sparseFile = (path: string): void => {
  const file = openSync(path, 'w')
  const header = Buffer.alloc(16)
  header.set([0, 0, 8, 3])
  for (const [i, extent] of [rows, side, side].entries()) header.writeUInt32BE(extent, 4 + 4 * i)
  writeSync(file, header)
  truncateSync(path, 16 + rows * side * side)
}

const megabytes = (kibibytes: number): string => `${((kibibytes * 1024) / 1e6).toFixed(0)} MB`
const peak = (): string => megabytes(process.resourceUsage().maxRSS)

const directory = mkdtempSync(join(tmpdir(), 'streaming-'))
try {
  const path = join(directory, 'images.idx')
  sparseFile(path)
  console.log(`${String(rows)} images, ${(bytes / 1e9).toFixed(2)} GB; before anything is read: ${peak()}`)
  const opened = await openDataset(path)()
  if (E.isLeft(opened)) throw new Error(showFileIssue(opened.left))
  const data = opened.right
  const batches = data.batches({ batchSize: 64 })
  const began = performance.now()
  await batches.at(0)()
  const first = performance.now()
  for (let step = 1; step <= 100; step++) await batches.at(step)()
  const read = (performance.now() - first) / 100
  console.log(`first minibatch ${(first - began).toFixed(0)} ms, the others ${read.toFixed(2)} ms each; peak ${peak()}`)
  const trained = await pipe(
    Preset.gan({ shape: data.shape }),
    Gan.train({ data, batchSize: 64, steps, engine: 'wasm' })
  )()
  if (E.isLeft(trained)) throw new Error(Issue.show(trained.left.issues))
  const { stepsDone, seconds } = trained.right
  console.log(`${String(stepsDone)} steps, ${((1000 * seconds) / stepsDone).toFixed(1)} ms each; peak ${peak()}`)
  trained.right.step.dispose()
} finally {
  rmSync(directory, { recursive: true })
}
