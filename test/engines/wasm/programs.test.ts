import { describe, expect, it } from 'vitest'
import { o } from '../../../src/primitives/vocabulary.ts'
import type { Program } from '../../../src/program/program.ts'
import type { Data } from '../../../src/tensor/dtype.ts'
import type { Tensor } from '../../../src/tensor/tensor.ts'
import { float, programOf, rightOf } from '../../support/programs.ts'
import { build } from './support.ts'

const runOn = async (program: Program, inputs: readonly Data[], threads: number): Promise<readonly Data[]> => {
  const executable = await build(program, threads)
  const results = rightOf(await executable.run(inputs)())
  executable.dispose()
  return results
}

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
