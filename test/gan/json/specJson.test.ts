/** A spec as text: to the same program and back, what only code can make, and whatever else may come in its place. */
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import {
  Gan,
  Issue,
  Loss,
  Net,
  Objective,
  Opt,
  Prior,
  Projection,
  Reg,
  Update,
  mean,
  mul,
  neg
} from '../../../src/index.ts'
import { anyValue, chance } from '../../exports/values.ts'
import { leftOf, pathsOf, players, rightOf, smallSpec } from '../../support/smallGan.ts'
import { programsOf } from '../../support/specPrograms.ts'
import { convolutionalSpec, ringSpec, wganGpSpec } from '../../support/trainingPrograms.ts'

/** Plain JavaScript knows no types. */
const js = (x: unknown): any => x
const textOf = (spec: Gan.Spec): string => rightOf(Gan.specToJson(spec))
const readOf = (text: string): Gan.Spec => rightOf(Gan.specFromJson(text))

const conditional = pipe(
  Gan.between({
    generator: Net.serial(Net.appendLabels(4), Net.dense(6, 2)),
    discriminator: Net.serial(Net.appendLabels(4), Net.dense(6, 1)),
    prior: Prior.uniform([2])
  }),
  Gan.withLoss(Loss.leastSquaresWith({ realTarget: 0.9 })),
  Gan.withOptimizer('generator', Opt.chain(Opt.clipByNorm(1), Opt.momentum({ learningRate: 0.1 }))),
  Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: Opt.byUpdates(Opt.piecewise(1, [[3, 0.1]])) })),
  Gan.withLabels({ classes: 3, fakes: [1, 2, 3], dropout: 0.1 }),
  Gan.withUpdate(Update.lookahead(Update.chain(Update.alternating(), Update.consensus({ gamma: 0.1 })), { period: 2 })),
  Gan.withProjection('discriminator', Projection.clip(0.5)),
  Gan.frozen(['discriminator', 1, 'bias'])
)
const lazy = smallSpec(
  Gan.withRegularizer(
    'discriminator',
    pipe(Reg.r1(), Objective.every(4), Objective.scale(3), Objective.schedule(Opt.linear(1, 0, 9)))
  ),
  Gan.withRegularizer('generator', pipe(Reg.pathLength({ weight: 0.5 }), Objective.scale(0.1))),
  Gan.withAverage({ decay: 0.9, start: 2, ramp: false })
)
const several = pipe(
  Gan.between({ ...players, second: Net.serial(Net.spectral(Net.dense(2, 3)), Net.relu, Net.dense(3, 1)) }),
  Gan.withLoss(Loss.withCritics(['discriminator', 'second'])(Loss.hinge)),
  Gan.withUpdate(Update.alternating({ critic: ['discriminator', 'second'] })),
  (spec) => ['generator', 'discriminator', 'second'].reduce((s, player) => Gan.withOptimizer(player, Opt.adam({ learningRate: 0.1 }))(s), spec) // prettier-ignore
)
const specs = { ring: ringSpec(4), wganGp: wganGpSpec(4), dcgan: convolutionalSpec(4), conditional, lazy, several }

describe('a spec as text', () => {
  it.each(Object.entries(specs))('is the same program again: %s', async (_, spec) => {
    const text = textOf(spec)
    const again = readOf(text)
    expect(textOf(again)).toBe(text)
    expect(Gan.show(again)).toBe(Gan.show(spec))
    expect(await programsOf(again)).toEqual(await programsOf(spec))
  })

  it('is another program where a number is another', async () => {
    const text = textOf(specs.ring)
    expect(text).toContain('"gamma":0.02')
    const other = readOf(text.replace('"gamma":0.02', '"gamma":0.03'))
    expect(await programsOf(other)).not.toEqual(await programsOf(specs.ring))
  })

  it('may lack what a spec does not have yet', () => {
    const begun = Gan.between(players)
    expect(Gan.show(readOf(textOf(begun)))).toBe(Gan.show(begun))
  })

  it('keeps numbers that JSON has none for, and says where a function refuses them', () => {
    const spec = smallSpec(Gan.withRegularizer('discriminator', Reg.gradientPenalty({ lambda: NaN, target: -0 })))
    const text = textOf(spec)
    expect(text).toContain('"lambda":{"number":"NaN"},"target":{"number":"-0"}')
    expect(pathsOf(leftOf(Gan.specFromJson(text)))).toEqual(['regularizers.discriminator.gradientPenalty.lambda'])
    const huge = text.replace('{"number":"NaN"}', '1e999').replace('{"number":"-0"}', '{"number":"1e9"}')
    expect(pathsOf(leftOf(Gan.specFromJson(huge)))).toEqual([
      'regularizers.discriminator.gradientPenalty.target.number'
    ])
  })
})

