import * as E from '#fp-ts/Either'
import { describe, expect, it } from 'vitest'
import {
  Gan,
  Lab,
  Loss,
  Net,
  Objective,
  Opt,
  Prior,
  Random,
  Reg,
  evaluate,
  grad,
  mul,
  pipe,
  sum,
  tensor
} from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { trained } from '../../support/smallGan.ts'

const generator = Net.serial(Net.dense(3, 8), Net.tanh, Net.dense(8, 4))
const discriminator = Net.serial(Net.dense(4, 8), Net.leakyRelu(0.2), Net.dense(8, 1))
const spec = (term?: Objective.Objective): Gan.Spec =>
  pipe(
    Gan.between({ generator, discriminator, prior: Prior.normal([3]) }),
    Gan.withLoss(Loss.nonSaturating),
    term === undefined ? (same) => same : Gan.withRegularizer('generator', term),
    Gan.withOptimizer('generator', Opt.adam({ learningRate: 0.01 })),
    Gan.withOptimizer('discriminator', Opt.adam({ learningRate: 0.001 }))
  )

const latents = Random.normal(Random.key(99), [8, 3])

/** What the generator's Jacobians are like after 60 steps. */
const spectrumAfter = async (term?: Objective.Objective): Promise<Lab.AverageSpectrum> => {
  const data = (key: Tensor, n: number): Tensor => Random.normal(key, [n, 4])
  const { state } = await trained(spec(term), { data, batchSize: 16, steps: 60, engine: 'wasm' })
  const { params, layers } = state.players['generator']!
  const G = (z: Tensor): Tensor => generator.apply({ params, state: layers }, z)[0]
  return Lab.averageSpectrum(evaluate(Lab.jacobian(G), { precision: 'float64' })(latents))
}

describe('penalties of conditioning', () => {
  it('lower the log condition number, each its own way', async () => {
    const free = await spectrumAfter()
    const penalized = await spectrumAfter(Reg.logCondition({ subset: 4 }))
    expect(penalized.meanLogCondition).toBeLessThan(free.meanLogCondition - 1)
    const between = { min: 0.5, max: 0.6 }
    const clamped = await spectrumAfter(pipe(Reg.jacobianClamp({ mode: 'extremal', ...between }), Objective.scale(100)))
    const [largest, , smallest] = clamped.meanOfSingularValues
    expect(largest).toBeLessThan(0.75)
    expect(smallest).toBeGreaterThan(free.meanOfSingularValues[2]! * 1.2)
  })

  it.each([
    ['logDeterminant', Reg.logDeterminant({ weight: -0.1, subset: 3 })],
    ['orthogonalJacobian exact', Reg.orthogonalJacobian({ mode: 'exact' })],
    ['orthogonalJacobian rademacher', Reg.orthogonalJacobian({ probes: 3 })],
    ['hessianPenalty', Reg.hessianPenalty({ reduction: 'mean', subset: 5 })]
  ])('%s trains to other Jacobians than without it', async (_, term) => {
    const [free, other] = [await spectrumAfter(), await spectrumAfter(term)]
    expect(Number.isFinite(other.meanLogCondition)).toBe(true)
    expect(other.singularValues).not.toEqual(free.singularValues)
  })

  it('check their options', () => {
    const paths = (objective: Objective.Objective): readonly string[] =>
      (objective[0]!.problems ?? []).map(({ path }) => path.join('.'))
    expect(paths(Reg.logCondition({ subset: 0, weight: -1 }))).toEqual(['weight', 'subset'])
    expect(paths(Reg.hessianPenalty({ probes: 1 }))).toEqual(['probes'])
    expect(E.isLeft(Gan.validate(spec(Reg.logDeterminant({ weight: NaN }))))).toBe(true)
  })

  it('find the outermost singular values of more than 128 latents, too, of each row by itself', () => {
    // 0.01, 1 to 1.4, and 3 in row 0; twice as much in row 1.
    const values = Array.from({ length: 150 }, (_, i) => (i === 7 ? 3 : i === 40 ? 0.01 : 1 + (0.4 * i) / 150))
    const G = (z: Tensor): Tensor => mul(mul(z, tensor(values)), tensor([[1], [2]]))
    const z = Random.normal(Random.key(4), [2, 150])
    const conditions = evaluate((x: Tensor) => Reg.logConditions(G, x), { precision: 'float64' })(z)
    conditions.data.forEach((x) => expect(x).toBeCloseTo(2 * Math.log(3 / 0.01), 4))
    const clamped = evaluate((x: Tensor) => Reg.extremalClampPenalty(G, x, 0.05, 2), { precision: 'float64' })(z)
    expect(clamped.data[0]).toBeCloseTo((1 + 0.04 ** 2 + 16 + 0.03 ** 2) / 2, 6)
  })

  it('follow the exact ones in their gradient, by Lanczos steps', () => {
    const values = Array.from({ length: 150 }, (_, i) => (i === 7 ? 3 : i === 40 ? 0.01 : 1 + (0.4 * i) / 150))
    const z = Random.normal(Random.key(4), [1, 150])
    const f = (s: Tensor): Tensor => sum(Reg.logConditions((x) => mul(x, s), z))
    const { data } = evaluate(grad(f), { precision: 'float64' })(tensor(values))
    // d 2 log(s_max / s_min) = 2 ds_max / s_max - 2 ds_min / s_min.
    data.forEach((x, i) => expect(x).toBeCloseTo(i === 7 ? 2 / 3 : i === 40 ? -200 : 0, 1))
  })

  const sideways = { weights: tensor([[1, 1], [0, 0]]) } // prettier-ignore
  const flat = Net.dense(2, 2, { bias: false })
  it.each([
    ['one direction changes nothing', sideways],
    ['none changes anything', { weights: tensor([[0, 0], [0, 0]]) }] // prettier-ignore
  ])('are finite and pull nowhere where %s', (_, params) => {
    const [value, slope] = evaluate((p: typeof params) => {
      const f = (at: typeof params): Tensor =>
        sum(Reg.logConditions((z) => flat.apply({ params: at, state: [] }, z)[0], tensor([[0.5, 1]])))
      return [f(p), grad(f)(p).weights]
    })(params) as [Tensor, Tensor]
    expect(value.data[0]).toBeCloseTo(Math.log(2 ** 24) + 1, 5)
    slope.data.forEach((x) => expect(x).toBeCloseTo(0, 5))
  })

  it('pull on a direction that changes too little to be told in single precision', () => {
    const G = (s: Tensor) => (z: Tensor) => mul(z, s)
    const slope = grad((s: Tensor) => sum(Reg.logConditions(G(s), tensor([[0.5, 1]]))))
    // Beyond 2^-24 the log goes on as its tangent: -d r / 2^-24 of the ratio r = s_1² / s_0² of eigenvalues.
    expect(slope(tensor([1, 1e-5])).data[1]).toBeCloseTo(-2e-5 * 2 ** 24, 2)
  })
})
