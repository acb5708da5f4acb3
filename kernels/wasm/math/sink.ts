/**
 * Where code goes while an expression is built: statements in order, and locals for what is used twice.
 *
 * @category wasm
 */
import type { Code, Local, Scope } from '../encoder/index.ts'

export interface Sink {
  readonly scope: Pick<Scope, 'local'>
  readonly put: (statement: Code) => void
}

/** Puts a statement that computes `value`, and returns the local that holds it. */
export const keep = (sink: Sink, value: Code<'v128'>): Local<'v128'> => {
  const local = sink.scope.local('v128')
  sink.put(local.set(value))
  return local
}

/** A function of each lane of a vector. The code that it returns may be placed only once. */
export type VectorFunction = (sink: Sink, x: Local<'v128'>) => Code<'v128'>
