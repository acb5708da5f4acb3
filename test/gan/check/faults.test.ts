/** Specs with one fault, and with two: the issues of two faults are those of the one and those of the other. */
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { Gan, Loss, Net, Objective, Opt, Prior, Projection, Reg, Update, convert, mean, mul, stopGradient, sum, tensor } from '../../../src/index.ts' // prettier-ignore
import type { Tensor } from '../../../src/index.ts'
import { compiled, leftOf, pathsOf, players, points, smallSpec } from '../../support/smallGan.ts'

/** Plain JavaScript knows no types. */
const js = (x: unknown): any => x

const issuesOf = (spec: Gan.Spec): readonly string[] => {
  const result = Gan.validate(spec)
  return E.isLeft(result) ? result.left.map(({ _tag, path }) => `${_tag} ${path.join('.')}`) : []
}

const withNetworks = (networks: object) => (spec: Gan.Spec): Gan.Spec => ({ ...spec, networks: { ...spec.networks, ...networks } }) // prettier-ignore
const withPrior = (prior: unknown) => (spec: Gan.Spec): Gan.Spec => ({ ...spec, prior: js(prior) }) // prettier-ignore
const fails = (message: string) => (): never => {
  throw new Error(message)
}
const silent: Gan.Term = ({ D, real }) => mean(stopGradient(D(real)))

interface Fault {
  readonly name: string
  readonly edit: (spec: Gan.Spec) => Gan.Spec
  readonly issues: readonly string[]
  /** 'described': it shows before anything is traced, and keeps the spec from being traced; 'traced': it shows by that. */
  readonly kind: 'described' | 'traced' | 'beside'
}

const faults: readonly Fault[] = [
  {
    name: 'a layer with a bad option',
    edit: withNetworks({
      generator: Net.serial(Net.dense(2, 3), Net.batchNorm(3, js({ momentum: 2 })), Net.dense(3, 2))
    }),
    issues: ['Misfit networks.generator.1.momentum'],
    kind: 'described'
  },
  {
    name: 'a prior of a bad shape',
    edit: withPrior(Prior.sphere([0])),
    issues: ['InvalidValue prior.shape'],
    kind: 'described'
  },
  {
    name: 'labels of no classes',
    edit: Gan.withLabels({ classes: 0 }),
    issues: ['InvalidValue labels.classes'],
    kind: 'described'
  },
  {
    name: 'an update rule that is none',
    edit: Gan.withUpdate(js(3)),
    issues: ['InvalidValue update'],
    kind: 'described'
  },
  {
    name: 'an option of the update rule',
    edit: Gan.withUpdate(Update.alternating({ discriminatorSteps: 0 })),
    issues: ['InvalidValue update.discriminatorSteps'],
    kind: 'beside'
  },
  {
    name: 'an option of the loss',
    edit: (spec) => ({ ...spec, loss: Loss.nonSaturatingWith(js({ realTraget: 1 })) }),
    issues: ['InvalidValue loss.realTraget'],
    kind: 'beside'
  },
  {
    name: 'an average’s decay',
    edit: Gan.withAverage({ decay: 1 }),
    issues: ['InvalidValue average.decay'],
    kind: 'beside'
  },
  {
    name: 'an optimizer’s rate',
    edit: Gan.withOptimizer('generator', Opt.sgd({ learningRate: -1 })),
    issues: ['InvalidValue optimizers.generator.learningRate'],
    kind: 'beside'
  },
  {
    name: 'a projection’s limit',
    edit: Gan.withProjection('discriminator', Projection.clip(-1)),
    issues: ['InvalidValue projections.discriminator.limit'],
    kind: 'beside'
  },
  {
    name: 'a regularizer of nobody',
    edit: Gan.withRegularizer('critic', Reg.r2()),
    issues: ['Misspelt regularizers.critic'],
    kind: 'beside'
  },
  {
    name: 'a weight',
    edit: Gan.withRegularizer('generator', Objective.scale(-1)(Reg.jacobianClamp())),
    issues: ['InvalidValue regularizers.generator.jacobianClamp.weight'],
    kind: 'beside'
  },
  {
    name: 'laziness',
    edit: Gan.withRegularizer('discriminator', Objective.every(0)(Reg.r2())),
    issues: ['InvalidValue regularizers.discriminator.r2.every'],
    kind: 'beside'
  },
  {
    name: 'a term that does nothing',
    edit: Gan.withRegularizer('discriminator', Objective.of('silent', silent)),
    issues: ['NoGradient regularizers.discriminator.silent'],
    kind: 'traced'
  },
  {
    name: 'a term that throws',
    edit: Gan.withRegularizer('generator', Objective.of('broken', fails('mine'))),
    issues: ['TermFailed regularizers.generator.broken'],
    kind: 'traced'
  },
  {
    name: 'a term of integers',
    edit: Gan.withRegularizer(
      'discriminator',
      Objective.of('count', ({ D, real }) => convert(sum(D(real)), 'int32'))
    ),
    issues: ['NotScalar regularizers.discriminator.count'],
    kind: 'traced'
  },
  {
    name: 'a weight that is no scalar',
    edit: Gan.withRegularizer('discriminator', Objective.schedule(() => tensor([1, 2]))(Reg.r1())),
    issues: ['NotScalar regularizers.discriminator.r1.weight'],
    kind: 'traced'
  }
]

