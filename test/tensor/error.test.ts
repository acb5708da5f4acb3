import { describe, expect, it } from 'vitest'
import { fail, isSaddlepointError } from '../../src/tensor/error.ts'
import { thrown } from '../support/thrown.ts'

const explanation = { op: 'add', expected: 'two shapes that fit', actual: '[2] and [3]' }

describe('fail', () => {
  it('says it all in the message, and as parts', () => {
    const error = thrown(() => fail('ShapeMisfit', { ...explanation, hint: 'Reshape one' }))
    expect(error.message).toMatch(
      /^ShapeMisfit in add: expected two shapes that fit; got \[2\] and \[3\]\. Reshape one\.\n {4}called at .*error\.test\.ts:\d+:\d+$/
    )
    expect(error).toMatchObject({ _tag: 'ShapeMisfit', ...explanation, hint: 'Reshape one' })
    expect(error.stack).toContain('error.test.ts')
    expect(error.stack?.startsWith(`SaddlepointError: ${error.message}\n`)).toBe(true)
  })

  it('keeps what was thrown as its cause', () => {
    const cause = new RangeError('mine')
    expect(thrown(() => fail('InvalidArgument', { ...explanation, cause })).cause).toBe(cause)
    expect('cause' in thrown(() => fail('InvalidArgument', explanation))).toBe(false)
  })

  it('leaves the runtime as it was', () => {
    const before = Object.getOwnPropertyDescriptors(Error)
    thrown(() => fail('InvalidArgument', explanation))
    expect(Object.getOwnPropertyDescriptors(Error)).toEqual(before)
  })

  it('finds the caller behind any depth of the library, and says nothing where there is none', () => {
    const deep = (n: number): never => (n === 0 ? fail('InvalidArgument', explanation) : deep(n - 1))
    expect(thrown(() => deep(50)).site).toContain('error.test.ts')
    const limit = Error.stackTraceLimit
    try {
      Error.stackTraceLimit = 0
      expect(thrown(() => fail('InvalidArgument', explanation)).site).toContain('error.test.ts')
    } finally {
      Error.stackTraceLimit = limit
    }
  })
})

describe('isSaddlepointError', () => {
  it('tells the library’s errors from others', () => {
    expect(isSaddlepointError(thrown(() => fail('NotSupported', explanation)))).toBe(true)
    for (const other of [new Error('x'), new TypeError('x'), null, undefined, 'NotSupported', { _tag: 'NotSupported' }])
      expect(isSaddlepointError(other)).toBe(false)
  })
})
