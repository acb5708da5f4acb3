/** What is random in a step draws from keys of its own: a number drawn from a key stands for the key. */
import { describe, expect, it } from 'vitest'
import {
  Gan,
  Objective,
  Random,
  Update,
  add,
  convert,
  equal,
  mean,
  mul,
  ones,
  reshape,
  slice,
  stack,
  sub,
  sum,
  zeros
} from '../../../src/index.ts'
import type { Prior, Tensor } from '../../../src/index.ts'
import { range } from '../../../src/tensor/shape.ts'
import { layer } from '../../../src/nn/layer.ts'
import type { Layer } from '../../../src/nn/layer.ts'
import { compiled, smallSpec } from '../../support/smallGan.ts'

const markOf = (key: Tensor): Tensor => Random.uniform(key, [])

/** Marks of a key and of some that are folded from it, each row the same: [n, 5]. */
const kin = 5
const marks = (key: Tensor, n: number): Tensor =>
  mul(stack([markOf(key), ...Array.from({ length: kin - 1 }, (_, i) => markOf(Random.foldIn(key, i)))]), ones([n, kin]))
const markAt = (x: Tensor, i: number): Tensor => reshape(slice(x, { start: [0, i], end: [1, i + 1] }), [])

/** A network whose results are all the mark of its key, plus what keeps its parameter in the gradient: [n, width]. */
const marking = (name: string, width: number): Layer =>
  layer<unknown, unknown, Tensor>({
    name,
    init: () => ({ params: zeros([]), state: [] }),
    apply: ({ params, state, key }, x) => [
      add(mul(zeros([x.shape[0]!, width]), params), markOf(key ?? Random.key(0))),
      state
    ]
  })

const prior: Prior.Prior = { name: 'marks', shape: [kin], sample: marks }

/** Terms that show marks as their values, and reach the player's parameters without changing them. */
const shown = (own: 'D' | 'G', what: Readonly<Record<string, Gan.Term>>): Gan.Objective =>
  Object.entries(what).flatMap(([name, term]) =>
    Objective.of(name, (play) =>
      add(
        term(play),
        mul(0, own === 'D' ? mean(play.D(play.latent, play.fakeLabels)) : mean(play.G(play.latent, play.fakeLabels)))
      )
    )
  )

/** The terms that draw come first: their keys are folded from the small numbers, from which others fold, too. */
const everywhere: Readonly<Record<string, Gan.Term>> = {
  'first term': ({ key }) => markOf(key),
  'second term': ({ key }) => markOf(key),
  'first draw': ({ draw }) => draw('first', markOf),
  'two draws': ({ draw }) => add(draw('first', markOf), mul(2, draw('second', markOf))),
  'mask of D': ({ D, latent }) => mean(D(latent)),
  'mask of G': ({ G, latent }) => mean(G(latent)),
  ...Object.fromEntries(range(kin).map((i): [string, Gan.Term] => [`latent ${i}`, ({ latent }) => markAt(latent, i)]))
}
const ofMinibatches = Object.fromEntries(
  range(kin).map((i): [string, Gan.Term] => [`minibatch ${i}`, ({ real }) => markAt(real, i)])
)

const marked: Gan.Spec = {
  ...smallSpec(),
  networks: { generator: marking('G', kin), discriminator: marking('D', 1) },
  prior
}

describe('keys', () => {
  it('are all different: of latents, minibatches, masks and draws, phases and steps', async () => {
    const spec = [
      Gan.withLoss({
        discriminator: shown('D', { ...everywhere, ...ofMinibatches }),
        generator: shown('G', everywhere)
      }),
      Gan.withUpdate(Update.alternating({ discriminatorSteps: 2 }))
    ].reduce<Gan.Spec>((given, edit) => edit(given), marked)
    const step = await compiled(spec, { sampler: marks })
    let state = await step.init(3)
    const seen: string[] = []
    for (let i = 0; i < 3; i++) {
      const [next, metrics] = await step(state)
      for (const { terms } of Object.values(metrics))
        for (const { data } of Object.values(terms)) seen.push(...Array.from(data, (x) => x.toFixed(7)))
      state = next
    }
    expect(seen.length).toBe(3 * (2 * (6 + 2 * kin) + (6 + kin)))
    expect(new Set(seen).size).toBe(seen.length)
  })

  it('of masks are one for all applications of a network in an update', async () => {
    const twice: Gan.Term = ({ D, latent, real }) => sub(mean(D(latent)), mean(D(real)))
    const spec = Gan.withLoss({ discriminator: shown('D', { twice }), generator: shown('G', everywhere) })(marked)
    const step = await compiled(spec, { sampler: marks })
    const [, { discriminator }] = await step(await step.init(3))
    expect([...discriminator!.terms['twice']!.data]).toEqual([0])
  })
})

describe('labels of fakes', () => {
  it('are of every class, the last one too', async () => {
    const [classes, n] = [5, 1000]
    const counts = Object.fromEntries(
      Array.from({ length: classes }, (_, c) => [
        `class ${String(c)}`,
        (({ fakeLabels }) => sum(convert(equal(fakeLabels!, c), 'float32'))) satisfies Gan.Term
      ])
    )
    const reads = (width: number): Layer =>
      layer<unknown, unknown, Tensor>({
        name: 'reads labels',
        takesLabels: true,
        init: () => ({ params: zeros([]), state: [] }),
        apply: ({ params, state, labels }, x) => [
          add(mul(ones([x.shape[0]!, width]), params), reshape(convert(labels!, 'float32'), [x.shape[0]!, 1])),
          state
        ]
      })
    const spec = [
      Gan.withLoss({ discriminator: shown('D', counts), generator: shown('G', counts) }),
      Gan.withLabels({ classes })
    ].reduce<Gan.Spec>((given, edit) => edit(given), {
      ...marked,
      networks: { generator: reads(kin), discriminator: reads(1) }
    })
    const step = await compiled(spec, {
      batchSize: n,
      sampler: (key) => ({ real: marks(key, n), labels: zeros([n], 'int32') })
    })
    const [, metrics] = await step(await step.init(0))
    for (const { terms } of Object.values(metrics)) {
      const found = Object.values(terms).map(({ data }) => data[0]!)
      expect(found.reduce((a, b) => a + b)).toBe(n)
      // 4 degrees of freedom: exceeded once in a million.
      expect(found.reduce((total, count) => total + (count - n / classes) ** 2 / (n / classes), 0)).toBeLessThan(34)
    }
  })
})
