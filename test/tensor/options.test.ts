import { describe, expect, it } from 'vitest'
import { isSaddlepointError } from '../../src/index.ts'
import { belowOne, count, optional, positive, readOptions, requireOptions } from '../../src/tensor/options.ts'
import { showPath } from '../../src/tensor/tree.ts'

const rules = { rate: positive, decay: optional(belowOne), steps: count }
interface Given {
  readonly rate: number
  readonly decay?: number
  readonly steps?: number
}
const read = (given: unknown, args?: Readonly<Record<string, unknown>>, more?: readonly unknown[]) =>
  readOptions<Given>({ steps: 5 }, given as Given, rules, args, more)

describe('readOptions', () => {
  it('fills defaults in where an option is missing or undefined', () => {
    expect(read({ rate: 1 })).toEqual({ all: { rate: 1, steps: 5 }, problems: [] })
    expect(read({ rate: 1, steps: undefined })).toEqual({ all: { rate: 1, steps: 5 }, problems: [] })
  })

  it('finds all problems, and keeps what nobody reads out of the options', () => {
    const { all, problems } = read({ rate: '1', decay: 1, step: 3 })
    expect(all).toEqual({ rate: '1', decay: 1, steps: 5 })
    expect(problems).toEqual([
      { path: ['step'], expected: 'one of rate, decay, steps', actual: 'step', hint: 'Did you mean steps?' },
      { path: ['rate'], expected: 'a positive number', actual: '"1"', hint: 'Change rate' },
      { path: ['decay'], expected: 'a number in [0, 1), or nothing', actual: '1', hint: 'Change decay' }
    ])
  })

  it.each<unknown>([3, 'fast', null, [1, 2], () => 1, new Map(), Promise.resolve({})])(
    'says in words that %o is no record of options',
    (given) =>
      expect(read(given).problems.map((x) => x.expected)).toEqual(['a record of options among rate, decay, steps'])
  )
  it('shows how a value is written as an option', () => expect(read(0.5).problems[0]?.hint).toBe('Write { rate: 0.5 }'))

  it('checks arguments by the rules of their names, and refuses them among the options', () => {
    expect(read({ rate: 1 }, { steps: 2 }).problems).toEqual([])
    const { problems } = read({ rate: 1, steps: 2 }, { steps: 0 })
    expect(problems.map((x) => [showPath(x.path), x.hint])).toEqual([
      ['steps', 'Give steps as an argument of its own'],
      ['steps', 'Change steps']
    ])
    expect(read(undefined, { steps: 0 }).problems.map((x) => showPath(x.path))).toEqual(['', 'steps'])
  })

  it('refuses further arguments', () =>
    expect(read({ rate: 1 }, {}, [{ rate: 2 }]).problems).toEqual([
      { path: [], expected: 'no further argument', actual: 'an object', hint: 'Leave it out' }
    ]))

  it.each(['constructor', 'toString', '__proto__x'])('knows no option %s', (key) =>
    expect(read({ rate: 1, [key]: 1 }).problems).toHaveLength(1)
  )
})

describe('requireOptions', () => {
  const given = { decay: 0.5 }
  const decay = { decay: optional(belowOne) }
  it('returns options as they are, and none where there are none', () => {
    expect(requireOptions('f', given, decay)).toBe(given)
    expect(requireOptions('f', undefined, decay)).toEqual({})
  })
  it.each([
    [{ decay: 1 }, 'InvalidArgument in f: expected a number in [0, 1), or nothing as decay; got 1. Change decay.'],
    [{ decat: 1 }, 'InvalidArgument in f: expected one of decay; got decat. Did you mean decay?'],
    [{ constructor: 1 }, 'InvalidArgument in f: expected one of decay; got constructor. Leave constructor out.'],
    [0.5, 'InvalidArgument in f: expected a record of options among decay; got 0.5. Write { decay: 0.5 }.'],
    [null, 'InvalidArgument in f: expected a record of options among decay; got null. Write { decay: ... }.']
  ])('fails for %o', (options, message) => {
    let thrown: unknown
    try {
      requireOptions('f', options as object, decay)
    } catch (cause) {
      thrown = cause
    }
    if (!isSaddlepointError(thrown)) throw new Error(`threw ${String(thrown)}`)
    expect(thrown.message.split('\n')[0]).toBe(message)
  })
})
