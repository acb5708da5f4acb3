import { describe, expect, it } from 'vitest'
import { printKernel } from '../../../kernels/gpu/printKernel.ts'
import { axis, binary, load } from '../../../src/nest/expression.ts'
import type { Kernel, Schedule } from '../../../src/compiler/schedule.ts'
import type { GpuMode } from '../../../src/engines/gpu/modes.ts'
import { errorAgainst } from '../../../src/tensor/compare.ts'
import type { Data } from '../../../src/tensor/dtype.ts'
import { gpuModes } from '../../support/gpuModes.ts'
import { randomProgram, randomStep } from '../../support/randomPrograms.ts'
import { convolutionalSpec, ringSpec, trainingProgram, wganGpSpec } from '../../support/trainingPrograms.ts'
import { openSite, runInPipeline, runPlainly } from './support/running.ts'
import type { Step, Trial } from './support/steps.ts'
import { stepsOf, trialsOf } from './support/steps.ts'

/** GPUs round exponentials, roots and quotients less well. */
const toleranceOf = (mode: GpuMode): number => (mode === 'webasm' || mode === 'cpu' ? 3e-6 : 1e-5)

const check = ({ kernel, launches, expected }: Trial, actual: Data, tolerance = 3e-6): void => {
  // Numbers of which nothing can be said: the programs are drawn, and some overflow.
  if (!expected.every((value) => Math.abs(value) < 1e6)) return
  const error = errorAgainst(actual, expected)
  if (!(error <= tolerance))
    throw new Error(
      `${kernel.kind} of ${kernel.primitives.join(' ')}: off by ${String(error)}\n${launches.map((each) => each.kernel.source).join('\n')}`
    )
}

describe.each([
  ['a ring', ringSpec(16), 8],
  ['WGAN-GP', wganGpSpec(16), 8],
  ['a DCGAN', convolutionalSpec(4), 4]
] as const)('training %s', (_, spec, batchSize) => {
  it('prints, but for integers that floats do not hold, and means what it is to mean', async () => {
    const { program, inputs } = await trainingProgram(spec, batchSize)
    const steps = stepsOf(program, inputs)
    const trials = trialsOf(steps)
    const left = steps.filter(
      ({ kernel }) => kernel.kind === 'loops' && !trials.some((trial) => trial.kernel === kernel)
    )
    // What draws bits and counts steps: integers of any size, which belong on the host.
    const ofAnySize = ({ kernel: { primitives }, expected }: Step): boolean =>
      primitives.includes('threefry') || (expected instanceof Int32Array && primitives.join() === 'add')
    expect(left.filter((step) => !ofAnySize(step))).toEqual([])
    expect(trials.length).toBeGreaterThan(50)
    for (const trial of trials) check(trial, runPlainly(trial))
    for (const mode of gpuModes) {
      const { results } = await runInPipeline(mode, trials)
      trials.forEach((trial, i) => check(trial, results[i]!, toleranceOf(mode)))
    }
  })
})

describe('random programs', () => {
  it('mean what they are to mean, kernel by kernel', async () => {
    let kernels = 0
    // Number 81 once lost terms where a step of a loop had room for one and a half.
    for (const seed of [...Array.from({ length: 60 }, (_, n) => n), 81]) {
      const { program, inputs } = seed % 4 === 0 ? randomStep(seed) : randomProgram(seed, 8)
      const narrow = inputs.map((data) => (data instanceof Float64Array ? Float32Array.from(data) : data))
      const trials = trialsOf(stepsOf(program, narrow, seed % 2 === 0 ? 8 : 64))
      kernels += trials.length
      for (const trial of trials) check(trial, runPlainly(trial))
      if (seed % 6 > 0 || trials.length === 0) continue
      const { results } = await runInPipeline('webasm', trials)
      trials.forEach((trial, i) => check(trial, results[i]!))
    }
    expect(kernels).toBeGreaterThan(200)
  })
})

describe('no kernel is made', () => {
  const buffers = Array.from({ length: 9 }, (_, index): Schedule['buffers'][number] => ({ dtype: 'float32', size: 4, role: { kind: 'input', index } })) // prettier-ignore
  const reads = (count: number) => Array.from({ length: count }, (_, buffer) => ({ buffer, shape: [4] }))
  const sum = (count: number): Kernel => {
    const terms = Array.from({ length: count }, (_, n) => load(n, [axis(0)], 'float32'))
    const body = terms.reduce((a, b) => binary('add', a, b))
    return { kind: 'loops', reads: reads(count), writes: [8], primitives: [], nest: { domain: [4], outputs: [{ dtype: 'float32', body }] } } // prettier-ignore
  }

  it('of what no loops describe', () => {
    const aval = { shape: [4], dtype: 'float32' } as const
    const sorting: Kernel = { kind: 'routine', primitive: 'argsort', params: {}, operands: [aval], result: aval, reads: reads(1), writes: [8], primitives: [] } // prettier-ignore
    expect(printKernel(sorting, openSite(buffers).site)).toMatchObject({
      left: { reason: 'routine', actual: 'argsort' }
    })
  })
  it('of more arrays than a device binds', () => {
    expect(printKernel(sum(7), openSite(buffers).site)).toMatchObject({ right: [{ writes: 8 }] })
    expect(printKernel(sum(8), openSite(buffers).site)).toMatchObject({ left: { reason: 'arguments', actual: '8' } })
    expect(printKernel(sum(8), openSite(buffers, { mostArguments: 8 }).site)).toMatchObject({ right: [{ writes: 8 }] })
  })
})
