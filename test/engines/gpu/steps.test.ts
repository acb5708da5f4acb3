import * as E from '#fp-ts/Either'
import { describe, expect, it } from 'vitest'
import type { GpuExecutable } from '../../../src/engines/gpu/executable.ts'
import { partsOf } from '../../../kernels/gpu/partition/parts.ts'
import { placesOf } from '../../../kernels/gpu/partition/placement.ts'
import { fuses } from '../../../src/engines/gpu/modes.ts'
import { unrollingOf } from '../../../kernels/gpu/partition/unrolling.ts'
import { gpu } from '../../../src/engines/lazyGpu.ts'
import { reference } from '../../../src/engines/reference.ts'
import { o } from '../../../src/primitives/vocabulary.ts'
import type { Program } from '../../../src/program/program.ts'
import { errorAgainst } from '../../../src/tensor/compare.ts'
import type { Data } from '../../../src/tensor/dtype.ts'
import type { Aval, Tensor } from '../../../src/tensor/tensor.ts'
import { gpuModes } from '../../support/gpuModes.ts'
import { programOf, rightOf } from '../../support/programs.ts'

const vector: Aval = { shape: [6], dtype: 'float32' }
const count: Aval = { shape: [], dtype: 'int32' }
const key: Aval = { shape: [2], dtype: 'int32' }

/** A carry of both kinds: weights and a momentum that kernels change, a step and a key that they only read. */
const walk = (w: Tensor, m: Tensor, step: Tensor, seed: Tensor, x: Tensor): readonly Tensor[] => {
  const word = (i: number): Tensor => o.broadcastInDim(o.reshape(o.slice(seed, [i], [i + 1]), []), [6], [])
  const counter = o.broadcastInDim(step, [6], [])
  const noise = o.bitsToUnit(o.threefry(word(0), word(1), o.iota([6], 0), counter, 0))
  const slope = o.sub(o.add(o.mul(w, 0.1), noise), x)
  const next = o.add(o.mul(m, 0.9), slope)
  const rate = o.broadcastInDim(o.div(1, o.add(o.convert(step, 'float32'), 2)), [6], [])
  return [o.sub(w, o.mul(next, rate)), next, o.add(step, 1), seed, o.reduceSum(o.mul(slope, slope), [0]), noise]
}
const program = programOf(walk, [vector, vector, count, key, vector])
const initial: readonly Data[] = [
  Float32Array.of(1, 2, 3, 4, 5, 6),
  new Float32Array(6),
  Int32Array.of(2 ** 25),
  Int32Array.of(-5, 2 ** 30)
]
const feed = (step: number): readonly Data[] => [Float32Array.from({ length: 6 }, (_, i) => Math.sin(step + i))]

describe('steps taken together', () => {
  it('are those whose host part no kernel changes', () => {
    const parts = partsOf(program, placesOf(program))
    expect(parts.map(({ at }) => at)).toEqual(['host', 'device'])
    const unrolling = unrollingOf(program, parts, 4)
    expect([...unrolling!.onDevice]).toEqual([0, 1])
    expect(unrolling!.chain.chained.size).toBe(2)
  })

  it('are none where the host needs what kernels made', () => {
    const sorted = programOf((x) => o.gather(x, o.argsort(o.exp(x), 0), 0), [vector])
    const parts = partsOf(sorted, placesOf(sorted))
    expect(parts.map(({ at }) => at)).toEqual(['device', 'host', 'device'])
    expect(unrollingOf(sorted, parts, 1)).toBeUndefined()
  })

  it('are none where values of the carry change places', () => {
    const swap = programOf((x, y) => [y, x, o.exp(x)], [vector, vector])
    expect(unrollingOf(swap, partsOf(swap, placesOf(swap)), 2)).toBeUndefined()
  })
})

