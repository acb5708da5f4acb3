import * as E from '#fp-ts/Either'
import type { Shape } from '../../../src/tensor/shape.ts'
import { load } from '../../../src/nest/expression.ts'
import type { PlacedProducts } from './arrange.ts'
import { bestOrder, withPartialSums } from './arrange.ts'
import type { Finish } from './epilogue.ts'
import type { Launch, PrintSite } from '../kernel.ts'
import type { Obstacle } from '../limits/obstacle.ts'
import { numberObstacle, sizeObstacle } from '../limits/obstacle.ts'
import { liesAs, partOfTerms, positionOf } from './sumAxes.ts'
import { total } from '../points/points.ts'
import { lanesAt, printProducts } from './printProducts.ts'
import { countOf, reachOf } from './products.ts'
import { exactRange } from '../limits/ranges.ts'
import { printStages } from '../points/printStages.ts'

/** Products whose finished sums are the elements of a result of shape `result`. */
export interface Sums extends PlacedProducts {
  readonly result: Shape
  readonly finish: Finish | undefined
  readonly writes: number
}

/** Prints the launches that move sums into the result: they add up partial sums, put all in order and finish them. */
const gather = ({ places, result, finish, writes }: Sums, buffer: number, site: PrintSite): readonly Launch[] => {
  const operands = finish?.operands ?? []
  const parts = places.find(({ of }) => of === partOfTerms)
  const points = {
    domain: result,
    body: load(operands.length, [positionOf(places, result)], 'float32'),
    ...(parts && { reduction: { extents: [parts.extent], combine: 'sum' as const } }),
    ...(finish && { finish: finish.body })
  }
  return printStages(points, [...operands, { buffer, size: countOf(places), range: exactRange }], writes, site)
}

const print = (sums: Sums, site: PrintSite): readonly Launch[] => {
  const whole = withPartialSums(sums)
  const { result, finish, writes } = whole
  const places = lanesAt(site) === 1 ? whole.places : bestOrder(whole, result)
  if (liesAs(places, result)) return [printProducts({ ...whole, places }, finish, writes, site)]
  const buffer = site.scratch(countOf(places))
  return [printProducts({ ...whole, places }, undefined, buffer, site), ...gather({ ...whole, places }, buffer, site)]
}

/** Prints sums of products after the launches `before`, which prepare the factors. No axis may have extent 0. */
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
