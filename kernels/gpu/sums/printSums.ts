import * as E from '#fp-ts/Either'
import type { Shape } from '../../../src/tensor/shape.ts'
import { load } from '../../../src/nest/expression.ts'
import type { PlacedProducts } from './arrange.ts'
import { bestOrder, divided } from './arrange.ts'
import type { Finish } from './epilogue.ts'
import type { Launch, PrintSite } from '../kernel.ts'
import type { Obstacle } from '../limits/obstacle.ts'
import { numberObstacle, sizeObstacle } from '../limits/obstacle.ts'
import { liesAs, part, positionOf } from './sumAxes.ts'
import { total } from '../points/points.ts'
import { lanesAt, printProducts } from './printProducts.ts'
import { countOf, reachOf } from './products.ts'
import { exactRange } from '../limits/ranges.ts'
import { printStages } from '../points/printStages.ts'

/** Products whose sums, finished, are the elements of a result of that shape. */
export interface Sums extends PlacedProducts {
  readonly result: Shape
  readonly finish: Finish | undefined
  readonly writes: number
}

/** The kernel that moves sums, which lie otherwise or in parts, into the result. */
const gather = ({ places, result, finish, writes }: Sums, buffer: number, site: PrintSite): readonly Launch[] => {
  const operands = finish?.operands ?? []
  const parts = places.find(({ of }) => of === part)
  const points = {
    domain: result,
    body: load(operands.length, [positionOf(places, result)], 'float32'),
    ...(parts && { reduction: { extents: [parts.extent], combine: 'sum' as const } }),
    ...(finish && { finish: finish.body })
  }
  return printStages(points, [...operands, { buffer, size: countOf(places), range: exactRange }], writes, site)
}

const print = (sums: Sums, site: PrintSite): readonly Launch[] => {
  const whole = divided(sums)
  const { result, finish, writes } = whole
  const places = lanesAt(site) === 1 ? whole.places : bestOrder(whole, result)
  if (liesAs(places, result)) return [printProducts({ ...whole, places }, finish, writes, site)]
  const buffer = site.part(countOf(places))
  return [printProducts({ ...whole, places }, undefined, buffer, site), ...gather({ ...whole, places }, buffer, site)]
}

/** Kernels that compute sums of products; `before` are those that prepare factors. Nothing may be empty. */
export const printSums = (
  sums: Sums,
  site: PrintSite,
  before: readonly Launch[] = []
): E.Either<Obstacle, readonly Launch[]> => {
  const launches = [...before, ...print(sums, site)]
  const { body = total, domain = [], operands = [] } = sums.finish ?? {}
  const obstacle =
    sizeObstacle([...launches.map(({ kernel }) => kernel.output), [reachOf(sums)]]) ??
    numberObstacle({ kind: 'nest', domain, dtype: 'float32', body }, operands.map(({ range }) => range)) // prettier-ignore
  return obstacle === undefined ? E.right(launches) : E.left(obstacle)
}
