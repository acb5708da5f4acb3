import * as E from '#fp-ts/Either'
import { showValue } from '../tensor/problem.ts'
import type { FileIssue } from './fileIssue.ts'

/** Tests for bytes by name, since a page's frames have a class of their own each. */
const areBytes = (x: unknown): boolean => Object.prototype.toString.call(x) === '[object Uint8Array]'

/** Checks that a reader was given the bytes of a file: Right are its options, unchanged, Left is a BadOption. */
export const withBytes =
  (bytes: unknown) =>
  <A extends { readonly file: string }>(options: A): E.Either<FileIssue, A> =>
    areBytes(bytes)
      ? E.right(options)
      : E.left({
          _tag: 'BadOption',
          file: options.file,
          expected: 'the bytes of a file, a Uint8Array',
          actual: showValue(bytes),
          hint: 'new Uint8Array(buffer) makes one of an ArrayBuffer'
        })
