/** metrics.jsonl: what a run tells of itself, one JSON record a line, from which its report is drawn. */
import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import type { Measurement } from '../gan/train/probe.ts'
import type { FileIssue } from '../io/fileIssue.ts'
import { appendDurably, readText, writeIfChanged } from '../io/files.ts'
import { tensor } from '../ops/creation.ts'
import { isDType } from '../tensor/dtype.ts'
import type { Shape } from '../tensor/shape.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Aval } from '../tensor/tensor.ts'
import { isRecord } from '../tensor/tree.ts'

/** The first line: what is trained, on what, how. */
export interface Heading {
  readonly run: Readonly<Record<string, string | number>>
  /** The spec as `Gan.show` shows it. */
  readonly spec: string
}

/** Means of the figures of all steps since the last such line, by name. */
export interface Means {
  readonly step: number
  readonly figures: Readonly<Record<string, number | null>>
}

/** What samples at a step were worth, and the picture of them, a path in the folder of the run. */
export interface Look {
  readonly step: number
  readonly scores: Readonly<Record<string, number | null>>
  readonly samples?: string
}

/** A number as JSON has it, where one that is not finite is a text: an infinite condition number is a result. */
export type Written = number | (typeof notFinite)[number]

const notFinite = ['Infinity', '-Infinity', 'NaN'] as const

/** A tensor as JSON has it. */
export interface WrittenTensor extends Aval {
  readonly data: readonly Written[]
}

/** What a probe measured at a step: numbers and tensors by name. */
export interface Measured {
  readonly step: number
  readonly probe: string
  readonly measured: Readonly<Record<string, Written | WrittenTensor>>
}

/** The last line: how the run ended, and on which engine. */
export interface Ending {
  readonly step: number
  readonly ended: 'done' | 'exhausted' | 'failed'
  readonly engine?: string
  /** What made it fail. */
  readonly why?: string
}

export type Entry = Means | Look | Measured | Ending

export interface Journal {
  readonly heading: Heading
  readonly entries: readonly Entry[]
}

export const isMeans = (entry: Entry): entry is Means => 'figures' in entry
export const isLook = (entry: Entry): entry is Look => 'scores' in entry
export const isMeasured = (entry: Entry): entry is Measured => 'measured' in entry
export const isEnding = (entry: Entry): entry is Ending => 'ended' in entry

const writtenOf = (x: number): Written => (Number.isFinite(x) ? x : (String(x) as Written))

/** Writes down a measurement of a probe. */
export const measuredOf = ({ step, probe, figures }: Measurement): Measured => ({
  step,
  probe,
  measured: Object.fromEntries(
    Object.entries(figures).map(([name, x]) => [
      name,
      typeof x === 'number' ? writtenOf(x) : { shape: x.shape, dtype: x.dtype, data: Array.from(x.data, writtenOf) }
    ])
  )
})

/** Reads what `measuredOf` wrote. */
export const measurementOf = ({ step, probe, measured }: Measured): Measurement => ({
  step,
  probe,
  figures: Object.fromEntries(
    Object.entries(measured).map(([name, x]) => [
      name,
      typeof x === 'object' ? tensor(x.data.map(Number), x.shape, x.dtype) : Number(x)
    ])
  )
})

/** Writes records as lines; means and scores that are not finite are null. */
export const linesOf = (records: readonly (Heading | Entry)[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('')

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

const numbersIn = (x: unknown): boolean =>
  isRecord(x) && Object.values(x).every((value) => value === null || typeof value === 'number')

const isShape = (x: unknown): x is Shape => Array.isArray(x) && x.every((n) => Number.isSafeInteger(n) && n >= 0)
const isWritten = (x: unknown): boolean => typeof x === 'number' || (notFinite as readonly unknown[]).includes(x)

const isMeasurement = (x: unknown): boolean =>
  isWritten(x) ||
  (isRecord(x) &&
    isShape(x['shape']) &&
    isDType(x['dtype']) &&
    Array.isArray(x['data']) &&
    x['data'].length === sizeOf(x['shape']) &&
    x['data'].every(isWritten))

const isEntry = (x: unknown): x is Entry =>
  isRecord(x) &&
  Number.isSafeInteger(x['step']) &&
  (numbersIn(x['figures']) ||
    (numbersIn(x['scores']) && (x['samples'] === undefined || typeof x['samples'] === 'string')) ||
    (typeof x['probe'] === 'string' && isRecord(x['measured']) && Object.values(x['measured']).every(isMeasurement)) ||
    typeof x['ended'] === 'string')

const isHeading = (x: unknown): x is Heading => isRecord(x) && isRecord(x['run']) && typeof x['spec'] === 'string'

/** Reads lines up to the first that is none: a process that was killed may have left half of one. */
export const journalIn = (file: string, text: string): E.Either<FileIssue, Journal> => {
  const records = text.split('\n').slice(0, -1).map(parsed)
  const [heading, ...others] = records
  if (!isHeading(heading))
    return E.left({
      _tag: 'BadValue',
      file,
      expected: 'the metrics of a run, whose first line says which',
      actual: text === '' ? 'an empty file' : 'another first line'
    })
  const stranger = others.findIndex((x) => !isEntry(x))
  return E.right({ heading, entries: (stranger < 0 ? others : others.slice(0, stranger)) as readonly Entry[] })
}

/** Reads the journal of a file. */
export const readJournal = (file: string): TE.TaskEither<FileIssue, Journal> =>
  pipe(
    readText(file),
    TE.flatMapEither((text) => journalIn(file, text))
  )

/** Keeps of a journal what was written up to a step; an ending only where it is to stand. */
export const cutAt = (entries: readonly Entry[], step: number, isEnded: boolean): readonly Entry[] =>
  entries.filter((entry) => entry.step <= step && (!isEnding(entry) || (isEnded && entry.ended !== 'failed')))

/** Writes a journal, unless the file holds it already. */
export const writeJournal = (file: string, { heading, entries }: Journal): TE.TaskEither<FileIssue, void> =>
  writeIfChanged(file, linesOf([heading, ...entries]))

/** Adds entries at the end of a journal, to be there after a power cut. */
export const addEntries = (file: string, entries: readonly Entry[]): TE.TaskEither<FileIssue, void> =>
  entries.length === 0 ? TE.right(undefined) : appendDurably(file, linesOf(entries))
