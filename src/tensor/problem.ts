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

/** Shows a value as messages do. */
export const showValue = (value: unknown): string => {
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(showValue).join(', ')}]`
  return 'dtype' in value ? 'a tensor' : 'an object'
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
