import * as E from '#fp-ts/Either'
import { describe, expect, it } from 'vitest'
import { divisorNear } from '../../../../kernels/gpu/points/runs.ts'
import type { Scalar } from '../../../../src/nest/expression.ts'
import {
  axis,
  binary,
  compare,
  int,
  load,
  plus,
  select,
  literal,
  times,
  unary
} from '../../../../src/nest/expression.ts'
import type { Operand } from '../../../../src/nest/interpret.ts'
import type { Nest } from '../../../../src/nest/nest.ts'
import { errorAgainst } from '../../../../src/tensor/compare.ts'
import type { Data } from '../../../../src/tensor/dtype.ts'
import { sizeOf } from '../../../../src/tensor/shape.ts'
import { drawsFrom } from '../../../support/draws.ts'
import { gpuModes } from '../../../support/gpuModes.ts'
import { jobOf, trialOf } from '../support/jobs.ts'
import type { Job } from '../support/running.ts'
import { runInPipeline, runPlainly } from '../support/running.ts'

const reals = (shape: readonly number[], seed = 1): Operand => {
  const d = drawsFrom(seed)
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => d.real(-1, 1)) }
}
const reduced = (domain: readonly number[], extents: readonly number[], body: Scalar, combine: 'sum' | 'max' = 'sum'): Nest => ({ kind: 'nest', domain, dtype: body.dtype, body, reduction: { extents, combine } }) // prettier-ignore
const of = (operand: number, ...axes: readonly number[]): Scalar => load(operand, axes.map(axis), 'float32')

/** Most threads of a kernel, and most iterations of one thread's loops. */
const workOf = ({ launches }: Job) =>
  launches.map(({ kernel: { source, output } }) => {
    let [running, iterations] = [1, 0]
    const open: number[] = []
    for (const text of source.split('\n')) {
      const loop = / < (\d+); r\d+\+\+/.exec(text)
      if (loop !== null) {
        open.push(Number(loop[1]))
        running *= Number(loop[1])
        iterations += running
      } else if (/^ +}$/.test(text)) running /= open.pop()!
    }
    return { threads: output[0], iterations }
  })

const check = async (trial: Job & { readonly expected: Data }, tolerance = 3e-6): Promise<void> => {
  expect(errorAgainst(runPlainly(trial), trial.expected)).toBeLessThanOrEqual(tolerance)
  for (const mode of gpuModes) {
    const { results } = await runInPipeline(mode, [trial])
    expect(errorAgainst(results[0]!, trial.expected)).toBeLessThanOrEqual(tolerance)
  }
}

describe.each(['sum', 'max'] as const)('a %s', (combine) => {
  it.each([
    ['of rows', [300, 17], [0], [1]],
    ['of columns', [300, 17], [1], [0]],
    ['of everything', [31, 33, 7], [], [0, 1, 2]],
    ['of a prime number of terms', [4099], [], [0]],
    ['of long rows', [3, 5003], [0], [1]],
    ['of long columns', [5003, 3], [1], [0]],
    ['over the batch and the places of an image', [16, 3, 12, 11], [1], [0, 2, 3]],
    ['over channels, last', [16, 12, 11, 5], [3], [0, 1, 2]],
    ['of the middle', [2, 1200, 3], [0, 2], [1]]
  ] as const)('%s', async (_, shape, kept, gone) => {
    const order = [...kept, ...gone]
    const body = of(0, ...shape.map((__, n) => order.indexOf(n as never)))
    const pick = (axes: readonly number[]) => axes.map((n) => shape[n]!)
    const { data } = reals(shape)
    // Rising: whatever takes a term too many from behind has another maximum.
    const rising = { shape, data: data.map((x, i) => x + (4 * i) / data.length) }
    await check(trialOf(reduced(pick(kept), pick(gone), body, combine), [rising]))
  })

  it('of a body that asks for an outer axis, or an inner one', async () => {
    for (const [n, limit] of [
      [0, 2],
      [1, 5]
    ] as const) {
      // prettier-ignore
      const body = select(compare('lt', axis(n), int(limit)), of(0, 0, 1, 2), literal(0.5))
      await check(trialOf(reduced([4], [8, 2], body, combine), [reals([4, 8, 2])]))
      await check(trialOf(reduced([4, 8], [2], body, combine), [reals([4, 8, 2])]))
    }
  })

  it('of a body in which axes are compared and divided', async () => {
    const n = 2111
    const half = binary('floorDivide', axis(1), int(2))
    const body = select(
      compare('lt', plus(half, axis(0)), int(900)),
      binary('mul', load(0, [plus(times(axis(0), 7), half)], 'float32'), unary('exp', of(1, 1))),
      literal(-0.25)
    )
    await check(trialOf(reduced([5], [n], body, combine), [reals([1200]), reals([n], 2)]))
  })
})

