import { describe, expect, it } from 'vitest'
import { execute } from '../../support/execute.ts'
import { showExplanation, explain } from '../../../src/compiler/explain.ts'
import { optimize } from '../../../src/compiler/rewrite/optimize.ts'
import { planMemory } from '../../../src/compiler/memory/plan.ts'
import type { Kernel, Schedule } from '../../../src/compiler/schedule.ts'
import type { ScheduleProgramOptions } from '../../../src/compiler/scheduleProgram.ts'
import { schedule } from '../../../src/compiler/scheduleProgram.ts'
import { leakyRelu, softmax } from '../../../src/index.ts'
import { o } from '../../../src/primitives/vocabulary.ts'
import type { Shape } from '../../../src/tensor/shape.ts'
import type { Tensor } from '../../../src/tensor/tensor.ts'
import { vjp } from '../../../src/transform/vjp.ts'
import { traced } from '../../support/traced.ts'

const scheduled = (
  shapes: readonly Shape[],
  f: (...xs: Tensor[]) => Tensor | readonly Tensor[],
  options?: ScheduleProgramOptions
): Schedule => schedule(optimize(traced(shapes, f)), options)

const kindsOf = ({ kernels }: Schedule): readonly string[] => kernels.map(({ kind }) => kind)
const dot = (a: Tensor, b: Tensor): Tensor => o.dotGeneral(a, b, { contract: [[1], [0]], batch: [[], []] })
const rows = (b: Tensor, shape: Shape): Tensor => o.broadcastInDim(b, shape, [1])

const adam = (p: Tensor, m: Tensor, v: Tensor, g: Tensor): readonly Tensor[] => {
  const [first, second] = [o.add(o.mul(m, 0.9), o.mul(g, 0.1)), o.add(o.mul(v, 0.99), o.mul(o.mul(g, g), 0.01))]
  return [o.sub(p, o.div(o.mul(first, 0.001), o.add(o.sqrt(second), 1e-8))), first, second]
}

const layer = (x: Tensor, w: Tensor, b: Tensor): Tensor =>
  leakyRelu(o.add(dot(x, w), rows(b, [x.shape[0]!, w.shape[1]!])), 0.2)

