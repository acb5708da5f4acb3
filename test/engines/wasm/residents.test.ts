import * as E from '#fp-ts/Either'
import { describe, expect, it, vi } from 'vitest'
import { reference } from '../../../src/engines/reference.ts'
import type { Executable } from '../../../src/engines/engine.ts'
import { wasm } from '../../../src/engines/wasm/engine.ts'
import { WebAssembly } from '../../../src/engines/webassembly.ts'
import { add, matmul, mul, reshape, sum, tanh } from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { float, programOf, rightOf } from '../../support/programs.ts'
import { bitsOf, build } from './support.ts'

/** State that is read, replaced, swapped and passed on; results beside it. */
const step = (a: Tensor, b: Tensor, c: Tensor, kept: Tensor, fed: Tensor): readonly Tensor[] => {
  const product = tanh(matmul(a, fed))
  return [add(mul(a, 0.5), product), c, b, kept, sum(product), a]
}
const state = [float([40, 40], 1), float([7], 2), float([7], 3), float([3], 4)]
const fed = float([40, 40], 5)
const program = programOf(step, [...state, fed])
const carry = state.length

describe.each([
  [1, false],
  [2, false],
  [1, true],
  [2, true]
])('a carry on %i threads, all of them workers: %s', (threads, background) => {
  const open = (): Promise<Executable> => build(program, threads, carry, background)

  it('goes on as step by step, results read before the carry moves', async () => {
    const executable = await open()
    const resident = rightOf(await executable.resident(state.map(({ data }) => data))())
    let now = state.map(({ data }) => data)
    const seen: number[][] = []
    const expected: number[][] = []
    for (let i = 0; i < 5; i++) {
      const out = rightOf(await executable.run([...now, fed.data])())
      expected.push(out.slice(carry).flatMap((data) => [...data]))
      now = out.slice(0, carry)
    }
    rightOf(
      await resident.advance({
        steps: 5,
        feed: () => [fed.data],
        onStep: (_, results) => void seen.push(results.flatMap((data) => [...data]))
      })()
    )
    expect(seen).toEqual(expected)
    expect(rightOf(await resident.snapshot()())).toEqual(now)
    executable.dispose()
  })

  it('agrees with the reference', async () => {
    const [fast, plain] = await Promise.all(
      [await open(), rightOf(await reference().compile(program, { carry })())].map(async (executable) =>
        rightOf(await executable.iterate({ carry: state.map(({ data }) => data), steps: 4, feed: () => [fed.data] })())
      )
    )
    fast!.forEach((data, i) => data.forEach((x, n) => expect(Math.abs(x - plain![i]![n]!)).toBeLessThan(1e-5)))
  })

  it('has several holders, whose states do not mix with each other or with runs', async () => {
    const executable = await open()
    const start = state.map(({ data }) => data)
    const one = rightOf(await executable.resident(start)())
    const two = rightOf(await executable.resident(start.map((data) => data.map((x) => x + 1)))())
    const job = { steps: 1, feed: () => [fed.data] }
    const alone = async (from: typeof start): Promise<unknown> =>
      rightOf(await (await open()).iterate({ carry: from, steps: 2, feed: () => [fed.data] })())
    rightOf(await one.advance(job)())
    rightOf(await two.advance(job)())
    rightOf(await executable.run([...start, fed.data])())
    await Promise.all([one.advance(job)(), two.advance(job)()])
    expect(rightOf(await one.snapshot()())).toEqual(await alone(start))
    expect(rightOf(await two.snapshot()())).toEqual(await alone(start.map((data) => data.map((x) => x + 1))))
    one.dispose()
    expect(E.isLeft(await one.advance(job)())).toBe(true)
    expect(E.isLeft(await one.snapshot()())).toBe(true)
    expect(E.isRight(await two.advance(job)())).toBe(true)
    executable.dispose()
    expect(await two.advance(job)()).toMatchObject({ left: { _tag: 'Disposed' } })
    expect(await executable.run([...start, fed.data])()).toMatchObject({ left: { _tag: 'Disposed' } })
  })
})

