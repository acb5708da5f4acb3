import { errorWithSite } from './callSite.ts'

/** Names what goes wrong in an engine at run time. EngineFailed: it threw, rejected, or gave what the interface does not say. */
export type FaultTag =
  | 'NotAvailable'
  | 'NotSupported'
  | 'OutOfMemory'
  | 'TooLarge'
  | 'WorkerDied'
  | 'DeviceLost'
  | 'Degraded'
  | 'Disposed'
  | 'EngineFailed'

/**
 * Carries the one throw of the library. Inside traced mathematics an Either would wreck the formulas, so a misfit
 * throws a tagged error, which `Gan.compile` and the engines catch and turn into data.
 */
export type ErrorTag =
  | 'ShapeMisfit'
  | 'DTypeMisfit'
  | 'InvalidArgument'
  | 'InvalidTree'
  | 'EscapedValue'
  | 'TracedRead'
  | 'AsyncTrace'
  | 'NestedCompile'
  | 'NotForward'
  | 'NotLinear'
  // A warning of a function that is compiled.
  | 'Impure'
  // A minibatch that cannot be read, where a promise has to reject.
  | 'DataFailed'
  // An engine's troubles, where a promise has to reject.
  | FaultTag

export interface Explanation {
  /** The operation as the user called it. */
  readonly op: string
  /** What came: shapes, dtypes or values, in words. */
  readonly actual: string
  /** What would have fitted. */
  readonly expected: string
  /** What to do. */
  readonly hint?: string
  /** What was thrown by a function of the user's, where that is why. */
  readonly cause?: unknown
}

export interface SaddlepointError extends Error, Omit<Explanation, 'cause'> {
  readonly _tag: ErrorTag
  /** `file:line:column` of the caller outside this library, where the runtime tells. */
  readonly site: string | undefined
}

/** Writes the sentence above the frames of a stack, where the runtime has its head there: it was taken before. */
const withHead = (stack: string | undefined, head: string): string | undefined =>
  stack?.startsWith('Error') === true && stack.includes('\n') ? head + stack.slice(stack.indexOf('\n')) : stack

/** Makes the tagged error that names the op, what came, what was expected, and the user's call site. */
export const errorOf = (tag: ErrorTag, { cause, ...explanation }: Explanation): SaddlepointError => {
  const { error, site } = errorWithSite(cause === undefined ? undefined : { cause })
  const { op, actual, expected, hint } = explanation
  error.name = 'SaddlepointError'
  error.message =
    `${tag} in ${op}: expected ${expected}; got ${actual}.` +
    (hint === undefined ? '' : ` ${hint}${hint.endsWith('?') ? '' : '.'}`) +
    (site === undefined ? '' : `\n    called at ${site}`)
  const stack = withHead(error.stack, `${error.name}: ${error.message}`)
  return Object.assign(error, { _tag: tag, ...explanation, site }, stack === undefined ? {} : { stack })
}

/** Throws that error. */
export const fail = (tag: ErrorTag, explanation: Explanation): never => {
  throw errorOf(tag, explanation)
}

export const isSaddlepointError = (cause: unknown): cause is SaddlepointError =>
  cause instanceof Error && cause.name === 'SaddlepointError' && '_tag' in cause
