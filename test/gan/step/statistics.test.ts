/** What a game draws: keys that all differ, values that know nothing of each other, labels and rows that are uniform. */
import { describe, expect, it } from 'vitest'
import { pipe } from '#fp-ts/function'
import { Gan, Net, Objective, Opt, Random, Update, add, convert, equal, mean, mul, reshape, slice, square, sub, sum, tensor, zeros } from '../../../src/index.ts' // prettier-ignore
import type { Tensor, Loss } from '../../../src/index.ts'
import { batches } from '../../../src/data/batches.ts'
import { layer } from '../../../src/nn/layer.ts'
import { foldIn } from '../../../src/random/key.ts'
import { compiled } from '../../support/smallGan.ts'

const word = (key: Tensor): Tensor => convert(reshape(slice(key, { start: [0], end: [1] }), []), 'float32')
/** A key as a row of two numbers, which double precision holds exactly. */
const row = (key: Tensor, n: number): Tensor => add(zeros([n, 2]), convert(key, 'float32'))

/** A network that gives what it draws masks from. */
const showsKey = layer<unknown, unknown, { readonly w: Tensor }>({
  name: 'showsKey',
  init: () => ({ params: { w: tensor([1]) }, state: [] }),
  apply: ({ params, state, key }, x) => [add(row(key!, x.shape[0]!), mul(0, sum(params.w))), state]
})

/** A term of no slope that is a figure of the play. */
const figure = (name: string, of: (play: Gan.Play) => Tensor) =>
  Objective.of(name, (play) => add(of(play), mul(0, add(mean(play.networks['discriminator']!(play.real)), mean(play.fake))))) // prettier-ignore

const edited = (spec: Gan.Spec, figures: readonly (readonly [string, (play: Gan.Play) => Tensor])[]): Gan.Spec =>
  figures.reduce(
    (own, [name, of]) =>
      pipe(
        own,
        Gan.withRegularizer('discriminator', figure(name, of)),
        Gan.withRegularizer('generator', figure(name, of))
      ),
    spec
  )

const nothing = figure('none', () => zeros([]))
const lossless: Loss.Loss = {
  name: 'none',
  options: {},
  problems: [],
  objectives: { generator: nothing, discriminator: nothing }
}

/** All figures of some cycles: of each name, player and update a sequence over cycles. */
const sequences = async (
  spec: Gan.Spec,
  sampler: Gan.Sampler,
  cycles: number,
  batchSize: number
): Promise<ReadonlyMap<string, readonly number[]>> => {
  const step = await compiled(spec, { sampler, batchSize, engine: 'reference:float64' })
  const found = new Map<string, number[]>()
  let state = await step.init(5)
  for (let cycle = 0; cycle < cycles; cycle++) {
    const [next, metrics] = await step(state)
    state = next
    for (const [player, { terms }] of Object.entries(metrics))
      for (const [name, { data }] of Object.entries(terms))
        data.forEach((value, update) => {
          if (name.startsWith('none')) return
          const place = `${name} of ${player} ${String(update)}`
          found.set(place, [...(found.get(place) ?? []), value])
        })
  }
  return found
}

const opts = (spec: Gan.Spec): Gan.Spec =>
  pipe(
    spec,
    Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0 })),
    Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0 })),
    Gan.withUpdate(Update.alternating({ discriminatorSteps: 2 }))
  )

describe('keys', () => {
  it('of phases, substeps, networks, latents, data and terms all differ, and none is folded from another', async () => {
    const parts = [0, 1].flatMap((i): (readonly [string, (play: Gan.Play) => Tensor])[] => {
      const at = (x: Tensor): Tensor => reshape(slice(x, { start: [0, i], end: [1, i + 1] }), [])
      const draws: Gan.Term = ({ draw }) => draw(`draw ${String(i)}`, (key) => word(key))
      return [
        [`latent ${String(i)}`, ({ latent }) => at(latent)],
        [`data ${String(i)}`, ({ real }) => at(real)],
        [`G ${String(i)}`, ({ networks, latent }) => at(networks['generator']!(latent))],
        [`D ${String(i)}`, ({ networks, real }) => at(networks['discriminator']!(real))],
        [`term ${String(i)}`, ({ key }) => word(key)],
        [`drawn ${String(i)}`, draws]
      ]
    })
    const spec = edited(
      opts(
        pipe(
          Gan.between({
            generator: showsKey,
            discriminator: showsKey,
            prior: { name: 'key', shape: [2], sample: row }
          }),
          Gan.withLoss(lossless)
        )
      ),
      parts
    )
    const found = await sequences(spec, row, 3, 1)
    // Terms show the first word of the key of their own entry, all else both words of one key in two entries.
    const firsts: number[] = []
    const parents: Tensor[] = []
    for (const [name, values] of found) {
      const second = found.get(name.replace(' 0 of', ' 1 of'))!
      if (/^(term|drawn)/.test(name)) firsts.push(...values)
      else if (name.includes(' 0 of'))
        values.forEach((value, i) => {
          firsts.push(value)
          parents.push({ shape: [2], dtype: 'int32', data: Int32Array.of(value, second[i]!) })
        })
    }
    // Three updates of three cycles: a key each for latents, data and two networks, and for two entries and their draws.
    expect(parents.length).toBe(3 * 3 * 4)
    expect(firsts.length).toBe(3 * 3 * (4 + 2 * 2))
    const known = new Set(firsts)
    expect(known.size).toBe(firsts.length)
    for (const parent of parents) for (let i = -4; i < 20; i++) expect(known).not.toContain(foldIn(parent, i).data[0])
  })
})

