/** Rewrites at the ends of single precision: what overflows, vanishes, is no number or has a sign, does so afterwards. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { optimize, rewrites } from '../../../src/compiler/rewrite/optimize.ts'
import type { Pass } from '../../../src/compiler/rewrite/rewrite.ts'
import { rewriting } from '../../../src/compiler/rewrite/rewrite.ts'
import { o } from '../../../src/primitives/vocabulary.ts'
import { prepare } from '../../../src/program/evaluate.ts'
import type { Tensor } from '../../../src/tensor/tensor.ts'
import { agree, expectClasses, judge } from '../../support/classes.ts'
import { build, expressions, extreme, programOfExpressions } from '../../support/expressions.ts'
import { traced } from '../../support/traced.ts'

const passes: Readonly<Record<string, Pass>> = {
  ...Object.fromEntries(Object.entries(rewrites).map(([name, rewrite]) => [name, rewriting(rewrite)])),
  optimize
}
const inputs = fc.array(
  fc.array(extreme, { minLength: 4, maxLength: 4 }).map((values) => Float32Array.from(values)),
  { minLength: 2, maxLength: 2 }
)

describe.for(Object.entries(passes))('%s', ([name, pass]) => {
  it('changes no class and no more than rounding', () => {
    let [decided, all] = [0, 0]
    fc.assert(
      fc.property(expressions({ inputs: 2 }), inputs, (expression, data) => {
        const program = programOfExpressions([expression], 2)
        const judged = judge(program, data, 1e-4)
        const found = judged.decided.flat()
        all += found.length
        decided += found.filter(Boolean).length
        expectClasses(name, prepare(pass(program), 'float32')(data), judged, program, 1e-4)
      }),
      { numRuns: 20 * (fc.readConfigureGlobal().numRuns ?? 100) }
    )
    expect(decided / all).toBeGreaterThan(0.7)
  })
})

describe('tracing', () => {
  it('simplifies to what is computed outside a trace', () => {
    fc.assert(
      fc.property(expressions({ inputs: 2 }), inputs, (expression, data) => {
        const program = programOfExpressions([expression], 2)
        const eager = build(
          expression,
          data.map((own) => ({ shape: [4], dtype: 'float32', data: own }))
        )
        expectClasses('eager', [eager.data], judge(program, data, 1e-4), program, 1e-4)
      }),
      { numRuns: 20 * (fc.readConfigureGlobal().numRuns ?? 100) }
    )
  })
})

describe('in single precision', () => {
  type Case = readonly [what: string, at: number, f: (x: Tensor) => Tensor, expected: number]
  const ones = (x: Tensor, scale: number): Tensor => o.reduceSum(o.mul(o.broadcastInDim(x, [4, 1], [1]), scale), [0])
  const dot = (x: Tensor, y: Tensor): Tensor => o.reshape(o.dotGeneral(o.broadcastInDim(x, [3, 4], []), y, { contract: [[1], [0]], batch: [[], []] }), [3]) // prettier-ignore
  const first = (x: Tensor): Tensor => o.slice(x, [0], [1])
  const scalar = (x: Tensor): Tensor => o.reshape(x, [])
  it.for<Case>([
    ['(x 1e20) 1e20', 0, (x) => o.mul(o.mul(x, 1e20), 1e20), 0],
    ['(x 1e20) 1e20', 1e-30, (x) => o.mul(o.mul(x, 1e20), 1e20), 1e10],
    ['(x 1e-30) 1e-30', 1e38, (x) => o.mul(o.mul(x, 1e-30), 1e-30), 1e-22],
    ['(x 1e30) 1e-30', 1e10, (x) => o.mul(o.mul(x, 1e30), 1e-30), Infinity],
    ['(x 1e-30) 1e30', 1e-20, (x) => o.mul(o.mul(x, 1e-30), 1e30), 0],
    ['a sum of x 0.1', 3e38, (x) => ones(x, 0.1), 1.2e38],
    ['a sum of x 0', 3e38, (x) => ones(x, 0), 0],
    ['a sum of x 4', 1e38, (x) => ones(x, 4), Infinity],
    ['a product with x 0.1', 3e38, (x) => first(dot(scalar(o.mul(x, 0.1)), o.full([4, 1], 1))), 1.2e38],
    ['a product with numbers', 3e38, (x) => first(dot(scalar(x), o.full([4, 1], 0.1))), 1.2e38],
    ['1 / (0 - x)', 0, (x) => o.div(1, o.sub(0, x)), Infinity],
    ['1 / (0 - x)', -0, (x) => o.div(1, o.sub(0, x)), Infinity],
    ['1 / (x + 0)', -0, (x) => o.div(1, o.add(x, 0)), Infinity],
    ['1 / (x - 0)', -0, (x) => o.div(1, o.sub(x, 0)), -Infinity],
    ['1 / (x + -0)', -0, (x) => o.div(1, o.add(x, -0)), -Infinity],
    ['1 / -(x - x 1)', 2, (x) => o.div(1, o.neg(o.sub(x, o.abs(x)))), -Infinity],
    ['1e30 1e30 / 1e50', 1, (x) => o.mul(x, o.div(o.mul(o.full([1], 1e30), 1e30), o.full([1], 1e38))), Infinity],
    ['1e-30 1e-30 1e38', 1, (x) => o.mul(x, o.mul(o.mul(o.full([1], 1e-30), 1e-30), 1e38)), 0],
    ['floor of what rounds up', 1, (x) => o.mul(x, o.floor(o.full([1], 0.99999999))), 1],
    ['comparison of what rounds alike', 1, (x) => o.select(o.compare(o.full([1], 1), 1.00000001, 'eq'), x, 0), 1],
    ['nothing, of infinities', Infinity, (x) => o.reduceSum(o.broadcastInDim(x, [0, 1], [1]), [0]), 0]
  ])('%s at %d is the same in every way to compute it', ([, at, f, expected]) => {
    const program = traced([[1]], f)
    const data = Float32Array.of(at)
    const eager = f({ shape: [1], dtype: 'float32', data }).data[0]!
    expect(agree(eager, expected, 1e-6)).toBe(true)
    for (const pass of [(same: typeof program) => same, ...Object.values(passes)])
      expect(agree(prepare(pass(program), 'float32')([data])[0]![0]!, expected, 1e-6)).toBe(true)
  })
})
