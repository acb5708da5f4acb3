import { fail } from './error.ts'
import type { Path } from './tree.ts'
import { showPath } from './tree.ts'

/**
 * Says what is wrong with a description (an optimizer, a network), as data: constructors collect problems, they never
 * throw.
 */
export interface Problem {
  /** Where in the description. */
  readonly path: Path
  readonly expected: string
  readonly actual: string
  readonly hint: string
}

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

/** Shows a value as messages do. */
export const showValue = (value: unknown): string => {
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(showValue).join(', ')}]`
  return 'dtype' in value ? 'a tensor' : 'an object'
}

/** Counts the letters that have to be changed, added or left out to turn one word into the other. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 0; i < a.length; i++)
    row = row.reduce<number[]>(
      (next, above, j) =>
        j === 0 ? [i + 1] : [...next, Math.min(above + 1, next[j - 1]! + 1, row[j - 1]! + (a[i] === b[j - 1] ? 0 : 1))],
      []
    )
  return row[b.length]!
}

/**
 * Tests whether `short` is a part of `long`, or begins like it and has its letters in their order: `lr` of
 * `learningrate`.
 */
const abbreviates = (short: string, long: string): boolean => {
  let matched = 0
  for (const letter of long) if (letter === short[matched]) matched++
  return long.includes(short) || (matched === short.length && short[0] === long[0])
}

/**
 * Finds the known word that was most likely meant: one of nearly the same letters, or its abbreviation, or what it
 * abbreviates.
 */
export const nearestWord = (word: string, known: readonly string[]): string | undefined =>
  known
    .map((candidate) => ({ candidate, a: word.toLowerCase(), b: candidate.toLowerCase() }))
    .map(({ candidate, a, b }) => ({ candidate, a, b, far: distance(a, b) }))
    .filter(({ a, b, far }) => far <= Math.max(1, b.length / 3) || abbreviates(a, b) || abbreviates(b, a))
    .sort((a, b) => a.far - b.far)[0]?.candidate

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

/** Moves problems below a path, as seen from further outside. */
export const under = (path: Path, problems: readonly Problem[]): readonly Problem[] =>
  problems.map((problem) => ({ ...problem, path: [...path, ...problem.path] }))

/** Fails with the first of some problems: where a faulty description is run all the same. */
export const refuse = (op: string, problems: readonly Problem[]): void => {
  const [first] = problems
  if (first === undefined) return
  const { path, expected, actual, hint } = first
  fail('InvalidArgument', { op, expected: `${expected} as ${showPath(path) || 'argument'}`, actual, hint })
}
