/** The cases of zoo.json are shared out among test files: none is left unread, and every share has its file. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readReference } from '../support/reference.ts'
import { readZoo, unclaimed, zooShares } from '../support/referenceZoo.ts'

/** A file that a test may spoil. */
type Plain = any

const spoiled = (edit: (contents: Plain) => void): unknown => {
  const contents: Plain = structuredClone(readReference('zoo.json'))
  edit(contents)
  return contents
}

describe('the zoo', () => {
  it('has a reader for every case', () => expect(unclaimed(readZoo())).toEqual([]))
  it('has one share for every term', () => {
    const names: readonly string[] = Object.values(zooShares).flat()
    expect(names).toEqual([...new Set(names)])
  })
  it.each(Object.keys(zooShares))('has a test file for the share %s', (share) => {
    const text = readFileSync(fileURLToPath(new URL(`${share}.test.ts`, import.meta.url)), 'utf8')
    expect(text).toContain(`testZoo('${share}'`)
  })
})

describe('reading', () => {
  it('notices a term that nobody reads', () => {
    expect(unclaimed(readZoo(spoiled(({ cases }) => (cases[0].name = 'quantum/generator'))))).toEqual(['quantum'])
  })
  it.each<readonly [string, (contents: Plain) => void, string]>([
    ['network', ({ cases }) => (cases[0].networks.generator = 'nobody'), 'no list'],
    ['player', ({ cases }) => (cases[0].networks.umpire = 'generator'), 'the player umpire is unknown'],
    ['activation', ({ cases }) => (cases[0].discriminatorActivation = 'step'), 'activation step'],
    ['field', ({ cases }) => (cases[0].more = 1), 'unknown more'],
    ['gradient', ({ cases }) => delete cases[0].gradGenerator, 'no list'],
    ['value', ({ cases }) => (cases[0].value = null), 'no finite number']
  ])('refuses an unknown or missing %s', (_, edit, words) => {
    expect(() => readZoo(spoiled(edit))).toThrow(words)
  })
})
