/** What memory policies save, in bytes of executables, and what is said of loops. */
import { describe, expect, it } from 'vitest'
import { explain } from '../../../src/compiler/explain.ts'
import { planMemory } from '../../../src/compiler/memory/plan.ts'
import { optimize } from '../../../src/compiler/rewrite/optimize.ts'
import { schedule } from '../../../src/compiler/scheduleProgram.ts'
import { Opt, Program, add, evaluate, grad, matmul, mean, ones, repeat, softplus, sum, tanh, tensor } from '../../../src/index.ts' // prettier-ignore
import type { Tensor } from '../../../src/tensor/tensor.ts'
import type { Policy } from '../../../src/transform/scan/scan.ts'
import { policies } from '../../support/loops.ts'

/** The loss after so many steps of Adam, which its gradient goes through. */
const unrolled = (steps: number, keep: Policy, width: number) => {
  const adam = Opt.adam({ learningRate: 0.1 })
  const loss = ([w, v]: readonly Tensor[], x: Tensor): Tensor => mean(softplus(matmul(tanh(matmul(x, w!)), v!)))
  const start = [ones([4, width]), ones([width, 1])]
  return (x: Tensor): Tensor => {
    const step = ({ params, state }: { params: Tensor[]; state: unknown }) => {
      const [updates, after] = adam.update(grad(loss)(params, x) as Tensor[], state, params)
      return { params: params.map((p, i) => add(p, updates[i]!)), state: after }
    }
    return loss(repeat(steps, step, { params: start, state: adam.init(start) }, { keep }).params, x)
  }
}

const bytesOf = (steps: number, keep: Policy): number => {
  const made = schedule(optimize(Program.of(grad(unrolled(steps, keep, 16)), ones([64, 4]))))
  const { arenaBytes, loopBytes } = explain(made, planMemory(made))
  return arenaBytes + loopBytes
}

describe('memory policies', () => {
  it('take a quarter of what keeping all takes at a hundred steps of Adam, or less', () => {
    const [all, carries, sqrt] = policies.map((keep) => bytesOf(100, keep)) as [number, number, number]
    expect(sqrt).toBeLessThan(0.25 * all)
    expect(carries).toBeLessThan(0.5 * all)
    // All residuals grow with the steps, those of segments with their root.
    expect(bytesOf(400, 'all') / all).toBeGreaterThan(3.5)
    expect(bytesOf(400, 'sqrt') / sqrt).toBeLessThan(2.2)
  })

  it.each([1, 3, 4, 10, 12])('give one gradient of %i steps', (steps) => {
    const x = tensor([0.5, -1, 2, 0.25], [1, 4])
    const [all, ...others] = policies.map((keep) => evaluate(grad(unrolled(steps, keep, 3)), { precision: 'float64' })(x).data) // prettier-ignore
    for (const other of others) other.forEach((g, i) => { expect(g).toBeCloseTo(all![i]!, 12) }) // prettier-ignore
  })
})

it('a loop is explained as one, by its iterations, flops and memory', () => {
  const program = Program.of((x: Tensor) => sum(repeat(7, (y) => matmul(y, x), x)), ones([8, 8]))
  const text = Program.explain(program)
  expect(text).toMatch(/ 7\.17 k .* loop 7 times 1 kernels: scan/)
  expect(text).toMatch(/768 B in loops/)
  const { kernels, flops } = explain(schedule(program), planMemory(schedule(program)))
  expect(kernels.map(({ kind }) => kind)).toContain('loop')
  expect(flops).toBe(7 * 2 * 8 ** 3 + 64)
})
