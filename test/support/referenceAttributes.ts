import type { Shape } from '../../src/tensor/shape.ts'
import type { Nested } from '../../src/tensor/makeTensor.ts'
import type { Fields } from './reference.ts'
import { numberAt, numbersAt, tensorAt, unreadable } from './reference.ts'

/** Numbers nested in arrays, with the shape they are meant to have. */
export interface Values {
  readonly nested: Nested
  readonly shape: Shape | undefined
}

/** Reads the attributes of a case, one by one; `leftOver` are those that nobody asked for. */
export interface Attributes {
  readonly number: (name: string) => number
  /** A number, or the text 'inf', for which JSON has no number. */
  readonly extended: (name: string) => number
  readonly numbers: (name: string) => readonly number[]
  readonly pair: (name: string) => readonly [number, number]
  readonly flag: (name: string) => boolean
  readonly text: (name: string) => string
  /** A number, arrays of numbers, or `{ shape, data }`. */
  readonly values: (name: string) => Values
  /** One of the values that are supported. */
  readonly oneOf: <T extends string | boolean>(name: string, allowed: readonly T[]) => T
  /** Whether the attribute is there at all; null says that it is not. */
  readonly has: (name: string) => boolean
  readonly leftOver: () => readonly string[]
}

const isNumbers = (x: unknown): boolean =>
  Array.isArray(x) ? x.every(isNumbers) : typeof x === 'number' && Number.isFinite(x)

export const attributesOf = (where: string, fields: Fields): Attributes => {
  const read = new Set<string>()
  const at = (name: string): string => `${where}.${name}`
  const get = (name: string): unknown => {
    read.add(name)
    return fields[name] ?? unreadable(at(name), 'it is missing')
  }
  const numbers = (name: string): readonly number[] => numbersAt(at(name), get(name))
  return {
    number: (name) => numberAt(at(name), get(name)),
    extended: (name) => (get(name) === 'inf' ? Infinity : numberAt(at(name), get(name))),
    numbers,
    pair: (name) => {
      if (typeof get(name) === 'number') return [numberAt(at(name), get(name)), numberAt(at(name), get(name))]
      const [a, b, ...rest] = numbers(name)
      return a === undefined || b === undefined || rest.length > 0 ? unreadable(at(name), 'no pair') : [a, b]
    },
    flag: (name) => {
      const value = get(name)
      return typeof value === 'boolean' ? value : unreadable(at(name), 'neither true nor false')
    },
    text: (name) => {
      const value = get(name)
      return typeof value === 'string' ? value : unreadable(at(name), 'no text')
    },
    values: (name) => {
      const value = get(name)
      if (isNumbers(value)) return { nested: value as Nested, shape: undefined }
      const { data, shape } = tensorAt(at(name), value)
      return { nested: Array.from(data), shape }
    },
    oneOf: (name, allowed) => {
      const value = get(name)
      return (
        allowed.find((x) => x === value) ?? unreadable(at(name), `${String(value)} is none of ${allowed.join(', ')}`)
      )
    },
    has: (name) => {
      if (fields[name] === null) read.add(name)
      return fields[name] !== null && fields[name] !== undefined
    },
    leftOver: () => Object.keys(fields).filter((name) => !read.has(name))
  }
}
