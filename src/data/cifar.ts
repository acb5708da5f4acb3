import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import { withBytes } from '../io/bytes.ts'
import type { FileIssue } from '../io/fileIssue.ts'
import { readFileOptions } from '../io/fileIssue.ts'
import type { None } from '../tensor/arguments.ts'
import type { Rule } from '../tensor/options.ts'
import { text } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'

export interface CifarOptions {
  /** How messages name the file. */
  readonly file?: string
  /** 10 by default; 20 and 100 are the coarse and the fine labels of CIFAR-100. */
  readonly classes?: 10 | 20 | 100
}

/** Holds labelled pictures of 32 x 32 pixels in colour. */
export interface Cifar {
  /** float32 [N, 3, 32, 32] in [-1, 1]. */
  readonly images: Tensor
  /** int32 [N]. */
  readonly labels: Tensor
}

const pixels = 3 * 32 * 32
const classCounts: Rule = { expected: '10, 20 or 100', accepts: (x) => x === 10 || x === 20 || x === 100 }

/**
 * Reads the pictures of CIFAR-10 or CIFAR-100 in their binary version, from the bytes of one file: per picture a label
 * (CIFAR-100 has two, the coarse one first), then 3072 bytes, red, green, blue. Left: a file of another length, a label
 * that is none.
 *
 * Source: A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009), https://www.cs.toronto.edu/~kriz/cifar.html.
 *
 * @example
 * import { readCifar, E } from 'saddlepoint'
 * const black = new Uint8Array(3073)
 * black[0] = 7
 * const read = readCifar(black)
 * E.isRight(read) && read.right.images.shape // => [1, 3, 32, 32]
 * E.isRight(read) && read.right.labels.data // => [7]
 */
export const readCifar = (bytes: Uint8Array, options: CifarOptions = {}, ...more: None): E.Either<FileIssue, Cifar> =>
  pipe(
    readFileOptions<CifarOptions>(
      'readCifar',
      { file: 'cifar', classes: 10 },
      options,
      { file: text, classes: classCounts },
      more
    ),
    E.flatMap(withBytes(bytes)),
    E.flatMap(({ file, classes }): E.Either<FileIssue, Cifar> => {
      const labelled = classes === 10 ? 1 : 2
      const stride = labelled + pixels
      const count = Math.floor(bytes.length / stride)
      if (count === 0 || bytes.length % stride !== 0)
        return E.left({
          _tag: 'Truncated',
          file,
          offset: bytes.length,
          expected: `pictures of ${String(stride)} bytes each`,
          actual: `${String(bytes.length)} bytes`,
          hint: 'CIFAR-10 and CIFAR-100 differ: give { classes }'
        })
      const images = new Float32Array(count * pixels)
      const labels = new Int32Array(count)
      for (let i = 0; i < count; i++) {
        const at = i * stride
        const label = bytes[at + (classes === 100 ? 1 : 0)]!
        if (label >= classes)
          return E.left({
            _tag: 'BadValue',
            file,
            offset: at,
            expected: `a label below ${String(classes)}`,
            actual: String(label)
          })
        labels[i] = label
        for (let j = 0; j < pixels; j++) images[i * pixels + j] = bytes[at + labelled + j]! / 127.5 - 1
      }
      return E.right({
        images: { shape: [count, 3, 32, 32], dtype: 'float32', data: images },
        labels: { shape: [count], dtype: 'int32', data: labels }
      })
    })
  )
