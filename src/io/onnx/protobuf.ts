/**
 * The wire format of protocol buffers, as far as it is written: a message is a list of fields, each a tag and a value.
 *
 * @see https://protobuf.dev/programming-guides/encoding
 */

/** Pieces of bytes, one after the other: large arrays are not copied until the whole message is. */
export type Bytes = readonly Uint8Array[]

const lengthOf = (bytes: Bytes): number => bytes.reduce((sum, { length }) => sum + length, 0)

/** Writes a whole number from 0 to 2^53 - 1, seven bits a byte, the least significant first. */
const varint = (value: number): readonly number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]

const wire = { varint: 0, delimited: 2 } as const

const tag = (field: number, type: keyof typeof wire): readonly number[] => varint(field * 8 + wire[type])

/** Makes a field of a whole number of at least 0. */
export const integer = (field: number, value: number): Bytes => [
  Uint8Array.from([...tag(field, 'varint'), ...varint(value)])
]

/** Makes a field of bytes: another message, or data. */
export const bytes = (field: number, value: Bytes): Bytes => [
  Uint8Array.from([...tag(field, 'delimited'), ...varint(lengthOf(value))]),
  ...value
]

/** Makes a field of text, in UTF-8. */
export const text = (field: number, value: string): Bytes => bytes(field, [new TextEncoder().encode(value)])

/** Makes a field of a list of whole numbers of at least 0, packed. */
export const integers = (field: number, values: readonly number[]): Bytes =>
  bytes(field, [Uint8Array.from(values.flatMap(varint))])

/** Puts the pieces of a message together. */
export const joined = (message: Bytes): Uint8Array => {
  const all = new Uint8Array(lengthOf(message))
  let at = 0
  for (const piece of message) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}
