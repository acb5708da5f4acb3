import type { Shape } from '../../../src/tensor/shape.ts'
import { readsFor } from './elements.ts'
import type { SumAxis } from './sumAxes.ts'
import { along, inFours, liesAs, part } from './sumAxes.ts'
import type { StridedAxis, Products } from './products.ts'
import { countOf, joined } from './products.ts'
import { divisorNear } from '../points/runs.ts'

/** Products of which each sum is one of a result, or of a part of its terms. */
export interface PlacedProducts extends Products {
  readonly places: readonly SumAxis[]
}

/** Threads that a device is glad to have: gpu.js shares work on WebAssembly out among workers from 4096 on. */
const manyThreads = 8192
/** Terms that are many for one thread. */
const manyTerms = 4096
/** llvmpipe ends all loops of a thread together at 65,535, without a word; a turn is two terms or more. */
const mostTerms = 65536

/** In how many parts to sum so many terms for so few results. */
const partsFor = (few: number, count: number): number => {
  const wanted = count <= manyTerms ? 1 : Math.min(Math.floor(manyThreads / few), Math.round(Math.sqrt(count)))
  return Math.max(wanted < 4 ? 1 : wanted, Math.ceil(count / mostTerms))
}

/** Few sums of many terms as more sums, of a part of the terms each. */
export const divided = <P extends PlacedProducts>(products: P): P => {
  const { places, terms } = products
  const wanted = partsFor(countOf(places), countOf(terms))
  if (wanted === 1) return products
  const longest = terms.reduce((n, { extent }, i) => (extent > terms[n]!.extent ? i : n), 0)
  const { extent, strides } = terms[longest]!
  const parts = extent <= wanted ? extent : divisorNear(extent, wanted)
  if (parts === undefined) return products
  const each = extent / parts
  return {
    ...products,
    places: [along(part, parts, [strides[0] * each, strides[1] * each]), ...places],
    terms: terms.with(longest, { extent: each, strides })
  }
}

/**
 * Other orders, in which the four sums of a thread have the elements of one factor in common; those of the other are the
 * same for all threads of a long while, and stay in the cache.
 */
const orders = (places: readonly SumAxis[]): readonly (readonly SumAxis[])[] =>
  places
    .filter(({ extent, strides }) => extent % 4 === 0 && strides.includes(0))
    .map((row) => {
      const [fours, each] = inFours(row)
      return [fours, ...places.filter((place) => place !== row), each]
    })

/** Operations of a thread for each element that it reads, each product, and each sum that another kernel moves. */
const costs = { read: 3, product: 2, move: 20 }

const costOf = (order: readonly SumAxis[], terms: readonly StridedAxis[], result: Shape): number =>
  countOf(terms) * (4 * costs.product + readsFor(joined(order), 4) * costs.read) +
  (liesAs(order, result) ? 0 : 4 * costs.move)

/** The places in the order that costs threads of four sums least. */
export const bestOrder = ({ places, terms }: PlacedProducts, result: Shape): readonly SumAxis[] =>
  orders(places).reduce(
    (best, order) => (costOf(order, terms, result) < costOf(best, terms, result) ? order : best),
    places
  )
