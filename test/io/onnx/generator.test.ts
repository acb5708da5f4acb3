/** Generators in ONNX Runtime against their samples here, for every preset. */
import * as E from '#fp-ts/Either'
import { describe, expect, it } from 'vitest'
import { pipe } from '#fp-ts/function'
import type { Tensor } from '../../../src/index.ts'
import { Export, Gan, Init, Loss, Net, Opt, Preset, Prior, Random, abs, add, mul, treeMap } from '../../../src/index.ts'
import { initialState } from '../../../src/gan/step/state.ts'
import type { State } from '../../../src/gan/step/state.ts'
import { errorAgainst } from '../../../src/tensor/compare.ts'
import { openModel } from '../../support/onnxRuntime.ts'
import { float } from '../../support/programs.ts'

const count = 3

/** A state as training leaves one: no parameter is 0 or 1, and variances are positive. */
const trained = (spec: Gan.Spec): State => {
  const state = initialState(spec, {}, Random.key(0))
  let seed = 0
  const moved = (x: Tensor): Tensor =>
    x.dtype === 'float32' ? abs(add(mul(x, 0.9), mul(float(x.shape, seed++), 0.1))) : x
  return treeMap(moved, state)
}

const expectSameSamples = async (spec: Gan.Spec, given: { readonly labels?: Tensor } = {}): Promise<void> => {
  const state = trained(spec)
  const latents = float([count, ...spec.prior.shape], 7)
  const expected = await pipe(spec, Gan.generate({ count, engine: 'reference' }))(state, 0, { latents, ...given })
  const model = await openModel(Export.generator(spec, state, { count }))
  expect(model.outputs).toMatchObject([{ name: 'samples', shape: expected.shape }])
  expect(model.inputs.map(({ name }) => name).toSorted()).toEqual([...Object.keys(given), 'latents'])
  const { samples } = await model.run({ latents, ...given })
  expect(errorAgainst(samples!, expected.data)).toBeLessThan(1e-5)
}

describe('the generator of the preset', () => {
  it.each(Preset.names)('%s gives the same samples in ONNX Runtime', async (name) => {
    const isForImages = Preset.of(name, { shape: [2] }).problems.length > 0
    const size = isForImages ? { shape: [3, 28, 28], width: 2, latents: 4 } : { shape: [2], width: 8 }
    const spec = Preset.of(name, size)
    const labels: Tensor = { shape: [count], dtype: 'int32', data: Int32Array.of(1, 0, 9) }
    await expectSameSamples(spec, spec.labels === undefined ? {} : { labels })
  })

  it('projection does for images of classes, by batch norm of each', async () => {
    const labels: Tensor = { shape: [count], dtype: 'int32', data: Int32Array.of(1, 0, 9) }
    await expectSameSamples(Preset.projection({ shape: [1, 28, 28], width: 2, latents: 4 }), { labels })
  })
})

const between = (generator: Net.Layer): Gan.Spec =>
  pipe(
    Gan.between({ generator, discriminator: Net.dense(2, 1), prior: Prior.normal([4]) }),
    Gan.withLoss(Loss.nonSaturating),
    Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
    Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 }))
  )

describe('a generator', () => {
  it('of its average is told from that of training', async () => {
    const spec = pipe(between(Net.dense(4, 2, { weights: Init.normal(1) })), Gan.withAverage({ decay: 0.9 }))
    const state = trained(spec)
    const files = (['average', 'current'] as const).map((parameters) => Export.generator(spec, state, { count, parameters })) // prettier-ignore
    const latents = float([count, 4])
    for (const [i, parameters] of (['average', 'current'] as const).entries()) {
      const expected = await pipe(spec, Gan.generate({ count, engine: 'reference', parameters }))(state, 0, { latents })
      const { samples } = await (await openModel(files[i]!)).run({ latents })
      expect(errorAgainst(samples!, expected.data)).toBeLessThan(1e-6)
    }
    expect(files[0]).not.toEqual(files[1])
  })

  it('that draws in evaluation mode is refused', () => {
    const noisy = Net.serial(Net.dense(4, 2), Net.lambda('noise', (x: Tensor, { key }) => add(x, Random.normal(key!, x.shape)), { output: [2] })) // prettier-ignore
    const spec = between(noisy)
    const file = Export.generator(spec, trained(spec), { count })
    expect(E.isLeft(file) && file.left.map(({ path }) => path.join('.'))).toContain('program.threefry')
  })

  it('of a spec or state that is none is an Issue', () => {
    const spec = between(Net.dense(4, 2))
    const issue = (file: ReturnType<typeof Export.generator>) => (E.isLeft(file) ? file.left[0] : undefined)
    expect(issue(Export.generator({} as Gan.Spec, trained(spec), { count }))).toMatchObject({ expected: 'a spec' })
    expect(issue(Export.generator(spec, {} as State, { count }))?.expected).toBe('a state of a generator')
    expect(issue(Export.generator(spec, trained(spec), { count: 0 }))?.path).toEqual(['generator', 'count'])
    const bare = { ...spec, networks: {} }
    expect(issue(Export.generator(bare, trained(spec), { count }))?.path).toEqual(['networks', 'generator'])
  })
})
