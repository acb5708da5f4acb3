/** Data by name or path, as command lines give them. */
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Dataset } from '../../data/dataset.ts'
import type { OpenOptions } from '../../data/formats/format.ts'
import { openDataset } from '../../data/openDataset.ts'
import type { Failure, Work } from '../cli.ts'
import { maybeNumber, misused, ofFile } from '../cli.ts'

/** Reads how data are to be opened: `--size` and `--channels`. */
export const openOptionsIn = (words: {
  readonly size?: string
  readonly channels?: string
}): E.Either<Failure, OpenOptions> =>
  pipe(
    E.Do,
    E.bind('size', () => maybeNumber('--size', words.size, 1)),
    E.bind('channels', () => maybeNumber('--channels', words.channels, 1)),
    E.map(({ size, channels }) => ({
      ...(size === undefined ? {} : { size }),
      ...(channels === undefined ? {} : { channels: channels as 1 | 3 })
    }))
  )

/** Says how images of a shape are opened: in their size, with their channels. */
const optionsFor = ([channels = 1, height, width]: readonly number[]): OpenOptions =>
  height === undefined || height !== width
    ? {}
    : { size: height, ...(channels === 1 || channels === 3 ? { channels } : {}) }

/** Opens data; images as they are asked for, or in the shape that is wanted. The name is that by which they can be opened again. */
export const openNamed = (
  name: string,
  wanted: readonly number[] | undefined,
  asked: OpenOptions = {}
): Work<Dataset> =>
  pipe(
    openDataset(name, { ...optionsFor(wanted ?? []), ...asked }),
    TE.bimap(ofFile, (data) => ({ ...data, name }))
  )

/** Names data that are drawn and have the shape of what a generator makes. */
const drawnFor = ([first = 0, height, width]: readonly number[]): string | undefined => {
  if (height === undefined) return first === 2 ? 'ring' : first === 1 ? 'dirac' : undefined
  return height === width && (first === 1 || first === 3) && height >= 8 && height <= 256 ? 'shapes' : undefined
}

const noData = (shape: readonly number[] | undefined): Failure =>
  misused(`no data are drawn of the shape [${(shape ?? []).join(', ')}]: give a file, a folder or a name by --data.`)

/** Opens the data that are asked for, or by default what is drawn and has the shape. */
export const dataFor = (
  asked: string | undefined,
  shape: readonly number[] | undefined,
  options: OpenOptions
): Work<Dataset> => {
  const name = asked ?? (shape === undefined ? undefined : drawnFor(shape))
  return name === undefined ? TE.left(noData(shape)) : openNamed(name, shape, options)
}
