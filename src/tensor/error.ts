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
  | 'NotSupported'
  // A warning of a function that is compiled.
  | 'Impure'
  // An engine's troubles, where a promise has to reject.
  | 'NotAvailable'
  | 'OutOfMemory'
  | 'TooLarge'
  | 'WorkerDied'
  | 'DeviceLost'
  | 'Degraded'
  | 'Disposed'
  | 'EngineFailed'

export interface Explanation {
  /** The operation as the user called it. */
  readonly op: string
  /** What came: shapes, dtypes or values, in words. */
  readonly actual: string
  /** What would have fitted. */
  readonly expected: string
  /** What to do. */
  readonly hint?: string
}

export interface SaddlepointError extends Error, Explanation {
  readonly _tag: ErrorTag
  /** `file:line:column` of the caller outside this library, where the runtime tells. */
  readonly site: string | undefined
}

/** Reads the place of a line of a stack, without `file://`; undefined where it has none, or one of the runtime. */
const placeOf = (line: string): string | undefined => {
  const place = /\(?((?:file:\/\/|[a-z-]+:\/\/|\/|[A-Z]:\\)[^()]*:\d+:\d+)\)?$/.exec(line.trim())?.[1]
  return place === undefined || place.startsWith('node:') ? undefined : place.replace(/^file:\/\//, '')
}

/**
 * Finds the first frame of a stack that is neither the library's nor the runtime's. The stack begins in this file, which
 * tells where the library lies. In a bundle, where the user's code and the library's are one file, nothing is found.
 */
const callSite = (stack: string): string | undefined => {
  const places = stack.split('\n').flatMap((line) => placeOf(line) ?? [])
  const root = /^(.*)src\/tensor\/error\.[jt]s/.exec(places[0] ?? '')?.[1]
  if (root === undefined) return undefined
  const isLibrary = (place: string): boolean =>
    place.startsWith(`${root}src/`) || place.startsWith(`${root}kernels/`) || place.includes('/node_modules/fp-ts/')
  return places.find((place) => !isLibrary(place))
}

/** Makes the tagged error that names the op, what came, what was expected, and the user's call site. */
export const errorOf = (tag: ErrorTag, explanation: Explanation): SaddlepointError => {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 100
  const error = new Error('')
  Error.stackTraceLimit = limit
  const site = callSite(error.stack ?? '')
  const { op, actual, expected, hint } = explanation
  error.name = 'SaddlepointError'
  error.message =
    `${tag} in ${op}: expected ${expected}; got ${actual}.` +
    (hint === undefined ? '' : ` ${hint}${hint.endsWith('?') ? '' : '.'}`) +
    (site === undefined ? '' : `\n    called at ${site}`)
  return Object.assign(error, { _tag: tag, ...explanation, site })
}

/** Throws that error. */
export const fail = (tag: ErrorTag, explanation: Explanation): never => {
  throw errorOf(tag, explanation)
}

export const isSaddlepointError = (cause: unknown): cause is SaddlepointError =>
  cause instanceof Error && cause.name === 'SaddlepointError' && '_tag' in cause
