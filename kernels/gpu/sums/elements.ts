import type { Element, Pointer } from './accumulate.ts'
import type { StridedAxis, Products } from './products.ts'
import { countOf } from './products.ts'
import type { Line, Term } from '../source/source.ts'
import { numeral } from '../source/source.ts'
import { splitIndex } from '../source/indices.ts'

/**
 * Where the lanes of a thread find their elements. The lanes of a thread are neighbouring sums. Those of one block lie at
 * constant distances from each other in each factor, so they share a pointer.
 */
export interface Elements {
  readonly pointers: readonly (Pointer & { readonly start: Term })[]
  readonly lanes: readonly (readonly [Element, Element])[]
}

const divisorOf = (a: number, b: number): number => (b === 0 ? a : divisorOf(b, a % b))

/** Returns how many neighbours along each axis are in a block, from the last axis on, as long as blocks hold whole axes. */
const blockOf = (places: readonly StridedAxis[], lanes: number): readonly number[] => {
  const block = places.map(() => 1)
  let wanted = lanes
  for (let n = places.length - 1; n >= 0; n--) {
    const { extent } = places[n]!
    block[n] = divisorOf(extent, wanted)
    wanted /= block[n]!
    if (block[n] !== extent) break
  }
  return block
}

/** Returns the distances of a block's elements from its first. */
const distances = (places: readonly StridedAxis[], block: readonly number[], factor: 0 | 1): readonly number[] =>
  places.reduce<readonly number[]>(
    (outer, { strides }, n) =>
      outer.flatMap((x) => Array.from({ length: block[n]! }, (_, i) => x + i * strides[factor])),
    [0]
  )

/**
 * Tells whether all lanes of a thread read the same element of a factor: it does not change along the last axes, which
 * are whole threads.
 */
const isShared = (places: readonly StridedAxis[], lanes: number, factor: 0 | 1): boolean => {
  const last = places.findLastIndex(({ strides }) => strides[factor] !== 0)
  return last < 0 || countOf(places.slice(last + 1)) % lanes === 0
}

/** Counts the elements that the lanes of a thread read for each term, of both factors. */
export const readsFor = (places: readonly StridedAxis[], lanes: number): number => {
  const block = blockOf(places, lanes)
  const blocks = lanes / block.reduce((a, b) => a * b, 1)
  return ([0, 1] as const).reduce<number>(
    (sum, f) => sum + (isShared(places, lanes, f) ? 1 : blocks * new Set(distances(places, block, f)).size),
    0
  )
}

/** Locates the elements of thread number `thread`; lanes beyond the last sum compute the last ones again. */
export const elementsOf = (line: Line, thread: Term, lanes: number, { factors, places }: Products): Elements => {
  const block = blockOf(places, lanes)
  const size = block.reduce((a, b) => a * b, 1)
  const blocks = lanes / size
  const all = countOf(places) / size
  const coarse = places.map(({ extent }, n) => extent / block[n]!)
  const startsOf = (k: number): readonly [Term, Term] => {
    const number = blocks === 1 ? thread : line`${thread} * ${blocks} + ${k}`
    const split = splitIndex(line, all % blocks === 0 ? number : line`Math.min(${number}, ${all - 1})`, coarse)
    const startIn = (factor: 0 | 1): Term => {
      const steps = places.flatMap(({ strides }, n): readonly Term[] => {
        const index = split[n]
        const stride = strides[factor] * block[n]!
        return index === undefined || stride === 0 ? [] : [stride === 1 ? index : line`${index} * ${stride}`]
      })
      const { start } = factors[factor]
      const [first = numeral(start), ...more] = start === 0 ? steps : [numeral(start), ...steps]
      return more.reduce((sum, step) => line`${sum} + ${step}`, first)
    }
    return [startIn(0), startIn(1)]
  }
  const starts = Array.from({ length: blocks }, (_, k) => startsOf(k))
  const ofFactor = (factor: 0 | 1): readonly Element[] => {
    const apart = distances(places, block, factor)
    const shared = isShared(places, lanes, factor)
    return Array.from({ length: lanes }, (_, lane) => ({
      pointer: `${factor === 0 ? 'p' : 'q'}${String(shared ? 0 : Math.floor(lane / size))}`,
      offset: shared ? 0 : apart[lane % size]!
    }))
  }
  const [one, other] = [ofFactor(0), ofFactor(1)]
  const pointersOf = (factor: 0 | 1, elements: readonly Element[]) =>
    [...new Set(elements.map(({ pointer }) => pointer))].map((name, k) => ({ name, factor, start: starts[k]![factor] }))
  return {
    pointers: [...pointersOf(0, one), ...pointersOf(1, other)],
    lanes: one.map((element, lane) => [element, other[lane]!])
  }
}
