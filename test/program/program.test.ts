import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { o } from '../../src/primitives/vocabulary.ts'
import { show } from '../../src/program/show.ts'
import { prepare } from '../../src/program/evaluate.ts'
import { makeInput, openGraph, within } from '../../src/program/graph.ts'
import { isNode } from '../../src/program/node.ts'
import type { Node } from '../../src/program/node.ts'
import type { Program } from '../../src/program/program.ts'
import { closeProgram, countNodes, dependents, nodesOf, rebuild, substitute } from '../../src/program/program.ts'
import { traceInto } from '../../src/program/trace.ts'
import type { Data } from '../../src/tensor/dtype.ts'
import { sizeOf } from '../../src/tensor/shape.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'
import { programs } from '../support/randomPrograms.ts'
import { thrown } from '../support/thrown.ts'

const vector = { shape: [3], dtype: 'float32' } as const
const traced = (f: (...xs: Tensor[]) => unknown, count = 1): Program =>
  traceInto(openGraph(o), Array.from({ length: count }, () => vector), (xs) => f(...xs), 'f').program // prettier-ignore

describe('consing', () => {
  it('makes equal nodes one node', () => {
    const { outputs } = traced((x, y) => [o.add(x, y), o.add(x, y), o.mul(o.sin(x), 2), o.mul(o.sin(x), 2)], 2)
    expect(outputs[0]).toBe(outputs[1])
    expect(outputs[2]).toBe(outputs[3])
  })

  it('tells nodes apart by operands, parameters, literals down to the sign of 0, and dtypes', () => {
    const nodes = traced((x, y) => [
      o.add(x, y), o.sub(x, y), o.sub(y, x), o.reshape(x, [1, 3]), o.reshape(x, [3, 1]), o.full([], 0), o.full([], -0),
      o.full([], NaN), o.full([], 0, 'int32'), o.full([], 0, 'bool')
    ], 2).outputs // prettier-ignore
    expect(new Set(nodes).size).toBe(nodes.length)
    expect(traced(() => [o.full([], NaN), o.full([], NaN)]).outputs.length).toBe(2)
  })

  it('knows a captured array by identity, and holds its numbers as they were', () => {
    const [a, b] = [makeTensor([1, 2, 3]), makeTensor([1, 2, 3])]
    const { inputs, outputs } = traced((x) => [o.mul(x, a), o.mul(x, a), o.mul(x, b)])
    expect(outputs[0]).toBe(outputs[1])
    expect(outputs[0]).not.toBe(outputs[2])
    a.data[0] = 50
    expect([...prepare({ inputs, outputs }, 'float32')([new Float32Array([1, 1, 1])])[0]!]).toEqual([1, 2, 3])
  })

  it('never makes inputs one', () => {
    const graph = openGraph(o)
    expect(makeInput(graph, vector, 'x')).not.toBe(makeInput(graph, vector, 'x'))
  })
})

describe('nodesOf', () => {
  it('lists operands before their users, each once', () => {
    fc.assert(
      fc.property(programs(), ({ program }) => {
        const order = nodesOf(program.outputs)
        const place = new Map(order.map((node, i) => [node, i]))
        expect(place.size).toBe(order.length)
        for (const node of order) for (const x of node.operands) expect(place.get(x)!).toBeLessThan(place.get(node)!)
        // Ages tell the same: what is older cannot depend on what is younger.
        for (const node of order) for (const x of node.operands) expect(x.id).toBeLessThan(node.id)
      }),
      { numRuns: 50 }
    )
  })

  it('survives a chain of any depth', () => {
    const program = traced((x) => Array.from({ length: 20_000 }).reduce<Tensor>((y) => o.sin(y), x))
    expect(nodesOf(program.outputs).length).toBe(20_001)
    expect(prepare(program, 'float32')([new Float32Array(3)])[0]).toEqual(new Float32Array(3))
  })

  it('finds what depends on a source', () => {
    const { inputs, outputs } = traced((x, y) => [o.add(o.sin(x), o.cos(y))], 2)
    const found = dependents(nodesOf(outputs), [inputs[0]!])
    expect([...found].map(({ primitive }) => primitive.name)).toEqual(['input', 'sin', 'add'])
  })
})

