import type { Problem, Rule } from './problem.ts'
import { showValue, problemsOf } from './problem.ts'

/** Options with their defaults filled in, and what is wrong with what was given. */
export interface Options<T> {
  readonly all: T
  readonly problems: readonly Problem[]
}

/**
 * Options as a constructor is given them, from JavaScript too: a misspelt key, a value out of range and anything that is
 * no record become problems, which `Gan.validate` shows, and never a silent default.
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

/** One of some words. */
export const oneOf = (...words: readonly string[]): Rule => ({
  expected: `one of ${words.map((word) => `'${word}'`).join(', ')}`,
  accepts: (x) => typeof x === 'string' && words.includes(x)
})
