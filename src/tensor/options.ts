import { nearestWord } from './nearestWord.ts'
import type { Problem } from './problem.ts'
import { showValue } from './problem.ts'
import type { Path } from './tree.ts'

/** Tests what an option may be, and says how that reads in a message. */
export interface Rule {
  readonly expected: string
  readonly accepts: (value: unknown) => boolean
}

const number = (expected: string, holds: (x: number) => boolean): Rule => ({
  expected,
  accepts: (x) => typeof x === 'number' && holds(x)
})

export const finite: Rule = number('a finite number', Number.isFinite)
export const positive: Rule = number('a positive number', (x) => x > 0 && x < Infinity)
export const notNegative: Rule = number('a number of at least 0', (x) => x >= 0 && x < Infinity)
export const belowOne: Rule = number('a number in [0, 1)', (x) => x >= 0 && x < 1)
export const upToOne: Rule = number('a number in [0, 1]', (x) => x >= 0 && x <= 1)
export const count: Rule = number('a whole number of at least 1', (x) => Number.isInteger(x) && x >= 1)
export const countOrZero: Rule = number('a whole number of at least 0', (x) => Number.isInteger(x) && x >= 0)
export const flag: Rule = { expected: 'true or false', accepts: (x) => typeof x === 'boolean' }
export const anything: Rule = { expected: 'anything', accepts: () => true }

/** Accepts what a rule accepts, or nothing. */
export const optional = ({ expected, accepts }: Rule): Rule => ({
  expected: `${expected}, or nothing`,
  accepts: (x) => x === undefined || accepts(x)
})

export const either = (a: Rule, b: Rule): Rule => ({
  expected: `${a.expected} or ${b.expected}`,
  accepts: (x) => a.accepts(x) || b.accepts(x)
})

/** Finds whatever in `options` breaks a rule or has none: one problem each, at its own path. */
export const problemsOf = (
  options: object,
  rules: Readonly<Record<string, Rule>>,
  path: Path = []
): readonly Problem[] => {
  const known = Object.keys(rules)
  const given = options as Readonly<Record<string, unknown>>
  const misspelt = Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((key): Problem => {
      const meant = nearestWord(key, known)
      return {
        path: [...path, key],
        expected: `one of ${known.join(', ')}`,
        actual: key,
        hint: meant === undefined ? `Leave ${key} out` : `Did you mean ${meant}?`
      }
    })
  const invalid = known
    .filter((key) => !rules[key]!.accepts(given[key]))
    .map((key): Problem => ({
      path: [...path, key],
      expected: rules[key]!.expected,
      actual: showValue(given[key]),
      hint: `Change ${key}`
    }))
  return [...misspelt, ...invalid]
}

/** Options with their defaults filled in, and what is wrong with those that were given. */
export interface Options<T> {
  readonly all: T
  readonly problems: readonly Problem[]
}

/**
 * Reads a record of options as a constructor is given it, from JavaScript too, and fills in the defaults. A misspelt key,
 * a value out of range and anything that is no record become problems, which `Gan.validate` shows; none is silently
 * replaced by a default. Arguments that are no record are checked by `problemsOf`.
 */
export const readOptions = <G extends object>(
  defaults: Partial<G>,
  given: G,
  rules: Readonly<Record<string, Rule>>
): Options<Required<G>> => {
  const value: unknown = given
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const problem: Problem = {
      path: [],
      expected: `a record of options among ${Object.keys(rules).join(', ')}`,
      actual: showValue(value),
      hint: `Write { ${Object.keys(rules)[0] ?? 'option'}: ... }`
    }
    return { all: defaults as Required<G>, problems: [problem] }
  }
  const all = { ...defaults, ...given } as Required<G>
  return { all, problems: problemsOf(all, rules) }
}

/** Accepts one of some words. */
export const oneOf = (...words: readonly string[]): Rule => ({
  expected: `one of ${words.map((word) => `'${word}'`).join(', ')}`,
  accepts: (x) => typeof x === 'string' && words.includes(x)
})
