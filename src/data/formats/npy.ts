import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import { readBytes } from '../../io/files.ts'
import { arrayDataset } from '../arrayDataset.ts'
import { rowsInMemory } from '../arrayRows.ts'
import { readNpy } from '../npy.ts'
import type { Format } from './format.ts'

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

/** Arrays as numpy saves them: [N, features], [N, H, W], [N, H, W, C] or [N, C, H, W]. */
export const npy: Format = {
  name: 'npy',
  recognizes: (found) => found.kind === 'file' && magic.every((byte, i) => found.head[i] === byte),
  open: ({ path }, { limit, range }) =>
    pipe(
      readBytes(path, { limit }),
      TE.flatMapEither((bytes) => readNpy(bytes, { file: path, limit })),
      TE.flatMap(({ dtype, shape, data }) =>
        arrayDataset(path, rowsInMemory(path, { type: dtype, shape, data }), undefined, { range })
      )
    )
}
