import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../../io/fileIssue.ts'
import { readBytes } from '../../io/files.ts'
import { showAval } from '../../tensor/tensor.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { arrayDataset } from '../arrayDataset.ts'
import { rowsInMemory } from '../arrayRows.ts'
import { numbered } from '../classNames.ts'
import { readNpz } from '../npz.ts'
import type { Format, Opening } from './format.ts'

type Arrays = Readonly<Record<string, Tensor>>

const partOf = (name: string): string | undefined =>
  /train/i.test(name) ? 'train' : /test/i.test(name) ? 'test' : /val/i.test(name) ? 'validation' : undefined

/** Keeps the arrays of the split that is wanted; by default of the first that there is: train, none, test. */
const ofSplit = (arrays: Arrays, split: Opening['split']): readonly (readonly [string, Tensor])[] => {
  const entries = Object.entries(arrays)
  const wanted = split === undefined ? ['train', undefined, 'test', 'validation'] : [split]
  return wanted.map((part) => entries.filter(([name]) => partOf(name) === part)).find((some) => some.length > 0) ?? []
}

const areSamples = ([, { shape }]: readonly [string, Tensor]): boolean =>
  shape.length > 2 || (shape.length === 2 && shape[1] !== 1)

/** Finds labels: whole numbers from 0 on, one for each sample. */
const labelsAmong = (arrays: readonly (readonly [string, Tensor])[], rows: number): Tensor | undefined => {
  const found = arrays.find(
    ([, { shape, dtype }]) =>
      dtype === 'int32' && shape[0] === rows && (shape.length === 1 || (shape.length === 2 && shape[1] === 1))
  )
  return found === undefined || found[1].data.some((label) => label < 0 || label >= 1_000_000)
    ? undefined
    : { shape: [rows], dtype: 'int32', data: found[1].data }
}

/** Pixels of a byte each are int32 once they are read. */
const typeOf = ({ dtype, shape, data }: Tensor): string =>
  dtype === 'int32' && shape.length > 2 && data.every((x) => x >= 0 && x <= 255) ? 'uint8' : dtype

/** Several arrays as numpy saves them: samples, labels, by split, as Keras and MedMNIST publish them. */
export const npz: Format = {
  name: 'npz',
  recognizes: (found) => found.kind === 'file' && found.head[0] === 0x50 && found.head[1] === 0x4b,
  open: ({ path }, { limit, range, split }) =>
    pipe(
      readBytes(path, { limit }),
      TE.flatMapEither((bytes) => readNpz(bytes, { file: path, limit })),
      TE.flatMapEither((arrays): E.Either<FileIssue, readonly [Tensor, Tensor | undefined]> => {
        const own = ofSplit(arrays, split)
        const samples = own.find(areSamples)
        return samples === undefined
          ? E.left({
              _tag: 'Missing',
              file: path,
              expected: `an array of samples [N, ...]${split === undefined ? '' : ` of the split '${split}'`}`,
              actual:
                Object.entries(arrays)
                  .map(([name, array]) => `${name} ${showAval(array)}`)
                  .join(', ') || 'no arrays'
            })
          : E.right([samples[1], labelsAmong(own, samples[1].shape[0] ?? 0)])
      }),
      TE.flatMap(([samples, labels]) =>
        arrayDataset(
          path,
          rowsInMemory(path, { type: typeOf(samples), shape: samples.shape, data: samples.data }),
          labels && { labels, classes: numbered(labels.data) },
          { range }
        )
      )
    )
}