describe('fusion', () => {
  it('makes one kernel of a chain, its masks and broadcasts', () => {
    const made = scheduled([[8, 4], [4]], (x, b) => leakyRelu(o.add(o.exp(x), rows(b, [8, 4])), 0.2))
    expect(kindsOf(made)).toEqual(['loops'])
  })

  it('puts bias and activation behind the product, without storing what lies between', () => {
    const made = scheduled([[8, 4], [4, 16], [16]], layer)
    expect(kindsOf(made)).toEqual(['contraction'])
    expect(made.kernels[0]!.writes).toHaveLength(1)
  })

  it('updates a parameter and its moments in one pass, in place', () => {
    const made = scheduled([[64], [64], [64], [64]], adam, { carry: 3 })
    expect(kindsOf(made)).toEqual(['loops'])
    const { copies, arenaBytes, offsets } = planMemory(made, { carry: 3 })
    expect(copies).toEqual([])
    expect(arenaBytes).toBe(0)
    expect(made.outputs.map((buffer) => offsets[buffer])).toEqual(
      made.inputs.slice(0, 3).map((buffer) => offsets[buffer])
    )
  })

  it('fuses producers into sums, and sums of one operand with each other', () => {
    const made = scheduled([[8, 4]], (x) => [o.reduceSum(o.exp(x), [0]), o.reduceSum(o.mul(x, x), [0])])
    expect(kindsOf(made)).toEqual(['loops'])
  })

  it('computes an exponential that two kernels need once', () => {
    const made = scheduled([[512, 32]], (x) => softmax(x))
    const exponentials = (kernel: Kernel): number => kernel.primitives.filter((name) => name === 'exp').length
    expect(made.kernels.map(exponentials).reduce((a, b) => a + b)).toBe(1)
  })

  it('reads transposed and repeated operands as strides', () => {
    const made = scheduled(
      [
        [8, 4],
        [16, 4]
      ],
      (x, w) => dot(x, o.transpose(w, [1, 0]))
    )
    expect(made.kernels).toMatchObject([
      { kind: 'contraction', m: 8, n: 16, k: 4, b: { strides: { row: 1, column: 4 } } }
    ])
  })

  it('takes several axes together where they lie so', () => {
    const made = scheduled(
      [
        [3, 5, 4],
        [4, 6]
      ],
      (x, w) => o.dotGeneral(x, w, { contract: [[2], [0]], batch: [[], []] })
    )
    expect(made.kernels).toMatchObject([{ kind: 'contraction', batch: 1, m: 15, n: 6, k: 4 }])
  })

  it('needs five products and two sums for a layer and its gradients, and no copies', () => {
    const made = scheduled([[8, 4], [4, 16], [16], [16, 4], [4]], (x, w, b, w2, b2) => {
      const [y, pullback] = vjp((...p: Tensor[]) => layer(layer(x, p[0]!, p[1]!), p[2]!, p[3]!), w, b, w2, b2)
      return [y, ...pullback(o.full(y.shape, 1))]
    })
    const kinds = kindsOf(made)
    expect(kinds.filter((kind) => kind === 'contraction')).toHaveLength(5)
    expect(
      made.kernels.filter((kernel) => kernel.kind === 'loops' && kernel.nest.reduction !== undefined)
    ).toHaveLength(2)
  })

  it('numbers kernels level by level, none reading what its own level or a later one writes', () => {
    const made = scheduled([[8, 8]], (x) => dot(dot(x, x), o.tanh(dot(x, o.exp(x)))))
    expect(made.levels.flat()).toEqual(made.kernels.map((_, i) => i))
    const written = new Set(made.inputs)
    for (const level of made.levels) {
      for (const k of level) for (const { buffer } of made.kernels[k]!.reads) expect(written).toContain(buffer)
      for (const k of level) made.kernels[k]!.writes.forEach((buffer) => written.add(buffer))
    }
  })

  it('joins no kernel that what it reads depends on', () => {
    const made = scheduled(
      [
        [4, 4],
        [4, 4]
      ],
      (x, w) => {
        const h = o.tanh(x)
        return [o.add(h, x), o.mul(x, dot(h, w))]
      },
      { epilogues: false }
    )
    const executed = execute(made, planMemory(made))
    executed.write([new Float32Array(16).fill(1), new Float32Array(16).fill(1)])
    executed.step()
    expect(executed.outputs()[1]![0]).toBeCloseTo(4 * Math.tanh(1), 6)
  })

  it('hands swapped inputs on', () => {
    const made = scheduled([[3], [3]], (x, y) => [y, x], { carry: 2 })
    const executed = execute(made, planMemory(made, { carry: 2 }))
    executed.write([Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)])
    executed.step()
    executed.step()
    expect(executed.outputs().map((data) => [...data])).toEqual([
      [1, 2, 3],
      [4, 5, 6]
    ])
  })
})

describe('an explanation', () => {
  const made = scheduled([[8, 4], [4, 16], [16]], layer)
  const told = explain(made, planMemory(made))

  it('counts what kernels do and move', () => {
    expect(told.kernels).toHaveLength(1)
    // Two for every multiplication, and sum, comparison, product and choice behind each of the 8 x 16 results.
    expect(told.flops).toBe(2 * 8 * 4 * 16 + 4 * 8 * 16)
    expect(told.bytes).toBe(4 * (8 * 4 + 4 * 16 + 16 + 8 * 16))
    expect(told.kernels[0]!.share).toBe(1)
  })

  it('reads as a page', () => {
    expect(showExplanation(told)).toMatch(/1 kernels in 1 levels, 1\.54 kflop/)
    expect(showExplanation(told)).toContain(
      'contraction 1x8x16x4: dotGeneral, 3 broadcastInDim, add, compare, mul, select'
    )
  })
})
