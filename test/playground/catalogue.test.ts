import { expect, it } from 'vitest'
import { catalogue, make } from '../../docs/playground/worker/catalogue.ts'

it('makes whatever the playground offers, by its name alone', () => {
  const offered = Object.entries(catalogue().kinds).flatMap(([kind, { names }]) => names.map((name) => [kind, name]))
  expect(offered.length).toBeGreaterThan(100)
  expect(offered.filter(([kind = '', name = '']) => make(kind, name, {}) === null)).toEqual([])
})
