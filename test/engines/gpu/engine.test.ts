import * as E from '#fp-ts/Either'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Engine, Executable } from '../../../src/engines/engine.ts'
import type { GpuMode } from '../../../src/engines/gpu/modes.ts'
import { selectEngine } from '../../../src/engines/select.ts'
import { o } from '../../../src/primitives/vocabulary.ts'
import { registry } from '../../../src/primitives/registry.ts'
import type { PrimitiveName } from '../../../src/primitives/registry.ts'
import { call } from '../../../src/program/call.ts'
import type { AnyPrimitive } from '../../../src/program/primitive.ts'
import * as Random from '../../../src/random/random.ts'
import { errorAgainst } from '../../../src/tensor/compare.ts'
import type { Data } from '../../../src/tensor/dtype.ts'
import { sizeOf } from '../../../src/tensor/shape.ts'
import type { Aval, Tensor } from '../../../src/tensor/tensor.ts'
import { makeTensor } from '../../../src/tensor/makeTensor.ts'
import { flatten } from '../../../src/tensor/tree.ts'
import { compile } from '../../../src/transform/compile.ts'
import { evaluate } from '../../../src/transform/evaluate.ts'
import { grad } from '../../../src/transform/grad.ts'
import { caseFrom, caseSources } from '../../support/arbitraries.ts'
import { drawsFrom } from '../../support/draws.ts'
import { gpuModes } from '../../support/gpuModes.ts'
import { float, narrow, programOf, rightOf } from '../../support/programs.ts'

/** Largest error beside the largest value. On a GPU, functions are the driver's. */
const tolerances: Readonly<Record<GpuMode, number>> = {
  webasm: 3e-6,
  cpu: 3e-6,
  webgpu: 1e-5,
  webgl2: 1e-5,
  webgl: 1e-5,
  headlessgl: 1e-5
}
/** Whether numbers that are not finite, and those next to 0, go through as they do on a CPU. */
const isProcessor = (mode: GpuMode): boolean => mode === 'webasm' || mode === 'cpu'

const leftOf = <A>(result: E.Either<A, unknown>): A => {
  if (E.isRight(result)) throw new Error('no fault')
  return result.left
}

const int = (...values: number[]): Tensor => ({ shape: [values.length], dtype: 'int32', data: Int32Array.from(values) })

