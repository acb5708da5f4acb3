import { describe, expect, it } from 'vitest'
import { isNode } from '../../src/program/node.ts'
import { isZero, zero } from '../../src/program/tangent.ts'
import { countNodes } from '../../src/program/program.ts'
import { openGraph } from '../../src/program/graph.ts'
import { traceInto } from '../../src/program/trace.ts'
import { literalValue } from '../../src/primitives/rules/literal.ts'
import { registry } from '../../src/primitives/registry.ts'
import { o } from '../../src/primitives/vocabulary.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'
import { sample } from '../support/naive.ts'

/** What f of inputs like `xs` is traced to, with how many nodes of each primitive. */
const traced = (f: (...xs: Tensor[]) => Tensor, ...xs: readonly Tensor[]) => {
  const { program } = traceInto(openGraph(o), xs, (inputs) => f(...inputs), 'traced')
  return { program, counts: countNodes(program), inputs: program.inputs, output: program.outputs[0]! }
}

it('every primitive is called what it is registered as', () => {
  for (const [name, primitive] of Object.entries(registry)) expect(primitive.name).toBe(name)
})

describe('a number beside a tensor', () => {
  it('takes its shape and dtype', () => {
    expect(o.add(makeTensor([1, 2]), 0.5)).toMatchObject({ shape: [2], data: new Float32Array([1.5, 2.5]) })
    expect(o.sub(1, makeTensor([1, 2])).data).toEqual(new Float32Array([0, -1]))
    expect(o.mul(makeTensor(new Int32Array([3])), 4).data).toEqual(new Int32Array([12]))
  })
  it('keeps the precision of the tensor', () => {
    expect(o.add(makeTensor(new Float64Array([1])), 0.1).data).toEqual(new Float64Array([1.1]))
    expect(o.add(makeTensor([1]), 0.1).data).toEqual(new Float32Array([1.1]))
  })
  it('is a double in a trace', () => {
    const { output } = traced((x) => o.add(x, 0.1), sample([3]))
    expect(literalValue(output.operands[1]!)).toBe(0.1)
  })
  it('must be an integer beside integers', () => {
    expect(() => o.add(makeTensor(new Int32Array([1])), 0.5)).toThrow('an integer to go with int32; got 0.5')
    expect(o.max(makeTensor(new Int32Array([1])), 0xffffffff).data[0]).toBe(1)
  })
})

describe('full', () => {
  it('is an array outside a trace', () => {
    expect(o.full([2], 7, 'int32').data).toEqual(new Int32Array([7, 7]))
    expect(o.full([], 2, 'bool').data).toEqual(new Uint8Array([1]))
  })
  it('is one literal inside, whatever it is reshaped to', () => {
    const { output } = traced(() => o.reshape(o.full([2, 3], 7), [6]))
    expect(output.operands[0]!.shape).toEqual([])
    expect(literalValue(output)).toBe(7)
  })
})

describe('a Zero', () => {
  const none = zero({ shape: [2], dtype: 'float32' })
  const x = makeTensor([1, 2])

  it('passes through what is linear', () => {
    expect(isZero(o.neg(none))).toBe(true)
    expect(isZero(o.mul(none, x))).toBe(true)
    expect(isZero(o.mul(none, 3))).toBe(true)
    expect(isZero(o.add(none, none))).toBe(true)
    expect(o.reduceSum(none, [0])).toEqual(zero({ shape: [], dtype: 'float32' }))
    expect(o.broadcastInDim(none, [3, 2], [1])).toEqual(zero({ shape: [3, 2], dtype: 'float32' }))
    expect(isZero(o.pad(none, 0, [1], [0]))).toBe(true)
    expect(isZero(o.dotGeneral(none, x, { contract: [[0], [0]], batch: [[], []] }))).toBe(true)
  })
  it('is written out where it meets another', () => {
    expect((o.add(none, x) as Tensor).data).toEqual(new Float32Array([1, 2]))
    expect((o.concat([x, none], 0) as Tensor).data).toEqual(new Float32Array([1, 2, 0, 0]))
    expect((o.pad(none, 1, [1], [0]) as Tensor).data).toEqual(new Float32Array([1, 0, 0]))
  })
  it('is still refused where its shape does not fit', () => {
    expect(() => o.mul(none, makeTensor([1, 2, 3]))).toThrow('ShapeMisfit in mul')
  })
})