describe('a spec with one fault', () => {
  it.each(faults)('has its issues: $name', ({ edit, issues }) => {
    expect(issuesOf(smallSpec(edit))).toEqual(issues)
  })
})

describe('a spec with two faults', () => {
  const pairs = faults.flatMap((one, i) => faults.slice(i + 1).map((other) => [one, other] as const))
  // What shows by tracing alone does not show where a description keeps the spec from being traced.
  const shown = ({ kind, issues }: Fault, beside: Fault): readonly string[] =>
    kind === 'traced' && beside.kind === 'described' ? [] : issues
  it('has the issues of both', () => {
    for (const [one, other] of pairs) {
      const found = issuesOf(smallSpec(one.edit, other.edit))
      const expected = [...shown(one, other), ...shown(other, one)]
      expect([one.name, other.name, ...[...found].sort()]).toEqual([one.name, other.name, ...expected.sort()])
    }
  })
})

describe('networks and prior that cannot be traced', () => {
  const layer = (name: string, f: (x: Tensor) => unknown) => Net.lambda(name, js(f), { preserves: true })
  it.each<readonly [string, (spec: Gan.Spec) => Gan.Spec, readonly string[]]>([
    [
      'latents of another shape',
      withPrior({ ...Prior.normal([2]), sample: () => tensor([1, 2]) }),
      ['Misfit prior.sample']
    ],
    ['latents that are none', withPrior({ ...Prior.normal([2]), sample: () => 3 }), ['Misfit prior.sample']],
    ['a prior that throws', withPrior({ ...Prior.normal([2]), sample: fails('prior') }), ['TermFailed prior']],
    [
      'a generator that throws, with labels or without',
      withNetworks({ generator: Net.serial(players.generator, layer('throws', fails('mine'))) }),
      ['NetworkFailed networks.generator']
    ],
    [
      'a generator that gives no tensor',
      withNetworks({ generator: { ...players.generator, apply: () => [3, []] } }),
      ['NetworkFailed networks.generator']
    ],
    [
      'initializations that throw, each of them',
      withNetworks({
        generator: { ...players.generator, init: fails('one') },
        discriminator: { ...players.discriminator, init: fails('other') }
      }),
      ['NetworkFailed networks.generator', 'NetworkFailed networks.discriminator']
    ]
  ])('are told: %s', (_, edit, issues) => {
    expect(issuesOf(smallSpec(edit))).toEqual(issues)
  })
})

describe('a critic that refuses the samples', () => {
  const throwing = withNetworks({
    discriminator: Net.serial(players.discriminator, Net.lambda('throws', fails('mine'), { preserves: true }))
  })
  const misfit = withNetworks({ discriminator: Net.dense(3, 1) })
  it('explains the terms that fail by it, and no others', () => {
    const broken = Gan.withRegularizer('generator', Objective.of('broken', fails('another')))
    for (const edit of [throwing, misfit]) {
      expect(issuesOf(smallSpec(edit))).toEqual(['Misfit networks.discriminator'])
      expect(issuesOf(smallSpec(edit, broken))).toEqual([
        'Misfit networks.discriminator',
        'TermFailed regularizers.generator.broken'
      ])
    }
  })
})

