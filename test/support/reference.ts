/**
 * Reading of reference files: values and derivatives that PyTorch computed in float64. Whatever cannot be read is an
 * error that says where; nothing is skipped.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorAgainst } from '../../src/tensor/compare.ts'
import { showShape, equalShapes, sizeOf } from '../../src/tensor/shape.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { namedEngine, toleranceOf } from './engineUnderTest.ts'

/** The files of this project. */
export const ownReferenceFolder = 'test/fixtures/reference'
/** Where the files lie that are read; another folder with files of the same form may be named instead. */
export const referenceFolder = process.env['SADDLEPOINT_REFERENCE'] ?? ownReferenceFolder
/** On which engine the cases run, and how far off they may be in double and in single precision. */
export const referenceEngine = namedEngine ?? 'reference'
export const referenceTolerance = { float64: 1e-9, float32: toleranceOf(referenceEngine).cases }

export const readReference = (name: string, folder: string = referenceFolder): unknown =>
  JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown

export const unreadable = (where: string, what: string): never => {
  throw new Error(`cannot read ${where}: ${what}`)
}

export type Fields = Readonly<Record<string, unknown>>

export const fieldsAt = (where: string, x: unknown): Fields =>
  typeof x === 'object' && x !== null && !Array.isArray(x) ? (x as Fields) : unreadable(where, 'no record')

export const listAt = (where: string, x: unknown): readonly unknown[] =>
  Array.isArray(x) ? (x as readonly unknown[]) : unreadable(where, 'no list')

export const numberAt = (where: string, x: unknown): number =>
  typeof x === 'number' && Number.isFinite(x) ? x : unreadable(where, `no finite number: ${String(x)}`)

export const numbersAt = (where: string, x: unknown): readonly number[] =>
  listAt(where, x).map((item, i) => numberAt(`${where}[${i}]`, item))

/** `{ shape, data }` in doubles; `shape` is what it has to be, if that is known. */
export const tensorAt = (where: string, x: unknown, shape?: readonly number[]): Tensor => {
  const fields = fieldsAt(where, x)
  const found = numbersAt(`${where}.shape`, fields['shape'])
  const data = numbersAt(`${where}.data`, fields['data'])
  if (!found.every((n) => Number.isInteger(n) && n >= 0)) unreadable(where, `shape ${showShape(found)}`)
  if (data.length !== sizeOf(found)) unreadable(where, `${data.length} numbers for shape ${showShape(found)}`)
  if (shape !== undefined && !equalShapes(found, shape))
    unreadable(where, `shape ${showShape(found)}, not ${showShape(shape)}`)
  return { shape: found, dtype: 'float32', data: new Float64Array(data) }
}

/** One list of tensors, shaped like those of `like`. */
export const tensorsAt = (where: string, x: unknown, like: readonly Tensor[]): readonly Tensor[] => {
  const items = listAt(where, x)
  if (items.length !== like.length) unreadable(where, `${items.length} tensors, not ${like.length}`)
  return items.map((item, i) => tensorAt(`${where}[${i}]`, item, like[i]!.shape))
}

/** What is wrong with a tensor that was computed; nothing, if it has the shape and the numbers that are expected. */
export const mismatch = (what: string, actual: Tensor, expected: Tensor, tolerance: number): readonly string[] => {
  if (!equalShapes(actual.shape, expected.shape))
    return [`${what}: shape ${showShape(actual.shape)}, not ${showShape(expected.shape)}`]
  const error = errorAgainst(actual.data, expected.data)
  return error <= tolerance ? [] : [`${what}: off by ${error}, tolerance ${tolerance}`]
}
