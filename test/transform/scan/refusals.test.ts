/** What loops are given wrongly: each is refused in the name of the function that was called, with what came. */
import { describe, expect, it } from 'vitest'
import { add, less, ones, repeat, scan, tensor, whileLoop, zeros } from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { call } from '../../../src/program/call.ts'
import { nodesOf } from '../../../src/program/program.ts'
import { isScan } from '../../../src/program/scan.ts'
import { copyTree } from '../../../src/transform/form.ts'
import { jvp } from '../../../src/transform/jvp.ts'
import { scan as primitive } from '../../../src/transform/scan/primitive.ts'
import { drawTensor } from '../../support/draws.ts'
import { traced } from '../../support/traced.ts'

const any = (x: unknown): never => x as never
const [start, xs] = [zeros([2]), ones([3, 2])]
const step = (carry: Tensor, x: Tensor): [Tensor, Tensor] => [add(carry, x), carry]
const turn = (condition: (x: Tensor) => unknown) => () => whileLoop(any(condition), (x: Tensor) => add(x, 1), zeros([]), { atMost: 3 }) // prettier-ignore

describe('loops refuse', () => {
  it.each<readonly [string, () => unknown, string]>([
    ['neither xs nor a length', () => scan(any(step), start, undefined), 'ShapeMisfit in scan: expected xs of one leading extent, which is the length where one is given; got neither xs nor a length'], // prettier-ignore
    ['xs of two lengths', () => scan(any(step), start, any([xs, ones([4])])), 'got float32[3, 2], float32[4].'],
    ['another length than that of the xs', () => scan(step, start, xs, { length: 4 }), 'got float32[3, 2] and the length 4.'], // prettier-ignore
    ['a result that is no pair', () => scan(any((c: Tensor) => c), start, xs), 'InvalidTree in scan: expected a function that returns [carry, y]'], // prettier-ignore
    [
      'a triple',
      () =>
        scan(
          any((c: Tensor) => [c, c, c]),
          start,
          xs
        ),
      'Return [carry, []]'
    ],
    ['a carry of another shape', () => scan(any((c: Tensor) => [add(c, xs), []]), start, xs), 'ShapeMisfit in scan: expected a next carry shaped like the first one, float32[2] at the root; got float32[3, 2]'], // prettier-ignore
    ['a carry of another dtype', () => repeat(2, any((c: { a: Tensor }) => ({ a: less(c.a, 1) })), any({ a: start })), 'ShapeMisfit in repeat: expected a next carry shaped like the first one, float32[2] at a; got bool[2]'], // prettier-ignore
    ['another tree', () => repeat(2, any((c: Tensor) => [c]), any(start)), 'InvalidTree in repeat: expected a next carry in a tree like the first one'], // prettier-ignore
    ['a condition that is a number', turn((x) => x), 'ShapeMisfit in whileLoop: expected a condition that is one truth value, bool[]; got float32[]'], // prettier-ignore
    ['a condition of several', turn((x) => less(x, ones([2]))), 'got bool[2]'],
    ['two conditions', turn((x) => [less(x, 1), less(x, 2)]), 'got bool[], bool[]'],
    ['no condition', turn(() => []), 'in whileLoop: expected a condition that is one truth value, bool[]; got nothing'],
    ['a condition that is no tensor', turn(() => 'yes'), 'in whileLoop'],
    ['primals that are no list', () => jvp(any((x: Tensor) => x), any(start), any([start])), 'InvalidArgument in jvp: expected a list as primals'] // prettier-ignore
  ])('%s', (_, call, message) => {
    expect(call).toThrow(message)
  })
})

it('a copy of a tree shares no numbers', () => {
  const tree = { a: [tensor([1, 2])] }
  const copy = copyTree(tree)
  expect(copy).toEqual(tree)
  expect(copy.a[0]!.data).not.toBe(tree.a[0]!.data)
})

describe('the primitive of loops refuses operands', () => {
  const { params, operands } = traced([[2], [3, 2]], (c, x) => scan((a: Tensor, y: Tensor) => [add(a, y), []], c, x)[0])
    .outputs.flatMap((node) => nodesOf([node]))
    .find(isScan)!
  const [first, rows] = operands.map(({ shape, dtype }) => drawTensor(shape, () => 1, dtype)) as [Tensor, Tensor]

  it.each<readonly [string, readonly Tensor[], string]>([
    ['of another dtype', [first, drawTensor([3, 2], () => 1, 'int32')], 'float32[2] and int32[3, 2]'],
    ['of another shape', [first, ones([3, 3])], 'float32[2] and float32[3, 3]'],
    ['of another length', [first, ones([4, 2])], 'float32[2] and float32[4, 2]'],
    ['too few', [first], 'float32[2].'],
    ['too many', [first, rows, rows], 'float32[2] and float32[3, 2] and float32[3, 2]']
  ])('%s', (_, given, message) => {
    expect(() => call(primitive, params, given)).toThrow(`ShapeMisfit in scan: expected float32[2] and float32[3, 2]; got ${message}`) // prettier-ignore
  })

  it('but takes those that fit', () => {
    expect([...call(primitive, params, [first, rows]).data]).toEqual([4, 4])
  })
})
