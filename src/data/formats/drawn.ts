import type { Dataset } from '../dataset.ts'
import { datasetOf } from '../datasetOf.ts'
import { dirac, grid, ring, shapes, swissRoll } from '../toy.ts'
import type { OpenOptions } from './format.ts'

/** What is drawn and needs no file, by name. */
export const drawn: Readonly<Record<string, (options: OpenOptions) => Dataset>> = {
  shapes: ({ size = 28, channels = 1 }) => datasetOf(shapes({ size, channels }), { name: 'shapes' }),
  ring: () => datasetOf(ring(), { name: 'ring' }),
  grid: () => datasetOf(grid(), { name: 'grid' }),
  swissroll: () => datasetOf(swissRoll(), { name: 'swissroll' }),
  dirac: () => datasetOf(dirac(), { name: 'dirac' })
}