describe('threads', () => {
  it('share the work: another thread did some of it, and the bits are those of one', async () => {
    const layer = (x: Tensor, w: Tensor): Tensor => tanh(matmul(tanh(matmul(x, w)), w))
    const xs = [float([512, 256], 1), float([256, 256], 2)]
    const deep = programOf((x, w) => [layer(layer(x, w), w), sum(layer(x, w)), reshape(x, [-1])], xs)
    const [one, two, three] = await Promise.all([1, 2, 3].map((threads) => build(deep, threads)))
    const inputs = xs.map(({ data }) => data)
    const expected = bitsOf(rightOf(await one!.run(inputs)()))
    for (let i = 0; i < 50; i++) {
      expect(bitsOf(rightOf(await two!.run(inputs)())) === expected).toBe(true)
      expect(bitsOf(rightOf(await three!.run(inputs)())) === expected).toBe(true)
    }
    expect(two!.helped()).toBeGreaterThan(0)
    expect(one!.helped()).toBe(0)
    const away = await build(deep, 2, 0, true)
    for (let i = 0; i < 20; i++) expect(bitsOf(rightOf(await away.run(inputs)())) === expected).toBe(true)
    expect(away.helped()).toBeGreaterThan(0)
    for (const executable of [one, two, three, away]) executable!.dispose()
  })

  it('take turns at executables', async () => {
    const xs = [float([256, 256], 1)]
    const two = await Promise.all(
      [1, 2].map((k) =>
        build(
          programOf((x) => [tanh(mul(matmul(x, x), k))], xs),
          2
        )
      )
    )
    const expected = await Promise.all(two.map(async (one) => bitsOf(rightOf(await one.run([xs[0]!.data])()))))
    for (let i = 0; i < 100; i++)
      for (const [n, one] of two.entries())
        expect(bitsOf(rightOf(await one.run([xs[0]!.data])())) === expected[n]).toBe(true)
    for (const one of two) one.dispose()
  })
})

describe('a long run', () => {
  it.each([1, 2])('lets the event loop live, on %i threads', async (threads) => {
    const xs = [float([512, 512], 1)]
    const long = programOf((x) => Array.from({ length: 8 }, (_, k) => tanh(matmul(mul(x, k), x))).slice(0, 8), xs)
    const executable = await build(long, threads)
    const turns: number[] = []
    const timer = setInterval(() => void turns.push(performance.now()), 1)
    const start = performance.now()
    while (performance.now() - start < 1000) rightOf(await executable.run([xs[0]!.data])())
    clearInterval(timer)
    expect(turns.length).toBeGreaterThan(3)
    executable.dispose()
  })
})

describe('faults', () => {
  it('of memory name what was wanted', async () => {
    const memory = vi.spyOn(WebAssembly, 'Memory').mockImplementationOnce(function () {
      throw new RangeError('could not allocate memory')
    })
    const xs = [float([1 << 23])]
    const large = programOf((x) => [tanh(x)], xs)
    const compiled = wasm({ threads: 1 }).compile(large)
    expect(await compiled()).toMatchObject({ left: { _tag: 'OutOfMemory', actual: 'could not allocate memory' } })
    memory.mockRestore()
    expect(E.isRight(await compiled())).toBe(true)
  })

  it('are values', async () => {
    const executable = await build(
      programOf((x) => [tanh(x)], [float([3])]),
      1
    )
    expect(await executable.run([])()).toMatchObject({ left: { _tag: 'NotSupported', actual: '0 arrays' } })
    expect(await executable.run([new Float32Array(4)])()).toMatchObject({ left: { actual: '4 elements' } })
    expect(rightOf(await executable.run([new Float32Array(3)])())).toEqual([new Float32Array(3)])
    const huge = { shape: [2 ** 15, 2 ** 15], dtype: 'float32' as const }
    const large = programOf((x) => [matmul(x, x)], [huge])
    expect(await wasm().compile(large)()).toMatchObject({ left: { _tag: 'TooLarge', engine: 'wasm' } })
  })
})
