/**
 * Encodes a module as bytes.
 *
 * @category wasm
 */
import { appendByte, appendBytes, appendName, appendSized, appendUnsigned, createOutput } from './bytes.ts'
import type { Output } from './bytes.ts'
import { appendBody, appendOpcode, i32Constant } from './code.ts'
import type { Local, ValueType } from './code.ts'
import { signatureIndex } from './module.ts'
import type { Definition, Memory, Module, Scope } from './module.ts'
import { createLocal } from './variable.ts'

const codes: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b }

const createScope = (params: number): { scope: Scope; types: ValueType[] } => {
  const types: ValueType[] = []
  const local = <T extends ValueType>(type: T): Local<T> => createLocal(type, params + types.push(type) - 1)
  const locals = (type: ValueType, count: number): readonly Local<ValueType>[] =>
    Array.from({ length: count }, () => local(type))
  return { types, scope: { local, locals: locals as Scope['locals'] } }
}

const appendFunction = (out: Output, { ref, body }: Definition): void => {
  const params = Object.entries(ref.params)
  const { scope, types } = createScope(params.length)
  const code = createOutput(1024)
  // Two passes: locals may still be handed out while statements are being emitted.
  const locals = Object.fromEntries(params.map(([name, type], n) => [name, createLocal(type, n)]))
  appendBody(code, body(scope, locals))
  if (ref.result !== 'none') appendOpcode(code, 0x00)
  appendByte(code, 0x0b)
  const head = createOutput(64)
  appendUnsigned(head, types.length)
  for (const type of types) {
    appendUnsigned(head, 1)
    appendByte(head, codes[type])
  }
  appendUnsigned(out, head.length + code.length)
  appendBytes(out, head.bytes.subarray(0, head.length))
  appendBytes(out, code.bytes.subarray(0, code.length))
}

const appendLimits = (out: Output, memory: Memory): void => {
  appendByte(out, (memory.shared === true ? 2 : 0) | (memory.maximum === undefined ? 0 : 1))
  appendUnsigned(out, memory.initial)
  if (memory.maximum !== undefined) appendUnsigned(out, memory.maximum)
}

const appendSection = (out: Output, id: number, count: number, write: (content: Output) => void): void => {
  if (count === 0) return
  const content = createOutput(4096)
  appendUnsigned(content, count)
  write(content)
  appendByte(out, id)
  appendSized(out, content)
}

const appendImports = (out: Output, module: Module): void => {
  const memory = module.memory
  const named = ([from, name]: readonly [string, string], kind: number): void => {
    appendName(out, from)
    appendName(out, name)
    appendByte(out, kind)
  }
  if (memory?.from !== undefined) {
    named(memory.from, 2)
    appendLimits(out, memory)
  }
  for (const { from, ref } of module.imports) {
    named(from, 0)
    appendUnsigned(out, signatureIndex(module, ref))
  }
}

const appendTypes = (out: Output, module: Module): void => {
  for (const key of module.types.keys()) {
    const [params = '', result = 'none'] = key.split('>')
    const names = params === '' ? [] : (params.split(',') as ValueType[])
    appendByte(out, 0x60)
    appendUnsigned(out, names.length)
    for (const name of names) appendByte(out, codes[name])
    if (result === 'none') appendUnsigned(out, 0)
    else appendBytes(out, [1, codes[result as ValueType]])
  }
}

const appendExports = (out: Output, module: Module): void => {
  const memory = module.memory?.export
  for (const { name, kind, index } of [
    ...module.exports,
    ...(memory === undefined ? [] : [{ name: memory, kind: 2, index: () => 0 }])
  ]) {
    appendName(out, name)
    appendByte(out, kind)
    appendUnsigned(out, index())
  }
}

/** Returns the bytes of a finished module, for `new WebAssembly.Module`. */
export const encode = (module: Module): Uint8Array => {
  const { imports, functions, globals, data, memory } = module
  for (const [index, { ref }] of imports.entries()) ref.index = index
  for (const [index, { ref }] of functions.entries()) ref.index = imports.length + index
  const own = memory !== undefined && memory.from === undefined
  const out = createOutput()
  appendBytes(out, [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])
  appendSection(out, 1, module.types.size, (content) => appendTypes(content, module))
  appendSection(out, 2, imports.length + (memory?.from === undefined ? 0 : 1), (content) =>
    appendImports(content, module)
  )
  appendSection(out, 3, functions.length, (content) => {
    for (const { ref } of functions) appendUnsigned(content, signatureIndex(module, ref))
  })
  appendSection(out, 5, own ? 1 : 0, (content) => appendLimits(content, memory as Memory))
  appendSection(out, 6, globals.length, (content) => {
    for (const { type, mutable, initial } of globals) {
      appendBytes(content, [codes[type], mutable ? 1 : 0])
      initial(content)
      appendByte(content, 0x0b)
    }
  })
  appendSection(out, 7, module.exports.length + (memory?.export === undefined ? 0 : 1), (content) =>
    appendExports(content, module)
  )
  appendSection(out, 10, functions.length, (content) => {
    for (const definition of functions) appendFunction(content, definition)
  })
  appendSection(out, 11, data.length, (content) => {
    for (const { address, bytes } of data) {
      appendUnsigned(content, 0)
      i32Constant(address)(content)
      appendByte(content, 0x0b)
      appendUnsigned(content, bytes.length)
      appendBytes(content, bytes)
    }
  })
  return out.bytes.slice(0, out.length)
}
