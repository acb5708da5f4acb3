import type { FusedNest } from '../../../../src/nest/fused.ts'
import type { Operand } from '../../../../src/nest/interpret.ts'
import { call, createModule, defineFunction } from '../../../../kernels/wasm/encoder/index.ts'
import { emitLoops } from '../../../../kernels/wasm/loops/index.ts'
import { planBordered } from '../../../../kernels/wasm/loops/border.ts'
import type { Data, DType } from '../../../../src/tensor/dtype.ts'
import { sizeOf } from '../../../../src/tensor/shape.ts'
import { instantiate } from './instantiate.ts'
import { elementBytes } from '../../../../src/tensor/dtype.ts'

export const dtypeOf = (data: Data): DType =>
  data instanceof Int32Array ? 'int32' : data instanceof Uint8Array ? 'bool' : 'float32'

export interface Options {
  /** Units at a time; their order is reversed if it is negative. */
  readonly chunk?: number
  /** Output n lies where operand inPlace[n] does. */
  readonly inPlace?: readonly (number | undefined)[]
  /** Leave no byte of memory behind the last array but those of its page. */
  readonly readable?: boolean
}

/** Runs a nest as emitted; operands stand from address 0 on, so that whatever is read before them traps. */
export const runLoops = (nest: FusedNest, operands: readonly Operand[], options: Options = {}): readonly Data[] => {
  const { chunk = 0, inPlace = [], readable = false } = options
  let end = 0
  const place = (bytes: number): number => {
    const address = end
    end = Math.ceil((address + bytes) / 4) * 4
    return address
  }
  const types = operands.map(({ data, shape }) => ({ shape, dtype: dtypeOf(data) }))
  const plan = planBordered(nest, types)
  const addresses = types.map(({ shape, dtype }) => place(sizeOf(shape) * elementBytes[dtype]))
  const size = sizeOf(nest.domain)
  const outputs = nest.outputs.map(({ dtype }, n) => {
    const shared = inPlace[n]
    return shared === undefined ? place(size * elementBytes[dtype]) : addresses[shared]!
  })
  const scratch = place(plan.scratchBytes)
  const bytes = Math.max(1, Math.ceil(end / 65536)) * 65536
  // Moved to the end of memory, so that whatever is read behind it traps too.
  const shift = readable ? 0 : bytes - end
  const module = createModule()
  const stages = emitLoops(module, plan, {
    operands: addresses.map((address) => address + shift),
    outputs: outputs.map((address) => address + shift),
    scratch: scratch + shift,
    ...(readable && { readable: bytes })
  })
  stages.forEach(({ run }, n) =>
    defineFunction(module, { params: { begin: 'i32', end: 'i32' }, export: `stage${n}` }, (_, units) =>
      call(run, units)
    )
  )
  const { memory, call: invoke } = instantiate(module, bytes)
  const all = new Uint8Array(memory.buffer)
  operands.forEach(({ data }, n) =>
    all.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), addresses[n]! + shift)
  )
  stages.forEach(({ units }, n) => {
    const step = chunk === 0 ? Math.max(units, 1) : Math.abs(chunk)
    const starts = Array.from({ length: Math.ceil(units / step) }, (_, i) => i * step)
    for (const start of chunk < 0 ? starts.reverse() : starts) invoke(`stage${n}`, start, Math.min(start + step, units))
  })
  return nest.outputs.map(({ dtype }, n) => {
    const at = outputs[n]! + shift
    const copy = memory.buffer.slice(at, at + size * elementBytes[dtype])
    return dtype === 'int32' ? new Int32Array(copy) : dtype === 'bool' ? new Uint8Array(copy) : new Float32Array(copy)
  })
}
