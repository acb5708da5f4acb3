/** Loops that become one: equal results for random loops with their derivatives, and what joins, falls away, and stays apart. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeScans } from '../../../src/compiler/rewrite/mergeScans.ts'
import { add, cos, grad, jvp, less, mul, repeat, scan, sin, square, sum, tanh, valueAndGrad, whileLoop } from '../../../src/index.ts' // prettier-ignore
import { o } from '../../../src/primitives/vocabulary.ts'
import { prepare } from '../../../src/program/evaluate.ts'
import { nodesOf } from '../../../src/program/program.ts'
import type { Program } from '../../../src/program/program.ts'
import type { ScanParams } from '../../../src/program/scan.ts'
import { isScan } from '../../../src/program/scan.ts'
import { errorAgainst } from '../../../src/tensor/compare.ts'
import type { Tensor } from '../../../src/tensor/tensor.ts'
import { treeLeaves } from '../../../src/tensor/tree.ts'
import type { Draws } from '../../support/draws.ts'
import { draws, drawsFrom, drawTensor } from '../../support/draws.ts'
import { drawLoop } from '../../support/loops.ts'
import { traced } from '../../support/traced.ts'

const loopsIn = (program: Program): readonly ScanParams[] =>
  nodesOf(program.outputs)
    .filter(isScan)
    .map(({ params }) => params)
const merged = (shapes: readonly (readonly number[])[], f: (...xs: Tensor[]) => readonly Tensor[]): readonly ScanParams[] => loopsIn(mergeScans(traced(shapes, f))) // prettier-ignore
const operations = ({ body }: ScanParams): readonly string[] =>
  nodesOf(body.outputs)
    .filter(({ operands }) => operands.length > 0)
    .map(({ primitive }) => primitive.name)
    .sort()

const numbers = (d: Draws, shapes: readonly (readonly number[])[]): readonly Tensor['data'][] =>
  shapes.map((shape) => drawTensor(shape, () => d.real(-1, 1), 'float32').data)

const same = (program: Program, inputs: readonly Tensor['data'][]): void => {
  const after = prepare(mergeScans(program), 'float64')(inputs)
  prepare(
    program,
    'float64'
  )(inputs).forEach((wanted, i) => {
    expect(errorAgainst(after[i]!, wanted)).toBeLessThan(1e-13)
  })
}

it('computes what random loops and their derivatives to second order compute', () => {
  let [before, after] = [0, 0]
  fc.assert(
    fc.property(draws, (d) => {
      const seed = d.int(0, 2 ** 20)
      const of = drawLoop(d, () => drawsFrom(seed))
      const { length } = of.options
      const shapes = [[2], [2], [], [length, 2], [length], [2]]
      const values = (xs: readonly Tensor[]): readonly Tensor[] => {
        const [a, b, s, x, t, outer] = xs as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]
        return treeLeaves(of.run({ a, b, s, n: o.full([], 1, 'int32') }, { x, t }, outer))
      }
      const loss = (xs: readonly Tensor[]): Tensor =>
        values(xs)
          .filter(({ dtype }) => dtype === 'float32')
          .reduce((total, y) => add(total, sum(square(y))), o.full([], 0))
      const slope = (xs: readonly Tensor[]): Tensor =>
        grad(loss)(xs).reduce((total, g) => add(total, sum(square(g))), o.full([], 0))
      const program = traced(shapes, (...xs) => {
        const all = d.chance(0.5) ? [loss(xs), ...grad(loss)(xs), ...grad(slope)(xs)] : values(xs)
        const kept = all.filter(() => d.chance(0.6))
        return kept.length === 0 ? all : kept
      })
      before += loopsIn(program).length
      after += loopsIn(mergeScans(program)).length
      same(program, numbers(d, shapes))
    }),
    { numRuns: 80 }
  )
  expect(after).toBeLessThan(0.7 * before)
})

describe('one loop does the work', () => {
  const turn = (w: Tensor) => (x: Tensor) => tanh(mul(x, w))

  it('of a loop and of what its gradient reads', () => {
    const loops = merged([[3], [3]], (x, w) => {
      const [value, slope] = valueAndGrad((v: Tensor) => sum(repeat(5, turn(v), x)))(w)
      return [value, slope]
    })
    expect(loops.map(({ reverse }) => reverse)).toEqual([false, true])
    expect(operations(loops[0]!).filter((name) => name === 'tanh').length).toBe(1)
  })

  it('of a loop and its tangent', () => {
    const loops = merged([[3], [3]], (x, w) => jvp((v: Tensor) => repeat(5, turn(v), x), [w], [w]))
    expect(loops.length).toBe(1)
    expect(operations(loops[0]!).filter((name) => name === 'tanh').length).toBe(1)
  })

  it('of carries that are equal although each depends on another', () => {
    const swap = ([a, b]: readonly [Tensor, Tensor]): [Tensor, Tensor] => [sin(b), sin(a)]
    const [loop, ...others] = merged([[3]], (x) => repeat(5, swap, [x, x]))
    expect(others).toEqual([])
    expect(loop).toMatchObject({ carries: 1, returned: [0] })
    const [apart] = merged([[3], [3]], (x, y) => repeat(5, swap, [x, y]))
    expect(apart).toMatchObject({ carries: 2, returned: [0, 1] })
    same(traced([[3], [3]], (x, y) => repeat(5, swap, [x, y])), numbers(drawsFrom(1), [[3], [3]])) // prettier-ignore
  })

  it('of a loop that stops and of its derivative, which goes on to the bound', () => {
    const f = (x: Tensor): Tensor => sum(whileLoop((y) => less(sum(y), 9), turn(x), x, { atMost: 6 }))
    expect(merged([[3]], (x) => [f(x)])[0]!.whileTrue).toBeDefined()
    const loops = merged([[3]], (x) => valueAndGrad(f)(x))
    expect(loops.map(({ whileTrue }) => whileTrue)).toEqual([undefined, undefined])
    expect(merged([[3]], (x) => jvp(f, [x], [x])).map(({ whileTrue }) => whileTrue !== undefined)).toEqual([true])
    same(traced([[3]], (x) => valueAndGrad(f)(x)), numbers(drawsFrom(2), [[3]])) // prettier-ignore
  })
})

describe('loops stay apart', () => {
  const twice = (first: (x: Tensor) => Tensor, second: (x: Tensor) => Tensor) =>
    merged([[3]], (x) => [first(x), second(x)])

  it.each<readonly [string, readonly ScanParams[]]>([
    ['of different lengths', twice((x) => repeat(4, sin, x), (x) => repeat(5, sin, x))], // prettier-ignore
    ['of nothing in common', twice((x) => repeat(4, sin, x), (x) => repeat(4, cos, x))], // prettier-ignore
    ['of which one reads the other', twice((x) => repeat(4, sin, x), (x) => repeat(4, sin, repeat(4, sin, x)))], // prettier-ignore
    ['that stop at different conditions', twice((x) => whileLoop((y) => less(sum(y), 9), (y) => mul(tanh(y), y), x, { atMost: 4 }), (x) => whileLoop((y) => less(sum(y), 8), (y) => mul(tanh(y), y), x, { atMost: 4 }))] // prettier-ignore
  ])('%s', (_, loops) => {
    expect(loops.length).toBe(2)
  })
})

it('leaves out what nobody reads, with the carries that serve nothing else', () => {
  const [loop] = merged([[3], [4, 3]], (x, xs) => {
    const [[first], [, last]] = scan(([a, b, c]: Tensor[], y: Tensor) => [[sin(a!), tanh(b!), add(c!, y)], [cos(b!), square(y), a]] as [Tensor[], [Tensor, Tensor, Tensor]], [x, x, x], xs) as [Tensor[], Tensor[]] // prettier-ignore
    return [first!, last!]
  })
  expect(operations(loop!)).toEqual(['mul', 'sin'])
  expect(loop).toMatchObject({ carries: 1, returned: [0, 1] })
})
