import { operandOf } from '../../primitives/rules/fold.ts'
import { literalValue } from '../../primitives/rules/literal.ts'
import { basic } from '../../primitives/basic.ts'
import { o } from '../../primitives/vocabulary.ts'
import type { Node } from '../../program/node.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Rewrite } from './rewrite.ts'

const negated = (x: Tensor): Tensor | undefined => operandOf(basic.neg, x)

/** Reads x as a value times a number, if it is one. */
const scaled = (x: Node): { readonly of: Tensor; readonly by: number } | undefined => {
  if (x.primitive === basic.neg) return { of: x.operands[0]!, by: -1 }
  if (x.primitive !== basic.mul) return undefined
  const [a, b] = x.operands as readonly [Node, Node]
  const [left, right] = [literalValue(a), literalValue(b)]
  return right !== undefined ? { of: a, by: right } : left !== undefined ? { of: b, by: left } : undefined
}

const isPowerOfTwo = (x: number): boolean =>
  Number.isInteger(Math.log2(Math.abs(x))) && Math.abs(Math.log2(Math.abs(x))) < 100

/** Whether single precision holds a factor with all its digits. */
const isNormal = (x: number): boolean => Math.abs(x) >= 2 ** -126 && Math.abs(x) <= (2 - 2 ** -23) * 2 ** 127

/**
 * Whether (x a) b is x (a b) for every x: where one factor grows what the other shrinks, x a may leave the range of floats
 * that x (a b) lies in.
 */
const combine = (a: number, b: number): boolean => {
  const [small, large] = [Math.min(Math.abs(a), Math.abs(b)), Math.max(Math.abs(a), Math.abs(b))]
  return [a, b, a * b].every(isNormal) && (large <= 1 || small >= 1)
}

const sums: Rewrite = ({ primitive }, [x, y]) => {
  if (primitive === basic.add) {
    if (x === y) return o.mul(x!, 2)
    const [left, right] = [negated(x!), negated(y!)]
    return right !== undefined ? o.sub(x!, right) : left !== undefined ? o.sub(y!, left) : undefined
  }
  const right = negated(y!)
  return right === undefined ? undefined : o.add(x!, right)
}

const products: Rewrite = (_, [x, y]) => {
  const [left, right] = [negated(x!), negated(y!)]
  if (left !== undefined && right !== undefined) return o.mul(left, right)
  const value = literalValue(y!)
  if (value === undefined) return literalValue(x!) === undefined ? undefined : o.mul(y!, x!)
  if (value === -1) return o.neg(x!)
  if (x!.dtype !== 'float32') return undefined
  const inner = scaled(x!)
  return inner !== undefined && combine(inner.by, value) ? o.mul(inner.of, inner.by * value) : undefined
}

const quotients: Rewrite = (_, [x, y]) => {
  const value = literalValue(y!)
  // The inverse of no other number is exact.
  return value !== undefined && isPowerOfTwo(value) ? o.mul(x!, 1 / value) : undefined
}

const powers: Rewrite = (_, [x, y]) => {
  const value = literalValue(y!)
  if (value === 3) return o.mul(o.mul(x!, x!), x!)
  if (value === 4) return o.mul(o.mul(x!, x!), o.mul(x!, x!))
  return value === -1 ? o.div(1, x!) : undefined
}

const negations: Rewrite = (_, [x]) => {
  if (x!.dtype !== 'float32') return undefined
  const inner = scaled(x!)
  return inner === undefined ? undefined : o.mul(inner.of, -inner.by)
}

const rules: Readonly<Record<string, Rewrite>> = {
  add: sums,
  sub: sums,
  mul: products,
  div: quotients,
  pow: powers,
  neg: negations
}

/**
 * Shortens arithmetic: takes signs together, multiplies numbers now, writes small powers as products, moves literals to
 * the right.
 */
export const simplifyArithmetic: Rewrite = (node, operands) => rules[node.primitive.name]?.(node, operands)