describe('what is no spec', () => {
  it.each([undefined, null, 3, 'spec', {}, { networks: {} }])('is told as one issue of nowhere: %s', (given) => {
    expect(issuesOf(js(given))).toEqual(['InvalidValue '])
  })
})

describe('a copy of a spec that lost its functions', () => {
  const copy = JSON.parse(JSON.stringify(smallSpec(Gan.withRegularizer('discriminator', Reg.r1()), Gan.withProjection('generator', Projection.clip(1))))) // prettier-ignore
  const parts = ['prior', 'update', 'loss.discriminator', 'loss.generator', 'networks.generator', 'networks.discriminator', 'regularizers.discriminator', 'optimizers.generator', 'optimizers.discriminator', 'projections.generator'] // prettier-ignore
  it('is told part by part, with what to do', () => {
    expect(issuesOf(copy)).toEqual(parts.map((path) => `InvalidValue ${path}`))
    const checked = Gan.validate(copy)
    expect(E.isLeft(checked) && checked.left[0].hint).toContain('build it anew where it is used')
  })
  it('is nothing to show', () => {
    expect(() => Gan.show(copy)).toThrow('InvalidArgument in Gan.show: expected a prior as prior')
  })
})

describe('an edit', () => {
  const edits: readonly (readonly [string, readonly unknown[]])[] = [
    ['withLoss', [Loss.hinge]],
    ['withRegularizer', ['discriminator', Reg.r1()]],
    ['withOptimizer', ['generator', Opt.sgd({ learningRate: 1 })]],
    ['withProjection', ['generator', Projection.clip(1)]],
    ['withUpdate', [Update.simultaneous]],
    ['withAverage', [{ decay: 0.9 }]],
    ['withLabels', [{ classes: 3 }]]
  ]
  it.each(edits)('of what is no spec says so, and nothing that follows: %s', (name, args) => {
    for (const given of [undefined, null, 3, 'spec', [], {}, () => smallSpec()])
      expect(issuesOf(js(Gan)[name](...args)(given))).toEqual(['InvalidValue '])
  })
  it.each(edits)('with an argument too many says so: %s', (name, args) => {
    expect(issuesOf(js(Gan)[name](...args, 'more')(smallSpec()))).toContain(`InvalidValue ${name}`)
  })
  it.each(edits.filter(([, [player]]) => typeof player === 'string'))('of no player says so: %s', (name, args) => {
    const swapped = [...args].reverse()
    expect(issuesOf(js(Gan)[name](...swapped)(smallSpec()))).toEqual([`InvalidValue ${name}`])
  })
})

describe('Gan.compile', () => {
  it.each([undefined, null, 3, 'wasm', [], () => 1])(
    'of options that are none, %s, beside a spec that is none',
    async (options) => {
      // prettier-ignore
      for (const spec of [smallSpec(), undefined]) {
      const issues = leftOf(await Gan.compile(js(options))(js(spec))())
      expect(pathsOf(issues)).toEqual(spec === undefined ? ['', 'compile'] : ['compile'])
    }
    }
  )
  const broken = (compile: () => unknown) => js({ name: 'mine', compile })
  it.each([
    ['throws', broken(fails('mine'))],
    ['rejects', broken(() => () => Promise.reject(new Error('mine')))],
    ['gives nothing', broken(() => undefined)],
    ['gives a task of nothing', broken(() => () => Promise.resolve())]
  ])('with an engine of one’s own that %s, beside a faulty spec', async (_, engine) => {
    const issues = leftOf(await Gan.compile({ batchSize: 4, engine })(Gan.between(players))())
    expect(pathsOf(issues)).toEqual(['loss', 'optimizers.generator', 'optimizers.discriminator', 'engine'])
    const [alone] = leftOf(await Gan.compile({ batchSize: 4, engine, sampler: points })(smallSpec())())
    expect(alone).toMatchObject({ _tag: 'EngineFailed', path: ['engine'] })
  })
})

