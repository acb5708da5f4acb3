import { showValue } from '../../tensor/problem.ts'
import { isTensor } from '../../tensor/tensor.ts'
import type { Path } from '../../tensor/tree.ts'
import { isRecord } from '../../tensor/tree.ts'
import type { Issue } from '../check/issue.ts'
import { issue } from '../check/issue.ts'
import { holds } from '../step/given.ts'
import { writtenTensor } from '../step/writtenTensor.ts'
import type { Loss } from '../game/loss.ts'
import type { WeightedTerm } from '../game/objective.ts'
import type { Call, KindName } from './kinds.ts'
import { isWithoutName, kindOf, kinds, makerOf, mostDepth, reserved } from './kinds.ts'
import { same } from './same.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** Writes values, and tells of each that cannot be written. */
interface Writer {
  readonly tell: (issue: Issue) => void
  readonly depth: number
}

const unwritable = (path: Path, x: unknown): Issue =>
  issue(
    'InvalidValue',
    path,
    'what this library makes of plain data',
    typeof x === 'function' ? `a function of your own${x.name === '' ? '' : `, ${x.name}`}` : showValue(x),
    'Functions cannot be written: keep the code that makes this spec, and its state by Gan.stateToJson'
  )

const ownPart = (path: Path, kind: KindName, { name }: Call): Issue =>
  issue(
    'InvalidValue',
    path,
    `${kinds[kind].title} of this library as it was made`,
    `${name}, which is a function of your own`,
    'Functions cannot be written: keep the code that makes this spec, and its state by Gan.stateToJson'
  )

const writeNumber = (x: number): Json =>
  Number.isFinite(x) && !Object.is(x, -0) ? x : { number: Object.is(x, -0) ? '-0' : String(x) }

/** Writes the entries of a record, those that are undefined left out. */
const writeEntries = (
  writer: Writer,
  record: Readonly<Record<string, unknown>>,
  pathOf: (key: string) => Path
): Readonly<Record<string, Json>> =>
  Object.fromEntries(
    Object.entries(record).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, writeValue(writer, value, pathOf(key))]]
    )
  )

/** Makes a value again by its call; undefined where nothing of this library has the name. */
const remade = (kind: KindName, { name, options }: Call): unknown => {
  try {
    return makerOf(kind, name)?.(options)
  } catch {
    return undefined
  }
}

/** Takes from a term what edits of objectives say of it. */
const bare = ({ weight: _, every: _every, isMetric: _isMetric, ...term }: WeightedTerm): object => term

const writeTerm = (writer: Writer, term: WeightedTerm, call: Call, path: Path): Json => {
  const made = remade('term', call)
  if (made === undefined || !same(bare(made as WeightedTerm), bare(term))) {
    writer.tell(ownPart(path, 'term', call))
    return null
  }
  return {
    ...writeCall(writer, 'term', call, path),
    ...(term.weight === 1 ? {} : { weight: writeValue(writer, term.weight, [...path, 'weight']) }),
    ...(term.every === 1 ? {} : { every: writeValue(writer, term.every, [...path, 'every']) }),
    ...(term.isMetric === true ? { metric: true } : {})
  }
}

const writeCall = (
  writer: Writer,
  kind: KindName,
  { name, options }: Call,
  path: Path
): { readonly [name: string]: Json } => {
  const written = writeEntries(writer, options, (key) => (isWithoutName(kind, key) ? path : [...path, key]))
  return { [kind]: name, ...(Object.keys(written).length === 0 ? {} : { options: written }) }
}

/** Returns the call that makes a value, which for a loss that nothing here makes is that of a record of terms. */
const callOf = (kind: KindName, x: unknown): Call => {
  const call = kinds[kind].callOf(x as never)
  return kind !== 'loss' || same(remade('loss', call), x)
    ? call
    : { name: 'custom', options: { name: call.name, terms: (x as Loss).objectives } }
}

const writeKind = (writer: Writer, kind: KindName, x: unknown, path: Path): Json => {
  const call = callOf(kind, x)
  if (kind === 'term') return writeTerm(writer, x as WeightedTerm, call, path)
  if (!same(remade(kind, call), x)) {
    writer.tell(ownPart(path, kind, call))
    return null
  }
  return writeCall(writer, kind, call, path)
}

/** Writes any value that options or a spec may hold. */
export const writeValue = (outer: Writer, x: unknown, path: Path): Json => {
  const writer = { ...outer, depth: outer.depth + 1 }
  if (writer.depth > mostDepth) {
    writer.tell(issue('InvalidValue', path, `parts at most ${String(mostDepth)} deep`, 'more', 'Make it flatter'))
    return null
  }
  if (typeof x === 'number') return writeNumber(x)
  if (typeof x === 'string' || typeof x === 'boolean' || x === null) return x
  if (isTensor(x) && holds(x, x)) {
    const { dtype, shape, data } = writtenTensor(x)
    return { tensor: dtype, shape, data }
  }
  if (Array.isArray(x))
    return x.map((element: unknown, i) => writeValue(writer, element, [...path, placeOf(element, i)]))
  const kind = kindOf(x)
  if (kind !== undefined) return writeKind(writer, kind, x, path)
  if (isRecord(x)) {
    const written = writeEntries(writer, x, (key) => [...path, key])
    return Object.keys(written).some((key) => reserved.includes(key)) ? { record: written } : written
  }
  writer.tell(unwritable(path, x))
  return null
}

/** Terms are called by their names, other elements of lists by their places. */
const placeOf = (element: unknown, i: number): string | number =>
  kinds.term.is(element) ? kinds.term.callOf(element as never).name : i
