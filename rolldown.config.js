import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'rolldown'

const path = (name) => fileURLToPath(new URL(name, import.meta.url))
const directory = 'dist/browser'

/** The licenses of the packages that a bundle contains, beside it. */
const licenses = (name) => ({
  name: 'licenses',
  generateBundle(_, bundle) {
    const modules = Object.values(bundle).flatMap((chunk) => Object.keys(chunk.modules ?? {}))
    const packages = modules.map((id) => /^.*[/\\]node_modules[/\\][^/\\]+/.exec(id)?.[0]).filter(Boolean)
    const texts = [...new Set(packages)].map((at) => `${basename(at)}\n\n${readFileSync(`${at}/LICENSE`, 'utf8')}`)
    this.emitFile({ type: 'asset', fileName: `${name}.licenses.txt`, source: texts.join('\n\n') })
  }
})

/** By folder, too, as engine.js says little: gpu-engine.js. */
const chunkFileNames = ({ facadeModuleId, moduleIds }) => {
  // The bundler's own module, which it names with a null byte, gives no name.
  const id = facadeModuleId ?? moduleIds.findLast((one) => !one.startsWith('\0'))
  return id === undefined ? '[name].js' : `${basename(dirname(id))}-[name].js`
}

/** A module for pages without a bundler. What it loads on demand takes the modules they share from it, not a third file. */
const page = (name, source) => ({
  input: { [name]: path(source) },
  platform: 'browser',
  preserveEntrySignatures: 'allow-extension',
  external: ['gpu.js', 'ml-matrix', 'jpeg-js'],
  plugins: [licenses(name)],
  output: {
    dir: directory,
    format: 'esm',
    minify: true,
    comments: false,
    paths: { 'gpu.js': './gpu.js', 'ml-matrix': './ml-matrix.js' },
    codeSplitting: { groups: [{ name, tags: ['$initial'] }] },
    chunkFileNames
  }
})

/** What the engine takes from gpu.js: src/engines/gpu/device/backends.ts. */
const backends = 'GPU, WebGPUKernel, WebGPUContext, WebGL2Kernel, WebGLKernel, HeadlessGLKernel, WebAssemblyKernel'

/** gpu.js as a module: what it publishes for browsers leaves a global. */
const gpu = {
  input: { gpu: 'gpu.js as a module' },
  platform: 'browser',
  plugins: [
    {
      name: 'gpu.js as a module',
      resolveId: (id) => (id === 'gpu.js as a module' ? id : undefined),
      load: (id) =>
        id === 'gpu.js as a module'
          ? `export { ${backends} } from ${JSON.stringify(path('node_modules/gpu.js/dist/gpu-browser.min.js'))}`
          : undefined
    },
    licenses('gpu')
  ],
  output: { dir: directory, format: 'esm', minify: true }
}

/** ml-matrix as a module, loaded for the eigenvalues of a game alone: in the page's own bundle its parts in CommonJS would need a third file. */
const matrix = {
  input: { 'ml-matrix': 'ml-matrix' },
  platform: 'browser',
  plugins: [licenses('ml-matrix')],
  output: { dir: directory, format: 'esm', minify: true, comments: false }
}

export default defineConfig([page('saddlepoint', 'src/core.ts'), page('files', 'src/files.ts'), gpu, matrix])
