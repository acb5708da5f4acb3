/** What the comments of documentation examples turn into; examples.ts says what they mean. */
import { inspect } from 'node:util'

/** Prose rounds: about five digits are meant, and nothing smaller than this is told from zero. */
const tolerance = { relative: 1e-5, absolute: 1e-6 }

const isList = (x: unknown): x is ArrayLike<unknown> =>
  Array.isArray(x) || (ArrayBuffer.isView(x) && !(x instanceof DataView))

const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> =>
  typeof x === 'object' && x !== null && !isList(x)

interface TensorLike {
  readonly shape: readonly number[]
  readonly data: ArrayLike<unknown>
}

const isTensorLike = (x: unknown): x is TensorLike => isRecord(x) && isList(x['shape']) && isList(x['data'])

const nested = ({ shape, data }: TensorLike): unknown => {
  const build = (axis: number, offset: number): unknown => {
    if (axis === shape.length) return data[offset]
    const size = shape.slice(axis + 1).reduce((a, b) => a * b, 1)
    return Array.from({ length: shape[axis]! }, (_, i) => build(axis + 1, offset + i * size))
  }
  return build(0, 0)
}

/** Where and how two values differ; undefined where they agree. */
export const difference = (actual: unknown, expected: unknown, path = ''): string | undefined => {
  const differs = (): string => `${path === '' ? '' : `at ${path}: `}got ${inspect(actual)}, not ${inspect(expected)}`
  if (isTensorLike(actual) && !isRecord(expected)) return difference(nested(actual), expected, path)
  if (typeof actual === 'number' && typeof expected === 'number')
    return Object.is(actual, expected) ||
      actual === expected ||
      Math.abs(actual - expected) <= tolerance.absolute + tolerance.relative * Math.abs(expected)
      ? undefined
      : differs()
  if (isList(actual) && isList(expected)) {
    if (actual.length !== expected.length) return differs()
    for (let i = 0; i < actual.length; i++) {
      const found = difference(actual[i], expected[i], `${path}[${i}]`)
      if (found !== undefined) return found
    }
    return undefined
  }
  if (isRecord(actual) && isRecord(expected)) {
    for (const key of new Set([...Object.keys(actual), ...Object.keys(expected)])) {
      const found = difference(actual[key], expected[key], path === '' ? key : `${path}.${key}`)
      if (found !== undefined) return found
    }
    return undefined
  }
  return Object.is(actual, expected) ? undefined : differs()
}

const fail = (where: string, message: string): never => {
  const error = new Error(`${where}: ${message}`)
  error.stack = error.message
  throw error
}

export const agrees = (actual: unknown, expected: unknown, where: string): void => {
  const found = difference(actual, expected)
  if (found !== undefined) fail(where, found)
}

export const throws = async (run: () => Promise<unknown>, text: string, where: string): Promise<void> => {
  const outcome = await run().then(
    () => undefined,
    (cause: unknown) => ({ cause })
  )
  if (outcome === undefined) return fail(where, `nothing was thrown, expected: ${text}`)
  const { cause } = outcome
  const tag = isRecord(cause) && typeof cause['_tag'] === 'string' ? cause['_tag'] : ''
  const said = cause instanceof Error ? `${cause.name}: ${tag} ${cause.message}` : `${tag} ${inspect(cause)}`
  if (!said.includes(text)) fail(where, `threw ${said}, expected: ${text}`)
}

export const notLiteral = (text: string, where: string): void =>
  fail(where, `what follows "// =>" has to be a value, not: ${text}`)
