import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { wasm } from '../../../src/engines/wasm/engine.ts'
import type { WasmOptions } from '../../../src/engines/wasm/engine.ts'
import { runtime } from '../../../src/engines/wasm/runtime.ts'
import { worthWorkers } from '../../../src/engines/wasm/threading.ts'
import { matmul, mul, tanh } from '../../../src/index.ts'
import type { Program } from '../../../src/program/program.ts'
import { float, programOf, rightOf } from '../../support/programs.ts'
import { bitsOf } from './support.ts'

const microsecond = 1000
const millisecond = 1e6
const worth = (threads: number, ...regions: (readonly [parallel: boolean, cost: number])[]): boolean =>
  worthWorkers({
    regions: regions.map(([parallel, cost]) => ({ parallel, cost })),
    stepRegions: regions.length,
    threads
  })

const costs = fc.array(fc.tuple(fc.boolean(), fc.double({ min: 0, max: 50 * millisecond, noNaN: true })), {
  maxLength: 40
})
const threadCounts = fc.integer({ min: 1, max: 64 })

describe('workers', () => {
  it('are not worth a message for short steps, and are for long ones', () => {
    expect(worth(2)).toBe(false)
    expect(worth(2, [true, 100 * microsecond])).toBe(false)
    // The demo's ring: 19 regions, 11 of them shared, 0.4 ms in all.
    const ring = Array.from({ length: 11 }, () => [true, 37 * microsecond] as const)
    expect(worth(2, ...ring, [false, 30 * microsecond])).toBe(false)
    expect(worth(2, [true, 2 * millisecond])).toBe(true)
    expect(worth(8, ...Array.from({ length: 20 }, () => [true, 500 * microsecond] as const))).toBe(true)
  })

  it('are never worth it where nothing is shared, or for one of them', () => {
    fc.assert(
      fc.property(costs, threadCounts, (regions, threads) => {
        expect(worth(threads, ...regions.map(([, cost]) => [false, cost] as const))).toBe(false)
        expect(worth(1, ...regions)).toBe(false)
      })
    )
  })

  it('are worth it all the more where there are more of them, or more that is shared', () => {
    fc.assert(
      fc.property(costs, threadCounts, (regions, threads) => {
        if (!worth(threads, ...regions)) return
        expect(worth(threads + 1, ...regions)).toBe(true)
        expect(worth(threads, ...regions.map(([parallel, cost]) => [parallel, parallel ? 2 * cost : cost] as const))).toBe(true) // prettier-ignore
      })
    )
  })

  it('are weighed by a step, not by the copies behind it', () => {
    const [short, long] = [{ parallel: true, cost: 10 }, { parallel: true, cost: 50 * millisecond }] // prettier-ignore
    expect(worthWorkers({ regions: [short, long], stepRegions: 1, threads: 8 })).toBe(false)
    expect(worthWorkers({ regions: [short, long], stepRegions: 2, threads: 8 })).toBe(true)
  })
})

describe('in a page', () => {
  const { kind, processors } = runtime
  const asPage = (): void => void Object.assign(runtime, { kind: 'web', processors: 2 })
  afterEach(() => void Object.assign(runtime, { kind, processors }))

  const x = float([256, 256], 1)
  const short = programOf((y) => [mul(y, y)], [x])
  const long = programOf((y) => [tanh(matmul(tanh(matmul(y, y)), y))], [x])
  const made = async (
    program: Program,
    options?: WasmOptions
  ): Promise<{ readonly threads: number; readonly bits: string }> => {
    const executable = rightOf(await wasm(options).compile(program)())
    const bits = bitsOf(rightOf(await executable.run([x.data])()))
    executable.dispose()
    return { threads: executable.threads, bits }
  }

  it('a program too short for messages runs on the page, a long one on workers, to the same bits', async () => {
    const [first, second] = [await made(short, { threads: 1 }), await made(long, { threads: 1 })]
    asPage()
    expect(await made(short)).toEqual({ ...first, threads: 1 })
    expect(await made(long)).toEqual({ ...second, threads: 2 })
  })

  it('threads that were asked for are had', async () => {
    asPage()
    for (const threads of [1, 2]) expect((await made(short, { threads })).threads).toBe(threads)
    expect((await made(short, { background: true })).threads).toBe(2)
  })
})
