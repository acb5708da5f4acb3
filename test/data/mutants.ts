/** Files with a few things changed, as a damaged disk or a malicious author would change them. */
import fc from 'fast-check'
import { gzipSync } from 'node:zlib'

/** Changes a file at a place between 0 and 1 of it. */
type Mutation = (bytes: Uint8Array, at: number) => Uint8Array

const replaced = (bytes: Uint8Array, from: number, to: number, by: readonly number[] | Uint8Array): Uint8Array => {
  const made = new Uint8Array(from + by.length + Math.max(0, bytes.length - to))
  made.set(bytes.subarray(0, from))
  made.set(by, from)
  made.set(bytes.subarray(to), from + by.length)
  return made
}
const place = (bytes: Uint8Array, at: number): number => Math.floor(at * bytes.length)

/** Numbers of several bytes, of either order, that sizes are lied with. */
const lies: readonly (readonly number[])[] = [
  [0, 0, 0, 0],
  [255, 255, 255, 255],
  [127, 255, 255, 255],
  [255, 255, 255, 127],
  [0, 1, 134, 160],
  [160, 134, 1, 0],
  [255, 255, 255, 255, 15]
]

const mutation = (sources: readonly Uint8Array[]): fc.Arbitrary<Mutation> =>
  fc.oneof(
    fc.nat(7).map((bit): Mutation => (b, at) => replaced(b, place(b, at), place(b, at) + 1, [(b[place(b, at)] ?? 0) ^ (1 << bit)])),
    fc.nat(255).map((byte): Mutation => (b, at) => replaced(b, place(b, at), place(b, at) + 1, [byte])),
    fc.constantFrom(...lies).map((lie): Mutation => (b, at) => replaced(b, place(b, at), place(b, at) + lie.length, lie)),
    // Headers are where sizes lie, of some files at the end.
    fc.tuple(fc.nat(39), fc.constantFrom(0, 1, 127, 128, 255)).map(([i, byte]): Mutation => (b) => replaced(b, Math.min(i, b.length), i + 1, [byte])),
    fc.tuple(fc.nat(199), fc.nat(255)).map(([i, byte]): Mutation => (b) => replaced(b, Math.max(0, b.length - 1 - i), Math.max(1, b.length - i), [byte])),
    fc.constant<Mutation>((b, at) => b.subarray(0, place(b, at))),
    fc.constant<Mutation>((b, at) => b.subarray(place(b, at))),
    fc.uint8Array({ maxLength: 40 }).map((more): Mutation => (b, at) => replaced(b, place(b, at), place(b, at), more)),
    fc.nat(20).map((count): Mutation => (b, at) => replaced(b, place(b, at), place(b, at) + count, [])),
    fc.constantFrom(...sources).map((other): Mutation => (b, at) => replaced(b, place(b, at), b.length, other.subarray(place(other, at)))),
    fc.constant<Mutation>((b) => replaced(b, b.length, b.length, b)),
    fc.constant<Mutation>((b) => gzipSync(b))
  ) // prettier-ignore

/** One of some files, changed one to three times. */
export const mutantsOf = (sources: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.constantFrom(...sources),
      fc.array(fc.tuple(mutation(sources), fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 1, maxLength: 3 })
    )
    .map(([bytes, changes]) => changes.reduce((so, [change, at]) => change(so, at), bytes))
