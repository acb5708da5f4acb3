import type { ReadonlyNonEmptyArray } from '#fp-ts/ReadonlyNonEmptyArray'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import type { EngineFault } from '../../transform/compileStep.ts'
import { showFault } from '../../transform/compileStep.ts'
import type { Problem } from '../../tensor/problem.ts'
import type { SaddlepointError } from '../../tensor/error.ts'
import { isSaddlepointError } from '../../tensor/error.ts'
import type { Path } from '../../tensor/tree.ts'
import { showPath } from '../../tensor/tree.ts'

/** Names the kind of a problem. */
export type IssueTag =
  /** Something that has to be there is not. */
  | 'Missing'
  /** A name that nothing has. */
  | 'Misspelt'
  /** Two parts that do not suit each other. */
  | 'Misfit'
  /** An option out of its range, of another type, or unknown. */
  | 'InvalidValue'
  /** A term, or labels, that would change nothing. */
  | 'NoGradient'
  | 'NotScalar'
  /** A function of the user's threw. */
  | 'TermFailed'
  | 'NetworkFailed'
  | 'CallbackFailed'
  | 'DataFailed'
  /** Samples see one another under a per-sample penalty. */
  | 'SampleCoupling'
  | 'EngineFailed'
  | 'Diverged'
  /** A minibatch, draws, or a state that a step cannot take. */
  | 'BadBatch'
  | 'BadState'

/** Holds one problem of a spec, of data or of a run, as data. */
export interface Issue {
  readonly _tag: IssueTag
  /** Where in the spec: `['optimizers', 'generator', 'learningRate']`. */
  readonly path: Path
  readonly expected: string
  readonly actual: string
  /** What to do. */
  readonly hint: string
  /** A warning does not keep a spec from compiling. */
  readonly severity: 'error' | 'warning'
}

export type Issues = ReadonlyNonEmptyArray<Issue>

export const issue = (_tag: IssueTag, path: Path, expected: string, actual: string, hint: string): Issue => ({
  _tag,
  path,
  expected,
  actual,
  hint,
  severity: 'error'
})

export const warning = (of: Issue): Issue => ({ ...of, severity: 'warning' })

/** Makes an Issue of a problem that a description found in itself, seen from the spec. */
export const issueOfProblem = (tag: IssueTag, path: Path, { path: inner, expected, actual, hint }: Problem): Issue =>
  issue(tag, [...path, ...inner], expected, actual, hint)

/** Makes Issues of an engine's fault. */
export const faultIssues = (fault: EngineFault): Issues => RNEA.of(faultIssue(fault))
export const faultIssue = (fault: EngineFault): Issue =>
  issue('EngineFailed', ['engine'], fault.expected, showFault(fault), fault.hint)

/** Makes an Issue of what was thrown while a part of the spec was traced. */
export const issueOf = (tag: IssueTag, path: Path, cause: unknown): Issue => {
  if (!isSaddlepointError(cause))
    return issue(
      tag,
      path,
      'a function that does not throw',
      cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause),
      'Mend the function'
    )
  const { _tag, op, expected, actual, hint, site }: SaddlepointError = cause
  return issue(
    tag,
    path,
    expected,
    `${actual} (${_tag} in ${op}${site === undefined ? '' : `, called at ${site}`})`,
    hint ?? 'Make the shapes fit'
  )
}

/**
 * Shows issues, one paragraph each: the only place where an Issue becomes words.
 *
 * @example
 * import { E, Gan, Issue, Net, Prior } from 'saddlepoint'
 * const checked = Gan.validate(Gan.between({ generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) }))
 * E.isLeft(checked) && Issue.show(checked.left).split('\n')[0] // => '3 problems in this GAN'
 */
export const show = (issues: readonly Issue[]): string => {
  const errors = issues.filter(({ severity }) => severity === 'error').length
  const count = (n: number, noun: string): string => `${String(n)} ${noun}${n === 1 ? '' : 's'}`
  const title =
    errors > 0 ? `${count(errors, 'problem')} in this GAN` : `${count(issues.length, 'warning')} on this GAN`
  return [
    title,
    ...issues.map(
      ({ path, expected, actual, hint, severity }) =>
        `  ${severity === 'warning' ? 'warning: ' : ''}${showPath(path) || 'spec'}: expected ${expected}; got ${actual}\n      hint: ${hint}`
    )
  ].join('\n')
}
