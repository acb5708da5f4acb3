import { describe, expect, it } from 'vitest'
import { fencedExamples, instrument, taggedExamples } from './examples.ts'
import { difference, throws } from './expectations.ts'

const instrumented = (code: string): string => instrument({ file: 'a.md', line: 10, code, runs: true })

describe('collecting', () => {
  it('takes the ts fences of a page with their lines', () => {
    const page = [
      '# Page',
      '```ts',
      'one()',
      '```',
      '```sh',
      'no',
      '```',
      '```ts no-run',
      'two()',
      '```',
      '```ts ignore',
      '...',
      '```'
    ]
    expect(fencedExamples('a.md', page.join('\n'))).toEqual([
      { file: 'a.md', line: 3, code: 'one()', runs: true },
      { file: 'a.md', line: 9, code: 'two()', runs: false }
    ])
  })

  it('lets a fence go on from those before it', () => {
    const page = ['```ts', 'const x = 1', '```', 'Text.', '```ts continued', 'const y = x', '```', '```ts continued', 'x + y', '```'] // prettier-ignore
    expect(fencedExamples('a.md', page.join('\n')).slice(1)).toEqual([
      { file: 'a.md', line: 6, code: 'const y = x', runs: true, before: 'const x = 1\n' },
      { file: 'a.md', line: 9, code: 'x + y', runs: true, before: 'const x = 1\nconst y = x\n' }
    ])
  })

  it('takes example tags, bare or fenced, up to the next tag', () => {
    const source = [
      'const x = 1',
      '/**',
      ' * Text.',
      ' * @example',
      ' * one()',
      ' *   two()',
      ' * @category c',
      ' * @example',
      ' * ```ts',
      ' * three()',
      ' * ```',
      ' * More text.',
      ' */',
      '/** @example four() */'
    ]
    expect(taggedExamples('a.ts', source.join('\n'))).toEqual([
      { file: 'a.ts', line: 4, code: '\none()\n  two()', runs: true },
      { file: 'a.ts', line: 10, code: 'three()', runs: true },
      { file: 'a.ts', line: 14, code: 'four()', runs: true }
    ])
  })
})

describe('claims', () => {
  it('follow expressions and declarations, on the line or below it', () => {
    expect(instrumented('f(1) // => 2')).toContain(';__agrees((f(1)), (2), "a.md:10");')
    expect(instrumented('\nawait f(\n1)\n// => [1,\n//  2]\ng()')).toContain(
      '__agrees((await f(\n1)), ([1, 2]), "a.md:11");'
    )
    expect(instrumented('const [a, b] = f() // => [1, 2]')).toContain(';__agrees(([a, b]), ([1, 2]), "a.md:10");')
    expect(instrumented('f() // => Float32Array(2) [1, 2]')).toContain('([1, 2])')
    expect(instrumented('f(bad) // throws Misfit')).toContain(
      'await __throws(async () => { f(bad) }, "Misfit", "a.md:10")'
    )
  })
  it('refuse prose in the place of a value', () => {
    expect(instrumented('f() // => about two')).toContain('__notLiteral("about two"')
  })
  it('leave other code alone', () => {
    expect(instrumented('f() // a remark\nconst s = "// => 1"')).toBe('f() // a remark\nconst s = "// => 1"')
  })
})

describe('agreement', () => {
  it('is to about five digits, within any nesting', () => {
    expect(difference(0.7310586, 0.73106)).toBeUndefined()
    expect(difference(0.731, 0.73106)).toBeDefined()
    expect(difference({ a: [1, new Float32Array([0.1])] }, { a: [1, [0.1]] })).toBeUndefined()
    expect(difference({ a: [1, 2] }, { a: [1, 3] })).toBe('at a[1]: got 2, not 3')
    expect(difference([1], [1, 2])).toBeDefined()
    expect(difference({ a: 1, b: 2 }, { a: 1 })).toBeDefined()
    expect(difference(NaN, NaN)).toBeUndefined()
    expect(difference(1e-9, 0)).toBeUndefined()
    expect(difference(NaN, 1)).toBeDefined()
    expect(difference('1', 1)).toBeDefined()
  })
  it('reads a tensor as its values', () => {
    const matrix = { shape: [2, 2], dtype: 'float32', data: new Float32Array([1, 2, 3, 4]) }
    expect(
      difference(matrix, [
        [1, 2],
        [3, 4]
      ])
    ).toBeUndefined()
    expect(difference(matrix, [1, 2, 3, 4])).toBeDefined()
    expect(difference({ shape: [], data: [5] }, 5)).toBeUndefined()
  })
  it('of a throw is with the text of the error', async () => {
    const misfit = async (): Promise<never> => Promise.reject(Object.assign(new Error('bad shape'), { _tag: 'Misfit' }))
    await throws(misfit, 'Misfit', '')
    await expect(throws(misfit, 'other', 'a.md:1')).rejects.toThrow('a.md:1: threw')
    await expect(throws(async () => 1, 'Misfit', 'a.md:1')).rejects.toThrow('nothing was thrown')
  })
})
