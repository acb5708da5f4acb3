// The ring of 8 with R1 in a headless Chromium, by this library and by TensorFlow.js, in turns:
// node bench/browser/run.mjs [SECONDS [CONTESTANT...]], of saddlepoint, and TensorFlow.js on wasm, cpu and webgl (in software).
// Needs an install in the root and in bench (npm ci --prefix bench), and the machine to itself.
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { pageOf } from '../../test/browser/bundle.mjs'
import { isolation, visit } from '../../test/browser/chromium.mjs'

const path = (name) => fileURLToPath(new URL(name, import.meta.url))
const seconds = Number(process.argv[2] ?? 10)
const rounds = 3
const all = ['saddlepoint', 'wasm', 'cpu', 'webgl']
const wanted = process.argv.length > 3 ? process.argv.slice(3) : all

const files = await pageOf(path('ring.mjs'), {
  resolve: {
    alias: { saddlepoint: path('../../src/core.ts'), '@tensorflow': path('../node_modules/@tensorflow') },
    mainFields: ['browser', 'module', 'main']
  },
  external: ['gpu.js', 'webgpu']
})
const binaries = path('../node_modules/@tensorflow/tfjs-backend-wasm/dist/')
for (const name of readdirSync(binaries).filter((file) => file.endsWith('.wasm')))
  files.set(`/wasm/${name}`, readFileSync(binaries + name))

const flags = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist']
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]

const rates = new Map()
for (let round = 0; round < rounds; round++)
  for (const contestant of wanted) {
    const page = `/index.html#${encodeURIComponent(JSON.stringify({ contestant, seconds }))}`
    const { report } = await visit({ files, page, headers: isolation, flags, seconds: seconds + 60 })
    if (report.error !== undefined) {
      console.log(`${contestant}: ${report.error.split('\n')[0]}`)
      continue
    }
    const { name, rate, coverage } = report
    rates.set(name, [...(rates.get(name) ?? []), rate])
    console.log(
      `${name}: ${rate.toFixed(0)} steps a second` +
        (coverage
          ? `; ${coverage.captured} of 8 modes, ${(100 * coverage.highQuality).toFixed(0)} % of high quality`
          : '')
    )
  }
const [first = 0] = [...rates.values()].map(median)
for (const [name, values] of rates)
  console.log(
    `${name}: median ${median(values).toFixed(0)} steps a second; the first of these has ${(first / median(values)).toFixed(1)} times as many`
  )
process.exit(0)