describe('functions of one’s own', () => {
  const own: readonly (readonly [string, (spec: Gan.Spec) => Gan.Spec])[] = [
    ['loss.discriminator.mine', Gan.withLoss({ discriminator: Objective.of('mine', ({ D, real }) => mean(D(real))) })],
    ['loss.generator.hinge', Gan.withLoss(Loss.custom('hinge', { generator: ({ D, fake }) => neg(mean(D(fake))) }))],
    [
      'regularizers.generator.mine',
      Gan.withRegularizer(
        'generator',
        Objective.of('mine', ({ fake }) => mean(fake))
      )
    ],
    [
      'regularizers.generator.r1',
      Gan.withRegularizer(
        'generator',
        Objective.of('r1', ({ fake }) => mean(fake))
      )
    ],
    [
      'regularizers.generator.r1.weight',
      Gan.withRegularizer('generator', Objective.schedule((t) => mul(t, 2))(Reg.r1()))
    ],
    [
      'regularizers.generator.r1.weight.b',
      Gan.withRegularizer(
        'generator',
        pipe(
          Reg.r1(),
          Objective.scale(2),
          Objective.schedule((t) => mul(t, 2))
        )
      )
    ],
    ['optimizers.generator.learningRate', Gan.withOptimizer('generator', Opt.sgd({ learningRate: (t) => mul(t, 2) }))],
    [
      'optimizers.generator.1',
      Gan.withOptimizer(
        'generator',
        Opt.chain(
          Opt.clipByNorm(1),
          Opt.transformation({ name: 'scale', options: { factor: 2 }, init: () => [], update: (g, s) => [g, s] })
        )
      )
    ],
    ['update', Gan.withUpdate(Update.of('simultaneous', () => []))],
    ['update.rule', Gan.withUpdate(Update.lookahead(Update.of('mine', () => [])))],
    [
      'update.1',
      Gan.withUpdate(
        Update.chain(
          Update.simultaneous,
          Update.of('mine', () => [])
        )
      )
    ],
    ['projections.generator', Gan.withProjection('generator', { ...Projection.clip(1), apply: (p) => p })],
    ['prior', (spec) => ({ ...spec, prior: { ...spec.prior, sample: (key) => key } })]
  ]
  it.each(own)('%s is named', (path, edit) => {
    const issues = leftOf(Gan.specToJson(smallSpec(edit)))
    expect(pathsOf(issues)).toEqual([path])
    expect(issues[0].actual).toContain('a function of your own')
  })

  it.each([
    [
      '2',
      Net.serial(
        Net.dense(2, 3),
        Net.relu,
        Net.lambda('mine', (x) => x, { output: [1] })
      )
    ],
    ['1.inner', Net.serial(Net.dense(2, 3), Net.residual(Net.layer({ name: 'relu', apply: ({ state }, x) => [x, state] })))], // prettier-ignore
    ['0.weights', Net.serial(Net.dense(2, 3, { weights: (key) => key }), Net.dense(3, 1))],
    ['1', Net.serial(Net.dense(2, 3), { ...Net.relu, apply: ({ state }, x) => [js(x), js(state)] as const }, Net.dense(3, 1))] // prettier-ignore
  ])('networks.discriminator.%s is named', (path, discriminator) => {
    const issues = leftOf(Gan.specToJson(Gan.between({ ...players, discriminator: js(discriminator) })))
    expect(pathsOf(issues)).toEqual([`networks.discriminator.${path}`])
  })

  it('are told with what else is wrong, all at once', () => {
    const spec = smallSpec(...own.slice(1, 3).map(([, edit]) => edit), Gan.withAverage({ decay: 2 }))
    expect(pathsOf(leftOf(Gan.specToJson(spec)))).toEqual([
      'average.decay',
      'loss.generator.hinge',
      'regularizers.generator.mine'
    ])
  })
})

