import type { Scalar } from '../../../src/nest/expression.ts'
import { expressionsIn } from '../../../src/nest/substitute.ts'
import { i32x4, v128 } from '../encoder/index.ts'
import type { Code, Local, Module } from '../encoder/index.ts'
import type { Epilogue as EpilogueCode, ElementAccess } from '../contraction/index.ts'
import { binaryCode, compareCode, convertCode, literalCode, local, unaryCode } from '../loops/operations.ts'
import { anyInteger } from '../loops/range.ts'
import { vectorMath } from '../math/index.ts'
import type { Sink } from '../math/index.ts'
import type { Epilogue } from '../../../src/compiler/schedule.ts'
import type { DType } from '../../../src/tensor/dtype.ts'

/** Tells whether an epilogue does nothing: sums are stored as they are. */
export const isPlain = ({ outputs }: Epilogue): boolean =>
  outputs.length === 1 && outputs[0]!.body.kind === 'load' && outputs[0]!.body.operand === 0

/** Tells whether an epilogue can be computed on a tile in registers: all is float32, and no index is computed with. */
export const fitsRegisters = ({ outputs, operands }: Epilogue, dtypes: readonly DType[]): boolean =>
  operands.every((_, i) => dtypes[i] === 'float32') &&
  outputs.every(({ dtype }) => dtype === 'float32') &&
  expressionsIn(outputs.map(({ body }) => body)).every(
    (e) =>
      e.kind !== 'axis' &&
      (e.dtype !== 'int32' || e.kind === 'literal') &&
      (e.kind !== 'unary' || e.dtype === 'float32')
  )

const vectorOf = (
  math: ReturnType<typeof vectorMath>,
  sink: Sink,
  finished: Local<'v128'>,
  read: (operand: number) => Code<'v128'>
): ((e: Scalar) => Code<'v128'>) => {
  const made = new Map<Scalar, Code<'v128'>>()
  const held = (e: Scalar): Local<'v128'> => local(sink, of(e))
  const of = (e: Scalar): Code<'v128'> => {
    if (e.kind === 'literal') return literalCode(e.value, e.dtype)
    if (e.kind === 'load' && e.operand === 0) return finished
    const known = made.get(e)
    if (known !== undefined) return known
    const result = local(sink, make(e))
    made.set(e, result)
    return result
  }
  const make = (e: Scalar): Code<'v128'> => {
    switch (e.kind) {
      case 'literal':
      case 'axis':
        return i32x4.const(0)
      case 'load':
        return read(e.operand)
      case 'unary':
        return unaryCode(sink, math, e.name, held(e.x), e.dtype)
      case 'binary':
        return binaryCode(sink, e.name, held(e.x), held(e.y), e.dtype, {
          constant: undefined,
          uniform: undefined,
          range: anyInteger
        })
      case 'compare':
        return compareCode(e.name, of(e.x), of(e.y), e.x.dtype)
      case 'select':
        return v128.bitselect(of(e.x), of(e.y), of(e.when))
      case 'convert':
        return convertCode(of(e.x), e.x.dtype, e.dtype)
    }
  }
  return of
}

/**
 * Makes code of an epilogue on four elements of a tile. `read` gives the elements of operand number `operand` of the
 * epilogue; `write` takes those of every output but the first, which the caller stores.
 */
export const epilogueCode = (
  module: Module,
  { outputs }: Epilogue,
  read: (operand: number, at: ElementAccess) => Code<'v128'>,
  write: (output: number, at: ElementAccess, value: Local<'v128'>) => Code
): EpilogueCode => {
  const bodies = outputs.map(({ body }) => body)
  const math = vectorMath(module)
  // Some functions add a function to the module when they are first read, which has to be before code is encoded.
  for (const e of expressionsIn(bodies)) if (e.kind === 'unary') Reflect.get(math, e.name)
  return (finished, at, scope, before) => {
    const sink: Sink = { scope, put: before }
    const vector = vectorOf(math, sink, finished, (operand) => read(operand, at))
    const results = bodies.map((body) => local(sink, vector(body)))
    results.forEach((result, output) => {
      if (output > 0) before(write(output, at, result))
    })
    return results[0]!
  }
}
