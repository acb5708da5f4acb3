import * as E from '#fp-ts/Either'
import type { Shape } from '../../src/tensor/shape.ts'
import type { Scalar } from '../nest/expression.ts'
import { axis, binary, int, load, plus, times } from '../nest/expression.ts'
import { readsFor } from './elements.ts'
import type { Finish } from './epilogue.ts'
import type { Launch, Site } from './kernel.ts'
import type { Obstacle } from './obstacle.ts'
import { numberObstacle } from './obstacle.ts'
import { total } from './points.ts'
import { lanesAt, printProducts } from './printProducts.ts'
import type { Axis, Products } from './products.ts'
import { countOf, joined, reachOf } from './products.ts'
import { exactIntegers, exactRange } from './ranges.ts'
import { divisorNear, printStages } from './reduction.ts'

/** Where along it the sum of a result's element lies: at floor((its index on axis `of` + shift) / divisor) mod extent. */
export interface Place extends Axis {
  readonly of: number
  readonly shift: number
  readonly divisor: number
}

/** Products whose sums become the elements of a result of that shape, in whatever order they are computed. */
export interface Sums extends Products {
  readonly places: readonly Place[]
  readonly result: Shape
  readonly finish: Finish | undefined
  readonly writes: number
}

/** A place for each index of an axis. */
export const along = (of: number, extent: number, strides: Axis['strides']): Place => ({
  of,
  extent,
  strides,
  shift: 0,
  divisor: 1
})

/** No axis of the result: which part of the terms is summed. */
const parts = -1

/** Whether the sums lie as the result does. */
const liesAs = (places: readonly Place[], result: Shape): boolean => {
  const wide = places.filter(({ extent }) => extent > 1)
  const axes = result.flatMap((extent, n) => (extent > 1 ? [n] : []))
  return (
    wide.length === axes.length &&
    wide.every(({ of, extent, divisor, shift }, i) => of === axes[i] && extent === result[of] && divisor === 1 && shift === 0) // prettier-ignore
  )
}

/** In fours: which four, and the places of each. */
const inFours = (place: Place): readonly [Place, Place] => {
  const { extent, strides, divisor } = place
  const fours = {
    ...place,
    extent: extent / 4,
    strides: [strides[0] * 4, strides[1] * 4],
    divisor: divisor * 4
  } as const
  return [fours, { ...place, extent: 4 }]
}

/**
 * Other orders, in which the four sums of a thread have the elements of one factor in common; those of the other are the
 * same for all threads of a long while, and stay in the cache.
 */
const orders = (places: readonly Place[]): readonly (readonly Place[])[] =>
  places
    .filter(({ extent, strides }) => extent % 4 === 0 && strides.includes(0))
    .map((row) => {
      const [fours, each] = inFours(row)
      return [fours, ...places.filter((place) => place !== row), each]
    })

/** Operations of a thread for each element that it reads, each product, and each sum that another kernel brings home. */
const costs = { read: 3, product: 2, move: 20 }

/** The order of places that costs a thread of four sums least. */
const bestOrder = ({ places, terms, result }: Sums): readonly Place[] => {
  const costOf = (order: readonly Place[]): number =>
    countOf(terms) * (4 * costs.product + readsFor(joined(order), 4) * costs.read) +
    (liesAs(order, result) ? 0 : 4 * costs.move)
  return orders(places).reduce((best, order) => (costOf(order) < costOf(best) ? order : best), places)
}

/** Threads that a device is glad to have: gpu.js shares work on WebAssembly out among workers from 4096 on. */
const manyThreads = 8192
/** Terms that are many for one thread. */
const manyTerms = 4096

/** Few sums of many terms as more sums, of a part of the terms each. */
const divided = (sums: Sums): Sums => {
  const { places, terms } = sums
  const [few, count] = [countOf(places), countOf(terms)]
  const longest = terms.reduce((n, { extent }, i) => (extent > terms[n]!.extent ? i : n), 0)
  const wanted = Math.min(Math.floor(manyThreads / few), Math.round(Math.sqrt(count)))
  const { extent, strides } = terms[longest] ?? { extent: 1, strides: [0, 0] }
  const number = extent <= wanted ? extent : divisorNear(extent, wanted)
  if (count <= manyTerms || wanted < 4 || number === undefined) return sums
  const each = extent / number
  const part = along(parts, number, [strides[0] * each, strides[1] * each])
  return { ...sums, places: [part, ...places], terms: terms.with(longest, { extent: each, strides }) }
}

/** Where the sum for the result's element at its axes lies. */
const positionOf = (places: readonly Place[], result: Shape): Scalar =>
  places.reduceRight<{ readonly at: Scalar; readonly stride: number }>(
    ({ at, stride }, { of, extent, shift, divisor }) => {
      const own = of === parts ? axis(result.length) : binary('floorDivide', plus(axis(of), shift), int(divisor))
      const most = of === parts ? extent : Math.floor((result[of]! - 1 + shift) / divisor) + 1
      const index = most > extent ? binary('modulo', own, int(extent)) : own
      return { at: plus(at, times(index, stride)), stride: stride * extent }
    },
    { at: int(0), stride: 1 }
  ).at

/** The kernel that gathers sums which lie otherwise, or in parts, into the result. */
const gather = ({ places, result, finish, writes }: Sums, buffer: number, site: Site): readonly Launch[] => {
  const operands = finish?.operands ?? []
  const part = places.find(({ of }) => of === parts)
  const sums = { buffer, size: countOf(places), range: exactRange }
  const points = {
    domain: result,
    body: load(operands.length, [positionOf(places, result)], 'float32'),
    ...(part && { reduction: { extents: [part.extent], combine: 'sum' as const } }),
    ...(finish && { finish: finish.body })
  }
  return printStages(points, [...operands, sums], writes, site)
}

const print = (sums: Sums, site: Site): readonly Launch[] => {
  const whole = divided(sums)
  const places = lanesAt(site) === 1 ? whole.places : bestOrder(whole)
  const { result, finish, writes } = whole
  if (liesAs(places, result)) return [printProducts({ ...whole, places }, finish, writes, site)]
  const buffer = site.part(countOf(places))
  return [printProducts({ ...whole, places }, undefined, buffer, site), ...gather({ ...whole, places }, buffer, site)]
}

const obstacleTo = ({ finish, ...sums }: Sums, site: Site, launches: readonly Launch[]): Obstacle | undefined => {
  const read = launches.flatMap(({ reads }) => reads.flatMap((n) => site.schedule.buffers[n]?.size ?? []))
  const sizes = [...read, ...launches.map(({ kernel }) => kernel.output.reduce((a, b) => a * b, 1)), reachOf(sums)]
  const misfit = sizes.find((size) => size > exactIntegers || size === 0)
  if (misfit !== undefined)
    return { reason: 'size', expected: `arrays of 1 to ${String(exactIntegers)} elements`, actual: String(misfit) }
  const { body = total, domain = [], operands = [] } = finish ?? {}
  return numberObstacle({ kind: 'nest', domain, dtype: 'float32', body }, operands.map(({ range }) => range)) // prettier-ignore
}

/** Kernels that compute sums of products; `before` are those that prepare factors. */
export const printSums = (
  sums: Sums,
  site: Site,
  before: readonly Launch[] = []
): E.Either<Obstacle, readonly Launch[]> => {
  const launches = [...before, ...print(sums, site)]
  const obstacle = obstacleTo(sums, site, launches)
  return obstacle === undefined ? E.right(launches) : E.left(obstacle)
}
