// The installed package bundled by esbuild, webpack, Rollup and Vite, minified where they minify, and run: node bundlers.mjs ROOT.
// Run in the consumer's folder, in which the bundlers are installed.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import resolve from '@rollup/plugin-node-resolve'
import { build as esbuild } from 'esbuild'
import { rollup } from 'rollup'
import webpack from 'webpack'

const [root] = process.argv.slice(2)
const here = process.cwd()
const { build: vite } = await import(pathToFileURL(createRequire(`${root}/package.json`).resolve('vite')).href)

/** Runs a bundle, which must say what the package says unbundled and name no folder of this machine. */
const check = (name, file) => {
  const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' })
  assert.equal(stderr.slice(-500), '', name)
  assert.match(stdout.trim(), /^slope 2,4,6; steps 2; \d problems? in this GAN$/, name)
  assert.ok(!readFileSync(file, 'utf8').includes(here), `${name}: the path of the build is in the bundle`)
  console.log(`  ${name}`)
}

for (const format of ['esm', 'iife', 'cjs'])
  for (const platform of ['browser', 'node']) {
    const outfile = `${here}/bundles/esbuild-${format}-${platform}.${format === 'esm' ? 'mjs' : 'cjs'}`
    const settings = { entryPoints: ['bundled.mjs'], bundle: true, minify: true, logLevel: 'silent' }
    const { warnings } = await esbuild({ ...settings, format, platform, outfile })
    assert.deepEqual(warnings, [], `esbuild ${format}: warnings`)
    check(`esbuild, ${format} for ${platform}`, outfile)
  }

await new Promise((done, failed) => {
  // One file: in a page webpack loads a chunk by a script element, which Node does not have.
  const output = {
    path: `${here}/bundles/webpack`,
    filename: 'main.cjs',
    publicPath: '',
    globalObject: 'globalThis',
    asyncChunks: false
  }
  const settings = { mode: 'production', target: 'web', entry: './bundled.mjs', performance: false }
  webpack({ ...settings, output }, (error, stats) => {
    if (error ?? stats.hasErrors()) failed(error ?? new Error(stats.toString('errors-only')))
    else done()
  })
})
check('webpack', `${here}/bundles/webpack/main.cjs`)

const bundle = await rollup({
  input: 'bundled.mjs',
  plugins: [resolve({ browser: true })],
  external: ['gpu.js'],
  logLevel: 'silent'
})
await bundle.write({ dir: 'bundles/rollup', format: 'es', entryFileNames: 'main.mjs' })
check('Rollup', `${here}/bundles/rollup/main.mjs`)

// A worker in a page. Vite's own format for workers is one file, gpu.js included; as modules gpu.js stays apart.
mkdirSync('worker-app')
writeFileSync('worker-app/index.html', '<!doctype html><script type="module" src="/main.mjs"></script>')
writeFileSync(
  'worker-app/main.mjs',
  "new Worker(new URL('./worker.mjs', import.meta.url), { type: 'module' }).onmessage = ({ data }) => console.log(data)\n"
)
writeFileSync('worker-app/worker.mjs', readFileSync('bundled.mjs', 'utf8'))
await vite({ root: `${here}/worker-app`, configFile: false, logLevel: 'error', worker: { format: 'es' } })
const assets = `${here}/worker-app/dist/assets`
const worker = readdirSync(assets).find((name) => name.startsWith('worker'))
assert.doesNotMatch(readFileSync(`${assets}/${worker}`, 'utf8'), /WebAssemblyKernel/, 'Vite: gpu.js is in the worker')
writeFileSync(`${assets}/package.json`, '{ "type": "module" }')
check('Vite, a worker', `${assets}/${worker}`)
