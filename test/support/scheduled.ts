import { execute } from './execute.ts'
import { planMemory } from '../../src/compiler/memory/plan.ts'
import type { ScheduleProgramOptions } from '../../src/compiler/scheduleProgram.ts'
import { schedule } from '../../src/compiler/scheduleProgram.ts'
import { prepare } from '../../src/program/evaluate.ts'
import { show } from '../../src/program/show.ts'
import type { Program } from '../../src/program/program.ts'
import { errorAgainst } from '../../src/tensor/compare.ts'
import type { Data } from '../../src/tensor/dtype.ts'

/** Bytes an element takes where float32 values are held in double. */
export const wideElements = { float32: 8, int32: 4, bool: 1 } as const

/** Throws where an array is further from what is expected than rounding explains. */
export const expectClose = (
  what: string,
  actual: readonly Data[],
  expected: readonly Data[],
  program: Program,
  tolerance = 1e-9
): void => {
  expected.forEach((e, i) => {
    const error = errorAgainst(actual[i]!, e)
    if (!(error <= tolerance))
      throw new Error(
        `${what}: output ${String(i)} is off by ${String(error)}\n  [${String(actual[i])}]\n  not [${String(e)}]\n${show(program)}`
      )
  })
}

/** Whether all numbers are such that a comparison says something. */
export const isTame = (arrays: readonly Data[]): boolean =>
  arrays.every((array) =>
    array.every((value) => Math.abs(value) < 1e8 || (!(array instanceof Float64Array) && Number.isFinite(value)))
  )

/** Results of a program by its schedule, in a memory laid out by a plan, in double. */
export const runScheduled = (
  program: Program,
  inputs: readonly Data[],
  options: ScheduleProgramOptions & { readonly backwards?: boolean } = {}
): readonly Data[] => {
  const made = schedule(program, options)
  const carry = options.carry ?? 0
  const execution = execute(made, planMemory(made, { carry, elementBytes: wideElements }), {
    precision: 'float64',
    backwards: options.backwards ?? false
  })
  execution.write(inputs)
  execution.step()
  return execution.outputs()
}

export const evaluateWide = (program: Program, inputs: readonly Data[]): readonly Data[] =>
  prepare(program, 'float64')(inputs)
