import * as E from '#fp-ts/Either'
import { isSaddlepointError } from '../../tensor/error.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { isTensor, showAval } from '../../tensor/tensor.ts'
import { showValue } from '../../tensor/problem.ts'
import { shapesOf } from '../../transform/shapes.ts'
import type { Held } from '../game/networks.ts'
import type { Issue, IssueTag } from './issue.ts'
import { issueOf } from './issue.ts'

/** Holds what a part of a spec threw, and how that reads as an Issue. */
export interface Failure {
  readonly cause: unknown
  readonly issue: Issue
}

/** Runs a part of a spec; Left is what it threw. */
export const attempt = <A>(tag: IssueTag, path: Issue['path'], f: () => A): E.Either<Failure, A> =>
  E.tryCatch(f, (cause) => ({ cause, issue: issueOf(tag, path, cause) }))

/** Tests whether two failures are one error seen twice: of one kind, expecting the same. */
export const isSameError = (a: unknown, b: unknown): boolean =>
  isSaddlepointError(a) && isSaddlepointError(b)
    ? a._tag === b._tag && a.expected === b.expected
    : a instanceof Error && b instanceof Error && a.message === b.message

/** Runs `f` on traced stand-ins of `tree`'s tensors, whose shapes alone count: only what f observes is kept. */
export const observe = <T>(tree: T, f: (tree: T) => void): void => {
  shapesOf(
    'Gan.validate',
    (...[traced]: unknown[]) => {
      f(traced as T)
      return []
    },
    tree
  )
}

/** Holds the shapes of all that a play is made of: its tensors have no numbers. */
export interface Example {
  readonly players: Readonly<Record<string, Held>>
  readonly key: Tensor
  readonly step: Tensor
  readonly real: Tensor
  readonly labels: Tensor | undefined
}

/** Shows what a term or a weight gave in place of a scalar. */
export const showResult = (value: unknown): string =>
  isTensor(value)
    ? showAval(value)
    : Array.isArray(value)
      ? 'an array'
      : typeof value === 'number'
        ? `the number ${String(value)}`
        : showValue(value)
