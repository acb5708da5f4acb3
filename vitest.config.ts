import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { examples } from './test/support/examples.ts'

const root = fileURLToPath(new URL('.', import.meta.url))

export default defineConfig({
  plugins: [examples(root)],
  resolve: {
    alias: [
      { find: /^saddlepoint$/, replacement: `${root}src/index.ts` },
      { find: /^saddlepoint\/(figures|run)$/, replacement: `${root}src/$1.ts` }
    ]
  },
  test: {
    // Patterns are relative to this folder, in place of which mutation testing puts one below it.
    dir: 'test',
    include: ['**/*.test.ts'],
    exclude: ['browser/**', 'package/**'],
    setupFiles: ['./test/support/setup.ts'],
    // Values are plain data and the library sets no globals, so files may share a process; that halves the time.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 240_000,
    hookTimeout: 240_000,
    typecheck: { include: ['**/*.test-d.ts'], tsconfig: './tsconfig.json', ignoreSourceErrors: true },
    // istanbul would rewrite the bodies of kernels, whose text is compiled.
    coverage: { provider: 'v8', include: ['src/**', 'kernels/**'] },
    benchmark: { include: ['bench/**/*.bench.ts'] }
  }
})