describe('closeProgram', () => {
  it('refuses an input that is not its own, and says whose it is', () => {
    const graph = openGraph(o)
    const [own, other] = [makeInput(graph, vector, 'mine'), makeInput(graph, vector, 'argument 0 of grad')]
    const sum = traceInto(graph, [], () => o.add(own, other), 'f').program.outputs[0]!
    expect(closeProgram([own, other], [sum], 'f')).toEqual({
      inputs: [own, other],
      outputs: [sum]
    })
    expect(thrown(() => closeProgram([own], [sum], 'f'))).toMatchObject({
      _tag: 'EscapedValue',
      op: 'f',
      actual: 'a result that needs argument 0 of grad float32[3], whose trace has ended'
    })
  })
})

describe('substitute', () => {
  it('puts other values in place of nodes, keeps what does not change, and simplifies anew', () => {
    const graph = openGraph(o)
    const [x, y] = [makeInput(graph, vector, 'x'), makeInput(graph, vector, 'y')]
    within(graph, () => {
      const kept = o.cos<Node>(y)
      const whole = o.mul(o.sin(x), kept) as Node
      const [put, same] = substitute(graph, [whole, kept], [x], [o.tanh(y)])
      expect(put).toBe(o.mul(o.sin(o.tanh(y)), kept))
      expect(same).toBe(kept)
      expect(substitute(graph, [x, whole], [x], [x])).toEqual([x, whole])
      expect(substitute(graph, [whole], [], [])[0]).toBe(whole)
      const product = o.mul(x, y) as Node
      expect(substitute(graph, [product], [x], [o.full([3], 1)])[0]).toBe(y)
      // Both at once, not one after the other.
      expect(substitute(graph, [product], [x, y], [o.sin(y), o.sin(x)])[0]).toBe(o.mul(o.sin(y), o.sin(x)))
      // An inner node may be replaced too.
      expect(substitute(graph, [whole], [kept], [y])[0]).toBe(o.mul(o.sin(x), y))
    })
  })
})

const rebuilt = (program: Program): Program => {
  const graph = openGraph(o)
  const inputs = program.inputs.map((node) => makeInput(graph, node, 'x'))
  return within(graph, () => rebuild(graph, program, inputs))
}

describe('rebuild', () => {
  it('gives an equal program in another graph', () => {
    fc.assert(
      fc.property(programs({ size: 6 }), ({ program, inputs }) => {
        const again = rebuilt(program)
        expect(prepare(again, 'float64')(inputs)).toEqual(prepare(program, 'float64')(inputs))
        expect(nodesOf(again.outputs).length).toBeLessThanOrEqual(nodesOf(program.outputs).length)
      })
    )
  })

  it('draws the same where nothing is left to simplify', () => {
    const program = traced((x, y) => [o.add(o.sin(x), 2), o.mul(y, makeTensor([1, 2, 3])), o.add(o.sin(x), 2)], 2)
    expect(show(rebuilt(program))).toBe(show(program))
    expect(countNodes(rebuilt(program))).toEqual({
      sin: 1,
      literal: 1,
      broadcastInDim: 1,
      add: 1,
      constant: 1,
      mul: 1
    })
  })
})

describe('a traced value', () => {
  it('is a node without numbers, which may be copied and compared without reading them', () => {
    const seen: unknown[] = []
    traced((x) => {
      seen.push({ ...x }, isNode(x), Object.keys(x).includes('data'))
      return x
    })
    expect(seen.slice(1)).toEqual([true, false])
    expect(isNode(makeTensor([1]))).toBe(false)
  })

  it('reads as its shape and dtype in text', () => {
    const seen: string[] = []
    traced((x) => {
      seen.push(`${x as unknown as string}.`, inspect({ x }))
      return x
    })
    expect(seen).toEqual(['traced float32[3].', '{ x: traced float32[3] }'])
  })

  it('refuses operators of the language, which would make NaN of it or choose at random', () => {
    for (const misuse of [(x: number) => x * 2, (x: number) => x > 0, (x: number) => x + 1, (x: number) => -x]) {
      const error = thrown(() => traced((x) => misuse(x as unknown as number)))
      expect(error).toMatchObject({
        _tag: 'TracedRead',
        actual: 'a traced float32[3]'
      })
      expect(error.hint).toContain('mul(x, 2)')
    }
  })
})

