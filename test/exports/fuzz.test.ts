import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Example } from './examples.ts'
import { examples } from './examples.ts'
import type { AnyFunction } from './exported.ts'
import { exported } from './exported.ts'
import type { Outcome } from './outcome.ts'
import { outcomeOf } from './outcome.ts'
import { anyValue, chance, misspelt } from './values.ts'

/** `SADDLEPOINT_CALLS=1000000 SADDLEPOINT_SEED=7 npx vitest run test/exports` looks further. */
const calls = Number(process.env['SADDLEPOINT_CALLS'] ?? 20_000)
const seed = Number(process.env['SADDLEPOINT_SEED'] ?? 1)

/** A number of its own for each name, so that one export's calls do not depend on the others. */
const hashOf = (name: string): number =>
  Array.from(name).reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 2 ** 31, 7)

/** All exports: the first test says which of them lack an example. */
const all = [...exported].filter(([name]) => name in examples)

// A text in the place of a folder's path is one, and is written to.
const home = process.cwd()
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'saddlepoint-fuzz-'))
  process.chdir(folder)
})
afterAll(() => {
  process.chdir(home)
  rmSync(folder, { recursive: true })
})

/** Calls, and where the result is a function that is right for more, calls that too. */
const follow = async (f: AnyFunction, args: readonly unknown[], then?: readonly unknown[]): Promise<Outcome> => {
  const first = await outcomeOf(() => f(...args))
  if (first.kind !== 'result' || typeof first.value !== 'function') return first
  const second = await outcomeOf(() => (first.value as AnyFunction)(...(then ?? [])))
  if (second.kind !== 'result' || typeof second.value !== 'function') return second
  // A task.
  return outcomeOf(() => (second.value as AnyFunction)())
}

const show = (args: readonly unknown[]): string => {
  const text = (x: unknown, depth = 0): string => {
    if (typeof x === 'bigint' || typeof x === 'symbol' || x === undefined || typeof x === 'number') return String(x)
    if (typeof x === 'function') return `(${x.name})`
    if (typeof x !== 'object' || x === null) return JSON.stringify(x)
    const { name } = (x.constructor as { name?: string } | undefined) ?? {}
    if (ArrayBuffer.isView(x) || (name !== 'Object' && name !== 'Array' && name !== undefined)) return name ?? ''
    if (depth > 2) return '...'
    const inside = Object.entries(x).map(([key, value]) =>
      Array.isArray(x) ? text(value, depth + 1) : `${key}: ${text(value, depth + 1)}`
    )
    return Array.isArray(x) ? `[${inside.join(', ')}]` : `{${inside.join(', ')}}`
  }
  return args
    .map((arg) => text(arg))
    .join(', ')
    .slice(0, 300)
}

const withOptions = ({ args, options }: Example, changed: unknown): readonly unknown[] =>
  args().map((arg, i) => (i === options ? changed : arg))

/** Arguments that are wrong in one way or another. */
const wrong = (example: Example, next: () => number): readonly unknown[] => {
  const patient = example.patient !== undefined
  const any = (): unknown => anyValue(next, patient)
  const right = example.args()
  const place = Math.floor(next() * right.length)
  const way = next()
  if (way < 0.2) return Array.from({ length: Math.floor(next() * 4) }, any)
  if (way < 0.6 || right.length === 0) return right.map((arg, i) => (i === place ? any() : arg))
  if (way < 0.7) return right.slice(0, place)
  if (way < 0.75) return [...right, any()]
  const options = (example.options === undefined ? {} : right[example.options]) as Readonly<Record<string, unknown>>
  const names = Object.keys(options)
  const name = names[Math.floor(next() * names.length)]
  if (name === undefined) return right.map(() => any())
  return withOptions(example, { ...options, [name]: any() })
}

describe('every export', () => {
  it('has an example', () => expect([...exported.keys()].filter((name) => !(name in examples))).toEqual([]))
  it('is there', () => expect(Object.keys(examples).filter((name) => !exported.has(name))).toEqual([]))

  it.each(all)('%s takes its example', async (name, f) => {
    const { args, then, refused } = examples[name]!
    const { kind, text } = await follow(f, args(), then?.())
    expect([kind, text]).toEqual(refused === undefined ? ['result', ''] : ['refused', expect.anything()])
  })

  it.each(all)('%s answers wrong calls with a tagged error, issues or a result', async (name, f) => {
    const next = chance(seed + hashOf(name))
    const example = examples[name]!
    const raw: string[] = []
    for (let i = 0; i < Math.ceil(calls / exported.size); i++) {
      const args = wrong(example, next)
      const then =
        next() < 0.5 ? example.then?.() : Array.from({ length: Math.floor(next() * 3) }, () => anyValue(next, true))
      const { kind, text } = await follow(f, args, then)
      if (kind === 'raw') raw.push(`${name}(${show(args)})(${show(then ?? [])}): ${text}`)
    }
    if (raw.length > 0) expect.fail(`${String(raw.length)} raw errors, such as ${raw.slice(0, 3).join('\n')}`)
  })
})

describe('options', () => {
  const taking = all.filter(([name]) => examples[name]!.options !== undefined)

  it.each(taking)('of %s: a misspelt one is refused with the nearest name', async (name, f) => {
    const next = chance(seed)
    const example = examples[name]!
    const right = example.args()[example.options!] as Readonly<Record<string, unknown>>
    for (const option of Object.keys(right)) {
      const word = misspelt(option, next)
      const { kind, text } = await follow(
        f,
        withOptions(example, { ...right, [word]: right[option] }),
        example.then?.()
      )
      expect([kind, text]).toEqual(['refused', expect.stringContaining(`Did you mean ${option}?`)])
    }
  })

  it.each(taking)('of %s: what is no record is refused', async (name, f) => {
    const example = examples[name]!
    for (const options of [3, 'fast', null, [1, 2], () => 1, true, new Map()]) {
      const { kind } = await follow(f, withOptions(example, options), example.then?.())
      expect([options, kind]).toEqual([options, 'refused'])
    }
  })
})

describe('arguments', () => {
  it.each(all.filter(([name]) => examples[name]!.variadic === undefined))(
    'of %s: one more is refused',
    async (name, f) => {
      const { args, then } = examples[name]!
      for (const more of [0.5, 'more', { more: 1 }]) {
        const { kind } = await follow(f, [...args(), more], then?.())
        expect([more, kind]).toEqual([more, 'refused'])
      }
    }
  )
})
