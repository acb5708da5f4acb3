/** Programs of any length: no recursion is as deep as a program is long, and what is compiled grows as the program does. */
import { describe, expect, it } from 'vitest'
import { optimize } from '../../src/compiler/rewrite/optimize.ts'
import type { Kernel } from '../../src/compiler/schedule.ts'
import { schedule } from '../../src/compiler/scheduleProgram.ts'
import { Engine, Program, add, compile, concat, cos, equal, evaluate, grad, mul, sin, square, stack, sum, tensor, where } from '../../src/index.ts' // prettier-ignore
import type { Scalar } from '../../src/nest/expression.ts'
import { expressionsIn, partsOf } from '../../src/nest/substitute.ts'
import { concat as concatPrimitive } from '../../src/primitives/concat.ts'
import { o } from '../../src/primitives/vocabulary.ts'
import { openGraph, within } from '../../src/program/graph.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'

const parts = (x: Tensor, n: number): readonly Tensor[] => Array.from({ length: n }, (_, i) => mul(x, i + 1))
const along = (n: number, step: (y: Tensor, i: number) => Tensor, x: Tensor): Tensor =>
  Array.from({ length: n }).reduce<Tensor>((y, _, i) => step(y, i), x)

/** By name: functions of a tensor in which n operations depend on one another, or are read by one. */
const forms: Readonly<Record<string, (n: number) => (x: Tensor) => Tensor>> = {
  'a chain of sines': (n) => (x) => along(n, (y) => sin(y), x),
  'a chain of sums and products': (n) => (x) => along(n, (y, i) => (i % 2 === 0 ? add(y, 0.5) : mul(y, 0.999)), x),
  'a sum of many': (n) => (x) => along(n, (y, i) => add(y, sin(mul(x, i))), x),
  'a chain of choices': (n) => (x) => along(n, (y, i) => where(equal(x, i), sin(y), y), x),
  'a concat of many': (n) => (x) => concat(parts(x, n)),
  'a stack of many': (n) => (x) => stack(parts(x, n), { axis: 1 }),
  'a concat, differentiated': (n) => grad((x) => sum(square(cos(concat(parts(x, n)))))),
  'a chain, differentiated': (n) => grad((x) => sum(along(n, (y) => sin(y), x)))
}
const names = Object.keys(forms)
const point = tensor([0.5, 1, 2])

/** The most expressions that lie one within another. */
const depthOf = (bodies: readonly Scalar[]): number => {
  const depths = new Map<Scalar, number>()
  for (const e of expressionsIn(bodies)) depths.set(e, 1 + Math.max(0, ...partsOf(e).map((part) => depths.get(part)!)))
  return Math.max(...depths.values())
}
const bodiesOf = (kernel: Kernel): readonly Scalar[] =>
  kernel.kind === 'loops' ? kernel.nest.outputs.map(({ body }) => body) : []

describe('a long program', () => {
  it.each(names)('is traced, printed, hashed, optimized and cut into shallow kernels: %s', (name) => {
    const program = Program.of(forms[name]!(12_000), point)
    expect(Program.show(program).length).toBeGreaterThan(12_000)
    expect(Program.hash(program)).toMatch(/^[0-9a-f]{16}$/)
    for (const maxDepth of [256, 64]) {
      const { kernels } = schedule(optimize(program), { maxDepth })
      // The value at the top, its parts and the index of a load are not counted.
      for (const kernel of kernels) expect(depthOf(bodiesOf(kernel))).toBeLessThanOrEqual(maxDepth + 16)
    }
  })

  it.each(names)('comes to kernels that grow with it: %s', (name) => {
    const size = (n: number): number =>
      schedule(optimize(Program.of(forms[name]!(n), point)))
        .kernels.map((kernel) => expressionsIn(bodiesOf(kernel)).length)
        .reduce((a, b) => a + b, 0)
    expect(size(6400) / size(1600)).toBeLessThan(5)
  })

  it.each(['wasm', 'gpu'] as const)('computes on %s what the reference does', async (engine) => {
    for (const form of Object.values(forms)) {
      const f = form(1200)
      const compiled = compile(f, { engine: engine === 'wasm' ? Engine.wasm({ threads: 1 }) : Engine.gpu({ mode: 'cpu' }) }) // prettier-ignore
      const [wanted, { data }] = [evaluate(f)(point).data, await compiled(point)]
      for (let i = 0; i < wanted.length; i++) expect(data[i]! / wanted[i]!).toBeCloseTo(1, 4)
      compiled.dispose()
    }
  })
})

describe('a concat', () => {
  it('looks at each operand a few times only while all its cotangents are taken', () => {
    let reads = 0
    const operands = Array.from({ length: 500 }, () => ({
      dtype: 'float32' as const,
      data: new Float32Array(3),
      get shape() {
        reads++
        return [3]
      }
    }))
    within(openGraph(o), () => {
      const cotangent = o.full([1500], 1)
      operands.forEach((_, i) => concatPrimitive.transpose!(o, cotangent, i, operands, { axis: 0 }))
    })
    expect(reads).toBeLessThan(4 * operands.length)
  })
})