/** Each node by itself, in an array of its own. */
const oneByOne = (program: Program, inputs: readonly Data[]): readonly Data[] => {
  const values = new Map<Node, Data>(program.inputs.map((node, i) => [node, inputs[i]!]))
  for (const node of nodesOf(program.outputs)) {
    if (values.has(node)) continue
    const size = sizeOf(node.shape)
    const output =
      node.dtype === 'int32'
        ? new Int32Array(size)
        : node.dtype === 'bool'
          ? new Uint8Array(size)
          : new Float64Array(size)
    node.primitive.evaluate(node.operands, node, node.params)(node.operands.map((x) => values.get(x)!), output) // prettier-ignore
    values.set(node, output)
  }
  return program.outputs.map((node) => values.get(node)!)
}

describe('prepare', () => {
  it('gives what nodes give one at a time, for programs over all primitives', () => {
    fc.assert(
      fc.property(programs(), ({ program, inputs }) => {
        const before = inputs.map((data) => data.slice())
        const run = prepare(program, 'float64')
        const expected = oneByOne(program, inputs)
        for (const _ of [1, 2]) {
          const results = run(inputs)
          expect(results).toEqual(expected)
          expect(inputs).toEqual(before)
          const buffers = new Set([...results, ...inputs].map(({ buffer }) => buffer))
          expect(buffers.size).toBe(results.length + inputs.length)
          for (const data of results) data.fill(1)
        }
      }),
      { numRuns: 150 }
    )
  })

  const ramp = new Float64Array([1, 2, 3])
  const cases: readonly (readonly [string, (...xs: Tensor[]) => unknown, readonly (readonly number[])[]])[] = [
    ['an input', (x) => [x, x], [[1, 2, 3], [1, 2, 3]]],
    ['an input under another shape', (x) => [o.reshape(x, [1, 3]), o.stopGradient(x)], [[1, 2, 3], [1, 2, 3]]],
    ['a constant', () => [makeTensor([7, 8]), makeTensor([7, 8])], [[7, 8], [7, 8]]],
    ['a literal', () => [o.full([], 4), o.full([2], 4)], [[4], [4, 4]]],
    ['nothing', () => [], []],
    ['an empty tensor', (x) => [o.slice(x, [1], [1]), o.reduceSum(o.slice(x, [1], [1]), [0]), o.full([0, 5], 1)], [[], [0], []]],
    ['a value that others overwrite if they may', (x) => {
      const y = o.add(x, 1)
      return [y, o.mul(o.add(y, 1), y), o.neg(o.reshape(y, [3, 1]))]
    }, [[2, 3, 4], [6, 12, 20], [-2, -3, -4]]]
  ] // prettier-ignore
  it.each(cases)('returns %s', (_, f, expected) => {
    const run = prepare(traced(f), 'float64')
    for (const __ of [1, 2]) {
      const results = run([ramp])
      expect(results.map((data) => [...data])).toEqual(expected)
      for (const data of results) data.fill(9)
    }
    expect([...ramp]).toEqual([1, 2, 3])
  })

  it('does not ask for inputs that it does not need', () => {
    const run = prepare(traced((_, y) => o.neg(y), 2), 'float64') // prettier-ignore
    expect([...run([new Float64Array(0), ramp])[0]!]).toEqual([-1, -2, -3])
  })

  it('keeps integers and masks in arrays of their own kind', () => {
    const program = traced((x) => [o.convert(x, 'int32'), o.compare(x, 1, 'gt'), x])
    for (const precision of ['float32', 'float64'] as const) {
      const [integers, mask, floats] = prepare(program, precision)([ramp])
      expect(integers).toEqual(new Int32Array([1, 2, 3]))
      expect(mask).toEqual(new Uint8Array([0, 1, 1]))
      expect(floats).toBeInstanceOf(precision === 'float32' ? Float32Array : Float64Array)
    }
  })
})
