/** The part of V8's interface to stacks that is used; other runtimes have none of it. */
interface StackApi {
  stackTraceLimit?: number | undefined
  prepareStackTrace?: ((error: unknown, frames: readonly { getFileName: () => unknown }[]) => unknown) | undefined
  captureStackTrace?: (target: object) => void
}

/** A frame of a stack: its place as the runtime shows it, by a source map where there is one, and its file as it is. */
interface Frame {
  readonly place: string | undefined
  readonly file: string | undefined
}

/** Deep enough for the frames of the library above those of the user. */
const depth = 100

/** Runs `f` with one property of the runtime changed; a runtime that is frozen stays as it is. */
const withSetting = <K extends keyof StackApi, A>(name: K, value: StackApi[K], f: () => A): A => {
  const api = Error as unknown as StackApi
  const before = Object.getOwnPropertyDescriptor(api, name)
  const isSet = Reflect.set(api, name, value)
  try {
    return f()
  } finally {
    if (isSet)
      if (before === undefined) Reflect.deleteProperty(api, name)
      else Reflect.defineProperty(api, name, before)
  }
}

const withoutScheme = (place: string): string => place.replace(/^file:\/\//, '')

/** Reads the place of a line of a stack; undefined where it has none. */
const placeOf = (line: string): string | undefined => {
  const place = /[(@ ]((?:[a-z-]+:\/\/|\/|[A-Z]:\\)[^()]*:\d+:\d+)\)?$/.exec(line)?.[1]
  return place === undefined ? undefined : withoutScheme(place)
}

/** Lists the files of the frames of what V8 captured, whatever source maps say of them. */
const filesOf = (captured: { readonly stack?: unknown }): readonly (string | undefined)[] | undefined => {
  const files = withSetting(
    'prepareStackTrace',
    (_, frames) => frames.map((frame) => frame.getFileName()),
    () => captured.stack
  )
  return Array.isArray(files)
    ? files.map((file: unknown) => (typeof file === 'string' ? withoutScheme(file) : undefined))
    : undefined
}

/** Where packages lie, and what runtimes are made of. */
const foreign = /[\\/](?:node_modules|registry\.npmjs\.org)[\\/]|^(?:node|ext|deno|bun|internal|evalmachine)\b/

/**
 * Finds the innermost frame that is neither the library's, nor a package's, nor the runtime's. The first one is of this
 * file and tells where the library lies, if it lies there file by file. In a bundle, where the user's code and the
 * library's may be one file, nothing is found.
 */
const siteAmong = (frames: readonly Frame[]): string | undefined => {
  const root = /^(.*?)(?:dist[\\/])?src[\\/]tensor[\\/]callSite\.[jt]s$/.exec(frames[0]?.file ?? '')?.[1]
  if (root === undefined) return undefined
  const isLibrary = (file: string): boolean =>
    foreign.test(file) || ['src', 'kernels', 'dist'].some((folder) => file.startsWith(root + folder))
  return frames.find(({ file }) => file !== undefined && !isLibrary(file))?.place
}

/** Makes an error with a deep stack, and finds the caller outside this library: undefined where that is not certain. */
export const errorWithSite = (options?: ErrorOptions): { readonly error: Error; readonly site: string | undefined } =>
  withSetting('stackTraceLimit', depth, () => {
    const captured: { stack?: unknown } = {}
    const { captureStackTrace } = Error as unknown as StackApi
    const error = new Error('', options)
    captureStackTrace?.(captured)
    const lines = (error.stack ?? '').split('\n').filter((line) => /^\s+at |@/.test(line))
    const places = lines.map(placeOf)
    const files =
      captureStackTrace === undefined ? places.map((place) => place?.replace(/:\d+:\d+$/, '')) : filesOf(captured)
    const isKnown = files?.length === places.length
    return { error, site: isKnown ? siteAmong(places.map((place, i) => ({ place, file: files[i] }))) : undefined }
  })
