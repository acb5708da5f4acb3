import { createModule, defineFunction, forRange, i32, v128 } from '../../../../kernels/wasm/encoder/index.ts'
import type { Code, Local } from '../../../../kernels/wasm/encoder/index.ts'
import { keep, vectorMath } from '../../../../kernels/wasm/math/index.ts'
import type { Sink } from '../../../../kernels/wasm/math/index.ts'
import { instantiate } from './instantiate.ts'

type Build = (math: ReturnType<typeof vectorMath>) => (sink: Sink, x: Local<'v128'>, y: Local<'v128'>) => Code<'v128'>

/** The most points that a call takes. */
export const block = 1 << 14

export interface Running {
  readonly x: Float32Array
  readonly y: Float32Array
  readonly result: Float32Array
  /** result[i] = f(x[i], y[i]) for the first `count`, a multiple of 4. */
  readonly run: (count: number) => void
}

/** A vector function over arrays. */
export const vectorFunction = (build: Build): Running => {
  const module = createModule()
  const f = build(vectorMath(module))
  defineFunction(module, { params: { end: 'i32' }, export: 'run' }, (scope, { end }) => {
    const at = scope.local('i32')
    const statements: Code[] = []
    const sink = { scope, put: (statement: Code) => void statements.push(statement) }
    const x = keep(sink, v128.load(at))
    const y = keep(sink, v128.load(at, block * 4))
    const value = f(sink, x, y)
    return forRange(at, 0, i32.shl(end, 2), 16, [statements, v128.store(at, value, block * 8)])
  })
  const { floats, call } = instantiate(module, block * 12)
  return {
    x: floats.subarray(0, block),
    y: floats.subarray(block, 2 * block),
    result: floats.subarray(2 * block, 3 * block),
    run: (count) => void call('run', count)
  }
}
