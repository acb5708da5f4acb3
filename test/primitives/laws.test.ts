import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { PrimitiveName } from '../../src/primitives/registry.ts'
import { registry } from '../../src/primitives/registry.ts'
import type { AnyPrimitive } from '../../src/program/primitive.ts'
import type { Attribute, Case } from '../support/arbitraries.ts'
import { caseSources } from '../support/arbitraries.ts'
import type { Draws } from '../support/draws.ts'
import { draws, numbersOf } from '../support/draws.ts'
import type { LawName, Trial } from '../support/laws.ts'
import { laws } from '../support/laws.ts'

const names = Object.keys(registry) as readonly PrimitiveName[]
const lawNames = Object.keys(laws) as readonly LawName[]

/** No loop nest describes these. */
const routines: ReadonlySet<string> = new Set([
  'argsort',
  'cholesky',
  'triangularSolve',
  'eigh',
  'qr',
  'svd',
  'singularValues'
])

const trialFrom = (name: PrimitiveName, d: Draws): Trial => {
  const primitive: AnyPrimitive = registry[name]
  const of = caseSources[name].draw(d)
  const numbers = numbersOf(d)
  return { primitive, of, operands: of.operands(numbers), draws: numbers }
}

const drawTrial = (name: string, { of, operands }: Trial): string =>
  `${name}${JSON.stringify(of.params)} of ${operands.map((x) => `${x.dtype}[${x.shape.join()}] ${x.data.join()}`).join(', ')}`

const counts = new Map<string, Record<LawName, number>>()

const check = (name: PrimitiveName, d: Draws, held: Record<LawName, number>): void => {
  const trial = trialFrom(name, d)
  for (const law of lawNames) {
    try {
      if (laws[law](trial)) held[law]++
    } catch (cause) {
      throw new Error(`${law}: ${drawTrial(name, trial)}\n${cause instanceof Error ? cause.message : ''}`, {
        cause
      })
    }
  }
}

const valuesOf = (of: Case, attribute: string): readonly Attribute[] => [of.attributes[attribute] ?? []].flat()

it('every primitive has a source of cases', () => {
  expect(names.filter((name) => !(name in caseSources))).toEqual([])
  expect(Object.keys(caseSources).filter((name) => !(name in registry))).toEqual([])
})

describe.for(names)('%s', (name) => {
  it('obeys the laws', () => {
    const held = Object.fromEntries(lawNames.map((law) => [law, 0])) as Record<LawName, number>
    counts.set(name, held)
    fc.assert(
      fc.property(draws, (d) => {
        check(name, d, held)
      }),
      { numRuns: (fc.readConfigureGlobal().numRuns ?? 100) * (caseSources[name].weight ?? 1) }
    )
    if (!routines.has(name)) expect(held['nest = evaluation']).toBe(held['eager = traced'])
  })

  it('is drawn with every value of its attributes', () => {
    const { reaches } = caseSources[name]
    const cases = fc.sample(draws, 400).map((d) => caseSources[name].draw(d))
    for (const [attribute, wanted] of Object.entries(reaches)) {
      const seen = new Set(cases.flatMap((of) => valuesOf(of, attribute)))
      expect([...seen].toSorted(), attribute).toEqual([...wanted].toSorted())
    }
  })
})

afterAll(() => {
  const width = Math.max(...names.map((name) => name.length))
  const rows = [...counts].map(([name, held]) =>
    [name.padEnd(width), ...lawNames.map((law) => String(held[law]).padStart(5))].join(' ')
  )
  const legend = lawNames.map((law, i) => `${String(i + 1)} ${law}`).join('; ')
  const head = [''.padEnd(width), ...lawNames.map((_, i) => String(i + 1).padStart(5))].join(' ')
  process.stdout.write(`Times each law was checked: ${legend}\n${[head, ...rows].join('\n')}\n`)
})
