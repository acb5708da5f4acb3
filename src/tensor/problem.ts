import { fail } from './error.ts'
import { isTensor, showAval } from './tensor.ts'
import type { Path } from './tree.ts'
import { isRecord, showPath } from './tree.ts'

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
  /** What a function of the description threw, if that is the problem. */
  readonly cause?: unknown
}

/** How many elements of a list, and how many lists inside lists, a message shows. */
const most = { elements: 8, depth: 3 }

/** Shows a value as messages do: on one line, however large, deep or circular it is. */
export const showValue = (value: unknown, depth = 0): string => {
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}...` : value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) {
    if (depth === most.depth) return '[...]'
    const shown = value.slice(0, most.elements).map((element) => showValue(element, depth + 1))
    return `[${[...shown, ...(value.length > shown.length ? [`... ${String(value.length)} in all`] : [])].join(', ')}]`
  }
  if (isTensor(value)) return `a tensor ${showAval(value)}`
  if (ArrayBuffer.isView(value))
    return 'length' in value ? `a ${typeName(value)} of ${String(value.length)} numbers` : `a ${typeName(value)}`
  return 'then' in value ? 'a promise' : isRecord(value) ? 'an object' : `a ${typeName(value)}`
}

const typeName = (value: object): string => Object.prototype.toString.call(value).slice('[object '.length, -1)

/** Moves problems below a path, as seen from further outside. */
export const under = (path: Path, problems: readonly Problem[]): readonly Problem[] =>
  problems.map((problem) => ({ ...problem, path: [...path, ...problem.path] }))

/** Fails with the first of some problems: where a faulty description is run all the same. */
export const refuse = (op: string, problems: readonly Problem[]): void => {
  const [first] = problems
  if (first === undefined) return
  const { path, expected, actual, hint } = first
  const place = showPath(path)
  // A misspelt name is itself what came.
  const named = place === '' || place === actual ? expected : `${expected} as ${place}`
  fail('InvalidArgument', { op, expected: named, actual, hint })
}
