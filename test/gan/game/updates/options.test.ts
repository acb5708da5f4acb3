/** What each rule takes and refuses, to the ends of each range, and what a rule tells of itself. */
import { describe, expect, it } from 'vitest'
import { Update } from '../../../../src/index.ts'

const few = 'a whole number from 1 to 1000'
const fewOrFunction = `${few} or a function`
const player = 'the name of a player'
const notNegative = 'a number of at least 0'
const positive = 'a positive number'

/** A rule's function as plain JavaScript sees it. */
type Make = (...all: readonly unknown[]) => Update.Update

interface Case {
  readonly make: Make
  /** What else it needs. */
  readonly beside?: object
  readonly name: string
  /** What it is told where nothing is said; options without are needed. */
  readonly defaults: object
  /** For each option what is expected, what is taken, and what is not. */
  readonly options: Readonly<Record<string, readonly [string, readonly unknown[], readonly unknown[]]>>
}

const steps = [few, [1, 7, 1000], [0, 1001, 1.5, NaN, '3', null]] as const
const leader = [player, ['generator', 'anyone'], [5, null, ['generator']]] as const
const inner = Update.simultaneous
const lookahead: Make = (...all) => (Update.lookahead as Make)(inner, ...all)
const accumulated: Make = (...all) => (Update.accumulated as Make)(inner, ...all)

const cases: readonly Case[] = [
  {
    make: Update.alternating as Make,
    name: 'alternating',
    defaults: { discriminatorSteps: 1, first: 'discriminator', critic: 'discriminator' },
    options: {
      discriminatorSteps: [fewOrFunction, [1, 1000], [0, 1001, 2.5, '1']],
      first: ["one of 'discriminator', 'generator'", ['discriminator', 'generator'], ['critic', 1, null]],
      critic: [`${player} or a list of names of players, each once`, ['generator', ['a', 'b']], [5, [], ['a', 'a'], [5], ['a', 5]]]
    }
  },
  { make: Update.consensus as Make, name: 'consensus', defaults: {}, beside: { gamma: 1 }, options: { gamma: [notNegative, [0, 3], [-1e-9, Infinity, NaN, '1']] } },
  {
    make: Update.symplectic as Make,
    name: 'symplectic',
    defaults: { lambda: 1, align: false },
    options: { lambda: ['a finite number', [-3, 0, 2], [Infinity, NaN, '1']], align: ['true or false', [true, false], [0, 1, 'true']] }
  },
  {
    make: Update.extragradient as Make,
    name: 'extragradient',
    defaults: { minibatches: 'own' },
    options: { minibatches: ["one of 'own', 'same'", ['own', 'same'], ['mine', 2, null]] }
  },
  { make: Update.unrolled as Make, name: 'unrolled', defaults: { leader: 'generator' }, beside: { steps: 2 }, options: { steps, leader } },
  {
    make: Update.bestResponse as Make,
    name: 'bestResponse',
    defaults: { steps: 10, tolerance: 1e-3, leader: 'generator' },
    options: { steps, leader, tolerance: [notNegative, [0, 1e3], [-1, Infinity, '0']] }
  },
  {
    make: Update.competitive as Make,
    name: 'competitive',
    defaults: { solver: 'conjugateGradient', steps: 5 },
    beside: { learningRate: 0.1 },
    options: {
      learningRate: [positive, [1e-9, 3], [0, -1, Infinity, '1']],
      solver: ["one of 'conjugateGradient', 'neumann'", ['conjugateGradient', 'neumann'], ['lu', 1]],
      steps
    }
  },
  {
    make: lookahead,
    name: 'lookahead',
    defaults: { period: 5, alpha: 0.5 },
    options: {
      period: ['a whole number of at least 1', [1, 2000], [0, 1.5, '5']],
      alpha: ['a number in (0, 1]', [1e-9, 1], [0, -1, 1.001, NaN, '1']]
    }
  },
  { make: accumulated, name: 'accumulated', defaults: {}, beside: { minibatches: 2 }, options: { minibatches: steps } }
] // prettier-ignore

const problemsOf = ({ problems = [] }: Update.Update) => problems
const given = (of: Case, options: object): Update.Update => of.make({ ...of.beside, ...options })

