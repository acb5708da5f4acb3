/** What is written down of a run is read back as it was. */
import { expect, it } from 'vitest'
import fc from 'fast-check'
import * as E from '#fp-ts/Either'
import { tensor } from '../../src/index.ts'
import { exportedSpec } from '../../src/run/exportedSpec.ts'
import { journalIn, isMeasured, linesOf, measuredOf, measurementOf } from '../../src/run/journal.ts'

const any = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity)).map((x) => (x === 0 ? 0 : x))
const single = any.map(Math.fround).map((x) => (x === 0 ? 0 : x))
const figure = fc.oneof(
  any,
  fc.array(single, { minLength: 1, maxLength: 6 }).map((x) => tensor(x, [x.length, 1])),
  fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 6 }).map((x) => tensor(x, [x.length], 'int32')),
  fc.boolean().map((x) => tensor([Number(x)], [1], 'bool'))
)

it('measurements come back by value, shape and dtype', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]+$/), figure, { maxKeys: 4 }), (figures) => {
      const told = { step: 3, probe: 'own', figures }
      const text = linesOf([{ run: {}, spec: '' }, measuredOf(told)])
      const read = journalIn('metrics.jsonl', text)
      const entries = E.isRight(read) ? read.right.entries.filter(isMeasured) : []
      expect(entries.map(measurementOf)).toEqual([told])
    })
  )
})

it('the default export of a module comes before its spec, and is called with the settings where it is a function', () => {
  expect(exportedSpec({ default: 1, spec: 2 }, {})).toEqual({ made: 1, taken: false })
  expect(exportedSpec({ spec: ({ width }: { width: number }) => width }, { width: 3 })).toEqual({
    made: 3,
    taken: true
  })
})
