/** Issues of what was thrown, and how issues read. */
import { describe, expect, it } from 'vitest'
import { Issue, add, tensor } from '../../../src/index.ts'
import type { Gan } from '../../../src/index.ts'
import { issue, issueOf, warning } from '../../../src/gan/check/issue.ts'
import { isSaddlepointError } from '../../../src/tensor/error.ts'

const thrownBy = (f: () => unknown): unknown => {
  try {
    f()
  } catch (cause) {
    return cause
  }
  return undefined
}

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

describe('an Issue of what was thrown', () => {
  const hostile = {
    get message(): string {
      throw new Error('no')
    }
  }
  it.each<readonly [string, unknown, string]>([
    ['an error', new RangeError('too far'), 'RangeError: too far'],
    ['text', 'out of paper', 'out of paper'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['a record with a message', { message: 'half an error' }, 'half an error'],
    ['an object without a prototype', Object.create(null), 'an object'],
    ['an object whose message throws', hostile, 'something that has no words'],
    ['a revoked proxy', revoked(), 'something that has no words']
  ])('has words and keeps it: %s', (_, cause, actual) => {
    const made = issueOf('DataFailed', ['train', 'data'], cause)
    expect(made.actual).toBe(actual)
    expect(made.cause).toBe(cause)
    expect(Issue.show([made])).toContain(`train.data: expected a function that does not throw; got ${actual}`)
  })
  it('shows where an error of the user was thrown, and for one of the library what it was about', () => {
    const own = thrownBy(function myCallback() {
      throw new Error('mine')
    })
    expect(Issue.show([issueOf('CallbackFailed', ['onStep'], own)])).toMatch(
      /Error: mine\n {6}at myCallback \(.*issue\.test\.ts:\d+:\d+\)\n {6}hint/
    )
    const misfit = thrownBy(() => add(tensor([1, 2]), tensor([1, 2, 3])))
    expect(isSaddlepointError(misfit)).toBe(true)
    expect(Issue.show([issueOf('TermFailed', ['loss'], misfit)])).not.toMatch(/\n {6}at /)
    const without = Object.assign(new Error('bare'), { stack: undefined })
    expect(Issue.show([issueOf('TermFailed', ['loss'], without)])).toMatch(/Error: bare\n {6}hint/)
  })
})

describe('Issue.show', () => {
  const of = (tag: 'BadBatch' | 'Missing') => issue(tag, ['somewhere'], 'this', 'that', 'Do so')
  it('says whether the GAN is wrong or a training went wrong', () => {
    const firstLine = (...issues: readonly Gan.Issue[]) => Issue.show(issues).split('\n')[0]
    expect(firstLine(of('BadBatch'))).toBe('1 problem in this training')
    expect(firstLine(of('BadBatch'), of('Missing'))).toBe('2 problems in this GAN')
    expect(firstLine(of('BadBatch'), warning(of('Missing')))).toBe('1 problem in this training')
    expect(firstLine(warning(of('Missing')))).toBe('1 warning on this GAN')
  })
  it('takes a record of issues, too, and refuses what are none', () => {
    expect(Issue.show({ issues: [of('Missing')] })).toBe(Issue.show([of('Missing')]))
    for (const none of [undefined, null, 3, 'text', {}, { issues: 3 }, [3], [{}]])
      expect(() => Issue.show(none as never)).toThrow(/InvalidArgument in Issue.show: expected a list of issues/)
  })
})
