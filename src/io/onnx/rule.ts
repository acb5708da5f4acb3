import type { Params } from '../../program/primitive.ts'
import type { Aval } from '../../tensor/tensor.ts'
import type { Emitter, Value } from './emitter.ts'

/** What is known of a node beside its operands: its parameters and its result. */
export interface Applied<P extends Params> {
  readonly params: P
  readonly result: Aval
}

/** Writes a primitive as nodes of ONNX: from the values of its operands to that of its result. */
export interface Mapped<P extends Params = never> {
  readonly emit: (e: Emitter, operands: readonly Value[], applied: Applied<P>) => Value
  /**
   * Whether operands may have extent 1, or no axes, where an axis repeats them, and the result may, too: operations of ONNX
   * on elements repeat by themselves.
   */
  readonly repeats: boolean
}

/** Says in words why ONNX does not have a primitive. */
export interface Refused {
  readonly refused: string
}

export type Rule<P extends Params = never> = Mapped<P> | Refused

/** Makes a rule of operands in their full shape. */
export const whole = <P extends Params>(emit: Mapped<P>['emit']): Mapped<P> => ({ emit, repeats: false })

/** Makes a rule of operands that may be there once where they are repeated. */
export const repeating = <P extends Params>(emit: Mapped<P>['emit']): Mapped<P> => ({ emit, repeats: true })
