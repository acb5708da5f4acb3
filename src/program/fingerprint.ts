import type { Tensor } from '../tensor/tensor.ts'
import { constant, input, literal } from './leaves.ts'
import type { Node } from './node.ts'
import type { Params } from './primitive.ts'
import type { Program } from './program.ts'
import { nodesOf } from './program.ts'

/** 64 bits, as two halves. */
type Bits = readonly [number, number]

interface Mixer {
  readonly take: (value: number) => void
  readonly bits: () => Bits
}

/** Mixes numbers of 32 bits into 64. */
const mixer = (): Mixer => {
  let low = 0x811c9dc5
  let high = 0x4ebce2e4
  return {
    take: (value) => {
      low = Math.imul(low ^ value, 0x9e3779b1)
      low ^= low >>> 15
      high = Math.imul(high ^ value, 0x85ebca6b)
      high ^= high >>> 13
    },
    bits: () => [low, high]
  }
}

const ofText = (text: string): Bits => {
  const { take, bits } = mixer()
  for (let i = 0; i < text.length; i++) take(text.charCodeAt(i))
  return bits()
}

/** Bits of primitives and parameters, which nodes of many graphs have in common. */
const known = new WeakMap<object, Bits>()

const bitsOf = (of: object, text: () => string): Bits => {
  const found = known.get(of)
  if (found !== undefined) return found
  const made = ofText(text())
  known.set(of, made)
  return made
}

const isEmpty = (params: Params): boolean => {
  for (const _ in params) return false
  return true
}

const leafText = ({ primitive, params, shape, dtype }: Node): string =>
  primitive === literal
    ? `${dtype} ${Object.is(params['value'], -0) ? '-0' : String(params['value'])}`
    : `${dtype} ${shape.join()}`

/**
 * Gives equal programs the same short text, and others another one as a rule: 64 bits. Unlike those of `hash` they may change from
 * one version to the next, and cost no more than a walk over the program.
 */
export const fingerprint = ({ inputs, outputs }: Program): string => {
  const { take, bits } = mixer()
  const both = ([low, high]: Bits): void => {
    take(low)
    take(high)
  }
  const numbers = new Map<Node, number>()
  const number = (node: Node): void => void numbers.set(node, numbers.size)
  for (const x of inputs) {
    both(ofText(leafText(x)))
    number(x)
  }
  for (const node of nodesOf(outputs)) {
    if (numbers.has(node)) continue
    number(node)
    const { primitive, params, operands } = node
    both(bitsOf(primitive, () => primitive.name))
    if (primitive === literal || primitive === constant || primitive === input) both(ofText(leafText(node)))
    else if (!isEmpty(params)) both(bitsOf(params, () => JSON.stringify(params)))
    if (primitive === constant) {
      const { buffer, byteOffset, byteLength } = (params['tensor'] as Tensor).data
      for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) take(byte)
    }
    take(operands.length)
    for (const x of operands) take(numbers.get(x)!)
  }
  for (const output of outputs) take(numbers.get(output)!)
  return bits()
    .map((half) => (half >>> 0).toString(16).padStart(8, '0'))
    .join('')
}