describe.each(cases.map((of) => [of.name, of] as const))('%s', (name, of) => {
  it('is called so, and tells its options, with defaults', () => {
    const rule = given(of, {})
    expect(rule.name).toContain(name)
    expect(problemsOf(rule)).toEqual([])
    expect(rule.options).toMatchObject({ ...of.defaults, ...of.beside })
    expect(rule.phases(['discriminator', 'generator']).length).toBeGreaterThan(0)
  })
  it.each(Object.entries(of.options))('takes and refuses %s', (option, [expected, taken, refused]) => {
    for (const value of taken) {
      const rule = given(of, { [option]: value })
      expect(problemsOf(rule)).toEqual([])
      expect(rule.options[option]).toEqual(value)
    }
    for (const value of refused)
      expect(problemsOf(given(of, { [option]: value }))).toMatchObject([{ path: [option], expected }])
  })
  it('needs what has no default, and takes nothing else', () => {
    const needed = Object.keys(of.options).filter((option) => !(option in of.defaults))
    expect(problemsOf(of.make({})).map(({ path }) => path)).toEqual(needed.map((option) => [option]))
    const [first] = Object.keys(of.options)
    expect(problemsOf(given(of, { [`${first!}s`]: 1 }))).toMatchObject([{ path: [`${first!}s`], hint: `Did you mean ${first!}?` }]) // prettier-ignore
    const more = of.make({ ...of.beside }, 3)
    expect(problemsOf(more)).toMatchObject([{ path: [], expected: 'no further argument', actual: '3' }])
  })
})

describe('a rule made of another', () => {
  const wrong = Update.consensus({ gamma: -1 })
  const made = [Update.lookahead, (rule: Update.Update) => Update.accumulated(rule, { minibatches: 2 })]
  it.each(made)('collects its problems, and refuses what is none', (make) => {
    expect(problemsOf(make(wrong)).map(({ path }) => path.at(-1))).toEqual(['gamma'])
    for (const none of [3, {}, { options: {} }, { options: 3, phases: () => [] }, { phases: () => [] }, null]) {
      const rule = make(none as never)
      expect(problemsOf(rule)).toMatchObject([{ path: ['rule'], expected: 'an update rule' }])
      expect(rule.phases(['discriminator', 'generator'])).toEqual([])
      expect(rule.name).toMatch(/^(lookahead|accumulated)$/)
    }
  })
  it('moves whom the other moves, and as often', () => {
    const inside = Update.alternating({ discriminatorSteps: 3 })
    const game = ['discriminator', 'encoder', 'generator']
    const phases = Update.accumulated(inside, { minibatches: 4 }).phases(game)
    expect(phases.map(({ players, minibatches }) => [players, minibatches])).toEqual([
      [['discriminator'], 4],
      [['discriminator'], 4],
      [['discriminator'], 4],
      [['encoder', 'generator'], 4]
    ])
    const last = Update.lookahead(inside).phases(game).at(-1)!
    expect([last.players, last.minibatches, last.evaluates]).toEqual([game, 0, []])
  })
})

describe('Update.of and Update.chain', () => {
  it.each<readonly [string, readonly unknown[], string, string]>([
    ['no name', ['', () => []], 'name', 'a name'],
    ['a name that is none', [3, () => []], 'name', 'a name'],
    ['no phases', ['mine', []], 'phases', 'a function'],
    ['options', ['mine', () => [], 3], 'options', 'a record'],
    ['problems', ['mine', () => [], {}, 3], 'problems', 'a list of problems']
  ])('refuse %s', (_, args, option, expected) => {
    const rule = (Update.of as Make)(...args)
    expect(problemsOf(rule)).toMatchObject([{ path: [option], expected }])
    expect(typeof rule.name).toBe('string')
    expect(typeof rule.options).toBe('object')
  })
  it('keep the problems that they are given, and refuse a further argument', () => {
    const problem = { path: ['a'], expected: 'b', actual: 'c', hint: 'd' }
    expect(problemsOf(Update.of('mine', () => [], {}, [problem]))).toEqual([problem])
    expect(problemsOf((Update.of as Make)('mine', () => [], {}, [], 1))).toMatchObject([{ expected: 'no further argument' }]) // prettier-ignore
  })
  it('name the place of what is no rule', () => {
    const rule = Update.chain(Update.simultaneous, 3 as never, Update.consensus({ gamma: -1 }))
    expect(problemsOf(rule)).toMatchObject([
      { path: [1], expected: 'an update rule', actual: '3', hint: 'Update.alternating(), say' },
      { path: [2, 'gamma'] }
    ])
    expect(rule.phases(['discriminator', 'generator']).map(({ players }) => players)).toEqual(
      Array.from({ length: 2 }, () => ['discriminator', 'generator'])
    )
  })
})
