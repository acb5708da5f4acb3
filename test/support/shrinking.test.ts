/** A failure that is planted in a rewrite is told by a program of a few operations. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rewriting } from '../../src/compiler/rewrite/rewrite.ts'
import { o } from '../../src/primitives/vocabulary.ts'
import { nodesOf } from '../../src/program/program.ts'
import { programs } from './randomPrograms.ts'
import type { RandomProgram } from './randomPrograms.ts'
import { evaluateWide, expectClose, isTame } from './scheduled.ts'

const planted = rewriting(({ primitive }, [x]) => (primitive.name === 'tanh' ? o.mul(o.tanh(x!), 1.01) : undefined))

it('shrinks to the operation at fault and what leads to it', () => {
  const run = fc.check(
    fc.property(programs({ order: 'value' }), ({ program, inputs }) => {
      const expected = evaluateWide(program, inputs)
      if (isTame(expected)) expectClose('planted', evaluateWide(planted(program), inputs), expected, program)
    }),
    { seed: 7 }
  )
  expect(run.failed).toBe(true)
  const [{ program, inputs }] = run.counterexample as [RandomProgram]
  const operations = nodesOf(program.outputs).filter(({ operands }) => operands.length > 0)
  expect(operations.map(({ primitive }) => primitive.name)).toContain('tanh')
  expect(operations.length).toBeLessThanOrEqual(8)
  expect(inputs.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(12)
  // The report shows the program itself, not how it was drawn.
  expect(fc.stringify(run.counterexample)).toContain('tanh(')
})
