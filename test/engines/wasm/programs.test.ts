import { describe, expect, it } from 'vitest'
import { o } from '../../../src/primitives/vocabulary.ts'
import { registry } from '../../../src/primitives/registry.ts'
import type { PrimitiveName } from '../../../src/primitives/registry.ts'
import { call } from '../../../src/program/call.ts'
import type { AnyPrimitive } from '../../../src/program/primitive.ts'
import { prepare } from '../../../src/program/evaluate.ts'
import type { Program } from '../../../src/program/program.ts'
import { errorAgainst } from '../../../src/tensor/compare.ts'
import type { Data } from '../../../src/tensor/dtype.ts'
import type { Tensor } from '../../../src/tensor/tensor.ts'
import { caseFrom, caseSources } from '../../support/arbitraries.ts'
import { drawsFrom } from '../../support/draws.ts'
import { randomProgram } from '../../support/randomPrograms.ts'
import { build, float, narrow, programOf, rightOf } from './support.ts'

const runOn = async (program: Program, inputs: readonly Data[], threads: number): Promise<readonly Data[]> => {
  const executable = await build(program, threads)
  const results = rightOf(await executable.run(inputs)())
  executable.dispose()
  return results
}

describe('every primitive', () => {
  it.each(Object.keys(registry) as PrimitiveName[])(
    '%s as the reference does, the same bits on two threads',
    async (primitive) => {
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
      const program = programOf(f, xs)
      const inputs = xs.map(({ data }) => data)
      const actual = await runOn(program, inputs, 1)
      expected.forEach(({ data }, i) => {
        expect(actual[i]!.constructor).toBe(data.constructor)
        expect(errorAgainst(actual[i]!, data)).toBeLessThan(data instanceof Float32Array ? 5e-6 : 1e-12)
      })
      expect(await runOn(program, inputs, 2)).toEqual(actual)
    }
  )
})

describe('random programs', () => {
  it.each(Array.from({ length: Number(process.env['SADDLEPOINT_RUNS'] ?? 60) }, (_, seed) => seed))(
    'number %i',
    async (seed) => {
      const { program, inputs } = randomProgram(seed)
      const exact = prepare(program, 'float64')(inputs)
      const single = inputs.map((data) => (data instanceof Float64Array ? Float32Array.from(data) : data))
      const actual = await runOn(program, single, 1)
      // What cancels out is as exact as the largest of the values that are there.
      const most = Math.max(
        1e-2,
        ...exact.flatMap((data) => [...data].map((x) => (Number.isFinite(x) ? Math.abs(x) : 0)))
      )
      exact.forEach((data, i) => {
        data.forEach((x, n) => {
          const y = actual[i]![n]!
          if (Number.isFinite(x))
            expect(
              Math.abs(y - x) / most,
              `output ${String(i)}[${String(n)}]: ${String(y)} for ${String(x)}`
            ).toBeLessThan(1e-4)
          else expect(y).toBe(x)
        })
      })
      expect(await runOn(program, single, 2)).toEqual(actual)
    }
  )
})

describe('outputs that nothing is computed for', () => {
  it('are inputs, constants, numbers, and the same twice', async () => {
    const table = float([2, 3], 2)
    const x = float([5])
    const f = (y: Tensor): readonly Tensor[] => {
      const twice = o.add(y, y)
      return [y, o.reshape(y, [1, 5]), o.add(table, 0), o.full([2], 3), o.full([], 2, 'int32'), twice, twice]
    }
    const results = await runOn(programOf(f, [x]), [x.data], 1)
    expect(results.map((data) => [...data])).toEqual(f(x).map(({ data }) => [...data]))
    expect(new Set(results.map(({ buffer }) => buffer)).size).toBe(results.length)
    expect(
      await runOn(
        programOf(() => [], []),
        [],
        2
      )
    ).toEqual([])
  })
})
