/** What became of a call: a result, a refusal in words, or what must never leave the library. */
import * as E from '#fp-ts/Either'
import { Gan, Issue, isSaddlepointError, showFileIssue } from '../../src/index.ts'

export interface Outcome {
  readonly kind: 'result' | 'refused' | 'raw'
  /** The messages of a refusal, or the raw error. */
  readonly text: string
  readonly value?: unknown
}

const isObject = (x: unknown): x is Readonly<Record<string, unknown>> => typeof x === 'object' && x !== null
const isIssue = (x: unknown): boolean => isObject(x) && '_tag' in x && 'expected' in x

/** What descriptions say is wrong with them, wherever in a result it stands. */
const problemsIn = (value: unknown, depth = 0): readonly string[] => {
  if ((!isObject(value) && typeof value !== 'function') || depth > 3 || ArrayBuffer.isView(value)) return []
  return Object.entries(value as object).flatMap(([key, inner]) =>
    key === 'problems' && Array.isArray(inner)
      ? inner.filter(isObject).map(({ expected, actual, hint }) => [expected, actual, hint].map(String).join(' '))
      : problemsIn(inner, depth + 1)
  )
}

const showIssues = (left: unknown): string =>
  Array.isArray(left)
    ? Issue.show(left)
    : isIssue(left) && 'file' in (left as object)
      ? showFileIssue(left as never)
      : JSON.stringify(left)

const isSpec = (value: unknown): value is Gan.Spec => isObject(value) && 'networks' in value && 'regularizers' in value

const ofValue = (value: unknown): Outcome => {
  if (isObject(value) && value['_tag'] === 'Left') {
    const { left: said } = value as { left: unknown }
    // Of a training that failed.
    const left = isObject(said) && 'issues' in said ? said['issues'] : said
    const issues = Array.isArray(left) ? left : [left]
    return issues.length > 0 && issues.every((issue) => isIssue(issue) || isSaddlepointError(issue))
      ? { kind: 'refused', text: isSaddlepointError(left) ? left.message : showIssues(left), value }
      : { kind: 'raw', text: `a Left of ${String(left)}` }
  }
  const valid = isSpec(value) ? Gan.validate(value) : undefined
  if (valid !== undefined && E.isLeft(valid)) return { kind: 'refused', text: Issue.show(valid.left), value }
  const problems = problemsIn(value)
  return problems.length > 0
    ? { kind: 'refused', text: problems.join('\n'), value }
    : { kind: 'result', text: '', value }
}

const ofThrown = (cause: unknown): Outcome =>
  isSaddlepointError(cause)
    ? { kind: 'refused', text: cause.message }
    : { kind: 'raw', text: cause instanceof Error ? (cause.stack ?? cause.message) : `threw ${String(cause)}` }

const isPromise = (x: unknown): x is Promise<unknown> => isObject(x) && typeof x['then'] === 'function'

const patience = 30_000

/** Awaits a promise, but not for ever. */
const awaited = async (promise: Promise<unknown>): Promise<unknown> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('still waiting'))
    }, patience)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Runs a call, awaits what it promises, and says what became of it. Synchronous where the call is. */
export const outcomeOf = (run: () => unknown): Outcome | Promise<Outcome> => {
  try {
    const value = run()
    return isPromise(value) ? awaited(value).then(ofValue, ofThrown).catch(ofThrown) : ofValue(value)
  } catch (cause) {
    return ofThrown(cause)
  }
}
