/** The bounds of a clamp from trainings without it. */
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { Gan, Init, Loss, Net, Opt, Prior, Random, Reg, mul, pipe, tensor } from '../../../src/index.ts'
import { bits, leftOf, pathsOf, points, rightOf, smallSpec, trained } from '../../support/smallGan.ts'

const base = { data: points, batchSize: 4, steps: 4, engine: 'reference', every: 1 } as const

const calibrated = async (spec: Gan.Spec, options: Partial<Reg.CalibrateOptions> = {}): Promise<E.Either<Gan.Failed, Reg.Calibration>> =>
  pipe(spec, Reg.calibrateClamp({ ...base, score: () => 1, ...options }))() // prettier-ignore

describe('calibration of a clamp', () => {
  it('proposes the stretch itself where it is the same everywhere, in both modes', async () => {
    const spec = pipe(
      Gan.between({
        generator: Net.dense(1, 1, { weights: Init.constant(3) }),
        discriminator: Net.dense(1, 1),
        prior: Prior.normal([1])
      }),
      Gan.withLoss(Loss.nonSaturating),
      Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0 })),
      Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 }))
    )
    const data: Gan.Sampler = (key, n) => Random.normal(key, [n, 1])
    for (const mode of ['secant', 'jvp'] as const) {
      const { bounds } = rightOf(await calibrated(spec, { data, runs: 1, mode, epsilon: 0.5 }))
      expect(bounds?.min).toBeCloseTo(3, 5)
      expect(bounds?.max).toBeCloseTo(3, 5)
    }
  })

  it('takes quantiles of a minibatch’s stretches', async () => {
    const diagonal = Net.lambda('diagonal', (z: Gan.Play['latent']) => mul(z, tensor([1, 3])), { preserves: true })
    const spec = smallSpec((s) => ({ ...s, networks: { ...s.networks, generator: Net.serial(diagonal, Net.dense(2, 2, { weights: Init.ones })) } })) // prettier-ignore
    const still = Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0 }))(spec)
    const of = async (quantiles: readonly [number, number]): Promise<readonly number[]> => {
      const { bounds } = rightOf(await calibrated(still, { runs: 1, steps: 1, batchSize: 3, quantiles }))
      return [bounds!.min, bounds!.max]
    }
    const [[least, greatest], [middle, higher]] = [await of([0, 1]), await of([0.5, 0.75])] as [[number, number], [number, number]] // prettier-ignore
    // |(1, 3) . v| sqrt(2) of unit vectors v.
    expect(0 <= least && least < middle && middle < greatest && greatest <= Math.sqrt(20)).toBe(true)
    // Of three numbers, the quantile 0.75 lies half-way between the second and the third.
    expect(higher).toBeCloseTo((middle + greatest) / 2, 5)
  })

  it('lets the best runs count alone', async () => {
    const score = (_: Gan.State, seed: number): number => [2, 9, 4, 7][seed - 20]!
    const { bounds, runs } = rightOf(await calibrated(smallSpec(), { runs: 4, seed: 20, score }))
    expect(runs.map(({ seed, kept }) => [seed, kept])).toEqual([[20, false], [21, true], [22, false], [23, true]]) // prettier-ignore
    expect(runs.map((run) => run.score)).toEqual([2, 9, 4, 7])
    expect(bounds!.min).toBeCloseTo((runs[1]!.low + runs[3]!.low) / 2, 12)
    expect(bounds!.max).toBeCloseTo((runs[1]!.high + runs[3]!.high) / 2, 12)
    expect(new Set(runs.map(({ low }) => low)).size).toBe(4)
    expect(E.isRight(Gan.validate(Gan.withRegularizer('generator', Reg.jacobianClamp(bounds))(smallSpec())))).toBe(true)
  })

  it('trains as without the clamp, to the same bits, whatever clamp is there; again the same', async () => {
    const seen: Gan.State[] = []
    const clamped = smallSpec(Gan.withRegularizer('generator', Reg.jacobianClamp({ max: 1 })))
    const score = (state: Gan.State): number => seen.push(state)
    const first = rightOf(await calibrated(clamped, { runs: 2, score }))
    const { state } = await trained(smallSpec(), { data: points, batchSize: 4, steps: 4, seed: 1 })
    expect(bits(seen[1]!.players)).toEqual(bits(state.players))
    const again = rightOf(await calibrated(smallSpec(), { runs: 2, score: (_, seed) => seed + 1 }))
    expect(again).toEqual(first)
  })

  it('stops when it is told to, with the runs that were done', async () => {
    const signal = { aborted: false }
    const score = (): number => {
      signal.aborted = true
      return 1
    }
    const stopped = rightOf(await calibrated(smallSpec(), { runs: 5, signal, score }))
    expect([stopped.bounds, stopped.runs.length]).toEqual([undefined, 1])
    const never = rightOf(await calibrated(smallSpec(), { signal: { aborted: true } }))
    expect(never).toEqual({ bounds: undefined, runs: [] })
  })

  it('leaves out runs that diverge, and fails where all do', async () => {
    const wild = smallSpec(Gan.withOptimizer('generator', Opt.sgd({ learningRate: 1e38 })))
    const issues = leftOf(await calibrated(wild, { runs: 2, steps: 30 }))
    expect(issues[0]._tag).toBe('Diverged')
  })

  it.each<readonly [string, Partial<Reg.CalibrateOptions>, string]>([
    ['a score that throws', { score: () => { throw new Error('no score') } }, 'calibrateClamp.score'],
    ['a score that is none', { score: () => NaN }, 'calibrateClamp.score'],
    ['no score', { score: undefined as never }, 'calibrateClamp.score'],
    ['quantiles that cross', { quantiles: [0.9, 0.1] }, 'calibrateClamp.quantiles'],
    ['no runs', { runs: 0 }, 'calibrateClamp.runs'],
    ['a misspelt option', { kep: 0.5 } as never, 'calibrateClamp.kep'],
    ['steps that are none', { steps: -1 }, 'calibrateClamp.steps'],
    ['a seed that is none', { seed: 0.5 }, 'calibrateClamp.seed'],
    ['a minibatch of none', { batchSize: 0 }, 'compile.batchSize']
  ])('tells %s', async (_, options, path) => {
    expect(pathsOf(leftOf(await calibrated(smallSpec(), { runs: 1, ...options })))).toContain(path)
  }) // prettier-ignore

  it('tells what is no spec', async () => {
    expect(leftOf(await calibrated(undefined as never))[0].expected).toBe('a spec')
  })
})