describe('what is simplified in a trace', () => {
  const x = sample([2, 3, 4])
  const kept: Readonly<Record<string, (x: Tensor) => Tensor>> = {
    'reshape to the same shape': (y) => o.reshape(y, [2, 3, 4]),
    'reshape and back': (y) => o.reshape(o.reshape(y, [24]), [2, 3, 4]),
    'transpose and back': (y) => o.transpose(o.transpose(y, [2, 0, 1]), [1, 2, 0]),
    'broadcastInDim to the same shape': (y) => o.broadcastInDim(y, [2, 3, 4], [0, 1, 2]),
    'reduceSum over no axis': (y) => o.reduceSum(y, []),
    'slice of all': (y) => o.slice(y, [0, 0, 0], [2, 3, 4]),
    'pad by nothing': (y) => o.pad(y, 1, [0, 0, 0], [0, 0, 0]),
    'concat of one': (y) => o.concat([y], 0),
    'concat with nothing': (y) => o.concat([o.full([0, 3, 4], 1), y], 0),
    'reverse of reverse': (y) => o.reverse(o.reverse(y, [0, 2]), [0, 2]),
    'reverse of an axis that cannot turn': (y) => o.reshape(o.reverse(o.reshape(y, [1, 24]), [0]), [2, 3, 4]),
    'cumulativeSum of one': (y) => o.reshape(o.cumulativeSum(o.reshape(y, [1, 24]), 0), [2, 3, 4]),
    'scatterAdd of nothing': (y) => o.scatterAdd(y, o.full([0], 0, 'int32'), o.full([0, 3, 4], 0), 0)
  }
  it.each(Object.entries(kept))('%s', (_, f) => {
    const { inputs, output } = traced(f, x)
    expect(output).toBe(inputs[0])
  })

  const counts: readonly (readonly [string, (x: Tensor) => Tensor, Readonly<Record<string, number>>])[] = [
    ['reduceSum over axes of extent 1', (y) => o.reduceSum(o.reshape(y, [1, 24]), [0]), { reshape: 1 }],
    ['broadcastInDim that adds axes of extent 1', (y) => o.broadcastInDim(y, [2, 1, 3, 4], [0, 2, 3]), { reshape: 1 }],
    ['broadcastInDim twice', (y) => o.broadcastInDim(o.broadcastInDim(y, [5, 2, 3, 4], [1, 2, 3]), [5, 2, 6, 3, 4], [0, 1, 3, 4]), { broadcastInDim: 1 }], // prettier-ignore
    ['slice of slice', (y) => o.slice(o.slice(y, [0, 1, 0], [2, 3, 4], [1, 1, 2]), [1, 0, 0], [2, 1, 2]), { slice: 1 }],
    ['pad that only crops', (y) => o.pad(y, 0, [-1, 0, 0], [0, 0, -1]), { slice: 1 }],
    ['reverse of part of reverse', (y) => o.reverse(o.reverse(y, [0, 2]), [1, 2]), { reverse: 1 }]
  ]
  it.each(counts)('%s', (_, f, expected) => {
    const { counts: found, output } = traced(f, x)
    expect(found['literal'] ?? 0).toBeLessThanOrEqual(1)
    expect(Object.fromEntries(Object.entries(found).filter(([name]) => name !== 'literal'))).toEqual(expected)
    expect(output.shape).toEqual(f(x).shape)
  })

  it('a misfit is told all the same', () => {
    expect(() => traced((y) => o.reshape(o.reshape(y, [24]), [5]), x)).toThrow('a shape of 24 elements')
    expect(() => traced((y) => o.broadcastInDim(y, [2, 4, 3], [0, 1, 2]), x)).toThrow('extents that are kept, or 1')
  })
})

it('equal calls are one node, parameters included', () => {
  const x = sample([2, 3])
  const { output } = traced((y) => o.add(o.reduceSum(y, [1]), o.reduceSum(y, [1])), x)
  expect(output.operands[0]).toBe(output.operands[1])
  const other = traced((y) => o.add(o.cumulativeSum(y, 0), o.cumulativeSum(y, 1)), x).output
  expect(other.operands[0]).not.toBe(other.operands[1])
  expect(isNode(other)).toBe(true)
})
