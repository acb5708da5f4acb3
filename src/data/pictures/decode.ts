import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../../io/fileIssue.ts'
import { isJpeg, jpegHeader, readJpeg } from './jpeg.ts'
import type { Picture, PictureSize } from './picture.ts'
import { isPng, pngHeader, readPng } from './png.ts'

const unknown = (file: string): E.Either<FileIssue, never> =>
  E.left({ _tag: 'BadMagic', file, offset: 0, expected: 'a PNG or JPEG picture', actual: 'something else' })

/** Reads the size of a picture from its header. */
export const pictureSize = (file: string, bytes: Uint8Array): E.Either<FileIssue, PictureSize> =>
  isPng(bytes) ? pngHeader(file, bytes) : isJpeg(bytes) ? jpegHeader(file, bytes) : unknown(file)

/** Decodes a picture, PNG or JPEG by its first bytes, of so many pixels that four bytes each stay below the limit. */
export const decodePicture = (file: string, bytes: Uint8Array, limit: number): TE.TaskEither<FileIssue, Picture> =>
  isPng(bytes)
    ? pipe(readPng(file, bytes, limit), TE.fromEither)
    : isJpeg(bytes)
      ? readJpeg(file, bytes, limit)
      : TE.fromEither(unknown(file))
