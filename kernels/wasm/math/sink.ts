/**
 * Where code is put while an expression is built: statements go out in order, what is used twice goes into a local.
 *
 * @category wasm
 */
import type { Code, Local, Scope } from '../encoder/index.ts'

export interface Sink {
  readonly scope: Pick<Scope, 'local'>
  readonly put: (statement: Code) => void
}

/** Computes `value` once, here. */
export const keep = (sink: Sink, value: Code<'v128'>): Local<'v128'> => {
  const local = sink.scope.local('v128')
  sink.put(local.set(value))
  return local
}

/** A function of the four lanes of a vector; the code that comes back is to be placed once. */
export type VectorFunction = (sink: Sink, x: Local<'v128'>) => Code<'v128'>