describe('a weight', () => {
  const weighted = (edit: Objective.Edit): readonly string[] =>
    issuesOf(smallSpec(Gan.withRegularizer('discriminator', edit(Reg.r1()))))
  it.each<readonly [string, Objective.Edit, readonly string[]]>([
    ['of a schedule with bad numbers', Objective.schedule(Opt.linear(NaN, 1, -3)), ['weight.from', 'weight.steps']],
    ['of a schedule that is none', Objective.schedule(js(3)), ['weight']],
    ['of no schedule', js(Objective.schedule)(), ['weight']],
    ['that is a word', Objective.scale(js('2')), ['weight']],
    ['of every word', Objective.every(js('2')), ['every']]
  ])('%s', (_, edit, paths) => {
    expect(weighted(edit)).toEqual(paths.map((path) => `InvalidValue regularizers.discriminator.r1.${path}`))
  })
  it('of what is no term', () => {
    for (const x of [undefined, null, 3, 'text', {}, [{}]])
      expect(issuesOf(smallSpec(Gan.withRegularizer('discriminator', Objective.scale(2)(js(x)))))).toContain(
        'InvalidValue regularizers.discriminator.term.term'
      )
  })
})

describe('options that hold themselves', () => {
  it('are told, and shown', () => {
    const list: unknown[] = []
    list.push(list)
    for (const gamma of [list, 10n, Symbol('gamma'), tensor(3), Promise.resolve(1)]) {
      const spec = smallSpec(Gan.withRegularizer('discriminator', Reg.r1(js({ gamma }))))
      expect(issuesOf(spec)).toEqual(['InvalidValue regularizers.discriminator.r1.gamma'])
      expect(Gan.show(spec)).toContain('r1({ gamma: ')
    }
  })
})

describe('a part that is nothing of the kind', () => {
  const junk = [undefined, null, 3, 'text', true, [], {}, Symbol('s')]
  const exceptEmpty = junk.filter((x) => !Array.isArray(x))
  const cases: readonly (readonly [string, (x: unknown) => (spec: Gan.Spec) => Gan.Spec, readonly unknown[]])[] = [
    ['loss', (x) => Gan.withLoss(js(x)), junk],
    ['loss.generator', (x) => Gan.withLoss(js({ ...Loss.hinge.objectives, generator: x })), exceptEmpty],
    ['optimizers.generator', (x) => Gan.withOptimizer('generator', js(x)), junk],
    ['regularizers.generator', (x) => Gan.withRegularizer('generator', js(x)), exceptEmpty],
    ['projections.generator', (x) => Gan.withProjection('generator', js(x)), junk],
    ['update', (x) => Gan.withUpdate(js(x)), junk],
    ['networks.encoder', (x) => () => Gan.between(js({ ...players, encoder: x })), junk],
    ['prior', (x) => () => Gan.between(js({ ...players, prior: x })), junk]
  ]
  it.each(cases)('is told at %s', (path, edit, values) => {
    for (const x of values) {
      const { problems, loss } = edit(x)(smallSpec())
      const own = (loss?.problems ?? []).map((problem) => ({ ...problem, path: ['loss', ...problem.path] }))
      expect([x, ...[...problems, ...own].map((problem) => problem.path.join('.'))]).toEqual([x, path])
      expect(issuesOf(edit(x)(smallSpec()))).toContain(`InvalidValue ${path}`)
    }
  })
  it('begins no spec', () => {
    for (const x of [undefined, null, 3, 'text', true, [], {}])
      expect(issuesOf(Gan.between(js(x)))).toEqual(
        expect.arrayContaining(['InvalidValue prior', 'Missing networks.generator', 'Missing networks.discriminator'])
      )
  })
})

describe('descriptions with bad options', () => {
  it('stand in for what they cannot be', () => {
    for (const shape of [2, [0], [1.5], ['2'], undefined]) {
      expect(Prior.normal(js(shape)).shape).toEqual([])
      expect(Prior.normal(js(shape)).problems).toMatchObject([{ path: ['shape'], hint: 'Prior.normal([8])' }])
    }
    for (const discriminatorSteps of [0, -1, 1.5, Infinity, NaN, '2', null])
      expect(
        Update.alternating(js({ discriminatorSteps }))
          .phases(['discriminator', 'generator'])
          .map((phase) => phase.players)
      ).toEqual([['discriminator'], ['generator']])
  })
  it('are fine without', async () => {
    expect(Prior.normal([2, 3]).problems).toEqual([])
    const step = await compiled(smallSpec(Gan.withRegularizer('generator', ({ D, fake }) => mul(0, mean(D(fake))))))
    expect(step.warnings).toEqual([])
    step.dispose()
  })
})
