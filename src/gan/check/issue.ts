import type { ReadonlyNonEmptyArray } from '#fp-ts/ReadonlyNonEmptyArray'
import * as E from '#fp-ts/Either'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import type { EngineFault } from '../../transform/compileStep.ts'
import type { None } from '../../tensor/arguments.ts'
import { refuseMore } from '../../tensor/arguments.ts'
import type { Options } from '../../tensor/options.ts'
import type { Problem } from '../../tensor/problem.ts'
import type { SaddlepointError } from '../../tensor/error.ts'
import { fail, isSaddlepointError } from '../../tensor/error.ts'
import type { Path } from '../../tensor/tree.ts'
import { showPath } from '../../tensor/tree.ts'
import { showValue } from '../../tensor/problem.ts'

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
  /** A term or network that gives another program each time it is traced. */
  | 'Impure'
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
  /** A file of a state or a network that is none, or could not be read or written. */
  | 'BadFile'
  /** A folder in which another process works. */
  | 'Busy'

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
  /** What a function, an iterator or an engine threw, if that is the problem. */
  readonly cause?: unknown
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
export const issueOfProblem = (tag: IssueTag, path: Path, { path: inner, cause, ...said }: Problem): Issue =>
  cause === undefined
    ? issue(tag, [...path, ...inner], said.expected, said.actual, said.hint)
    : issueOf('TermFailed', [...path, ...inner], cause, said)

/** Reads options, which a getter may refuse to give: Left is what is wrong with them, below a path of that name. */
export const readIssues = <T>(name: string, read: () => Options<T>): E.Either<Issues, T> => {
  try {
    const { all, problems } = read()
    const [first, ...others] = problems.map((problem) => issueOfProblem('InvalidValue', [name], problem))
    return first === undefined ? E.right(all) : E.left([first, ...others])
  } catch (cause) {
    return E.left([issueOf('InvalidValue', [name], cause)])
  }
}

/** Makes Issues of an engine's fault. */
export const faultIssues = (fault: EngineFault): Issues => RNEA.of(faultIssue(fault))
export const faultIssue = (fault: EngineFault): Issue => ({
  ...issue(
    'EngineFailed',
    ['engine'],
    fault.expected,
    `${fault.actual} (${fault._tag}, engine ${fault.engine})`,
    fault.hint
  ),
  ...(fault.cause !== undefined && { cause: fault.cause })
})

/** Answers where f throws: whatever may be thrown, a proxy or an object without a prototype too, can be asked. */
const orElse = <A>(f: () => A, otherwise: A): A => {
  try {
    return f()
  } catch {
    return otherwise
  }
}

/** Says in words what was thrown. */
const showThrown = (cause: unknown): string =>
  orElse(() => {
    if (typeof cause === 'string') return cause
    if (cause instanceof Error) return `${cause.name}: ${cause.message}`
    const message = typeof cause === 'object' && cause !== null && 'message' in cause ? cause.message : undefined
    return typeof message === 'string' ? message : showValue(cause)
  }, 'something that has no words')

/** Finds the line of an error's stack that says where it was thrown. */
const firstFrame = (cause: unknown): string | undefined =>
  orElse(() => {
    if (!(cause instanceof Error) || isSaddlepointError(cause)) return undefined
    const frame = cause.stack?.split('\n').find((line) => /^\s*at .*:\d+|@.*:\d+/.test(line))
    return frame?.trim().replace(/^at /, '')
  }, undefined)

/** Makes an Issue of what was thrown, by a part of the spec, a callback, an iterator or an engine. */
export const issueOf = (
  tag: IssueTag,
  path: Path,
  cause: unknown,
  { expected = 'a function that does not throw', hint = 'Mend the function' } = {}
): Issue => {
  if (!orElse(() => isSaddlepointError(cause), false))
    return { ...issue(tag, path, expected, showThrown(cause), hint), cause }
  const { _tag, op, site, ...said } = cause as SaddlepointError
  const place = `${_tag} in ${op}${site === undefined ? '' : `, called at ${site}`}`
  return {
    ...issue(tag, path, said.expected, `${said.actual} (${place})`, said.hint ?? 'Make the shapes fit'),
    cause
  }
}

/** Lists the kinds of problems that are of a run and not of the spec. */
const ofRuns: readonly IssueTag[] = [
  'BadBatch',
  'BadFile',
  'BadState',
  'Busy',
  'CallbackFailed',
  'DataFailed',
  'Diverged',
  'EngineFailed'
]

const showOne = ({ path, expected, actual, hint, severity, cause }: Issue): string => {
  const frame = firstFrame(cause)
  return (
    `  ${severity === 'warning' ? 'warning: ' : ''}${showPath(path) || 'spec'}: expected ${expected}; got ${actual}` +
    `${frame === undefined ? '' : `\n      at ${frame}`}\n      hint: ${hint}`
  )
}

const isIssue = (x: unknown): x is Issue =>
  typeof x === 'object' && x !== null && 'path' in x && Array.isArray(x.path) && 'severity' in x

/** Reads what `show` is given, from plain JavaScript too. */
const issuesOf = (of: unknown): readonly Issue[] => {
  const given: unknown = typeof of === 'object' && of !== null && 'issues' in of ? of.issues : of
  return Array.isArray(given) && given.every(isIssue)
    ? given
    : fail('InvalidArgument', {
        op: 'Issue.show',
        expected: 'a list of issues, or { issues }',
        actual: showValue(of),
        hint: 'Issue.show(result.left), where E.isLeft(result)'
      })
}

/**
 * Shows issues, one paragraph each, or those of a training that failed: the only place where an Issue becomes words.
 *
 * @example
 * import { E, Gan, Issue, Net, Prior } from 'saddlepoint'
 * const checked = Gan.validate(Gan.between({ generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) }))
 * E.isLeft(checked) && Issue.show(checked.left).split('\n')[0] // => '3 problems in this GAN'
 */
export const show = (of: readonly Issue[] | { readonly issues: readonly Issue[] }, ...more: None): string => {
  refuseMore('Issue.show', more)
  const issues = issuesOf(of)
  const errors = issues.filter(({ severity }) => severity === 'error')
  const isOfRun = ({ _tag, path: [part] }: Issue): boolean => ofRuns.includes(_tag) || part === 'train'
  const what = errors.every(isOfRun) ? 'training' : 'GAN'
  const count = (n: number, noun: string): string => `${String(n)} ${noun}${n === 1 ? '' : 's'}`
  const title =
    errors.length > 0
      ? `${count(errors.length, 'problem')} in this ${what}`
      : `${count(issues.length, 'warning')} on this GAN`
  return [title, ...issues.map(showOne)].join('\n')
}
