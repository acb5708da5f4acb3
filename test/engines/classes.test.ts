/** Engines at the ends of single precision: what overflows, vanishes, is no number or has a sign, does so on every one. */
import fc from 'fast-check'
import { describe, it } from 'vitest'
import type { Engine } from '../../src/engines/engine.ts'
import { gpu } from '../../src/engines/lazyGpu.ts'
import { wasm } from '../../src/engines/wasm/engine.ts'
import { expectClasses, judge } from '../support/classes.ts'
import { expressions, extreme, programOfExpressions } from '../support/expressions.ts'
import { rightOf } from '../support/programs.ts'

const engines: Readonly<Record<string, Engine>> = {
  wasm: wasm({ threads: 1 }),
  'gpu:cpu': gpu({ mode: 'cpu' }),
  'gpu:webasm': gpu({ mode: 'webasm' })
}
const inputs = fc.array(
  fc.array(extreme, { minLength: 4, maxLength: 4 }).map((values) => Float32Array.from(values)),
  { minLength: 2, maxLength: 2 }
)

describe.each(Object.entries(engines))('%s', (name, engine) => {
  it.each([
    ['of arithmetic', true],
    ['of all functions', false]
  ])('gives values %s the class that the evaluator gives them', async (_, exact) => {
    const trees = fc.array(expressions({ inputs: 2, exact, infinite: false }), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(trees, inputs, async (all, data) => {
        const program = programOfExpressions(all, 2)
        const executable = rightOf(await engine.compile(program)())
        const actual = rightOf(await executable.run(data)())
        executable.dispose()
        expectClasses(name, actual, judge(program, data, 1e-4), program, 1e-4)
      }),
      { numRuns: Math.ceil((fc.readConfigureGlobal().numRuns ?? 100) / 2) }
    )
  })
})
