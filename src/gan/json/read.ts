import { nearestWord } from '../../tensor/nearestWord.ts'
import { showValue, under } from '../../tensor/problem.ts'
import type { Path } from '../../tensor/tree.ts'
import { isRecord } from '../../tensor/tree.ts'
import { isSchedule } from '../../optim/schedule.ts'
import type { Issue } from '../check/issue.ts'
import { issue, issueOf } from '../check/issue.ts'
import type { WeightedTerm } from '../game/objective.ts'
import { isWrittenTensor, readTensor } from '../step/writtenTensor.ts'
import type { KindName } from './kinds.ts'
import { isWithoutName, kindNames, kinds, makerOf, mostDepth, reserved } from './kinds.ts'

/** Reads values, and tells of each that is none. */
export interface Reader {
  readonly tell: (issue: Issue) => void
  readonly depth: number
}

type JsonRecord = Readonly<Record<string, unknown>>

const unfit = (path: Path, expected: string, actual: unknown, hint = 'Gan.specToJson(spec) writes it'): Issue =>
  issue('InvalidValue', path, expected, showValue(actual), hint)

/** Makes the Issue that a name is none of those that are known, with the one that was meant. */
export const unknownName = (path: Path, expected: string, name: string, known: readonly string[]): Issue => {
  const meant = nearestWord(name, known)
  const hint = meant === undefined ? `One of ${known.join(', ')}` : `Did you mean ${meant}?`
  return issue('Misspelt', path, expected, showValue(name), hint)
}

/** Tells of keys beside those that are known. */
const refuseOthers = ({ tell }: Reader, record: JsonRecord, path: Path, known: readonly string[]): void => {
  for (const key of Object.keys(record))
    if (!known.includes(key)) tell(unknownName([...path, key], `one of ${known.join(', ')}`, key, known))
}

const numbers: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity, '-0': -0 }

const readNumber = (reader: Reader, record: JsonRecord, path: Path): unknown => {
  refuseOthers(reader, record, path, ['number'])
  const name = record['number']
  if (typeof name === 'string' && Object.hasOwn(numbers, name)) return numbers[name]
  reader.tell(unfit([...path, 'number'], `one of ${Object.keys(numbers).join(', ')}`, name))
  return undefined
}

const readTensorOf = (reader: Reader, { tensor: dtype, ...others }: JsonRecord, path: Path): unknown => {
  refuseOthers(reader, others, path, ['shape', 'data'])
  const written = { ...others, dtype }
  const read = isWrittenTensor(written) ? readTensor(written) : undefined
  if (read === undefined)
    reader.tell(unfit(path, 'a tensor: its dtype, its shape, and as many bytes as base64', others))
  return read
}

/** Reads the options of a value of some kind, from which it is made; undefined where one of them cannot be read. */
const readOptions = (reader: Reader, kind: KindName, given: unknown, path: Path): JsonRecord | undefined => {
  if (given === undefined) return {}
  if (!isRecord(given)) {
    reader.tell(unfit([...path, 'options'], 'a record of options', given))
    return undefined
  }
  const found: Issue[] = []
  const own: Reader = {
    ...reader,
    tell: (one) => {
      found.push(one)
      reader.tell(one)
    }
  }
  const options = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      key,
      readValue(own, value, isWithoutName(kind, key) ? path : [...path, key])
    ])
  )
  return found.length === 0 ? options : undefined
}

/** Edits a term as what stands beside its call says. */
const readTermEdits = (
  reader: Reader,
  term: WeightedTerm,
  { weight = 1, every = 1, metric }: JsonRecord,
  path: Path
): WeightedTerm => {
  const factor = readValue(reader, weight, [...path, 'weight'])
  if (typeof factor !== 'number' && !isSchedule(factor))
    reader.tell(unfit([...path, 'weight'], 'a number or a schedule', factor))
  if (metric !== undefined && metric !== true) reader.tell(unfit([...path, 'metric'], 'true, or nothing', metric))
  const problems = isSchedule(factor) ? under(['weight'], factor.problems) : []
  return {
    ...term,
    weight: factor as WeightedTerm['weight'],
    every: readValue(reader, every, [...path, 'every']) as number,
    ...(metric === true ? { isMetric: true } : {}),
    problems: [...(term.problems ?? []), ...problems]
  }
}

const readKind = (reader: Reader, kind: KindName, record: JsonRecord, path: Path): unknown => {
  const { title, makers } = kinds[kind]
  const name = record[kind]
  const edits = kind === 'term' ? ['weight', 'every', 'metric'] : []
  refuseOthers(reader, record, path, [kind, 'options', ...edits])
  const known = Object.keys(makers)
  if (typeof name !== 'string') {
    reader.tell(unfit(path, `the name of ${title}`, name, `One of ${known.join(', ')}`))
    return undefined
  }
  const make = makerOf(kind, name)
  if (make === undefined) {
    reader.tell(unknownName(path, `the name of ${title}`, name, known))
    return undefined
  }
  const options = readOptions(reader, kind, record['options'], path)
  if (options === undefined) return undefined
  try {
    const made = make(options)
    return kind === 'term' ? readTermEdits(reader, made as WeightedTerm, record, path) : made
  } catch (cause) {
    reader.tell(issueOf('InvalidValue', path, cause, { expected: `arguments of ${name}`, hint: `See ${name}` }))
    return undefined
  }
}

/** Reads any value; undefined where it cannot be read, which is told. */
export const readValue = (outer: Reader, x: unknown, path: Path): unknown => {
  const reader = { ...outer, depth: outer.depth + 1 }
  if (reader.depth > mostDepth) {
    reader.tell(unfit(path, `parts at most ${String(mostDepth)} deep`, x, 'Make it flatter'))
    return undefined
  }
  if (Array.isArray(x))
    return x.map((element: unknown, i) => {
      const name = isRecord(element) && typeof element['term'] === 'string' ? element['term'] : i
      return readValue(reader, element, [...path, name])
    })
  if (!isRecord(x)) return x
  const kind = kindNames.find((name) => Object.hasOwn(x, name))
  if (kind !== undefined) return readKind(reader, kind, x, path)
  if (Object.hasOwn(x, 'number')) return readNumber(reader, x, path)
  if (Object.hasOwn(x, 'tensor')) return readTensorOf(reader, x, path)
  const { record = x } = x
  if (record === x) return readEntries(reader, x, path)
  refuseOthers(reader, x, path, ['record'])
  if (isRecord(record)) return readEntries(reader, record, path)
  reader.tell(unfit([...path, 'record'], 'a record', record))
  return undefined
}

/** Reads a record, entry by entry. */
export const readEntries = (reader: Reader, record: JsonRecord, path: Path): JsonRecord =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, readValue(reader, value, [...path, key])]))

/** Reads a value that is to be of one kind; undefined where it is none, which is told. */
export const readOf = (reader: Reader, kind: KindName, x: unknown, path: Path): unknown => {
  if (!isRecord(x) || !Object.hasOwn(x, kind)) {
    const found = isRecord(x) ? reserved.find((name) => Object.hasOwn(x, name)) : undefined
    reader.tell(
      unfit(path, kinds[kind].title, found === undefined ? x : { [found]: 0 }, `{ ${JSON.stringify(kind)}: name }`)
    )
    return undefined
  }
  return readValue(reader, x, path)
}