describe('stages', () => {
  it.each([
    [[], [1_000_000]],
    [[10], [60_000]],
    [[64], [4096]],
    [[1024], [1000]],
    [[3], [128, 784]]
  ] as const)('of %o over %o: many threads, loops that no device cuts', (domain, extents) => {
    const body = of(0, ...[...domain, ...extents].map((_, n) => n))
    const trial = trialOf(reduced(domain, extents, body), [reals([...domain, ...extents])])
    const [first, ...rest] = workOf(trial)
    expect(first!.threads).toBeGreaterThanOrEqual(256)
    for (const { iterations } of [first!, ...rest]) expect(iterations).toBeLessThan(8192)
    expect(errorAgainst(runPlainly(trial), trial.expected)).toBeLessThan(3e-6)
  })

  it('are one where threads are many or loops are short', () => {
    const launches = (domain: number, extent: number): number =>
      trialOf(reduced([domain], [extent], of(0, 0, 1)), [reals([domain, extent])]).launches.length
    expect(launches(2, 600)).toBe(1)
    expect(launches(2048, 1024)).toBe(1)
    expect(launches(2, 1024)).toBe(2)
  })

  it('have loops of less than 65,535 steps even where threads are many', () => {
    const operands = [reals([4096]), reals([100_000])]
    const nest = (domain: number) => reduced([domain], [100_000], binary('mul', of(0, 0), of(1, 1)))
    const many = jobOf(nest(4096), operands)
    if (E.isLeft(many)) throw new Error(many.left.actual)
    for (const { iterations } of workOf(many.right)) expect(iterations).toBeLessThan(65_535)
    const few = trialOf(nest(8), operands)
    expect(errorAgainst(runPlainly(few), few.expected)).toBeLessThan(3e-6)
  })

  it('have neighbouring threads read neighbouring terms', () => {
    const rows = trialOf(reduced([2], [4096], of(0, 0, 1)), [reals([2, 4096])])
    const columns = trialOf(reduced([64], [4096], of(0, 1, 0)), [reals([4096, 64])])
    // Plain positions of two neighbouring threads in the first step.
    for (const { launches, arrays } of [rows, columns]) {
      const { kernel } = launches[0]!
      const places: number[] = []
      const array = new Proxy(arrays[0]!, {
        get: (_, key) => {
          places.push(Number(key))
          return 0
        }
      })
      // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text of a kernel is what is tested
      const f = new Function(`return ${kernel.source}`)() as (this: unknown, x: Data) => number
      const firstPlace = (x: number): number => {
        places.length = 0
        f.call({ thread: { x } }, array)
        return places[0]!
      }
      expect(firstPlace(1) - firstPlace(0)).toBe(1)
    }
  })
})

describe('divisorNear', () => {
  it('is the nearest divisor within a factor of two', () => {
    expect([1000, 65536, 513, 784, 97, 12].map((n) => divisorNear(n, Math.ceil(Math.sqrt(n))))).toEqual([
      25,
      256,
      27,
      28,
      undefined,
      4
    ])
  })
})
