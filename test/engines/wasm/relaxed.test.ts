import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { probes } from '../../../kernels/wasm/encoder/index.ts'
import { WebAssembly } from '../../../src/engines/webassembly.ts'
import type { Reports } from './relaxedRun.ts'

const program = fileURLToPath(new URL('relaxedRun.ts', import.meta.url))
const hooks = new URL('../../support/stripTypes.mjs', import.meta.url).href
const start = `data:text/javascript,import { register } from 'node:module'; register('${hooks}')`

const reportsWith = async (feature: 'on' | 'as it is'): Promise<Reports> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', start, program, feature])
  return JSON.parse(stdout) as Reports
}

/** Node 20 has it behind a flag, later ones have it. */
const isThereAnyway = WebAssembly.validate(probes.relaxedSimd())

const rounded = { panels: 0, 'inner products': 0, convolution: 0 }
const joined = { panels: 2 ** -24, 'inner products': 2 ** -24, convolution: 2 ** -24 }

it.each([
  ['on', true],
  ['as it is', isThereAnyway]
] as const)('sums of products are joined where that is asked for, with relaxed SIMD %s', async (feature, isThere) => {
  const { strict, relaxed } = await reportsWith(feature)
  expect(strict).toMatchObject({ relaxed: false, cancelled: rounded, sameOnTwoThreads: true })
  expect(strict.explained).toContain('arithmetic strict,')
  expect(strict.error).toBeLessThan(1e-4)
  expect(relaxed).toMatchObject({ relaxed: isThere, cancelled: isThere ? joined : rounded, sameOnTwoThreads: true })
  expect(relaxed.explained).toContain(
    isThere ? 'arithmetic relaxed,' : 'arithmetic strict, as relaxed SIMD is missing,'
  )
  expect(relaxed.error).toBeLessThan(1e-4)
})