describe('values', () => {
  const classes = 3
  const batchSize = 32
  const noise = (key: Tensor): Tensor => mean(Random.normal(key, [batchSize, 1]))
  const labelFigures = ['fakeLabels', 'realLabels'].flatMap((kind) =>
    Array.from(
      { length: classes },
      (_, k) =>
        [
          `${kind} ${String(k)}`,
          (play: Gan.Play) => mean(convert(equal(play[kind as 'fakeLabels']!, k), 'float32'))
        ] as const
    )
  )
  const spec = edited(
    opts(
      pipe(
        Gan.between({
          generator: Net.serial(Net.dense(1, 1), Net.dropout(0.5)),
          discriminator: Net.serial(Net.dense(1, 1), Net.dropout(0.5)),
          prior: { name: 'normal', shape: [1], sample: (key, n) => Random.normal(key, [n, 1]) }
        }),
        Gan.withLabels({ classes }),
        Gan.withLoss(lossless)
      )
    ),
    [
      ['latent', ({ latent }) => mean(latent)],
      ['data', ({ real }) => mean(real)],
      ['first draw', ({ draw }) => draw('a', noise)],
      ['second draw', ({ draw }) => add(mul(0, draw('b', noise)), draw('c', noise))],
      ['draws apart', ({ draw }) => sub(draw('b', noise), draw('c', noise))],
      ['mask of G', ({ networks, latent }) => mean(square(convert(equal(networks['generator']!(latent), 0), 'float32')))], // prettier-ignore
      ['mask of D', ({ networks, latent }) => mean(square(convert(equal(networks['discriminator']!(latent), 0), 'float32')))], // prettier-ignore
      ...labelFigures
    ]
  )
  const sampler: Gan.Sampler = (key, n) => ({
    real: Random.normal(key, [n, 1]),
    labels: Random.randint(foldIn(key, 7), [n], 0, classes)
  })
  const cycles = 300
  const drawn = sequences(spec, sampler, cycles, batchSize)

  it('know nothing of each other: latents, data, labels, masks, draws of terms, of all players and updates', async () => {
    const found = [...(await drawn)].filter(([name]) => !/Labels 2/.test(name))
    expect(found.length).toBe(3 * 11)
    const standard = found.map(([name, values]) => {
      const centre = values.reduce((a, b) => a + b, 0) / cycles
      const scale = Math.sqrt(values.reduce((a, b) => a + (b - centre) ** 2, 0))
      return [name, values.map((value) => (value - centre) / scale)] as const
    })
    standard.forEach(([name, x], i) => {
      for (const [other, y] of standard.slice(0, i)) {
        // Labels of one batch that are one class are no other.
        if (name.slice(0, 5) === other.slice(0, 5) && /Labels/.test(name) && name.split(' of ')[1] === other.split(' of ')[1]) continue // prettier-ignore
        const correlation = x.reduce((total, value, n) => total + value * y[n]!, 0)
        expect(Math.abs(correlation), `${name} and ${other}`).toBeLessThan(4.5 / Math.sqrt(cycles))
      }
    })
  })

  it('differ from draw to draw of one term', async () => {
    for (const [name, values] of await drawn) if (name.startsWith('draws apart')) expect(values).not.toContain(0)
  })

  it('are labels of every class alike', async () => {
    const found = await drawn
    for (const kind of ['fakeLabels', 'realLabels'])
      for (const place of ['discriminator 0', 'discriminator 1', 'generator 0']) {
        const shares = Array.from({ length: classes }, (_, k) => {
          const values = found.get(`${kind} ${String(k)} of ${place}`)!
          return values.reduce((a, b) => a + b, 0) * batchSize
        })
        const expected = (cycles * batchSize) / classes
        const chiSquare = shares.reduce((total, share) => total + (share - expected) ** 2 / expected, 0)
        // With two degrees of freedom less than one in ten thousand is above.
        expect(chiSquare, `${kind} of ${place}: ${shares.join()}`).toBeLessThan(18.4)
      }
  })
})

describe('rows of data', () => {
  const rows = 7
  const set = { x: tensor(Array.from({ length: rows }, (_, i) => i)) }
  it('come alike: every row, the first and the last among them, at every place of a minibatch', () => {
    const epochs = 600
    const counts = Array.from({ length: 3 }, () => new Array<number>(rows).fill(0))
    for (let seed = 0; seed < epochs; seed++)
      batches(set, { batchSize: 3, seed })
        .at(0)
        .x.data.forEach((value, place) => counts[place]![value]!++)
    for (const own of counts) {
      const chiSquare = own.reduce((total, count) => total + (count - epochs / rows) ** 2 / (epochs / rows), 0)
      // With six degrees of freedom less than one in ten thousand is above.
      expect(chiSquare).toBeLessThan(27.9)
    }
  })

  it('come once an epoch', () => {
    for (let seed = 0; seed < 20; seed++) {
      const all = batches(set, { batchSize: 1, seed })
      const epoch = Array.from({ length: rows }, (_, i) => all.at(i).x.data[0]!)
      expect(epoch.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6])
    }
  })
})
