/**
 * Every preset compiles, takes finite steps, goes on to the same bits from a saved state, and is text and back: for points,
 * and for images where their layers differ. `SADDLEPOINT_RUNS=1000` runs all for images of all sizes.
 */
import { describe, expect, it } from 'vitest'
import { Gan, Preset, full, zeros } from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { bits, compiled, leftOf, pathsOf, rightOf } from '../../support/smallGan.ts'
import { programsOf } from '../../support/specPrograms.ts'

const imagesOnly: readonly Preset.PresetName[] = ['dcgan', 'sagan']
/** Those whose networks of images have layers that others have not; the rest differ by what points show, too. */
const alsoOfImages: readonly Preset.PresetName[] = [...imagesOnly, 'projection', 'log-condition']
const isThorough = Number(process.env['SADDLEPOINT_RUNS'] ?? 100) >= 1000
const shapesFor = (name: Preset.PresetName): readonly (readonly number[])[] => [
  ...(imagesOnly.includes(name) ? [] : [[2]]),
  ...(alsoOfImages.includes(name) || isThorough ? [[1, 28, 28]] : []),
  ...(isThorough ? [32, 48, 64].map((side) => [3, side, side]) : [])
]
const cases = Preset.names.flatMap((name) => shapesFor(name).map((shape) => [name, shape] as const))
const small = (name: Preset.PresetName, shape: readonly number[]): Gan.Spec =>
  Preset.of(name, { shape, width: shape.length === 1 ? 8 : 2, latents: 4 })

const batchFor = (spec: Gan.Spec, shape: readonly number[]): Tensor | { real: Tensor; labels: Tensor } => {
  const data = full([4, ...shape], 0.5).data.map((x, i) => x * Math.sin(7 * i))
  const real = { shape: [4, ...shape], dtype: 'float32', data } as Tensor
  return spec.labels === undefined ? real : { real, labels: zeros([4], 'int32') }
}

describe.each(cases)('the preset %s for %j', (name, shape) => {
  const spec = small(name, shape)
  const read = rightOf(Gan.specFromJson(rightOf(Gan.specToJson(spec))))

  it('takes two finite steps, and the second again from a saved state', async () => {
    const step = await compiled(spec, { engine: 'wasm' })
    const batches = Array.from({ length: step.batchesPerStep }, () => batchFor(spec, shape))
    const [one] = await step(await step.init(1), batches)
    const [two, metrics] = await step(one, batches)
    expect(bits([two, metrics]).every((numbers) => numbers.every(Number.isFinite))).toBe(true)
    const saved = rightOf(Gan.stateFromJson(read, Gan.stateToJson(one)))
    const again = await compiled(read, { engine: 'wasm' })
    expect(bits((await again(saved, batches))[0])).toEqual(bits(two))
    for (const player of Object.keys(spec.networks))
      expect(bits(two.players[player]!.params)).not.toEqual(bits(one.players[player]!.params))
    step.dispose()
    again.dispose()
  })

  it('is text and back to the same program', async () => {
    expect(Gan.show(read)).toBe(Gan.show(spec))
    expect(await programsOf(read)).toEqual(await programsOf(spec))
  })
})

describe('presets', () => {
  it.each([28, 32, 48, 64])('for images of %i pixels give and take them', (side) => {
    for (const name of Preset.names) {
      const { generator, discriminator } = Preset.of(name, { shape: [3, side, side], width: 2, latents: 4 }).networks
      expect([name, generator!.output, generator!.problems, discriminator!.problems]).toEqual([
        name,
        [3, side, side],
        [],
        []
      ])
    }
  })
  it('are as they come valid', () => {
    for (const name of Preset.names) expect([name, Gan.validate(Preset.of(name))._tag]).toEqual([name, 'Right'])
  })
  it('tell what they cannot take', () => {
    const paths = (spec: Gan.Spec) => pathsOf(leftOf(Gan.validate(spec)))
    expect(paths(Preset.dcgan({ shape: [2] }))).toContain('dcgan.shape')
    expect(paths(Preset.gan({ shape: [3, 30, 30] }))).toContain('gan.shape')
    expect(paths(Preset.gan({ width: 0.5, classes: 3 } as never))).toEqual(
      expect.arrayContaining(['gan.width', 'gan.classes'])
    )
    expect(leftOf(Gan.validate(Preset.of('wgan-pg' as never)))[0]).toMatchObject({ hint: 'Did you mean wgan-gp?' })
  })
})
