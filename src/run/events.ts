import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../io/fileIssue.ts'
import { writeAtomically } from '../io/files.ts'
import type { Bytes } from '../io/onnx/protobuf.ts'
import { bytes, integer, joined, text } from '../io/onnx/protobuf.ts'
import { crc32c } from './crc32c.ts'
import { files } from './folder.ts'
import type { Entry, Journal } from './journal.ts'
import { isLook, isMeans, isMeasured, measurementOf, readJournal } from './journal.ts'

/** Makes a field of a number in so many bytes, the least significant first: 1 is the wire type of eight, 5 of four. */
const fixed = (field: number, size: 4 | 8, value: number): Bytes => {
  const view = new DataView(new ArrayBuffer(1 + size))
  view.setUint8(0, field * 8 + (size === 8 ? 1 : 5))
  if (size === 8) view.setFloat64(1, value, true)
  else view.setFloat32(1, value, true)
  return [new Uint8Array(view.buffer)]
}

/** Frames a message as TFRecord does: its length, the message, and a checksum of each. */
const framed = (message: Bytes): Bytes => {
  const data = joined(message)
  const checksum = (x: Uint8Array): Uint8Array => {
    const crc = crc32c(x)
    // Rotated and moved, so that a checksum of data that hold checksums is still one.
    const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
    return new Uint8Array(Uint32Array.of(masked).buffer)
  }
  const length = new Uint8Array(BigUint64Array.of(BigInt(data.length)).buffer)
  return [length, checksum(length), data, checksum(data)]
}

type Scalars = Readonly<Record<string, number | null>>

/** The numbers of an entry by the names of their charts: what stands before the first '/' is the chart's group. */
const scalarsOf = (entry: Entry): Scalars => {
  const named = (group: string, scalars: Readonly<Record<string, unknown>>): Scalars =>
    Object.fromEntries(
      Object.entries(scalars)
        .filter((one): one is [string, number] => typeof one[1] === 'number')
        .map(([name, x]) => [`${group}/${name}`, x])
    )
  if (isMeans(entry)) return named('figures', entry.figures)
  if (isLook(entry)) return named('scores', entry.scores)
  return isMeasured(entry) ? named(entry.probe, measurementOf(entry).figures) : {}
}

/** An event: field 1 is the time, 2 the step, 3 the version of the format, 5 a summary of values by tag. */
const eventOf = (entry: Entry): Bytes => {
  const values = Object.entries(scalarsOf(entry)).map(([tag, x]) =>
    bytes(1, [...text(1, tag), ...fixed(2, 4, x ?? NaN)])
  )
  return values.length === 0
    ? []
    : framed([...fixed(1, 8, entry.step), ...integer(2, entry.step), ...bytes(5, values.flat())])
}

/**
 * Writes what a journal tells, its numbers by step, as an event file of TensorBoard. Times are the steps themselves: a journal
 * has none, so that a run that was stopped has the bytes of one that never was.
 *
 * @see tensorflow/core/util/event.proto, and the format TFRecord
 */
export const eventsOf = ({ entries }: Journal): Uint8Array =>
  joined([...framed([...fixed(1, 8, 0), ...text(3, 'brain.Event:2')]), ...entries.flatMap(eventOf)])

/** Names the file, of which TensorBoard reads those that have this in their names. */
export const eventFile = 'events.out.tfevents.0.saddlepoint'

/** Writes the event file of a run beside its journal. */
export const writeEvents = (folder: string): TE.TaskEither<FileIssue, void> =>
  pipe(
    readJournal(`${folder}/${files.metrics}`),
    TE.chain((journal) => writeAtomically(`${folder}/${eventFile}`, eventsOf(journal)))
  )
