/** The field of a game as a function of parameters, and the spectrum of its Jacobian. */
import { describe, expect, it } from 'vitest'
import {
  Gan,
  Lab,
  Loss,
  Net,
  Objective,
  Opt,
  Prior,
  Reg,
  Update,
  compile,
  evaluate,
  jvp,
  matmul,
  pipe,
  sub,
  tensor,
  treeMap,
  vmap,
  zeros
} from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { batchAt, bits, compiled, smallSpec } from '../../support/smallGan.ts'
import { thrown } from '../../support/thrown.ts'

const paramsIn = ({ players }: Gan.State): Record<string, unknown> =>
  Object.fromEntries(Object.entries(players).map(([name, { params }]) => [name, params]))

describe('Gan.field', () => {
  it('is what simultaneous gradient descent steps along, layer states, dropout and draws included', async () => {
    const spec = pipe(
      Gan.between({
        generator: Net.serial(Net.dense(2, 3), Net.batchNorm(3), Net.tanh, Net.dense(3, 2)),
        discriminator: Net.serial(Net.spectral(Net.dense(2, 4)), Net.softplus, Net.dropout(0.3), Net.dense(4, 1)),
        prior: Prior.normal([2])
      }),
      Gan.withLoss(Loss.nonSaturating),
      Gan.withRegularizer('discriminator', Reg.gradientPenalty({ lambda: 1 })),
      Gan.withOptimizer('generator', Opt.sgd({ learningRate: 1 })),
      Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 1 })),
      Gan.withUpdate(Update.simultaneous)
    )
    const step = await compiled(spec, { engine: 'reference:float64' })
    const [state] = await step(await step.init(3), [batchAt(1)])
    const [next] = await step(state, [batchAt(2)])
    const field = evaluate(Gan.field(spec), { precision: 'float64' })(paramsIn(state), { state, batch: batchAt(2) })
    const moved = treeMap((before, after) => sub(before, after), paramsIn(state), paramsIn(next))
    const expected = bits(moved).flat()
    bits(field)
      .flat()
      .forEach((x, i) => {
        expect(x).toBeCloseTo(expected[i]!, 6)
      })
    step.dispose()
  })
  it('counts lazy terms as much as they do in the mean', async () => {
    const penalty = Reg.r1({ gamma: 2 })
    const step = await compiled(smallSpec())
    const params = paramsIn(await step.init(0))
    const at = (objective: Gan.Objective) =>
      bits(
        Gan.field(smallSpec(Gan.withRegularizer('discriminator', objective)))(params, {
          batch: batchAt(0),
          draws: { latent: batchAt(1) }
        })
      )
    expect(at(Objective.every(4)(penalty))).toEqual(at(penalty))
    step.dispose()
  })
  it('is differentiated, mapped and compiled like any other function', async () => {
    const step = await compiled(smallSpec())
    const params = paramsIn(await step.init(0))
    const moment = { batch: batchAt(0), draws: { latent: batchAt(1) } }
    const field = (w: typeof params): typeof params => Gan.field(smallSpec())(w, moment)
    const [v, along] = jvp(field, [params], [params])
    expect(bits(v)).toEqual(bits(field(params)))
    expect(
      bits(along)
        .flat()
        .some((x) => x !== 0)
    ).toBe(true)
    const many = treeMap((x) => zeros([3, ...x.shape]), params)
    expect(bits(vmap(field)(many))[0]).toHaveLength(3 * bits(v)[0]!.length)
    const run = compile(field, { engine: 'reference' })
    expect(bits(await run(params))).toEqual(bits(v))
    run.dispose()
    step.dispose()
  })
  it('tells what is missing', async () => {
    const step = await compiled(smallSpec())
    const params = paramsIn(await step.init(0))
    const field = Gan.field(smallSpec())
    const { generator } = params
    const refusal = (expected: string, actual: string) => ({
      _tag: 'InvalidArgument',
      op: 'Gan.field',
      expected,
      actual
    })
    expect(thrown(() => field(params))).toMatchObject(refusal('a minibatch, which a term reads', 'none'))
    expect(thrown(() => field({ generator }, { batch: batchAt(0) }))).toMatchObject(
      refusal('parameters of discriminator, generator', 'none of discriminator')
    )
    expect(thrown(() => field({ ...params, generator: [] }, { batch: batchAt(0) }))).toMatchObject({
      _tag: 'InvalidTree',
      op: 'Gan.field'
    })
    expect(thrown(() => Gan.field(3 as never))).toMatchObject(refusal('a spec', '3'))
    step.dispose()
  })
})

describe('Lab.gameSpectrum', () => {
  it('is that of a matrix, sorted, complex pairs side by side', async () => {
    // Eigenvalues 1 - 3i, 1 + 3i and 2.
    const matrix = tensor([[1, -9, 0], [1, 1, 0], [5, 4, 2]]) // prettier-ignore
    const spectrum = await Lab.gameSpectrum((w: Tensor) => matmul(matrix, w), tensor([1, 2, 3]))
    const expected = [1, -3, 1, 3, 2, 0]
    spectrum
      .flatMap(({ real, imaginary }) => [real, imaginary])
      .forEach((x, i) => {
        expect(x).toBeCloseTo(expected[i]!, 10)
      })
  })
  it('is empty for a game without parameters, and tells of a field of another form', async () => {
    expect(await Lab.gameSpectrum((w: readonly Tensor[]) => w, [])).toEqual([])
    await expect(Lab.gameSpectrum((w: Tensor) => zeros([...w.shape, 2]), tensor([1]))).rejects.toMatchObject({
      _tag: 'ShapeMisfit',
      op: 'Lab.gameSpectrum'
    })
  })
})
