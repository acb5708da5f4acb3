/** Samples of a state: latents that are given or truncated, dropout that stays on, and what is refused in words. */
import { describe, expect, it } from 'vitest'
import { Gan, Net, Prior, Random, ones, tensor, zeros } from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { truncatedNormal } from '../../../src/gan/step/truncated.ts'
import { compiled, points, smallSpec, trained } from '../../support/smallGan.ts'

/** Plain JavaScript knows no types. */
const js = (x: unknown): any => x

/** A generator that gives its latents, so that they can be looked at. */
const plain = (prior: Gan.Spec['prior'] = Prior.normal([2])): Gan.Spec => ({
  ...smallSpec(),
  prior,
  networks: { ...smallSpec().networks, generator: Net.lambda('plain', (x: Tensor) => x) }
})
const nothing = js({ players: { generator: { params: [], layers: [] } } }) as Gan.State
const draw = (spec: Gan.Spec, options: Partial<Gan.GenerateOptions>, given?: Gan.GivenLatents, seed = 1) =>
  Gan.generate({ count: 4, engine: 'reference', ...options })(spec)(nothing, seed, given)

describe('latents', () => {
  it('may be given: what the generator makes of them, whatever the seed', async () => {
    const latents = tensor([[1, 2], [3, 4], [5, 6], [7, 8]]) // prettier-ignore
    expect([...(await draw(plain(), {}, { latents })).data]).toEqual([...latents.data])
    expect([...(await draw(plain(), { truncation: 0.1 }, { latents }, 9)).data]).toEqual([...latents.data])
  })
  it.each([0.04, 0.5, 1, 1.5, 2, 4])('truncated at %d have the moments of a truncated normal', (limit) => {
    const n = 20_000
    const { data } = truncatedNormal(Random.key(3), [n], limit)
    expect(Math.max(...[...data].map(Math.abs))).toBeLessThanOrEqual(Math.fround(limit))
    // By Simpson's rule: the integrals of x^2 and x^4 against the density.
    const moment = (power: number): number => {
      const m = 2000
      const weight = (i: number): number => (i === 0 || i === m ? 1 : i % 2 === 1 ? 4 : 2)
      const sum = (k: number): number => Array.from({ length: m + 1 }, (_, i) => (i * limit) / m).reduce((s, x, i) => s + weight(i) * x ** k * Math.exp(-x * x / 2), 0) // prettier-ignore
      return sum(power) / sum(0)
    }
    const found = (power: number): number => [...data].reduce((s, x) => s + x ** power, 0) / n
    const error = (power: number): number => 5 * Math.sqrt((moment(2 * power) - moment(power) ** 2) / n)
    expect(Math.abs(found(1))).toBeLessThan(5 * Math.sqrt(moment(2) / n))
    expect(Math.abs(found(2) - moment(2))).toBeLessThan(error(2))
    expect(Math.abs(found(4) - moment(4))).toBeLessThan(error(4))
  })
  it('are truncated by option, by the seed', async () => {
    const { data } = await draw(plain(), { count: 500, truncation: 0.3 })
    expect(Math.max(...[...data].map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.3))
    expect([...(await draw(plain(), { count: 500, truncation: 0.3 })).data]).toEqual([...data])
    expect([...(await draw(plain(), { count: 500, truncation: 0.3 }, {}, 2)).data]).not.toEqual([...data])
  })
})

describe('dropout', () => {
  const network = Net.serial(
    Net.dropout(0.5),
    Net.lambda('plain', (x: Tensor) => x)
  )
  const spec = { ...plain(), networks: { ...plain().networks, generator: network } }
  const state = js({ players: { generator: { params: [[], []], layers: [[], []] } } }) as Gan.State
  const sample = async (dropout: boolean, seed: number) => [
    ...(await Gan.generate({ count: 40, engine: 'reference', dropout })(spec)(state, seed, { latents: ones([40, 2]) })).data // prettier-ignore
  ]
  it('is off unless asked for, and then drops by the seed', async () => {
    expect(new Set(await sample(false, 1))).toEqual(new Set([1]))
    expect(new Set(await sample(true, 1))).toEqual(new Set([0, 2]))
    expect(await sample(true, 1)).toEqual(await sample(true, 1))
    expect(await sample(true, 2)).not.toEqual(await sample(true, 1))
  })
  it('leaves batch norm in evaluation mode', async () => {
    const normal = { ...smallSpec().networks, generator: Net.serial(Net.batchNorm(2), Net.dense(2, 2)) }
    const { state: after } = await trained({ ...smallSpec(), networks: normal }, { steps: 2 })
    const [on, off] = await Promise.all(
      [true, false].map((dropout) => Gan.generate({ count: 3, engine: 'reference', dropout })({ ...smallSpec(), networks: normal })(after, 1)) // prettier-ignore
    )
    expect([...on!.data]).toEqual([...off!.data])
  })
})

describe('samples are refused in words', () => {
  const refusal = { _tag: 'InvalidArgument', op: 'Gan.generate' }
  it.each<readonly [string, Partial<Gan.GenerateOptions>, unknown, object]>([
    ['latents of another count', {}, { latents: zeros([3, 2]) }, { expected: 'latents float32[4, 2]', actual: 'float32[3, 2]' }], // prettier-ignore
    ['latents that are an array', {}, { latents: [[0, 0]] }, { hint: 'tensor(data, [4, 2]) makes a tensor of arrays' }],
    ['a tensor for what is given', {}, zeros([4, 2]), { hint: 'Write { labels: ... }' }],
    ['a misspelt name', {}, { latent: zeros([4, 2]) }, { hint: 'Did you mean latents?' }],
    ['a truncation of 0', { truncation: 0 }, {}, { expected: 'a positive number, or nothing as truncation' }],
    ['dropout by a number', { dropout: js(0.5) }, {}, { expected: 'true or false, or nothing as dropout' }]
  ])('%s', async (_, options, given, said) => {
    await expect(draw(plain(), options, js(given))).rejects.toMatchObject({ ...refusal, ...said })
  })
  it('truncation of a prior that is not normal', async () => {
    await expect(draw(plain(Prior.uniform([2])), { truncation: 0.5 })).rejects.toMatchObject({
      ...refusal,
      actual: 'the prior uniform',
      hint: 'Give { latents } of your own'
    })
  })
  it('a state of another generator, and one that JSON made', async () => {
    const step = await compiled(smallSpec(), { sampler: points })
    const state = await step.init(0)
    step.dispose()
    const sample = Gan.generate({ count: 2, engine: 'reference' })(smallSpec())
    await expect(sample(nothing, 1)).rejects.toMatchObject(refusal)
    await expect(sample(js(JSON.parse(JSON.stringify(state))), 1)).rejects.toThrow(/JSON keeps no typed arrays/)
    const wider = { ...smallSpec(), networks: { ...smallSpec().networks, generator: Net.dense(2, 2) } }
    await expect(Gan.generate({ count: 2, engine: 'reference' })(wider)(state, 1)).rejects.toThrow(
      /as state\.players\.generator\.params/
    )
    await expect(Gan.generate({ count: 2 })(js(undefined))(state, 1)).rejects.toMatchObject({
      ...refusal,
      expected: 'a spec'
    })
  })
})
