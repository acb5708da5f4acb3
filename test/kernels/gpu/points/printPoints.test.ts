import { describe, expect, it } from 'vitest'
import { interpret } from '../../../../src/nest/interpret.ts'
import type { GpuMode } from '../../../../src/engines/gpu/modes.ts'
import { fuses } from '../../../../src/engines/gpu/modes.ts'
import { registry } from '../../../../src/primitives/registry.ts'
import type { PrimitiveName } from '../../../../src/primitives/registry.ts'
import type { AnyPrimitive } from '../../../../src/program/primitive.ts'
import { errorAgainst } from '../../../../src/tensor/compare.ts'
import type { Data } from '../../../../src/tensor/dtype.ts'
import { sizeOf } from '../../../../src/tensor/shape.ts'
import { caseFrom, caseSources } from '../../../support/arbitraries.ts'
import { drawsFrom } from '../../../support/draws.ts'
import { gpuModes } from '../../../support/gpuModes.ts'
import { jobOf } from '../support/jobs.ts'
import type { Job } from '../support/running.ts'
import { runInPipeline, runPlainly } from '../support/running.ts'

/** Primitives whose every lowering is of integers beyond the exact ones, or no nest. */
const neverPrinted: readonly PrimitiveName[] = [
  'stopGradient',
  'reshape',
  'argsort',
  'threefry',
  'bitsToUnit',
  'cholesky',
  'triangularSolve',
  'eigh',
  'qr',
  'svd',
  'singularValues'
]

interface Trial extends Job {
  readonly name: string
  readonly expected: Data
}

/** Cases of a primitive whose lowering prints, with what the plain interpreter makes of them. */
const trialsOf = (name: PrimitiveName, count: number): readonly Trial[] =>
  Array.from({ length: count }, (_, seed): readonly Trial[] => {
    const of = caseFrom(caseSources[name], seed)
    const primitive: AnyPrimitive = registry[name]
    const operands = of.operands(drawsFrom(seed + 1)).map((x) => ({
      ...x,
      data: x.data instanceof Float64Array ? Float32Array.from(x.data) : x.data
    }))
    const result = primitive.shape(operands, of.params)
    const nest = primitive.lower(operands, result, of.params)
    if (nest.kind !== 'nest' || [result, ...operands].some(({ shape }) => sizeOf(shape) === 0)) return []
    const printed = jobOf(nest, operands)
    if (printed._tag === 'Left') return []
    return [{ name: `${name}, seed ${String(seed)}`, ...printed.right, expected: interpret(nest, operands) }]
  }).flat()

/** GPUs round exponentials, roots and quotients less well. */
const toleranceOf = (mode: GpuMode): number => (mode === 'webasm' || mode === 'cpu' ? 3e-6 : 1e-5)

const check = ({ name, launches, expected }: Trial, actual: Data, tolerance = 3e-6): void => {
  const error = errorAgainst(actual, expected)
  const sources = launches.map(({ kernel }) => kernel.source).join('\n')
  if (!(error <= tolerance))
    throw new Error(`${name}: off by ${String(error)}\n${String(actual)}\n${String(expected)}\n${sources}`)
}

describe.each(Object.keys(registry) as PrimitiveName[])('%s', (name) => {
  const trials = trialsOf(name, 60)

  it('prints, except for integers that floats do not hold', () => {
    if (neverPrinted.includes(name)) expect(trials).toEqual([])
    else expect(trials.length).toBeGreaterThan(5)
  })
  if (neverPrinted.includes(name)) return
  it('is a function of JavaScript that reads in bounds', () => {
    for (const trial of trials) check(trial, runPlainly(trial))
  })
  it.each(gpuModes)('means on %s what the nest means', async (mode) => {
    const some = trials.slice(0, 25)
    const { results, executor } = await runInPipeline(mode, some)
    expect(executor === 'generic').toBe(!fuses(mode))
    some.forEach((trial, i) => check(trial, results[i]!, toleranceOf(mode)))
  })
})
