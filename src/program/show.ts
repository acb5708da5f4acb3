import type { Data } from '../tensor/dtype.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { constant, input, literal } from './leaves.ts'
import type { Node } from './node.ts'
import type { Program } from './program.ts'
import { nodesOf } from './program.ts'
import { showAval } from '../tensor/tensor.ts'

const drawParam = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const drawNumber = (value: unknown): string => (Object.is(value, -0) ? '-0' : String(value))

const isBody = (value: unknown): value is Program => typeof value === 'object' && value !== null && 'outputs' in value

/** Shows the program that a node's parameter is, as lines below the node. */
const bodiesOf = ({ params }: Node): readonly string[] =>
  Object.entries(params).flatMap(([name, value]) =>
    isBody(value)
      ? show(value)
          .replace('program', name)
          .split('\n')
          .map((line) => `    ${line}`)
      : []
  )

/** Shows a program: one line a node, in order, literals in place, and below a loop its body; equal text for equal programs. */
export const show = (program: Program): string => {
  const names = new Map<Node, string>()
  program.inputs.forEach((node, i) => names.set(node, `x${String(i)}`))
  const order = nodesOf(program.outputs)
  let next = 0
  for (const node of order)
    if (node.primitive === literal) names.set(node, drawNumber(node.params['value']))
    else if (node.primitive !== input) names.set(node, `v${String(next++)}`)
  const typed = (node: Node): string => `${names.get(node) ?? '?'}: ${showAval(node)}`
  const lines = order
    .filter((node) => node.primitive !== literal && node.primitive !== input)
    .flatMap((node) => {
      const params = Object.entries(node.params)
        .filter(([name, value]) => name !== 'tensor' && typeof value !== 'function' && !isBody(value))
        .map(([name, value]) => `${name} ${drawParam(value)}`)
      const operands = node.operands.map((x) => names.get(x) ?? '?').join(', ')
      const line = `  ${typed(node)} = ${node.primitive.name}${params.length > 0 ? `[${params.join('; ')}]` : ''}(${operands})`
      return [line, ...bodiesOf(node)]
    })
  const results = program.outputs.map((node) => names.get(node) ?? '?').join(', ')
  return [`program (${program.inputs.map(typed).join(', ')})`, ...lines, `  return ${results}`].join('\n')
}

/** Data of the constants that a program holds. */
const constantsOf = (program: Program): readonly Data[] =>
  nodesOf(program.outputs).flatMap(({ primitive, params }) =>
    primitive === constant ? [(params['tensor'] as Tensor).data] : []
  )

/** Hashes a program: 64 bits of FNV-1a over the drawn program and the bytes of its constants: equal programs have equal hashes. */
export const hash = (program: Program): string => {
  let low = 0x811c9dc5
  let high = 0xcbf29ce4
  const take = (value: number): void => {
    low = Math.imul(low ^ value, 0x01000193)
    high = Math.imul(high ^ (value + 31), 0x01000193)
  }
  const text = show(program)
  for (let i = 0; i < text.length; i++) take(text.charCodeAt(i))
  for (const { buffer, byteOffset, byteLength } of constantsOf(program))
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) take(byte)
  return (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0')
}