describe.each(gpuModes)('%s', (mode) => {
  const name = `gpu:${mode}` as const
  const tolerance = tolerances[mode]
  let engine: Engine
  const opened: Executable[] = []
  const build = async (f: (...xs: Tensor[]) => unknown, xs: readonly Aval[], carry?: number): Promise<Executable> => {
    const options = carry === undefined ? {} : { carry }
    const executable = rightOf(await engine.compile(programOf(f, xs), options)())
    opened.push(executable)
    return executable
  }
  const run = async (f: (...xs: Tensor[]) => unknown, xs: readonly Tensor[]): Promise<readonly Data[]> =>
    rightOf(await (await build(f, xs)).run(xs.map(({ data }) => data))())
  beforeAll(async () => {
    engine = rightOf(await selectEngine(name)())
  })
  afterAll(() => {
    for (const executable of opened) executable.dispose()
  })

  it.each(Object.keys(registry) as PrimitiveName[])('runs %s as the reference does', async (primitive) => {
    const trials = Array.from({ length: 12 }, (_, seed) => {
      const of = caseFrom(caseSources[primitive], seed)
      return { params: of.params, operands: of.operands(drawsFrom(seed + 1)).map(narrow) }
    })
    const f = (...xs: Tensor[]): readonly Tensor[] => {
      let next = 0
      return trials.map(({ params, operands }) =>
        call(
          registry[primitive] as AnyPrimitive,
          params,
          operands.map(() => xs[next++]!)
        )
      )
    }
    const xs = trials.flatMap(({ operands }) => operands)
    const expected = f(...xs)
    const actual = await run(f, xs)
    expected.forEach(({ data }, i) => {
      expect(actual[i]!.constructor).toBe(data.constructor)
      expect(errorAgainst(actual[i]!, data)).toBeLessThan(data instanceof Float32Array ? tolerance : 1e-12)
    })
  })

  it('gives outputs that nothing is computed for: inputs, constants, numbers, the same twice', async () => {
    const table = float([2, 3], 2)
    const [x] = [float([5])]
    const f = (y: Tensor): readonly Tensor[] => {
      const twice = o.add(y, y)
      return [y, o.reshape(y, [1, 5]), o.add(table, 0), o.full([2], 3), o.full([], 2, 'int32'), twice, twice]
    }
    const results = await run(f, [x])
    expect(results.map((data) => [...data])).toEqual(f(x).map(({ data }) => [...data]))
    expect(new Set(results.map(({ buffer }) => buffer)).size).toBe(results.length)
  })

  it('takes no step at all where there is nothing to compute', async () => {
    expect(await run(() => [], [])).toEqual([])
    expect(await run((x) => x, [float([3])])).toEqual([float([3]).data])
  })

  it('goes to the host and back for what has no loop nest', async () => {
    const f = (x: Tensor): Tensor => {
      const sorted = o.gather(x, o.argsort(o.exp(x), 0), 0)
      const again = o.gather(sorted, o.argsort(o.neg(sorted), 0), 0)
      return o.mul(again, 2)
    }
    const x = float([7])
    const executable = await build(f, [x])
    const [result] = rightOf(await executable.run([x.data])())
    expect(errorAgainst(result!, f(x).data)).toBeLessThan(tolerance)
    expect(executable.where).toMatchObject({ argsort: 'host', gather: 'engine', mul: 'engine' })
    expect(executable.explain()).toContain('part 4, gpu.js')
  })

  it('draws random bits on the host before all kernels, to the bit', async () => {
    const f = (key: Tensor): readonly Tensor[] => {
      const spread = (i: number): Tensor => o.broadcastInDim(o.reshape(o.slice(key, [i], [i + 1]), []), [50], [])
      const bits = o.threefry(spread(0), spread(1), o.iota([50], 0), o.full([50], 7, 'int32'), 0)
      const unit = o.bitsToUnit(bits)
      return [bits, unit, o.log(o.add(unit, 1))]
    }
    const key = int(-123456789, 2147483647)
    const executable = await build(f, [key])
    const results = rightOf(await executable.run([key.data])())
    const expected = f(key)
    expect(results[0]).toEqual(expected[0]!.data)
    expect(results[1]).toEqual(expected[1]!.data)
    expect(errorAgainst(results[2]!, expected[2]!.data)).toBeLessThan(tolerance)
    expect(executable.where).toMatchObject({ threefry: 'host', bitsToUnit: 'host', log: 'engine' })
    expect(executable.explain()).not.toContain('part 2')
  })

  it('keeps integers exact above 2^24, and refuses them as indices', async () => {
    const large = int(2 ** 24 + 1, -(2 ** 31), 2 ** 31 - 1)
    expect(await run((x) => o.add(x, 1), [large])).toEqual([o.add(large, 1).data])
    expect(await run((x) => o.convert(x, 'float32'), [large])).toEqual([o.convert(large, 'float32').data])
    const x = float([4])
    const executable = await build((y, i) => o.gather(y, i, 0), [x, large])
    const fault = leftOf(await executable.run([x.data, large.data])())
    expect(fault).toMatchObject({ _tag: 'TooLarge', engine: name, actual: String(2 ** 24 + 1) })
    expect(rightOf(await executable.run([x.data, Int32Array.of(2 ** 24, -1, 1)])())).toEqual([
      Float32Array.of(0, 0, x.data[1]!)
    ])
  })

  it('moves integers of any size about: new keys, parts of keys, bits in rows, what is greater', async () => {
    const key = int(-123456789, 2147483647)
    const f = (of: Tensor): readonly Tensor[] => [
      Random.split(of, 3),
      Random.foldIn(of, 5),
      ...Random.keysOf(Random.split(of)),
      o.slice(of, [1], [2]),
      o.concat([of, of], 0),
      Random.bits(of, [2, 3]),
      o.compare(Random.bits(of, [7]), o.full([7], 0, 'int32'), 'lt'),
      Random.permutation(of, 9)
    ]
    const executable = await build(f, [key])
    expect(rightOf(await executable.run([key.data])())).toEqual(f(key).map(({ data }) => data))
  })

  it('keeps constants exact above 2^24, whatever picks from them', async () => {
    const table = int(2 ** 24 + 1, -(2 ** 31), 2 ** 31 - 1, 5)
    const [x, i] = [makeTensor([0.5, -1]), int(0, 3)]
    const f = (y: Tensor, j: Tensor): readonly Tensor[] => [
      o.gather(table, j, 0),
      o.gather(table, o.convert(o.add(o.sign(y), 1), 'int32'), 0),
      o.compare(o.slice(table, [0], [2]), j, 'eq')
    ]
    expect(await run(f, [x, i])).toEqual(f(x, i).map(({ data }) => data))
    const [near] = [int(2 ** 24)]
    expect(await run((n) => o.compare(o.slice(table, [0], [1]), n, 'eq'), [near])).toEqual([Uint8Array.of(0)])
  })

  it('refuses arrays that floats do not index', async () => {
    const f = (x: Tensor): Tensor => o.broadcastInDim(o.exp(x), [2 ** 24 + 1], [])
    const fault = leftOf(await engine.compile(programOf(f, [{ shape: [], dtype: 'float32' }]))())
    expect(fault).toMatchObject({ _tag: 'TooLarge', engine: name })
    expect(fault.actual).toContain('16777217')
  })

  it.runIf(isProcessor(mode))('passes what is no number on', async () => {
    const x = makeTensor([NaN, Infinity, -Infinity, -0, 0, 3e38, 1e-45])
    const f = (y: Tensor): readonly Tensor[] => [
      o.add(y, 1),
      o.max(y, 0),
      o.mul(y, -1),
      o.select(o.compare(y, 0, 'gt'), y, o.full([7], NaN)),
      o.pad(y, -Infinity, [1], [1]),
      o.reduceMax(o.full([3, 2], -Infinity), [0]),
      o.reduceMax(o.slice(y, [2], [3]), [0]),
      o.sign(y),
      o.tanh(y),
      o.logistic(y),
      o.erf(y),
      o.expm1(y),
      o.compare(y, y, 'ne')
    ]
    const results = await run(f, [x])
    f(x).forEach(({ data }, i) => expect([i, ...results[i]!]).toEqual([i, ...data]))
  })

  it('puts many tensors together', async () => {
    const xs = Array.from({ length: 20 }, (_, i) => float([2, (i % 3) + 1], i))
    const executable = await build((...ys) => o.concat(ys, 1), xs)
    expect(rightOf(await executable.run(xs.map(({ data }) => data))())).toEqual([o.concat(xs, 1).data])
    expect(executable.where).toEqual({ concat: 'engine' })
  })

  it('runs as before after another call, and calls at once do not mix', async () => {
    const executable = await build((x) => o.mul(o.exp(x), 2), [float([6])])
    const inputs = Array.from({ length: 5 }, (_, i) => float([6], i))
    const results = await Promise.all(inputs.map(({ data }) => executable.run([data])()))
    results.forEach((result, i) => {
      expect(errorAgainst(rightOf(result)[0]!, o.mul(o.exp(inputs[i]!), 2).data)).toBeLessThan(tolerance)
    })
  })

  it('carries state from step to step', async () => {
    const f = (w: Tensor, n: Tensor, x: Tensor): readonly Tensor[] => [o.add(w, x), o.add(n, 1), o.mul(w, 2)]
    const [w, n, x] = [float([3]), int(16777216), float([3], 5)]
    const executable = await build(f, [w, n, x], 2)
    const seen: number[] = []
    const iteration = {
      steps: 4,
      feed: (step: number) => [x.data.map((value) => value * step)],
      onStep: (step: number, outputs: readonly Data[]) => seen.push(step, outputs.length)
    }
    const state = rightOf(await executable.resident([w.data, n.data])())
    rightOf(await state.advance(iteration)())
    const first = rightOf(await state.snapshot()())
    rightOf(await state.advance({ ...iteration, steps: 0 })())
    expect(rightOf(await state.snapshot()())).toEqual(first)
    expect(
      errorAgainst(
        first[0]!,
        w.data.map((value, i) => value + 6 * x.data[i]!)
      )
    ).toBeLessThan(tolerance)
    expect([...first[1]!]).toEqual([16777220])
    expect(seen).toEqual([0, 1, 1, 1, 2, 1, 3, 1])
    expect(rightOf(await executable.iterate({ carry: [w.data, n.data], ...iteration })())).toEqual(first)
    state.dispose()
    expect(leftOf(await state.snapshot()())._tag).toBe('Disposed')
    expect(leftOf(await state.advance(iteration)())._tag).toBe('Disposed')
  })

  it('is of no use after it was disposed of, and says so', async () => {
    const executable = await build((x) => o.exp(x), [float([3])])
    const pending = executable.run([float([3]).data])()
    executable.dispose()
    executable.dispose()
    expect(leftOf(await pending)._tag).toBe('Disposed')
    expect(leftOf(await executable.run([float([3]).data])())._tag).toBe('Disposed')
  })

  it('is compiled and disposed of again and again, and leaves nothing behind', async () => {
    const before = Object.getOwnPropertyNames(globalThis)
    const random = Math.random
    for (let round = 0; round < 20; round++) {
      const f = compile((x: Tensor) => o.add(o.tanh(x), round), { engine: name })
      const x = float([9], round)
      expect(errorAgainst((await f(x)).data, o.add(o.tanh(x), round).data)).toBeLessThan(tolerance)
      f.dispose()
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(Object.getOwnPropertyNames(globalThis)).toEqual(before)
    expect(Math.random).toBe(random)
  })

  it('takes a step of a small GAN as the reference does', async () => {
    const batch = 5
    const [D, G] = [
      { w1: float([2, 8], 1), w2: float([8, 1], 2) },
      { w1: float([3, 7], 3), w2: float([7, 2], 4) }
    ]
    type Net = typeof D
    const product = (a: Tensor, b: Tensor): Tensor => o.dotGeneral(a, b, { contract: [[1], [0]], batch: [[], []] })
    const score = (d: Net, x: Tensor): Tensor => product(o.tanh(product(x, d.w1)), d.w2)
    const generate = (g: Net, z: Tensor): Tensor => {
      const h = product(z, g.w1)
      return product(o.max(h, o.mul(h, 0.2)), g.w2)
    }
    const all = (x: Tensor): Tensor => o.reduceSum(x, x.shape.map((_, i) => i)) // prettier-ignore
    const penalty = (d: Net, x: Tensor): Tensor => {
      const slope = grad((y: Tensor) => all(score(d, y)))(x)
      const size = o.sqrt(o.add(o.reduceSum(o.mul(slope, slope), [1]), 1e-12))
      return all(o.mul(o.sub(size, 1), o.sub(size, 1)))
    }
    const loss = (d: Net, g: Net, x: Tensor, z: Tensor): Tensor =>
      o.add(o.sub(all(o.softplus(score(d, generate(g, z)))), all(o.logistic(score(d, x)))), penalty(d, x))
    const adam = (w: Tensor, m: Tensor, v: Tensor, slope: Tensor, t: Tensor): Tensor[] => {
      const [m1, v1] = [
        o.add(o.mul(m, 0.9), o.mul(slope, 0.1)),
        o.add(o.mul(v, 0.99), o.mul(o.mul(slope, slope), 0.01))
      ]
      const decay = o.broadcastInDim(o.neg(o.expm1(o.mul(t, Math.log(0.99)))), w.shape, [])
      return [o.sub(w, o.div(o.mul(m1, 1e-2), o.add(o.sqrt(o.div(v1, decay)), 1e-8))), m1, v1]
    }
    const step = (d: Net, g: Net, x: Tensor, z: Tensor, n: Tensor) => {
      const slopes = grad(loss)(d, g, x, z)
      const t = o.convert(o.add(n, 1), 'float32')
      const update = (w: Tensor, slope: Tensor): Tensor[] => adam(w, o.mul(w, 0.1), o.mul(w, w), slope, t)
      return { loss: loss(d, g, x, z), w1: update(d.w1, slopes.w1), w2: update(d.w2, slopes.w2), n: o.add(n, 1) }
    }
    const args = [
      D,
      G,
      float([batch, 2], 5),
      float([batch, 3], 6),
      { shape: [], dtype: 'int32', data: Int32Array.of(3) }
    ] as const
    const expected = evaluate(step, { precision: 'float64' })(...(args as never as Parameters<typeof step>))
    const compiled = compile(step, { engine: name })
    const actual = await compiled(...(args as never as Parameters<typeof step>))
    const [a, e] = [flatten(actual).leaves as Tensor[], flatten(expected).leaves as Tensor[]]
    expect(a).toHaveLength(8)
    a.forEach(({ data, shape }, i) => {
      expect(data.length).toBe(sizeOf(shape))
      expect(errorAgainst(data, e[i]!.data)).toBeLessThan(tolerance)
    })
    compiled.dispose()
  })
})

describe('selection', () => {
  it('knows no other mode', async () => {
    expect(leftOf(await selectEngine('gpu:abacus')())).toMatchObject({ _tag: 'NotAvailable', engine: 'gpu:abacus' })
  })
})
