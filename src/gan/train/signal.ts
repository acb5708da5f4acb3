import { showValue } from '../../tensor/problem.ts'
import type { Issue } from '../check/issue.ts'
import { issue } from '../check/issue.ts'

/** Tells a training that it is to stop: an AbortSignal, or anything with its flag. */
export interface Signal {
  readonly aborted: boolean
  addEventListener?(type: 'abort', listener: () => void): void
  removeEventListener?(type: 'abort', listener: () => void): void
}

const isListening = (x: unknown): boolean => x === undefined || typeof x === 'function'

const isSignal = (x: unknown): x is Signal =>
  typeof x === 'object' &&
  x !== null &&
  'aborted' in x &&
  typeof x.aborted === 'boolean' &&
  isListening('addEventListener' in x ? x.addEventListener : undefined) &&
  isListening('removeEventListener' in x ? x.removeEventListener : undefined)

/** Finds what is wrong with a signal: one that is never heard would be accepted silently. */
export const signalIssues = (signal: unknown): readonly Issue[] =>
  signal === undefined || isSignal(signal)
    ? []
    : [
        issue(
          'InvalidValue',
          ['train', 'signal'],
          'a signal, whose `aborted` is true or false',
          showValue(signal),
          typeof signal === 'object' && signal !== null && 'signal' in signal
            ? 'Pass controller.signal, not the controller'
            : 'new AbortController().signal, or { aborted: false }'
        )
      ]

/** Marks that the signal came first. */
export const aborted = Symbol('aborted')

/** Waits for a promise, or for the signal where that comes first. Never rejects but as the promise does. */
export const unlessAborted = async <A>(of: PromiseLike<A>, signal: Signal | undefined): Promise<A | typeof aborted> => {
  if (signal?.addEventListener === undefined) return of
  let stop = (): void => undefined
  const stopped = new Promise<typeof aborted>((resolve) => {
    stop = () => {
      resolve(aborted)
    }
    signal.addEventListener?.('abort', stop)
    if (signal.aborted) stop()
  })
  const waited = Promise.resolve(of)
  try {
    return await Promise.race([waited, stopped])
  } finally {
    signal.removeEventListener?.('abort', stop)
    // Should it fail later, nobody is left to hear it.
    waited.catch(() => undefined)
  }
}