describe('text from anywhere', () => {
  const parsed = (): any => JSON.parse(textOf(specs.lazy))
  const changed = (change: (spec: any) => void): string => {
    const spec = parsed()
    change(spec)
    return JSON.stringify(spec)
  }
  const pathsIn = (text: string): readonly string[] => pathsOf(leftOf(Gan.specFromJson(text)))

  it.each([
    ['', ''],
    ['{', ''],
    ['[]', ''],
    ['{"format":"saddlepoint spec 2"}', ''],
    ['{"format":"saddlepoint state 1","tensors":[]}', ''],
    ['{"format":"saddlepoint spec 1"}', 'prior']
  ])('%s is refused', (text, path) => expect(pathsIn(text)).toEqual([path]))

  it('says the version of text that it cannot read, and which name may have been meant', () => {
    const later = leftOf(Gan.specFromJson('{"format":"saddlepoint spec 2"}'))
    expect(later[0]).toMatchObject({ actual: '"saddlepoint spec 2"', hint: expect.stringContaining('Another version') })
    const typo = changed(({ regularizers }) => (regularizers.generator[0].term = 'pathLenght'))
    expect(leftOf(Gan.specFromJson(typo))[0]).toMatchObject({ _tag: 'Misspelt', hint: 'Did you mean pathLength?' })
  })

  it.each([
    ['networks.generator.1', (spec: any) => (spec.networks.generator.options.layers[1].layer = 'tahn')],
    ['networks.generator.1', (spec: any) => (spec.networks.generator.options.layers[1].layer = '__proto__')],
    ['networks.generator.1', (spec: any) => (spec.networks.generator.options.layers[1].layer = 7)],
    ['networks.generator.1', (spec: any) => (spec.networks.generator.options.layers[1].options = { slope: 1 })],
    [
      'networks.generator.0.inFeatures',
      (spec: any) => (spec.networks.generator.options.layers[0].options.inFeatures = -1)
    ],
    [
      'networks.generator.0.infeatures',
      (spec: any) => (spec.networks.generator.options.layers[0].options.infeatures = 1)
    ],
    ['networks.generator.0', (spec: any) => (spec.networks.generator.options.layers[0] = { optimizer: 'sgd' })],
    ['networks.generator', (spec: any) => (spec.networks.generator = { optimizer: 'sgd' })],
    ['networks.generator.options', (spec: any) => (spec.networks.generator.options = 3)],
    ['networks', (spec: any) => (spec.networks = [])],
    ['networks.constructor', (spec: any) => (spec.networks.constructor = spec.networks.generator)],
    ['regularizers.generator', (spec: any) => (spec.regularizers.generator = 'none')],
    ['regularizers.generator.pathLength.weight', (spec: any) => (spec.regularizers.generator[0].weight = -1)],
    [
      'regularizers.generator.pathLength.weight',
      (spec: any) => (spec.regularizers.generator[0].weight = { initializer: 'ones' })
    ],
    ['regularizers.generator.pathLength.every', (spec: any) => (spec.regularizers.generator[0].every = 0.5)],
    ['regularizers.generator.pathLength.metric', (spec: any) => (spec.regularizers.generator[0].metric = 1)],
    ['regularizers.generator.pathLength.Every', (spec: any) => (spec.regularizers.generator[0].Every = 1)],
    [
      'optimizers.generator.learningRate',
      (spec: any) => (spec.optimizers.generator.options.learningRate = { schedule: 'linear' })
    ],
    ['average.decay', (spec: any) => (spec.average.decay = 1)],
    ['average.dekay', (spec: any) => (spec.average.dekay = 1)],
    ['frozen', (spec: any) => (spec.frozen = [[3]])],
    ['frozen', (spec: any) => (spec.frozen = {})],
    ['optimisers', (spec: any) => (spec.optimisers = {})]
  ])('%s is told', (path, change) => {
    const paths = pathsIn(changed(change))
    expect(paths.length).toBeGreaterThan(0)
    for (const found of paths) expect(found.startsWith(path)).toBe(true)
  })

  it('does not change what all records have', () => {
    const text = textOf(specs.lazy).replace('"regularizers":{', '"regularizers":{"__proto__":[],')
    expect(pathsIn(text)).toEqual(['regularizers.__proto__'])
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  it('is refused where it is deeper than any network, whatever its depth', () => {
    const deep = (n: number): string =>
      `{"layer":"residual","options":{"inner":${n === 0 ? '{"layer":"relu"}' : deep(n - 1)}}}`
    const text = (network: string) => `{"format":"saddlepoint spec 1","networks":{"generator":${network}}}`
    const issues = leftOf(Gan.specFromJson(text(deep(100))))
    expect(issues.map(({ expected }) => expected)).toContain('parts at most 64 deep')
    const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    expect(leftOf(Gan.specFromJson(text(nested))).length).toBeGreaterThan(0)
    expect(leftOf(Gan.specFromJson(`{"format":"saddlepoint spec 1","average":${nested}}`)).length).toBeGreaterThan(0)
  })

  it('never throws, and what it reads is a spec', () => {
    const whole = textOf(specs.conditional)
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(8), fc.string({ maxLength: 8 }), (at, cut, put) => {
        const read = Gan.specFromJson(whole.slice(0, at) + put + whole.slice(at + cut))
        expect(typeof (E.isRight(read) ? Gan.show(read.right) : Issue.show(read.left))).toBe('string')
      })
    )
    const places = (x: any, path: readonly string[] = []): readonly (readonly string[])[] =>
      typeof x === 'object' && x !== null
        ? [path, ...Object.keys(x).flatMap((key) => places(x[key], [...path, key]))]
        : [path]
    const all = places(parsed()).filter((path) => path.length > 0)
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.jsonValue(), (path, value) => {
        const text = changed((spec) => {
          const parent = path.slice(0, -1).reduce((at, key) => at[key], spec)
          parent[path.at(-1)!] = value
        })
        const read = Gan.specFromJson(text)
        if (E.isRight(read)) expect(E.isRight(Gan.specToJson(read.right))).toBe(true)
        else expect(Issue.show(read.left)).toContain('problem')
      })
    )
  })

  it('may be no text, and no spec, at all', () => {
    const next = chance(12)
    for (let i = 0; i < 200; i++) {
      const x = js(anyValue(next, false))
      expect(E.isLeft(Gan.specToJson(x))).toBe(true)
      expect(E.isLeft(Gan.specFromJson(x))).toBe(true)
    }
  })
})
