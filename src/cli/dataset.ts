import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import { batches } from '../data/batches.ts'
import { readDigits } from '../data/digits.ts'
import type { Toy } from '../data/toy.ts'
import { dirac, grid, ring, shapes, swissRoll } from '../data/toy.ts'
import type { Source } from '../gan/train/source.ts'
import { showFileIssue } from '../io/fileIssue.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { DemoOptions } from './options.ts'

/** Holds what a demo trains on: a toy that is sampled inside the step, or images from files. */
export type Dataset =
  | { readonly kind: 'toy'; readonly name: ToyName; readonly toy: Toy; readonly source: Source }
  | {
      readonly kind: 'images'
      readonly name: string
      readonly channels: number
      readonly height: number
      readonly width: number
      readonly source: (batchSize: number, seed: number) => Source
    }

type ToyName = Exclude<DemoOptions['data'] & string, 'shapes'>

const toys: Readonly<Record<ToyName, () => Toy>> = { ring, grid, swissroll: swissRoll, dirac }

const imagesOf = (directory: string, images: Tensor): Dataset => {
  const [, channels = 0, height = 0, width = 0] = images.shape
  return {
    kind: 'images',
    name: directory,
    channels,
    height,
    width,
    source: (batchSize, seed) => ({ from: (cursor) => batches(images, { batchSize, seed }).from(cursor) })
  }
}

/** Images that are drawn inside the step. */
const drawnShapes = (): Dataset => {
  const { shape, sample } = shapes()
  const [channels, height, width] = shape
  const source: Source = (key, n) => sample(key, n).real
  return { kind: 'images', name: 'shapes', channels, height, width, source: () => source }
}

/** Opens the data of the command line; a message says what is wrong with a file. */
export const openDataset = (data: DemoOptions['data']): TE.TaskEither<string, Dataset> => {
  if (data === 'shapes') return TE.right(drawnShapes())
  if (typeof data === 'string') {
    const toy = toys[data]()
    return TE.right({ kind: 'toy', name: data, toy, source: toy.sample })
  }
  return pipe(
    readDigits(data.directory, data.set === undefined ? {} : { set: data.set }),
    TE.bimap(showFileIssue, ({ images }) => imagesOf(data.directory, images))
  )
}
