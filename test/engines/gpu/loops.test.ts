/** Loops on gpu.js: kernels of one compiled body, which the host repeats. */
import { describe, expect, it } from 'vitest'
import type { GpuExecutable } from '../../../src/engines/gpu/executable.ts'
import { Gan, Opt, Random, Update, add, cos, grad, less, matmul, mul, relu, repeat, scan, sin, sum, tanh, tensor, treeLeaves, whileLoop } from '../../../src/index.ts' // prettier-ignore
import type { Tensor } from '../../../src/index.ts'
import { gpu } from '../../../src/engines/lazyGpu.ts'
import type { GpuMode } from '../../../src/engines/gpu/modes.ts'
import { prepare } from '../../../src/program/evaluate.ts'
import type { Program } from '../../../src/program/program.ts'
import { errorAgainst } from '../../../src/tensor/compare.ts'
import type { Data } from '../../../src/tensor/dtype.ts'
import type { Aval } from '../../../src/tensor/tensor.ts'
import { drawsFrom, drawTensor } from '../../support/draws.ts'
import { gpuModes } from '../../support/gpuModes.ts'
import type { RandomLoop } from '../../support/loops.ts'
import { drawLoop, policies } from '../../support/loops.ts'
import { bits, compiled, points, smallSpec } from '../../support/smallGan.ts'
import { narrow, programOf, rightOf } from '../../support/programs.ts'

const float = (...shape: readonly number[]): Aval => ({ shape, dtype: 'float32' })
const int = (...shape: readonly number[]): Aval => ({ shape, dtype: 'int32' })

/** All loops stay loops, however short. */
const built = async (mode: GpuMode, program: Program): Promise<GpuExecutable> =>
  rightOf(await gpu({ mode, writtenOut: 0 }).compile(program)())

const resultsOf = async (mode: GpuMode, program: Program, inputs: readonly Data[]): Promise<readonly Data[]> => {
  const executable = await built(mode, program)
  const results = rightOf(await executable.run(inputs)())
  expect(rightOf(await executable.run(inputs)())).toEqual(results)
  executable.dispose()
  return results
}

const numbers = (avals: readonly Aval[], seed: number): readonly Data[] => {
  const d = drawsFrom(seed)
  return avals.map(({ shape, dtype }) => narrow(drawTensor(shape, () => (dtype === 'float32' ? d.real(-1, 1) : d.int(0, 3)), dtype)).data) // prettier-ignore
}

const expectEqual = async (mode: GpuMode, program: Program, inputs: readonly Data[], within = 1e-5): Promise<void> => {
  const wanted = prepare(program, 'float32')(inputs)
  const results = await resultsOf(mode, program, inputs)
  wanted.forEach((data, i) => {
    expect(errorAgainst(results[i]!, data)).toBeLessThan(within)
  })
}

/**
 * A loop backwards over rows, which draws by integers too large for a float, with a constant of its own, a carry that goes on by
 * itself, stacked integers and floats. 17 iterations are two calls of 8, and one.
 */
const walk = (w: Tensor, x: Tensor, key: Tensor, from: Tensor): readonly Tensor[] => {
  const fixed = tanh(w)
  const [last, ys] = scan(
    ({ v, n }: { readonly v: Tensor; readonly n: Tensor }, row: Tensor) => {
      const noise = Random.normal(Random.foldIn(key, n), [3])
      const next = add(mul(v, 0.5), add(mul(noise, 0.1), matmul(fixed, row)))
      return [
        { v: next, n: add(n, 1) },
        { total: sum(next), n }
      ] as const
    },
    { v: sum(w, { axes: [0] }), n: from },
    mul(x, 2),
    { reverse: true }
  )
  return treeLeaves([last, ys, relu(last.v)])
}

