/**
 * A module under construction: a mutable record that the functions of this folder append to, until `encode` makes bytes of it.
 *
 * @category wasm
 */
import { appendByte, appendUnsigned } from './bytes.ts'
import { lift } from './code.ts'
import type { Body, Code, Local, Operand, ValueType } from './code.ts'
import { assignment, variable } from './variable.ts'

export type Result = ValueType | 'none'

/** The types of a function's parameters by name, in the order in which JavaScript passes them to an export. */
export type Params = Readonly<Record<string, ValueType>>

/** A function of the module, callable from any other. `index` is final only while the module is being encoded. */
export interface FunctionRef<P extends Params = Params, R extends Result = Result> {
  index: number
  readonly params: P
  readonly result: R
}

/** A global: itself the expression that reads it. */
export interface GlobalRef<T extends ValueType> extends Code<T> {
  readonly set: (value: Operand<T>) => Code
}

type Locals<P extends Params> = { readonly [K in keyof P]: Local<P[K]> }
type Operands<P extends Params> = { readonly [K in keyof P]: Operand<P[K]> }

/** A tuple where the count is a literal, so that locals may be named by destructuring. */
type Several<E, N extends number, A extends readonly E[] = []> = number extends N
  ? readonly E[]
  : A['length'] extends N
    ? A
    : Several<E, N, readonly [...A, E]>

/** Hands out a function's locals. */
export interface Scope {
  readonly local: <T extends ValueType>(type: T) => Local<T>
  readonly locals: <T extends ValueType, N extends number>(type: T, count: N) => Several<Local<T>, N>
}

export interface Memory {
  readonly from?: readonly [module: string, name: string]
  readonly initial: number
  readonly maximum?: number
  readonly shared?: boolean
  readonly export?: string
}

export interface Definition {
  readonly ref: FunctionRef
  readonly body: (scope: Scope, params: Readonly<Record<string, Local<ValueType>>>) => Body
}

export interface Module {
  readonly types: Map<string, number>
  readonly imports: { readonly from: readonly [string, string]; readonly ref: FunctionRef }[]
  readonly functions: Definition[]
  readonly globals: { readonly type: ValueType; readonly mutable: boolean; readonly initial: Code<ValueType> }[]
  readonly exports: { readonly name: string; readonly kind: number; readonly index: () => number }[]
  readonly data: { readonly address: number; readonly bytes: Uint8Array }[]
  /** Functions that several kernels share, by a key that says everything they depend on. */
  readonly shared: Map<string, FunctionRef>
  /** Whether it may use relaxed SIMD, whose results differ between machines. */
  readonly relaxed: boolean
  memory: Memory | undefined
}

export const createModule = ({ relaxed = false }: { readonly relaxed?: boolean } = {}): Module => ({
  types: new Map(),
  imports: [],
  functions: [],
  globals: [],
  exports: [],
  data: [],
  shared: new Map(),
  relaxed,
  memory: undefined
})

export const signatureIndex = (module: Module, { params, result }: FunctionRef): number => {
  const key = `${Object.values(params).join()}>${result}`
  const index = module.types.get(key) ?? module.types.size
  module.types.set(key, index)
  return index
}

/** Pages are 64 KiB. A shared memory needs a maximum. Exactly one memory, imported (`from`) or own. */
export const withMemory = (module: Module, memory: Memory): Module => Object.assign(module, { memory })

export const importFunction = <const P extends Params, R extends Result = 'none'>(
  module: Module,
  from: readonly [module: string, name: string],
  signature: { readonly params: P; readonly result?: R }
): FunctionRef<P, R> => {
  const ref = { index: -1, params: signature.params, result: signature.result ?? ('none' as R) }
  signatureIndex(module, ref)
  module.imports.push({ from, ref })
  return ref
}

/**
 * Adds a function. `body` runs when the module is encoded; a function with a result ends in `leave(value)` on every path.
 */
export const defineFunction = <const P extends Params, R extends Result = 'none'>(
  module: Module,
  signature: { readonly params: P; readonly result?: R; readonly export?: string },
  body: (scope: Scope, params: Locals<P>) => Body
): FunctionRef<P, R> => {
  const ref = { index: -1, params: signature.params, result: signature.result ?? ('none' as R) }
  signatureIndex(module, ref)
  module.functions.push({ ref, body: (scope, params) => body(scope, params as unknown as Locals<P>) })
  const name = signature.export
  if (name !== undefined) module.exports.push({ name, kind: 0, index: () => ref.index })
  return ref
}

/** Returns the function under `key`, which `define` defines when it is first asked for. */
export const sharedFunction = <R extends FunctionRef>(module: Module, key: string, define: () => R): R => {
  const known = module.shared.get(key)
  if (known !== undefined) return known as R
  const made = define()
  module.shared.set(key, made)
  return made
}

export const defineGlobal = <T extends ValueType>(
  module: Module,
  type: T,
  initial: Operand<T>,
  options: { readonly mutable?: boolean; readonly export?: string } = {}
): GlobalRef<T> => {
  const index = module.globals.push({ type, mutable: options.mutable ?? true, initial: lift(type, initial) }) - 1
  const name = options.export
  if (name !== undefined) module.exports.push({ name, kind: 3, index: () => index })
  return Object.assign(variable<T>(0x23, index), {
    set: (value: Operand<T>) => assignment(0x24, index, lift(type, value))
  })
}

/** Adds bytes that are in memory when the module starts. */
export const addData = (module: Module, address: number, bytes: Uint8Array): void => {
  module.data.push({ address, bytes })
}

/** Calls a function. Operands are evaluated in the order of its parameters. */
export const call = <P extends Params, R extends Result>(ref: FunctionRef<P, R>, operands: Operands<P>): Code<R> => {
  const lifted = Object.keys(ref.params).map((name) => lift<ValueType>(ref.params[name]!, operands[name]!))
  return (out) => {
    for (const operand of lifted) operand(out)
    appendByte(out, 0x10)
    appendUnsigned(out, ref.index)
  }
}
