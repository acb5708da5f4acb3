import { nearestWord } from './nearestWord.ts'
import type { Problem } from './problem.ts'
import { refuse, showValue } from './problem.ts'
import { isRecord } from './tree.ts'

/** Tests what an argument or an option may be, and says how that reads in a message. */
export interface Rule {
  readonly expected: string
  readonly accepts: (value: unknown) => boolean
}

/** Gives a rule for each name. */
export type Rules = Readonly<Record<string, Rule>>

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
export const text: Rule = { expected: 'a text', accepts: (x) => typeof x === 'string' }
export const flag: Rule = { expected: 'true or false', accepts: (x) => typeof x === 'boolean' }
export const anyFunction: Rule = { expected: 'a function', accepts: (x) => typeof x === 'function' }
export const anything: Rule = { expected: 'anything', accepts: () => true }

/** Accepts one of some words. */
export const oneOf = (...words: readonly string[]): Rule => ({
  expected: `one of ${words.map((word) => `'${word}'`).join(', ')}`,
  accepts: (x) => typeof x === 'string' && words.includes(x)
})

/** Accepts what a rule accepts, or nothing. */
export const optional = ({ expected, accepts }: Rule): Rule => ({
  expected: `${expected}, or nothing`,
  accepts: (x) => x === undefined || accepts(x)
})

export const either = (a: Rule, b: Rule): Rule => ({
  expected: `${a.expected} or ${b.expected}`,
  accepts: (x) => a.accepts(x) || b.accepts(x)
})

/** Options with their defaults filled in, and what is wrong with what was given. */
export interface Options<T> {
  readonly all: T
  readonly problems: readonly Problem[]
}

/** Says that options are no record, and how the value would be written in one. */
const notARecord = (given: unknown, names: readonly string[], rules: Rules): Problem => {
  const meant = names.find((name) => rules[name]!.accepts(given))
  return {
    path: [],
    expected: names.length === 0 ? 'no options' : `a record of options among ${names.join(', ')}`,
    actual: showValue(given),
    hint: meant === undefined ? `Write { ${names[0] ?? 'option'}: ... }` : `Write { ${meant}: ${showValue(given)} }`
  }
}

const unknownOption = (key: string, names: readonly string[], args: object): Problem => {
  const meant = nearestWord(key, names)
  return {
    path: [key],
    expected: names.length === 0 ? 'no options' : `one of ${names.join(', ')}`,
    actual: key,
    hint: Object.hasOwn(args, key)
      ? `Give ${key} as an argument of its own`
      : meant === undefined
        ? `Leave ${key} out`
        : `Did you mean ${meant}?`
  }
}

const invalid = (name: string, value: unknown, { expected }: Rule): Problem => ({
  path: [name],
  expected,
  actual: showValue(value),
  hint: `Change ${name}`
})

/**
 * Reads what a function was given, from JavaScript too: options by name, whose defaults are filled in, and beside them
 * its arguments `args`, under their names. `rules` names both. A misspelt option, one that is an argument, a value
 * against its rule, options that are no record and `more` arguments than the function takes are a problem each; nothing
 * is silently replaced by a default, and nothing throws. An option that is undefined counts as not given.
 */
export const readOptions = <G extends object>(
  defaults: Partial<G>,
  given: G,
  rules: Rules,
  args: Readonly<Record<string, unknown>> = {},
  more: readonly unknown[] = []
): Options<Required<G>> => {
  const names = Object.keys(rules).filter((name) => !Object.hasOwn(args, name))
  const options: unknown = given
  const found: Readonly<Record<string, unknown>> = isRecord(options) ? options : {}
  const usual = defaults as Readonly<Record<string, unknown>>
  const all = Object.fromEntries(
    names
      .map((name) => [name, found[name] === undefined ? usual[name] : found[name]] as const)
      .filter(([, value]) => value !== undefined)
  )
  const values: Readonly<Record<string, unknown>> = { ...all, ...args }
  const checked = isRecord(options) ? Object.keys(rules) : Object.keys(args)
  return {
    all: all as Required<G>,
    problems: [
      ...(isRecord(options)
        ? Object.keys(options)
            .filter((key) => !names.includes(key))
            .map((key) => unknownOption(key, names, args))
        : [notARecord(options, names, rules)]),
      ...checked.flatMap((name) =>
        rules[name]!.accepts(values[name]) ? [] : [invalid(name, values[name], rules[name]!)]
      ),
      ...more.slice(0, 1).map((extra): Problem => ({
        path: [],
        expected: 'no further argument',
        actual: showValue(extra),
        hint: 'Leave it out'
      }))
    ]
  }
}

const fits = (given: unknown, rules: Rules): boolean => {
  if (!isRecord(given)) return false
  for (const name in rules) if (!rules[name]!.accepts(given[name])) return false
  for (const key in given) if (!Object.hasOwn(rules, key)) return false
  return true
}

const none = {}

/**
 * Returns the options of an op or a transformation, and fails with the first problem that `readOptions` finds in them.
 * Defaults are the caller's, who takes the options apart.
 */
export const requireOptions = <G extends object>(op: string, given: G | undefined, rules: Rules): G => {
  const options = given === undefined ? (none as G) : given
  if (!fits(options, rules)) refuse(op, readOptions<G>({}, options, rules).problems)
  return options
}
