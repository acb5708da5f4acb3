/**
 * The bodies of a nest as one graph of numbered nodes. Equal expressions are one node; the indices of a load are one
 * offset; the interval of each integer and the axes that each node depends on are known.
 *
 * @category wasm
 */
import type { Scalar } from '../../../src/nest/expression.ts'
import type { BinaryName, CompareName, IntegerName, UnaryName } from '../../../src/nest/functions.ts'
import type { DType } from '../../../src/tensor/dtype.ts'
import type { Shape } from '../../../src/tensor/shape.ts'
import { sizeOf, stridesOf } from '../../../src/tensor/shape.ts'
import { extremeOf } from './extreme.ts'
import type { Extreme } from './extreme.ts'
import { addLinear, atom, constantLinear, divideLinear, linearRange, scaleLinear } from './linear.ts'
import type { Linear } from './linear.ts'
import { anyInteger, decide, isAny, isInside, range, rangeOf, scaleRange } from './range.ts'
import type { Range } from './range.ts'

export type Operation =
  | { readonly kind: 'literal'; readonly value: number }
  | { readonly kind: 'axis'; readonly axis: number }
  | { readonly kind: 'load'; readonly operand: number; readonly offset: Linear }
  | { readonly kind: 'unary'; readonly name: UnaryName; readonly x: number }
  | { readonly kind: 'binary'; readonly name: BinaryName | IntegerName; readonly x: number; readonly y: number }
  | { readonly kind: 'compare'; readonly name: CompareName; readonly x: number; readonly y: number }
  | { readonly kind: 'select'; readonly when: number; readonly x: number; readonly y: number }
  | ({ readonly kind: 'extreme' } & Extreme<number>)
  | { readonly kind: 'convert'; readonly x: number }

export type Node = Operation & {
  readonly dtype: DType
  /** Bit n is set where the value depends on axis n. */
  readonly axes: number
  /** Interval of an int32. */
  readonly range: Range
}

export interface Graph {
  readonly nodes: readonly Node[]
  readonly roots: readonly number[]
  /** Number of each axis's node, -1 where the extent is 1. */
  readonly axes: readonly number[]
}

interface OperandType {
  readonly shape: Shape
}

