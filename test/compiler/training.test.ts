import { beforeAll, describe, expect, it } from 'vitest'
import { execute } from '../support/execute.ts'
import { optimize } from '../../src/compiler/rewrite/optimize.ts'
import { planMemory } from '../../src/compiler/memory/plan.ts'
import { schedule } from '../../src/compiler/scheduleProgram.ts'
import { Gan } from '../../src/index.ts'
import type { Data } from '../../src/tensor/dtype.ts'
import { evaluateWide, expectClose, wideElements } from '../support/scheduled.ts'
import type { TrainingProgram } from '../support/trainingPrograms.ts'
import { convolutionalSpec, ringSpec, trainingProgram, wganGpSpec, writtenOut } from '../support/trainingPrograms.ts'

const steps = {
  'the ring, R1 and a Jacobian clamp': () => trainingProgram(ringSpec(12), 6),
  'WGAN-GP, two critic steps': () => trainingProgram(Gan.withUpdate(writtenOut(2))(wganGpSpec(10)), 5),
  'convolutions, batch norm and R1': () => trainingProgram(convolutionalSpec(4, 8), 3)
}

const wide = (data: Data): Data => (data instanceof Float32Array ? Float64Array.from(data) : data)

describe.for(Object.entries(steps))('a cycle of training (%s)', ([, make]) => {
  let step: TrainingProgram
  beforeAll(async () => {
    step = await make()
  })

  it.for([
    { maxOperands: 64 },
    { maxOperands: 64, backwards: true },
    { maxOperands: 7 },
    { maxOperands: 64, epilogues: false, multipleOutputs: false }
  ])('gives the same state step after step, with %o', (options) => {
    const { program, carry, inputs } = step
    const made = schedule(optimize(program), { carry, ...options })
    const planned = planMemory(made, { carry, elementBytes: wideElements })
    const execution = execute(made, planned, { precision: 'float64', backwards: options.backwards ?? false })
    let state: readonly Data[] = inputs.slice(0, carry).map(wide)
    const feed = inputs.slice(carry).map(wide)
    execution.write([...state, ...feed])
    for (let i = 0; i < 3; i++) {
      execution.step()
      const expected = evaluateWide(program, [...state, ...feed])
      expectClose(`step ${String(i)}`, execution.outputs(), expected, program, 1e-7)
      state = expected.slice(0, carry)
    }
  })

  it('takes little more memory than what lives at once', () => {
    const { program, carry } = step
    const { arenaBytes, liveBytes } = planMemory(schedule(optimize(program), { carry }), { carry })
    expect(arenaBytes).toBeLessThanOrEqual(1.5 * liveBytes)
  })

  it('reads at most so many buffers as a device allows', () => {
    const { program, carry } = step
    for (const { reads, writes } of schedule(optimize(program), { carry, maxOperands: 7 }).kernels)
      expect(new Set([...reads.map(({ buffer }) => buffer), ...writes]).size).toBeLessThanOrEqual(7)
  })
})
