import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { execute } from '../../support/execute.ts'
import { optimize } from '../../../src/compiler/rewrite/optimize.ts'
import { pack } from '../../../src/compiler/memory/pack.ts'
import { planMemory } from '../../../src/compiler/memory/plan.ts'
import { schedule } from '../../../src/compiler/scheduleProgram.ts'
import type { Data } from '../../../src/tensor/dtype.ts'
import { draws } from '../../support/draws.ts'
import { programs, programsWithState } from '../../support/randomPrograms.ts'
import { evaluateWide, expectClose, isTame, wideElements } from '../../support/scheduled.ts'
import { elementBytes } from '../../../src/tensor/dtype.ts'

describe('a plan', () => {
  it('lets state advance in place', () => {
    fc.assert(
      fc.property(programsWithState(), fc.boolean(), ({ program, inputs, carry }, backwards) => {
        const made = schedule(optimize(program), { carry })
        const execution = execute(made, planMemory(made, { carry, elementBytes: wideElements }), {
          precision: 'float64',
          backwards
        })
        execution.write(inputs)
        let state: readonly Data[] = inputs
        for (let i = 0; i < 3; i++) {
          const expected = evaluateWide(program, state)
          if (!isTame(expected)) return
          execution.step()
          expectClose(`step ${String(i)}`, execution.outputs(), expected, program, 1e-8)
          state = [...expected.slice(0, carry), ...inputs.slice(carry)]
        }
      })
    )
  })

  it('keeps constants, inputs and arena apart, every buffer in its region and aligned', () => {
    fc.assert(
      fc.property(programs(), fc.constantFrom(16, 64, 256), ({ program }, alignment) => {
        const made = schedule(program)
        const { offsets, bytes, constantBytes, inputBytes, arenaBytes, liveBytes } = planMemory(made, { alignment })
        expect(bytes).toBe(constantBytes + inputBytes + arenaBytes)
        expect(arenaBytes).toBeGreaterThanOrEqual(liveBytes)
        made.buffers.forEach(({ role, size, dtype }, i) => {
          const start = {
            constant: 0,
            input: constantBytes,
            temporary: constantBytes + inputBytes
          }[role.kind]
          const region = {
            constant: constantBytes,
            input: inputBytes,
            temporary: arenaBytes
          }[role.kind]
          if (size === 0) return
          expect(offsets[i]! % alignment).toBe(0)
          expect(offsets[i]).toBeGreaterThanOrEqual(start)
          expect(offsets[i]! + size * elementBytes[dtype]).toBeLessThanOrEqual(start + region)
        })
      })
    )
  })
})

describe('packing', () => {
  it('keeps apart what lives at once, in little more than that takes', () => {
    fc.assert(
      fc.property(draws, (d) => {
        const slots = Array.from({ length: d.int(0, 60) }, () => {
          const start = d.int(0, 40)
          return {
            buffers: [],
            bytes: 64 * d.int(0, 40),
            start,
            end: start + d.int(0, d.chance(0.1) ? 40 : 6)
          }
        })
        const { offsets, bytes, liveBytes } = pack(slots, 100)
        slots.forEach((a, i) => {
          expect(offsets[i]! + a.bytes).toBeLessThanOrEqual(bytes)
          slots.slice(0, i).forEach((b, j) => {
            const together = a.start <= b.end && b.start <= a.end && a.bytes > 0 && b.bytes > 0
            if (together)
              expect(offsets[i]! + a.bytes <= offsets[j]! || offsets[j]! + b.bytes <= offsets[i]!).toBe(true)
          })
        })
        expect(bytes).toBeLessThanOrEqual(1.5 * liveBytes)
      })
    )
  })
})