describe.each(gpuModes)('a carry on %s', (mode) => {
  const compiled = async (of: Program, carry: number): Promise<GpuExecutable> =>
    rightOf(await gpu({ mode }).compile(of, { carry })())

  it('comes to the same in any number of calls, and every step is heard of in order', async () => {
    const steps = 21
    const expected: (readonly Data[])[] = []
    const exact = rightOf(await reference('float64').compile(program, { carry: 4 })())
    const end = rightOf(
      await exact.iterate({ carry: initial, steps, feed, onStep: (_, outputs) => expected.push(outputs) })()
    )
    for (const cuts of [[21], [3, 8, 10], [9, 12]]) {
      const executable = await compiled(program, 4)
      const state = rightOf(await executable.resident(initial)())
      const heard: (readonly Data[])[] = []
      let done = 0
      for (const cut of cuts) {
        const start = done
        const onStep = (step: number, outputs: readonly Data[]): void => {
          expect(start + step).toBe(heard.length)
          heard.push(outputs)
        }
        rightOf(await state.advance({ steps: cut, feed: (step) => feed(start + step), onStep })())
        done += cut
      }
      const carry = rightOf(await state.snapshot()())
      end.forEach((data, i) => {
        expect(carry[i]!.constructor).toBe(initial[i]!.constructor)
        expect(errorAgainst(carry[i]!, data)).toBeLessThan(1e-5)
      })
      expect(heard).toHaveLength(steps)
      heard.forEach((outputs, step) =>
        outputs.forEach((data, i) => expect(errorAgainst(data, expected[step]![i]!)).toBeLessThan(1e-5))
      )
      executable.dispose()
    }
  })

  it('stays where it was when a feed does not fit, and goes on from there', async () => {
    const executable = await compiled(program, 4)
    const state = rightOf(await executable.resident(initial)())
    const wrong = await state.advance({ steps: 9, feed: (step) => (step === 5 ? [new Float32Array(5)] : feed(step)) })()
    expect(E.isLeft(wrong) && wrong.left).toMatchObject({ _tag: 'NotSupported', actual: '5 elements' })
    expect(rightOf(await state.snapshot()())).toEqual(initial)
    rightOf(await state.advance({ steps: 9, feed })())
    expect(rightOf(await state.snapshot()())[2]).toEqual(Int32Array.of(2 ** 25 + 9))
    executable.dispose()
  })

  it('that is only handed on and one that nothing reads are carried, too', async () => {
    const handed = programOf((x, y, z) => [x, o.mul(y, 2), o.exp(x), o.full([6], 3), z], [vector, vector, vector])
    const executable = await compiled(handed, 3)
    const ones = new Float32Array(6).fill(1)
    const end = rightOf(await executable.iterate({ carry: [ones, ones, ones], steps: 17, feed: () => [] })())
    expect(end[0]).toEqual(ones)
    expect(end[1]).toEqual(new Float32Array(6).fill(2 ** 17))
    expect(errorAgainst(end[2]!, new Float32Array(6).fill(Math.E))).toBeLessThan(1e-5)
    executable.dispose()
  })

  it('may be handed out at every step, before and after it', async () => {
    const reported = programOf((w, x) => [o.add(w, x), o.mul(w, 2), w, o.add(w, x)], [vector, vector])
    const executable = await compiled(reported, 1)
    const heard: number[][] = []
    const ones = new Float32Array(6).fill(1)
    const onStep = (_: number, outputs: readonly Data[]): void => {
      heard.push(outputs.map((data) => data[0]!))
    }
    rightOf(await executable.iterate({ carry: [new Float32Array(6)], steps: 9, feed: () => [ones], onStep })())
    expect(heard).toEqual(Array.from({ length: 9 }, (_, n) => [2 * n, n, n + 1]))
    executable.dispose()
  })

  it('takes what a feed was when it was asked, though it fills one array again and again', async () => {
    const total = programOf((w, x) => [o.add(w, x)], [vector, vector])
    const executable = await compiled(total, 1)
    const array = new Float32Array(6)
    const feedOne = (step: number): readonly Data[] => [array.fill(step)]
    const end = rightOf(await executable.iterate({ carry: [new Float32Array(6)], steps: 11, feed: feedOne })())
    expect(end).toEqual([new Float32Array(6).fill(55)])
    executable.dispose()
  })

  it('of integers that kernels make is refused beyond what floats hold, as in single steps', async () => {
    const rolled = programOf(
      (n, x) => [o.max(n, o.convert(o.mul(x, 2 ** 22), 'int32')), o.compare(n, o.full([6], 0, 'int32'), 'gt')],
      [{ shape: [6], dtype: 'int32' }, vector]
    )
    const executable = await compiled(rolled, 1)
    const feedOne = (step: number): readonly Data[] => [new Float32Array(6).fill(step)]
    const carry = [new Int32Array(6)]
    const inside = rightOf(await executable.iterate({ carry, steps: 5, feed: feedOne })())
    expect(inside).toEqual([new Int32Array(6).fill(2 ** 24)])
    const beyond = await executable.iterate({ carry, steps: 16, feed: feedOne })()
    expect(E.isLeft(beyond) && beyond.left).toMatchObject({ _tag: 'TooLarge', actual: String(5 * 2 ** 22) })
    executable.dispose()
  })

  it('says what ran its steps, though they were taken together alone', async () => {
    const executable = await compiled(program, 4)
    expect(executable.executors()).toEqual([undefined])
    rightOf(await executable.iterate({ carry: initial, steps: 16, feed })())
    expect(executable.executors()[0] === 'generic').toBe(!fuses(mode))
    expect(executable.explain()).not.toContain('not run yet')
    executable.dispose()
  })
})
