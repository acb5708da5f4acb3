import type { Scalar } from '../../../../src/nest/expression.ts'
import {
  axis,
  binary,
  compare,
  convert,
  int,
  literal,
  load,
  minus,
  plus,
  select,
  times,
  unary,
  within
} from '../../../../src/nest/expression.ts'
import type { Operand } from '../../../../src/nest/interpret.ts'
import type { DType } from '../../../../src/tensor/dtype.ts'
import { allocate } from '../../../../src/tensor/dtype.ts'
import { sizeOf } from '../../../../src/tensor/shape.ts'
import { dtypeOf } from './runLoops.ts'
import type { Random } from './random.ts'

/** Random expressions over the axes of `extents`, and the operands they load from. */
export interface Expressions {
  readonly operands: readonly Operand[]
  readonly draw: (dtype: DType, depth: number) => Scalar
}

export const createExpressions = (random: Random, extents: readonly number[]): Expressions => {
  const operands: Operand[] = []
  const made: Record<DType, Scalar[]> = { float32: [], int32: [], bool: [] }

  const operand = (shape: readonly number[], dtype: DType): number => {
    const same = operands.findIndex(
      ({ data, shape: other }) => dtypeOf(data) === dtype && other.join() === shape.join()
    )
    if (same >= 0 && random.below(2) === 0) return same
    const data = allocate(dtype, sizeOf(shape))
    for (let i = 0; i < data.length; i++)
      data[i] = dtype === 'float32' ? random.normal() : dtype === 'bool' ? random.below(2) : random.below(41) - 20
    return operands.push({ data, shape }) - 1
  }

  /** An element of a new or known operand, some axes broadcast, permuted, reversed, strided, split or out of range. */
  const element = (dtype: DType): Scalar => {
    const axes = random.shuffle(extents.map((_, i) => i)).filter(() => random.below(4) !== 0)
    if (random.below(2) === 0) axes.slice().sort((a, b) => a - b)
    const ordered = random.below(2) === 0 ? [...axes].sort((a, b) => a - b) : axes
    const shape: number[] = []
    const index: Scalar[] = []
    const guards: Scalar[] = []
    for (const a of ordered) {
      const n = extents[a]!
      const kind = random.below(12)
      if (kind === 0) {
        shape.push(n)
        index.push(minus(int(n - 1), axis(a)))
      } else if (kind === 1) {
        shape.push(3 * n + 1)
        index.push(plus(times(axis(a), 3), 1))
      } else if (kind === 2) {
        const by = random.below(5) - 2
        const place = plus(axis(a), by)
        shape.push(n)
        index.push(place)
        guards.push(within(place, n))
      } else if (kind === 3) {
        const k = 2 + random.below(3)
        shape.push(Math.ceil(n / k), k)
        index.push(binary('floorDivide', axis(a), int(k)), binary('modulo', axis(a), int(k)))
      } else if (kind === 4) {
        shape.push(7)
        index.push(binary('modulo', draw('int32', 1), int(7)))
      } else if (kind === 5) {
        const place = draw('int32', 1)
        shape.push(n)
        index.push(place)
        guards.push(within(place, n))
      } else {
        shape.push(n)
        index.push(axis(a))
      }
    }
    const value = load(operand(shape, dtype), index, dtype)
    return guards.reduceRight<Scalar>((x, guard) => select(guard, x, literal(random.below(2), dtype)), value)
  }

  const floats = (depth: number): Scalar => {
    const of = (): Scalar => draw('float32', depth - 1)
    switch (random.below(10)) {
      case 0:
        return binary('add', of(), of())
      case 1:
        return binary('sub', of(), of())
      case 2:
        return binary('mul', of(), of())
      case 3:
        return binary(random.pick(['max', 'min']), of(), of())
      case 4:
        return unary(random.pick(['tanh', 'logistic', 'sin', 'cos', 'erf', 'abs', 'neg']), unary('tanh', of()))
      case 5:
        return select(draw('bool', depth - 1), of(), of())
      case 6:
        return convert(draw(random.pick(['int32', 'bool']), depth - 1), 'float32')
      case 7:
        return literal(random.normal())
      default:
        return element('float32')
    }
  }
  const integers = (depth: number): Scalar => {
    const of = (): Scalar => draw('int32', depth - 1)
    switch (random.below(10)) {
      case 0:
        return binary(random.pick(['add', 'sub', 'mul']), of(), of())
      case 1:
        return binary(random.pick(['xor', 'and', 'or']), of(), of())
      case 2:
        return binary(random.pick(['rotateLeft', 'shiftLeft', 'shiftRight']), of(), int(random.below(32)))
      case 3:
        return binary(random.pick(['floorDivide', 'modulo', 'div']), of(), random.below(2) === 0 ? of() : int(3))
      case 4:
        return binary(random.pick(['max', 'min']), of(), of())
      case 5:
        return select(draw('bool', depth - 1), of(), of())
      case 6:
        return extents.length > 0 ? axis(random.below(extents.length)) : int(3)
      case 7:
        return int(random.below(100) - 50)
      default:
        return element('int32')
    }
  }
  const bools = (depth: number): Scalar => {
    switch (random.below(4)) {
      case 0:
        return select(draw('bool', depth - 1), draw('bool', depth - 1), literal(random.below(2), 'bool'))
      case 1:
        return element('bool')
      default:
        return compare(
          random.pick(['eq', 'ne', 'lt', 'le', 'gt', 'ge']),
          draw('int32', depth - 1),
          draw('int32', depth - 1)
        )
    }
  }
  const draw = (dtype: DType, depth: number): Scalar => {
    // A graph, not a tree.
    if (made[dtype].length > 2 && random.below(4) === 0) return random.pick(made[dtype])
    const leaf = (): Scalar =>
      random.below(8) === 0 ? literal(dtype === 'bool' ? random.below(2) : random.below(5) - 2, dtype) : element(dtype)
    const e = depth <= 0 ? leaf() : { float32: floats, int32: integers, bool: bools }[dtype](depth)
    made[dtype].push(e)
    return e
  }
  return { operands, draw }
}
