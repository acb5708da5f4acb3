import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { o } from '../../src/primitives/vocabulary.ts'
import { prepare } from '../../src/program/evaluate.ts'
import { openGraph } from '../../src/program/graph.ts'
import { countNodes } from '../../src/program/program.ts'
import { traceInto } from '../../src/program/trace.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'
import type { Draws } from '../support/draws.ts'
import { draws } from '../support/draws.ts'
import { sample } from '../support/naive.ts'

type Step = (values: readonly Tensor[]) => Tensor

/** One more value of six elements, of earlier ones. Many are the same buffer under another shape. */
const drawStep = (d: Draws): Step => {
  const [i, j] = [d.real(0, 1), d.real(0, 1)]
  const pick = (values: readonly Tensor[], place: number): Tensor => values[Math.floor(place * values.length)]!
  const flat = (x: Tensor): Tensor => o.reshape(x, [6])
  return d.pick<Step>([
    (xs) => o.reshape(pick(xs, i), [2, 3]),
    (xs) => flat(pick(xs, i)),
    (xs) => o.stopGradient(pick(xs, i)),
    (xs) => o.neg(pick(xs, i)),
    (xs) => o.add(flat(pick(xs, i)), flat(pick(xs, j))),
    (xs) => o.mul(flat(pick(xs, i)), 0.5),
    (xs) => o.cumulativeSum(flat(pick(xs, i)), 0),
    (xs) => o.select(o.compare(flat(pick(xs, i)), flat(pick(xs, j)), 'lt'), flat(pick(xs, i)), flat(pick(xs, j))),
    (xs) => o.gather(flat(pick(xs, i)), o.argsort(flat(pick(xs, j)), 0), 0)
  ])
}

const drawFunction = (d: Draws): ((x: Tensor, y: Tensor) => readonly Tensor[]) => {
  const steps = Array.from({ length: d.int(1, 25) }, () => drawStep(d))
  const outputs = Array.from({ length: d.int(1, 4) }, () => d.real(0, 1))
  return (x, y) => {
    const values = steps.reduce<readonly Tensor[]>((all, step) => [...all, step(all)], [x, y])
    return outputs.map((place) => values[Math.floor(place * values.length)]!)
  }
}

describe('an evaluator', () => {
  it('gives what the operations give one by one, at every run', () => {
    fc.assert(
      fc.property(draws, (d) => {
        const f = drawFunction(d)
        const graph = openGraph(o)
        const { program } = traceInto(graph, [sample([6]), sample([6])], ([x, y]) => f(x!, y!), 'f')
        const run = prepare(program, 'float64')
        for (const turn of [1, 2, 3]) {
          const [x, y] = [sample([6], 'float32', turn), sample([6], 'float32', -turn)]
          const results = run([x.data, y.data])
          expect(results).toEqual(f(x, y).map(({ data }) => data))
          // What was returned is the caller's own.
          for (const data of results) data.fill(NaN)
        }
      })
    )
  })

  it('leaves its arguments as they are', () => {
    const { program } = traceInto(openGraph(o), [sample([6])], ([x]) => [o.reshape(x!, [2, 3]), o.neg(x!)], 'f')
    const x = new Float64Array([1, 2, 3, 4, 5, 6])
    for (const data of prepare(program, 'float64')([x])) data.fill(0)
    expect([...x]).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('rounds each value that it stores to the precision asked for', () => {
    const { program } = traceInto(openGraph(o), [sample([1])], ([x]) => o.sub(o.add(x!, 1e-9), x!), 'f')
    expect(prepare(program, 'float32')([new Float64Array([1])])[0]).toEqual(new Float32Array([0]))
    expect(prepare(program, 'float64')([new Float32Array([1])])[0]![0]).toBeCloseTo(1e-9, 15)
  })

  it('runs a program that repeats a value once', () => {
    const square = (x: Tensor): Tensor => o.mul(o.exp(x), o.exp(x))
    const { program } = traceInto(openGraph(o), [sample([3])], ([x]) => [square(x!), square(x!)], 'f')
    expect(countNodes(program)).toEqual({ exp: 1, mul: 1 })
    const [first, second] = prepare(program, 'float64')([makeTensor(new Float64Array([0, 0, 0])).data])
    expect(first).toEqual(new Float64Array([1, 1, 1]))
    expect(second).toEqual(first)
    expect(second).not.toBe(first)
  })
})
