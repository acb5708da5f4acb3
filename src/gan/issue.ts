import type { ReadonlyNonEmptyArray } from '#fp-ts/ReadonlyNonEmptyArray'
import type { SaddlepointError } from '../tensor/error.ts'
import { isSaddlepointError } from '../tensor/error.ts'
import type { Path } from '../tensor/tree.ts'
import { drawPath } from '../tensor/tree.ts'

/** One problem of a spec, as data. */
export interface Issue {
  readonly _tag:
    | 'Missing'
    | 'Misspelt'
    | 'Misfit'
    | 'InvalidValue'
    | 'NoGradient'
    | 'NotScalar'
    | 'TermFailed'
    | 'NetworkFailed'
    | 'SampleCoupling'
    | 'EngineFailed'
    | 'Diverged'
    | 'BadBatch'
  /** Where in the spec. */
  readonly path: Path
  readonly expected: string
  readonly actual: string
  readonly hint: string
  /** A warning does not keep a spec from compiling. */
  readonly severity: 'error' | 'warning'
}

export type Issues = ReadonlyNonEmptyArray<Issue>

export const issue = (_tag: Issue['_tag'], path: Path, expected: string, actual: string, hint: string): Issue => ({
  _tag,
  path,
  expected,
  actual,
  hint,
  severity: 'error'
})

export const warning = (of: Issue): Issue => ({ ...of, severity: 'warning' })

/** What was thrown while a part of the spec was traced, as an Issue. */
export const issueOf = (tag: Issue['_tag'], path: Path, cause: unknown): Issue => {
  if (!isSaddlepointError(cause))
    return issue(tag, path, 'a function that does not throw', cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause), 'Mend the function')
  const { _tag, op, expected, actual, hint, site }: SaddlepointError = cause
  return issue(
    tag,
    path,
    expected,
    `${actual} (${_tag} in ${op}${site === undefined ? '' : `, called at ${site}`})`,
    hint ?? 'Make the shapes fit'
  )
}

/** The text of some issues, one paragraph each: the only place where an Issue becomes words. */
export const draw = (issues: readonly Issue[]): string => {
  const errors = issues.filter(({ severity }) => severity === 'error').length
  const count = (n: number, noun: string): string => `${String(n)} ${noun}${n === 1 ? '' : 's'}`
  const title = errors > 0 ? `${count(errors, 'problem')} in this GAN` : `${count(issues.length, 'warning')} on this GAN`
  return [
    title,
    ...issues.map(
      ({ path, expected, actual, hint, severity }) =>
        `  ${severity === 'warning' ? 'warning: ' : ''}${drawPath(path) || 'spec'}: expected ${expected}; got ${actual}\n      hint: ${hint}`
    )
  ].join('\n')
}
