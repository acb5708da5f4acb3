import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { optimize, rewrites } from '../../../src/compiler/rewrite/optimize.ts'
import { canonicalizeProducts } from '../../../src/compiler/rewrite/canonicalizeProducts.ts'
import { narrowConcat } from '../../../src/compiler/rewrite/narrowConcat.ts'
import type { Pass } from '../../../src/compiler/rewrite/rewrite.ts'
import { rewriting } from '../../../src/compiler/rewrite/rewrite.ts'
import { programs } from '../../support/randomPrograms.ts'
import { evaluateWide, expectClose, isTame, runScheduled } from '../../support/scheduled.ts'

const passes: Readonly<Record<string, Pass>> = {
  ...Object.fromEntries(Object.entries(rewrites).map(([name, rewrite]) => [name, rewriting(rewrite)])),
  canonicalProducts: rewriting(canonicalizeProducts),
  narrowConcat: rewriting(narrowConcat(2)),
  optimize
}

describe.for(Object.entries(passes))('%s', ([name, pass]) => {
  it('preserves what a program computes', () => {
    fc.assert(
      fc.property(programs(), ({ program, inputs }) => {
        const expected = evaluateWide(program, inputs)
        if (!isTame(expected)) return
        const after = pass(program)
        expect(after.inputs.length).toBe(program.inputs.length)
        expectClose(name, evaluateWide(after, inputs), expected, program)
      })
    )
  })
})

describe('an optimized program', () => {
  it('is scheduled to the same results', () => {
    fc.assert(
      fc.property(programs({ size: 12 }), ({ program, inputs }) => {
        const expected = evaluateWide(program, inputs)
        if (isTame(expected)) expectClose('schedule', runScheduled(optimize(program), inputs), expected, program)
      })
    )
  })
})
