import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import type { Plugin } from 'vite'
import { defineConfig } from 'vite'

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** gpu.js as a module, loaded when it is asked for: what it publishes for browsers leaves a global. */
const backends = 'GPU, WebGPUKernel, WebGPUContext, WebGL2Kernel, WebGLKernel, HeadlessGLKernel, WebAssemblyKernel'
const gpuJs = (): Plugin => ({
  name: 'gpu.js as a module',
  enforce: 'pre',
  resolveId: (id) => (id === 'gpu.js' ? '\0gpu.js' : undefined),
  load: (id) =>
    id === '\0gpu.js'
      ? `export { ${backends} } from ${JSON.stringify(path('../../node_modules/gpu.js/dist/gpu-browser.min.js'))}`
      : undefined
})

/** The worker as one file without imports, which is handed to the sandbox as text. */
const sandboxed = async (): Promise<string> => {
  const bundle = await rolldown({
    input: path('worker/worker.ts'),
    platform: 'browser',
    external: ['gpu.js', 'ml-matrix', 'webgpu'],
    logLevel: 'silent'
  })
  const { output } = await bundle.generate({ format: 'iife', minify: true, codeSplitting: false })
  return output[0].code
}
const sandbox = (): Plugin => ({
  name: 'the worker of the sandbox',
  async generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'sandbox.js', source: await sandboxed() })
  },
  configureServer: (server) => {
    server.middlewares.use('/sandbox.js', (_, response) => {
      void sandboxed().then((code) => response.setHeader('Content-Type', 'text/javascript').end(code))
    })
  }
})

/** Isolated, so that memory can be shared with threads; a page that is not runs on one. */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }

export default defineConfig({
  root: path('.'),
  base: './',
  plugins: [gpuJs(), sandbox()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es', plugins: () => [gpuJs()] },
  server: { headers },
  preview: { headers },
  build: { outDir: path('../../out/playground'), emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 1200 }
})
