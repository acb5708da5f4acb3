// A browser bundle of everything the package exports: nothing of Node in what loads first, and gpu.js only on demand.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'

const [root, entry] = process.argv.slice(2)
const { rolldown } = await import(pathToFileURL(createRequire(`${root}/package.json`).resolve('rolldown')).href)
const bundle = await rolldown({ input: entry, platform: 'browser', external: [/^node:/, 'webgpu'], logLevel: 'silent' })
const { output } = await bundle.generate({ format: 'esm', minify: true })
const first = output.find((chunk) => chunk.isEntry)
const eager = new Set([first.fileName])
for (const name of eager)
  for (const next of output.find((chunk) => chunk.fileName === name)?.imports ?? []) eager.add(next)
const modules = output.filter((chunk) => eager.has(chunk.fileName)).flatMap((chunk) => Object.keys(chunk.modules))

assert.deepEqual(
  [...eager].filter((name) => name.startsWith('node:')),
  [],
  'Node modules load first'
)
assert.deepEqual(
  modules.filter((name) => name.includes('/gpu.js/')),
  [],
  'gpu.js loads first'
)
console.log(`browser bundle: ${first.code.length} bytes, ${gzipSync(first.code).length} gzipped`)
