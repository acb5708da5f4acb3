import * as E from '#fp-ts/Either'
import * as RNEA from '#fp-ts/ReadonlyNonEmptyArray'
import { isThenable } from '../../program/trace.ts'
import type { Issues } from '../check/issue.ts'
import { issueOf } from '../check/issue.ts'

/** Calls a callback and waits for what it promises, if it does; what it throws or rejects with is an Issue. */
export const told = async (name: string, call: () => unknown): Promise<E.Either<Issues, undefined>> => {
  try {
    const answer = call()
    // A turn of the event loop for each step would slow down the training of small networks.
    if (isThenable(answer)) await answer
    return E.right(undefined)
  } catch (cause) {
    return E.left(RNEA.of(issueOf('CallbackFailed', ['train', name], cause)))
  }
}