describe.each(gpuModes)('loops on gpu:%s', (mode) => {
  it('are what the evaluator makes of them, and so are their gradients, whatever the body', async () => {
    for (let seed = 0; seed < 8; seed++) {
      const of: RandomLoop = drawLoop(drawsFrom(seed), () => drawsFrom(seed + 7), true, policies[seed % 3])
      const { length } = of.options
      const avals = [float(2), float(2), float(), int(), float(length, 2), float(length), float(2)]
      const values = ([a, b, s, n, x, t, outer]: readonly Tensor[]): readonly Tensor[] =>
        treeLeaves(of.run({ a: a!, b: b!, s: s!, n: n! }, { x: x!, t: t! }, outer!))
      const loss = (xs: readonly Tensor[]): Tensor =>
        values(xs)
          .filter(({ dtype }) => dtype === 'float32')
          .reduce<Tensor>((total, y) => add(total, sum(sin(y))), tensor(0))
      const slopes = (...xs: readonly Tensor[]): readonly Tensor[] =>
        grad(([a, outer]: readonly Tensor[]) => loss([a!, ...xs.slice(1, 6), outer!]))([xs[0]!, xs[6]!])
      const program = programOf((...xs) => [...values(xs), ...slopes(...xs)], avals)
      await expectEqual(mode, program, numbers(avals, seed))
    }
  })

  it('draw and count, several iterations in one call of the device', async () => {
    for (const length of [1, 8, 17]) {
      const avals = [float(3, 3), float(length, 3), int(2), int()]
      const [w, x, key] = numbers(avals, length) as [Data, Data, Data]
      await expectEqual(mode, programOf(walk, avals), [w, x, key, Int32Array.of(2 ** 25)])
    }
  })

  it('go backwards over what was kept, and stop where their condition fails', async () => {
    const doubled = (x: Tensor): Tensor => whileLoop((y) => less(sum(y), 100), (y) => mul(y, 2), x, { atMost: 40 }) // prettier-ignore
    const steps = (x: Tensor, w: Tensor): Tensor => sum(repeat(20, (y) => tanh(matmul(w, y)), x, { keep: 'sqrt' }))
    const both = programOf((x, w) => [doubled(x), ...grad(([a, b]: readonly Tensor[]) => steps(a!, b!))([x, w])], [float(3), float(3, 3)]) // prettier-ignore
    await expectEqual(mode, both, [Float32Array.of(1, 2, 3), ...numbers([float(3, 3)], 3)])
  })

  it('that may stop are loops however few operations they have, and leave out what lies behind', async () => {
    // An iteration too many would double the first carry once more.
    const grown = (x: Tensor, limit: Tensor): readonly Tensor[] =>
      whileLoop(([, n]) => less(n!, limit), ([y, n]) => [mul(y!, 2), add(n!, 1)], [x, sum(mul(x, 0))], { atMost: 20 }) // prettier-ignore
    const program = programOf((x, limit) => grown(x, limit), [float(3), float()])
    const executable = rightOf(await gpu({ mode }).compile(program)())
    expect(executable.explain()).toContain('a loop of 20 iterations')
    for (const limit of [0, 1, 5, 8, 9, 20, 30]) {
      const inputs = [Float32Array.of(1.25, -1, 0.5), Float32Array.of(limit)]
      const wanted = prepare(program, 'float32')(inputs)
      rightOf(await executable.run(inputs)()).forEach((data, i) => {
        expect(errorAgainst(data, wanted[i]!)).toBeLessThan(1e-6)
      })
      expect(wanted[1]![0]).toBe(Math.min(limit, 20))
    }
    executable.dispose()
    const few = rightOf(await gpu({ mode }).compile(programOf((x) => whileLoop((y) => less(sum(y), 100), (y) => mul(y, 2), x, { atMost: 8 }), [float(3)]))()) // prettier-ignore
    expect(few.explain()).not.toContain('a loop')
    few.dispose()
  })

  it('compile to as many kernels for any number of iterations, and tell what they are', async () => {
    const told: string[] = []
    for (const n of [20, 200]) {
      const program = programOf((x) => [repeat(n, (y) => cos(y), x)], [float(4)])
      const executable = rightOf(await gpu({ mode, writtenOut: 50 }).compile(program)())
      told.push(executable.explain())
      const [last] = rightOf(await executable.run([Float32Array.of(1, 2, 3, 4)])())
      for (const x of last!) expect(Math.abs(x - 0.739085133)).toBeLessThan(n === 20 ? 1e-2 : 1e-6)
      executable.dispose()
    }
    expect(told[0]).not.toContain('a loop')
    expect(told[1]).toContain('a loop of 200 iterations: 1 arrays in, 1 out; of each iteration')
  })

  it('train critics: a cycle is that of the evaluator', async () => {
    const spec = smallSpec(
      Gan.withUpdate(Update.alternating({ discriminatorSteps: 3 })),
      Gan.withOptimizer('discriminator', Opt.adam({ learningRate: 0.02 }))
    )
    const after = async (
      engine: NonNullable<Gan.CompileOptions['engine']>
    ): Promise<readonly (readonly number[])[]> => {
      const step = await compiled(spec, { engine, sampler: points })
      let state = await step.init(0)
      for (let i = 0; i < 2; i++) [state] = await step(state)
      step.dispose()
      return bits(state)
    }
    const [wanted, found] = [await after('reference'), await after(gpu({ mode, writtenOut: 0 }))]
    wanted.forEach((data, i) =>
      expect(errorAgainst(Float32Array.from(found[i]!), Float32Array.from(data))).toBeLessThan(1e-4)
    )
  })
})
