import fc from 'fast-check'
import { describe, it } from 'vitest'
import { programs } from '../../support/randomPrograms.ts'
import { evaluateWide, expectClose, isTame, runScheduled } from '../../support/scheduled.ts'

const variants = {
  'one kernel after another': {},
  'each level backwards': { backwards: true },
  'few operands': { maxOperands: 5 },
  'small bodies': { maxBody: 6 },
  'one output a kernel, no epilogues': {
    multipleOutputs: false,
    epilogues: false
  },
  'no epilogues': { epilogues: false },
  'one output a kernel': { multipleOutputs: false, maxOperands: 7 }
} as const

describe.for(Object.entries(variants))('a schedule, %s', ([, options]) => {
  it('computes what the program means', () => {
    fc.assert(
      fc.property(programs(), ({ program, inputs }) => {
        const expected = evaluateWide(program, inputs)
        if (!isTame(expected)) return
        expectClose('schedule', runScheduled(program, inputs, options), expected, program)
      })
    )
  })
})
