import { afterAll, describe, expect, it } from 'vitest'
import type { EngineName } from '../../src/engines/select.ts'
import { compile } from '../../src/transform/compile.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import {
  mismatch,
  ownReferenceFolder,
  readReference,
  referenceEngine,
  referenceFolder,
  referenceTolerance
} from '../support/reference.ts'
import { derivativesOf, showCounts, problemsOf, readCases } from '../support/referenceCases.ts'

const cases = readCases('ops.json', readReference('ops.json'))

const title = (name: string): string => (name.length > 120 ? `${name.slice(0, 117)}...` : name)

describe(`the ops against ${referenceFolder} on ${referenceEngine}`, () => {
  const ran: { readonly op: string }[] = []
  afterAll(() => {
    console.log(`${ran.length} of ${cases.length} reference cases ran on ${referenceEngine}: ${showCounts(ran)}`)
  })

  for (const one of cases) {
    const { f, inputs, tangents, cotangent, expected } = one
    const all = derivativesOf(f)
    if (referenceEngine === 'reference')
      it(title(one.name), () => {
        for (const precision of ['float64', 'float32'] as const) {
          const actual = evaluate(all, { precision })(inputs, tangents, cotangent)
          expect(problemsOf(one, actual, referenceTolerance[precision]), precision).toEqual([])
        }
        const eager = f(...inputs.map((x) => ({ ...x, data: new Float32Array(x.data) })))
        expect(mismatch('eager output', eager, expected.output, referenceTolerance.float32)).toEqual([])
        ran.push(one)
      })
    else
      it(title(one.name), async () => {
        const compiled = compile(all, { engine: referenceEngine as EngineName })
        const actual = await compiled(inputs, tangents, cotangent)
        compiled.dispose()
        expect(problemsOf(one, actual, referenceTolerance.float32)).toEqual([])
        ran.push(one)
      })
  }

  it('ran every case', () => expect(ran.length).toBe(cases.length))
})

describe('the check itself', () => {
  type Json = Record<string, any>
  const contents = readReference('ops.json', ownReferenceFolder) as Json
  const own = readCases('ops.json', contents)
  /** The file with one case alone, changed. */
  const changed = (index: number, change: (one: Json) => void): unknown => {
    const copy = structuredClone(contents)
    change(copy['cases'][index])
    return { ...copy, cases: [copy['cases'][index]] }
  }
  const problems = (file: unknown): readonly string[] =>
    readCases('changed', file).flatMap((one) =>
      problemsOf(
        one,
        evaluate(derivativesOf(one.f), { precision: 'float64' })(one.inputs, one.tangents, one.cotangent),
        referenceTolerance.float64
      )
    )
  const nudge = (x: Json): void => {
    x['data'][0] = Number(x['data'][0]) + 1e-6
  }

  it('lets a case pass as it is', () => expect(problems(changed(0, () => undefined))).toEqual([]))

  for (const field of ['output', 'jvp', 'vjp', 'hvp'])
    it(`sees one number of ${field} changed`, () => {
      for (const index of [0, Math.floor(own.length / 2)]) {
        const found = problems(changed(index, (one) => nudge(Array.isArray(one[field]) ? one[field][0] : one[field])))
        expect(found).toHaveLength(1)
        expect(found[0]).toContain(field)
      }
    })

  for (const field of ['inputs', 'tangents', 'cotangent'])
    it(`sees one number of ${field} changed`, () => {
      const index = own.findIndex(({ op }) => op === 'mul')
      expect(
        problems(changed(index, (one) => nudge(Array.isArray(one[field]) ? one[field][0] : one[field])))
      ).not.toEqual([])
    })

  const refused: Readonly<Record<string, (one: Json) => void>> = {
    'an unknown op': (one) => (one['op'] = 'constructor'),
    'an unknown attribute': (one) => (one['attrs'].surprise = 1),
    'a missing attribute': (one) => delete one['attrs'].axes,
    'a missing field': (one) => delete one['jvp'],
    'a missing second derivative': (one) => delete one['hvp'],
    'no inputs': (one) => (one['inputs'] = []),
    'too few numbers': (one) => one['output'].data.pop(),
    'a number that is none': (one) => (one['output'].data[0] = null),
    'an infinite number': (one) => (one['output'].data[0] = Infinity),
    'a cotangent of another shape': (one) => (one['cotangent'] = { shape: [1], data: [1] }),
    'too many vjps': (one) => one['vjp'].push(one['vjp'][0])
  }
  const flipped = own.findIndex(({ op }) => op === 'flip')
  for (const [what, change] of Object.entries(refused))
    it(`refuses ${what}`, () => {
      expect(() => readCases('changed', changed(flipped, change))).toThrow(/^cannot read changed\.cases\[0\]/)
    })
  it('refuses a file without cases', () => {
    expect(() => readCases('changed', { cases: [] })).toThrow('no cases')
    expect(() => readCases('changed', {})).toThrow('no list')
    expect(() => readCases('changed', [])).toThrow('no record')
  })
})
