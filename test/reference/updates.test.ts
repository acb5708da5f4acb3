/** Update rules, averages and spectra of games against the reference file, through the public functions. */
import { describe, expect, it } from 'vitest'
import { pipe } from '#fp-ts/function'
import {
  Gan,
  Lab,
  Opt,
  Prior,
  add,
  evaluate,
  jacrev,
  jvp,
  mean,
  mul,
  sign,
  square,
  sub,
  sum,
  treeLeaves,
  treeMap,
  vjp
} from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { errorAgainst } from '../../src/tensor/compare.ts'
import { functionNet } from '../support/functionNet.ts'
import { mismatch, referenceEngine, referenceTolerance } from '../support/reference.ts'
import type { AverageCase, Joint, Params, SpectrumCase, UpdateCase } from '../support/referenceUpdates.ts'
import { readUpdates, updatesFile } from '../support/referenceUpdates.ts'
import { compiled } from '../support/smallGan.ts'

const file = readUpdates(updatesFile())
const single = ({ shape, data }: Tensor): Tensor => ({ shape, dtype: 'float32', data: Float32Array.from(data) })

/** Precision of a run: an engine, how far off it may be, and how given values are rounded for it. */
interface Way {
  readonly engine: string
  readonly tolerance: number
  readonly round: (x: Tensor) => Tensor
}

const ways: readonly Way[] = [
  ...(referenceEngine === 'reference'
    ? [{ engine: 'reference:float64', tolerance: referenceTolerance.float64, round: (x: Tensor) => x }]
    : []),
  { engine: referenceEngine, tolerance: 1e-4, round: single }
]

const playersOf = ['generator', 'discriminator'] as const

const paramsMismatch = (where: string, actual: unknown, expected: Params, tolerance: number): readonly string[] =>
  (actual as Params).flatMap((p, j) => mismatch(`${where}[${String(j)}]`, p, expected[j]!, tolerance))

/** What differs from a case, cycle after cycle, trained through Gan.compile with its minibatches and latents. */
const differences = async (of: UpdateCase, { engine, tolerance, round }: Way): Promise<readonly string[]> => {
  const { spec, batchSize } = of
  const step = await compiled(spec, { batchSize, engine: engine as 'reference', givenDraws: true })
  let state = await step.init(0)
  const problems: string[] = []
  for (const [t, cycle] of of.cycles.entries()) {
    const real = cycle.evaluations.map((evaluation) => round(evaluation.real))
    ;[state] = await step(
      state,
      real.slice(0, step.batchesPerStep),
      cycle.evaluations.map(({ z }) => ({ latent: round(z) }))
    )
    for (const player of playersOf)
      problems.push(
        ...paramsMismatch(
          `${of.name}: cycle ${String(t)}: ${player}`,
          state.players[player]!.params,
          cycle[player],
          tolerance
        )
      )
  }
  step.dispose()
  return problems
}

/** The sign of an aligned adjustment at the parameters before each cycle, by its formula, from the game's field. */
const signsOf = ({ spec, initial, cycles }: UpdateCase): readonly number[] =>
  cycles.map(({ evaluations: [first] }, t) => {
    const at: Joint = t === 0 ? initial : cycles[t - 1]!
    const field = (params: Joint): Joint =>
      Gan.field(spec)({ ...params }, { batch: first!.real, draws: { latent: first!.z } })
    const dot = (a: Joint, b: Joint): Tensor =>
      treeLeaves(treeMap((x, y) => sum(mul(x, y)), a, b)).reduce((total, x) => add(total, x))
    const d = treeLeaves(initial).reduce((count, { data }) => count + data.length, 0)
    return evaluate(
      ({ generator, discriminator }: Joint) => {
        const w = { generator, discriminator }
        const v = field(w)
        const [h] = vjp(field, w)[1](v)
        const adjustment = treeMap((a, b) => mul(0.5, sub(a, b)), h, jvp(field, [w], [v])[1])
        return sign(add(mul(dot(v, h), mul(dot(adjustment, h), 1 / d)), 0.1))
      },
      { precision: 'float64' }
    )(at).data[0]!
  })

/** What differs of a running average, through a generator that steps right to the parameters that it is given. */
const averageDifferences = async (of: AverageCase, { engine, tolerance, round }: Way): Promise<readonly string[]> => {
  const [n] = of.initial.shape
  const spec = pipe(
    Gan.between({
      generator: functionNet('given', of.initial, (params, z) => add(mul(z, 0), params)),
      discriminator: functionNet('none', of.initial, (params, x) => add(mul(0, sum(x, { axes: [1] })), sum(params))),
      prior: Prior.normal([n!])
    }),
    Gan.withLoss({
      generator: ({ fake, real }: Gan.Play) => mul(0.5, sum(square(sub(fake, real)))),
      discriminator: ({ D, real }: Gan.Play) => mean(D(real))
    }),
    Gan.withOptimizer('generator', Opt.sgd({ learningRate: 1 })),
    Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 1 })),
    Gan.withAverage({ decay: of.decay })
  )
  const step = await compiled(spec, { batchSize: 1, engine: engine as 'reference' })
  let state = await step.init(0)
  const problems: string[] = []
  for (const [t, parameters] of of.parameters.entries()) {
    const given = round({ ...parameters, shape: [1, n!] })
    ;[state] = await step(state, [given, given])
    problems.push(
      ...mismatch(`${of.name}: ${String(t)}`, state.averages['generator'] as Tensor, of.averages[t]!, tolerance)
    )
  }
  step.dispose()
  return problems
}