export const buildGraph = (
  bodies: readonly Scalar[],
  extents: readonly number[],
  operands: readonly OperandType[]
): Graph => {
  const nodes: Node[] = []
  const numbers = new Map<string, number>()
  const seen = new Map<Scalar, number>()
  const rangeFor = (id: number): Range => nodes[id]!.range

  const intern = (dtype: DType, operation: Operation, inputs: readonly number[], of: Range): number => {
    const shown =
      operation.kind === 'load'
        ? { ...operation, offset: [operation.offset.constant, ...operation.offset.terms].join() }
        : operation
    // String(-0) is '0'.
    const value = operation.kind === 'literal' && Object.is(operation.value, -0) ? '-0' : String(Object.values(shown))
    const key = `${dtype} ${operation.kind} ${value}`
    const known = numbers.get(key)
    if (known !== undefined) return known
    const own = operation.kind === 'axis' ? 1 << operation.axis : 0
    const axes = inputs.reduce((bits, input) => bits | nodes[input]!.axes, own)
    numbers.set(key, nodes.push({ ...operation, dtype, axes, range: of }) - 1)
    return nodes.length - 1
  }

  const literal = (value: number, dtype: DType): number =>
    intern(dtype, { kind: 'literal', value }, [], dtype === 'int32' ? { low: value, high: value } : anyInteger)
  const valueOf = (id: number): number | undefined => {
    const node = nodes[id]!
    return node.kind === 'literal' ? node.value : undefined
  }

  const binary = (dtype: DType, name: BinaryName | IntegerName, x: number, y: number): number => {
    const of = dtype === 'int32' ? rangeOf(name, rangeFor(x), rangeFor(y)) : anyInteger
    if (dtype === 'int32' && of.low === of.high) return literal(of.low, 'int32')
    return intern(dtype, { kind: 'binary', name, x, y }, [x, y], of)
  }

  /** Integer nodes as sums. */
  const sums = new Map<number, Linear>()
  const sum = (id: number): Linear => {
    const known = sums.get(id)
    if (known !== undefined) return known
    const made = makeSum(id)
    sums.set(id, made)
    return made
  }
  const makeSum = (id: number): Linear => {
    const node = nodes[id]!
    if (node.kind === 'literal') return constantLinear(node.value)
    if (node.kind === 'unary' && node.name === 'neg') return scaleLinear(sum(node.x), -1)
    if (node.kind !== 'binary') return atom(id)
    const k = valueOf(node.y)
    if (node.name === 'add') return addLinear(sum(node.x), sum(node.y))
    if (node.name === 'sub') return addLinear(sum(node.x), sum(node.y), -1)
    if (node.name === 'mul') {
      const left = valueOf(node.x)
      return k !== undefined
        ? scaleLinear(sum(node.x), k)
        : left !== undefined
          ? scaleLinear(sum(node.y), left)
          : atom(id)
    }
    if (k === undefined || k <= 0 || isAny(rangeFor(node.x))) return atom(id)
    if (node.name === 'floorDivide') return divideLinear(sum(node.x), k, rangeFor) ?? atom(id)
    // x modulo k is x - k floor(x / k), which cancels against the quotient where both are in one offset.
    if (node.name === 'modulo') return addLinear(sum(node.x), sum(binary('int32', 'floorDivide', node.x, node.y)), -k)
    return atom(id)
  }

  /**
   * Returns an index as a sum. One of which nothing is known is kept inside the operand; of others it is known where they
   * lead, which may be a little beside the operand in a branch of a select that is not taken.
   */
  const indexSum = (id: number, extent: number): Linear => {
    const inner = sum(id)
    if (!isAny(linearRange(inner, rangeFor))) return inner
    const atLeast = binary('int32', 'max', id, literal(0, 'int32'))
    return atom(binary('int32', 'min', atLeast, literal(extent - 1, 'int32')))
  }

  const loadNode = (dtype: DType, operand: number, index: readonly number[]): number => {
    const { shape } = operands[operand]!
    // An operand without elements is read only in a branch that is never taken.
    if (sizeOf(shape) === 0) return literal(0, dtype)
    const strides = stridesOf(shape)
    const offset = index.reduce(
      (total, id, i) => addLinear(total, shape[i] === 1 ? constantLinear(0) : indexSum(id, shape[i]!), strides[i]),
      constantLinear(0)
    )
    return intern(dtype, { kind: 'load', operand, offset }, [...offset.terms.keys()], anyInteger)
  }

  /** Returns the one instruction that does what a select between floats does, where there is one. */
  const extremeFor = (when: number, x: number, y: number): Extreme<number> | undefined => {
    const condition = nodes[when]!
    if (condition.kind !== 'compare' || nodes[condition.x]!.dtype !== 'float32') return undefined
    const factors = (id: number): readonly [number, number] | undefined => {
      const node = nodes[id]!
      return node.kind === 'binary' && node.name === 'mul' ? [node.x, node.y] : undefined
    }
    return extremeOf({ name: condition.name, p: condition.x, q: condition.y, x, y }, { literal: valueOf, factors })
  }

  const make = (e: Scalar): number => {
    switch (e.kind) {
      case 'literal':
        return literal(e.dtype === 'int32' ? e.value | 0 : e.value, e.dtype)
      case 'axis': {
        const extent = extents[e.axis]!
        if (extent <= 1) return literal(0, 'int32')
        return intern('int32', { kind: 'axis', axis: e.axis }, [], { low: 0, high: extent - 1 })
      }
      case 'load':
        return loadNode(e.dtype, e.operand, e.index.map(visit))
      case 'unary': {
        const x = visit(e.x)
        const of = e.name === 'neg' && e.dtype === 'int32' ? scaleRange(rangeFor(x), -1) : anyInteger
        return intern(e.dtype, { kind: 'unary', name: e.name, x }, [x], of)
      }
      case 'binary':
        return binary(e.dtype, e.name, visit(e.x), visit(e.y))
      case 'compare': {
        const [x, y] = [visit(e.x), visit(e.y)]
        const known = nodes[x]!.dtype === 'int32' ? decide(e.name, rangeFor(x), rangeFor(y)) : undefined
        if (known !== undefined) return literal(Number(known), 'bool')
        return intern('bool', { kind: 'compare', name: e.name, x, y }, [x, y], anyInteger)
      }
      case 'select': {
        const when = visit(e.when)
        const taken = valueOf(when)
        if (taken !== undefined) return visit(taken !== 0 ? e.x : e.y)
        const [x, y] = [visit(e.x), visit(e.y)]
        if (x === y) return x
        // 'true if it holds, else false' is the condition itself.
        if (e.dtype === 'bool' && valueOf(x) === 1 && valueOf(y) === 0) return when
        const extreme = e.dtype === 'float32' ? extremeFor(when, x, y) : undefined
        if (extreme !== undefined)
          return intern('float32', { kind: 'extreme', ...extreme }, [extreme.x, extreme.y], anyInteger)
        const [a, b] = [rangeFor(x), rangeFor(y)]
        const of = e.dtype === 'int32' ? range(Math.min(a.low, b.low), Math.max(a.high, b.high)) : anyInteger
        return intern(e.dtype, { kind: 'select', when, x, y }, [when, x, y], of)
      }
      case 'convert': {
        const x = visit(e.x)
        const of = e.dtype === 'int32' && nodes[x]!.dtype === 'bool' ? { low: 0, high: 1 } : anyInteger
        return nodes[x]!.dtype === e.dtype ? x : intern(e.dtype, { kind: 'convert', x }, [x], of)
      }
    }
  }
  const visit = (e: Scalar): number => {
    const known = seen.get(e)
    if (known !== undefined) return known
    const id = make(e)
    seen.set(e, id)
    return id
  }

  const axes = extents.map((extent, n) =>
    extent > 1 ? intern('int32', { kind: 'axis', axis: n }, [], { low: 0, high: extent - 1 }) : -1
  )
  return { nodes, roots: bodies.map(visit), axes }
}

/** Returns the nodes that a node is computed from, the terms of a load's offset among them. */
export const inputsOf = (node: Node): readonly number[] => {
  switch (node.kind) {
    case 'literal':
    case 'axis':
      return []
    case 'load':
      return [...node.offset.terms.keys()]
    case 'unary':
    case 'convert':
      return [node.x]
    case 'binary':
    case 'compare':
    case 'extreme':
      return [node.x, node.y]
    case 'select':
      return [node.when, node.x, node.y]
  }
}

/** Returns the nodes that the roots need, each after its inputs. */
export const reachable = ({ nodes, roots }: Pick<Graph, 'nodes' | 'roots'>): readonly number[] => {
  const order = new Set<number>()
  const walk = (id: number): void => {
    if (order.has(id)) return
    inputsOf(nodes[id]!).forEach(walk)
    order.add(id)
  }
  roots.forEach(walk)
  return [...order]
}

/** Tells whether every element that an offset may name is in an operand of `size` elements. */
export const isSafe = (offset: Linear, size: number, nodes: readonly Node[]): boolean =>
  isInside(
    linearRange(offset, (id) => nodes[id]!.range),
    0,
    size - 1
  )
