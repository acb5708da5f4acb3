import type { Shape } from '../../../src/tensor/shape.ts'
import { readsFor } from './elements.ts'
import type { SumAxis } from './sumAxes.ts'
import { along, inFours, liesAs, partOfTerms } from './sumAxes.ts'
import type { StridedAxis, Products } from './products.ts'
import { countOf, joined } from './products.ts'
import { divisorNear } from '../points/runs.ts'

/** Products whose sums are elements of a result, or partial sums of them. */
export interface PlacedProducts extends Products {
  readonly places: readonly SumAxis[]
}

/** The number of threads that keeps a device busy; gpu.js uses workers on WebAssembly from 4096 on. */
const manyThreads = 8192
/** The number of terms from which on a sum is long for one thread. */
const manyTerms = 4096
/**
 * The most terms of one thread: llvmpipe silently ends the loops of a thread after 65,535 steps together, of two terms
 * or more.
 */
const mostTerms = 65536

/** Chooses how many partial sums each result has. */
const partialSums = (few: number, count: number): number => {
  const wanted = count <= manyTerms ? 1 : Math.min(Math.floor(manyThreads / few), Math.round(Math.sqrt(count)))
  return Math.max(wanted < 4 ? 1 : wanted, Math.ceil(count / mostTerms))
}

/** Splits the longest axis of the terms where few sums have many: into partial sums, numbered by a new first axis. */
export const withPartialSums = <P extends PlacedProducts>(products: P): P => {
  const { places, terms } = products
  const wanted = partialSums(countOf(places), countOf(terms))
  if (wanted === 1) return products
  const longest = terms.reduce((n, { extent }, i) => (extent > terms[n]!.extent ? i : n), 0)
  const { extent, strides } = terms[longest]!
  const parts = extent <= wanted ? extent : divisorNear(extent, wanted)
  if (parts === undefined) return products
  const each = extent / parts
  return {
    ...products,
    places: [along(partOfTerms, parts, [strides[0] * each, strides[1] * each]), ...places],
    terms: terms.with(longest, { extent: each, strides })
  }
}

/**
 * Lists other orders of the sums, in which the four sums of a thread have the elements of one factor in common. The other
 * factor's elements are then the same for many threads in a row, and stay in the cache.
 */
const orders = (places: readonly SumAxis[]): readonly (readonly SumAxis[])[] =>
  places
    .filter(({ extent, strides }) => extent % 4 === 0 && strides.includes(0))
    .map((row) => {
      const [fours, each] = inFours(row)
      return [fours, ...places.filter((place) => place !== row), each]
    })

/** Operations of a thread for each element that it reads, each product, and each sum that a second kernel moves. */
const costs = { read: 3, product: 2, move: 20 }

const costOf = (order: readonly SumAxis[], terms: readonly StridedAxis[], result: Shape): number =>
  countOf(terms) * (4 * costs.product + readsFor(joined(order), 4) * costs.read) +
  (liesAs(order, result) ? 0 : 4 * costs.move)

/** Returns the sums in the order that costs threads of four sums least. */
export const bestOrder = ({ places, terms }: PlacedProducts, result: Shape): readonly SumAxis[] =>
  orders(places).reduce(
    (best, order) => (costOf(order, terms, result) < costOf(best, terms, result) ? order : best),
    places
  )