const spectrumDifferences = async (of: SpectrumCase): Promise<readonly string[]> => {
  const field = ([generator, discriminator]: readonly [Params, Params]): readonly [Params, Params] => {
    const v = Gan.field(of.spec)({ generator, discriminator }, { batch: of.real, draws: { latent: of.z } })
    return [v.generator, v.discriminator]
  }
  const at = [of.at.generator, of.at.discriminator] as const
  const found = await Lab.gameSpectrum(field, at)
  const tolerance = of.isDefective ? 1e-7 : referenceTolerance.float64
  const off = errorAgainst(
    found.flatMap(({ real, imaginary }) => [real, imaginary]),
    of.eigenvalues.flat()
  )
  return [
    ...(off <= tolerance ? [] : [`${of.name}: eigenvalues off by ${String(off)}`]),
    ...mismatch(`${of.name}: jacobian`, jacobianOf(field, at), of.jacobian, referenceTolerance.float64)
  ]
}

/** The Jacobian of a function of a tree to one like it, [n, n], leaf after leaf. */
const jacobianOf = <P>(f: (params: P) => P, at: P): Tensor => {
  const blocks = treeLeaves(evaluate(jacrev(f), { precision: 'float64' })(at))
  const sizes = treeLeaves(at).map(({ data }) => data.length)
  const n = sizes.reduce((a, b) => a + b)
  const data = sizes.flatMap((rows, i) =>
    Array.from({ length: rows }, (_, row) =>
      sizes.flatMap((columns, j) => [
        ...blocks[i * sizes.length + j]!.data.subarray(row * columns, (row + 1) * columns)
      ])
    ).flat()
  )
  return { shape: [n, n], dtype: 'float32', data: Float64Array.from(data) }
}

describe.each(ways)('the update rules on $engine', (way) => {
  it.each(file.cases.map((of) => [of.name, of] as const))('%s', async (_, of) => {
    expect(await differences(of, way)).toEqual([])
  })
  it.each(file.averages.map((of) => [of.name, of] as const))('%s', async (_, of) => {
    expect(await averageDifferences(of, way)).toEqual([])
  })
})

describe('the field of a game', () => {
  const aligned = file.cases.filter(({ cycles }) => cycles[0]!.sign !== undefined)
  it.each(aligned.map((of) => [of.name, of] as const))('gives the sign of %s', (_, of) => {
    expect(signsOf(of)).toEqual(of.cycles.map((cycle) => cycle.sign))
  })
  it.each(file.spectra.map((of) => [of.name, of] as const))('has the spectrum of %s', async (_, of) => {
    expect(await spectrumDifferences(of)).toEqual([])
  })
})

describe('the reader', () => {
  const way = ways[0]!
  type Plain = Record<string, any>
  const more = (x: any, key: string | number, by: number): void => {
    x[key] = Number(x[key]) + by
  }
  const changed = (edit: (contents: Plain) => void): Plain => {
    const contents = structuredClone(updatesFile()) as Plain
    edit(contents)
    return contents
  }
  const read = (edit: (contents: Plain) => void) => readUpdates(changed(edit))
  it('notices a number that differs, wherever it is', async () => {
    const one = read(({ cases }: Plain) => {
      more(cases.at(-1).cycles[3].discriminator[0].data, 0, 1e-3)
    }).cases.at(-1)!
    expect(await differences(one, way)).toHaveLength(1)
    const sum = read(({ cases }: Plain) => (cases.at(-1).cycles[0].sign *= -1)).cases.at(-1)!
    expect(signsOf(sum)).not.toEqual(sum.cycles.map((cycle) => cycle.sign))
    const average = read(({ averages }: Plain) => {
      more(averages[0].averages[2].data, 1, 1e-3)
    }).averages[0]!
    expect(await averageDifferences(average, way)).toHaveLength(1)
    const spectrum = read(({ spectra }: Plain) => {
      more(spectra[0].eigenvalues[1], 0, 1e-6)
      more(spectra[0].jacobian.data, 3, 1e-6)
    }).spectra[0]!
    expect(await spectrumDifferences(spectrum)).toHaveLength(2)
  })
  it.each<readonly [string, (contents: Plain) => void, string]>([
    ['rule', ({ cases }) => (cases[0].name = 'simultanous'), 'simultanous is unknown'],
    ['game', ({ cases }) => (cases[0].game = 'chess'), 'chess is unknown'],
    ['attribute', ({ cases }) => (cases[0].attrs.beta = 1), 'unknown attributes beta'],
    ['missing attribute', ({ cases }) => delete cases[0].attrs.gamma, 'it is missing'],
    ['optimizer', ({ cases }) => (cases[0].optimizer.name = 'lion'), 'lion is unknown'],
    ['option of an optimizer', ({ cases }) => (cases[0].optimizer.beta = 1), 'beta'],
    ['field of a cycle', ({ cases }) => (cases[0].cycles[0].sign = 1), 'unknown sign'],
    ['missing cycle', ({ cases }) => (cases[0].cycles = []), 'no cycles'],
    ['shape', ({ cases }) => (cases[0].cycles[1].generator[0].shape = [2]), 'cycles[1].generator[0]'],
    ['part of the file', (contents) => (contents['more'] = []), 'unknown more'],
    ['missing part', (contents) => (contents['spectra'] = []), 'no spectra'],
    ['average', ({ averages }) => (averages[0].name = 'ema'), 'the average ema'],
    ['number of eigenvalues', ({ spectra }) => spectra[0].eigenvalues.pop(), '1 eigenvalues of 2 parameters']
  ])('refuses an unknown %s', (_, edit, words) => {
    expect(() => read(edit)).toThrow(words)
  })
})
