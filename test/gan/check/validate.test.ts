import { describe, expect, it } from 'vitest'
import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import {
  Gan,
  Issue,
  Loss,
  Net,
  Objective,
  Opt,
  Prior,
  Projection,
  Random,
  Reg,
  Update,
  div,
  greater,
  grad,
  convert,
  mean,
  mul,
  neg,
  norm,
  reshape,
  square,
  stopGradient,
  sub,
  sum,
  tensor
} from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { compiled, leftOf, pathsOf, players, points, rightOf, smallSpec } from '../../support/smallGan.ts'

/** Plain JavaScript knows no types. */
const js = (x: unknown): any => x

const issuesOf = (spec: Gan.Spec): readonly Gan.Issues[number][] => {
  const result = Gan.validate(spec)
  return E.isLeft(result) ? result.left : []
}

const bare = Gan.between(players)

describe('what is missing', () => {
  it('is a loss and an optimizer for each player', () => {
    expect(pathsOf(issuesOf(bare))).toEqual(['loss', 'optimizers.generator', 'optimizers.discriminator'])
  })
  it('is a network', () => {
    const spec = Gan.between(
      js({ generater: players.generator, discriminator: players.discriminator, prior: players.prior })
    )
    const [first] = issuesOf(spec)
    expect(first).toMatchObject({
      _tag: 'Missing',
      path: ['networks', 'generator'],
      hint: 'Write generator instead of generater'
    })
  })
  it('is a prior', () => {
    const [first] = issuesOf(Gan.between(js({ generator: players.generator, discriminator: players.discriminator })))
    expect(first).toMatchObject({ path: ['prior'], expected: 'a prior', actual: 'undefined' })
  })
  it('is something to minimize', () => {
    const only = Gan.withLoss({ discriminator: ({ D, real }: Gan.Play) => mean(D(real)) })
    expect(pathsOf(issuesOf(smallSpec(only)))).toEqual(['loss.generator'])
  })
  it('is all of it, in a spec from nothing', () => {
    expect(pathsOf(issuesOf(Gan.between(js(undefined))))).toEqual(
      expect.arrayContaining(['prior', 'networks.generator', 'networks.discriminator', 'loss'])
    )
  })
})

describe('a misspelt player', () => {
  it.each([
    ['optimizers', Gan.withOptimizer('generater', Opt.sgd({ learningRate: 0.1 }))],
    ['regularizers', Gan.withRegularizer('generater', Reg.r2())],
    ['projections', Gan.withProjection('generater', Projection.clip(1))],
    ['average', Gan.withAverage({ decay: 0.9, players: ['generater'] })],
    ['loss', Gan.withLoss({ ...Loss.hinge.objectives, generater: ({ D, fake }: Gan.Play) => mean(D(fake)) })],
    ['update', Gan.withUpdate(Update.alternating({ critic: 'generater' }))]
  ])('in %s', (where, edit) => {
    expect(issuesOf(smallSpec(edit))).toMatchObject([
      { _tag: 'Misspelt', path: [where, 'generater'], actual: "'generater'", hint: "Did you mean 'generator'?" }
    ])
  })
  it('in an update rule of one’s own', () => {
    const own = Update.of('own', () => [
      Update.phase(['generator'], (_, position) => position),
      Update.phase(['critic', 'discriminator'], (_, position) => position)
    ])
    expect(pathsOf(issuesOf(smallSpec(Gan.withUpdate(own))))).toEqual(['update.critic'])
  })
})

describe('a misspelt option', () => {
  it.each<readonly [string, string, (spec: Gan.Spec) => Gan.Spec]>([
    ['regularizers.discriminator.r1.gama', 'gamma', Gan.withRegularizer('discriminator', Reg.r1(js({ gama: 1 })))],
    ['regularizers.discriminator.r2.gama', 'gamma', Gan.withRegularizer('discriminator', Reg.r2(js({ gama: 1 })))],
    [
      'regularizers.discriminator.gradientPenalty.lamda',
      'lambda',
      Gan.withRegularizer('discriminator', Reg.gradientPenalty(js({ lamda: 1 })))
    ],
    [
      'regularizers.discriminator.gradientPenalty.tarket',
      'target',
      Gan.withRegularizer('discriminator', Reg.gradientPenalty(js({ tarket: 1 })))
    ],
    [
      'regularizers.generator.jacobianClamp.maxx',
      'max',
      Gan.withRegularizer('generator', Reg.jacobianClamp(js({ maxx: 1 })))
    ],
    [
      'regularizers.generator.pathLength.decai',
      'decay',
      Gan.withRegularizer('generator', Reg.pathLength(js({ decai: 0.1 })))
    ],
    [
      'optimizers.generator.learnigRate',
      'learningRate',
      Gan.withOptimizer('generator', Opt.adam(js({ learningRate: 1, learnigRate: 1 })))
    ],
    ['loss.realTraget', 'realTarget', Gan.withLoss(Loss.nonSaturatingWith(js({ realTraget: 0.9 })))],
    ['loss.fakeTraget', 'fakeTarget', Gan.withLoss(Loss.leastSquaresWith(js({ fakeTraget: 0.9 })))],
    [
      'update.discriminatorStep',
      'discriminatorSteps',
      Gan.withUpdate(Update.alternating(js({ discriminatorStep: 5 })))
    ],
    ['average.decai', 'decay', Gan.withAverage(js({ decay: 0.9, decai: 0.9 }))],
    ['labels.clases', 'classes', Gan.withLabels(js({ classes: 2, clases: 2 }))]
  ])('%s', (path, meant, edit) => {
    const found = issuesOf(smallSpec(edit)).find((one) => one.path.join('.') === path)
    expect(found?.hint).toContain(`Did you mean ${meant}?`)
  })

  it('of a layer', () => {
    const generator = Net.serial(Net.dense(2, 3), Net.batchNorm(3, js({ momentun: 0.1 })), Net.dense(3, 2))
    expect(pathsOf(issuesOf({ ...smallSpec(), networks: { ...smallSpec().networks, generator } }))).toContain(
      'networks.generator.1.momentun'
    )
  })

  it('of Gan.compile', async () => {
    const issues = leftOf(await pipe(smallSpec(), Gan.compile(js({ batchsize: 4, engine: 'reference' })))())
    expect(pathsOf(issues)).toEqual(['compile.batchsize', 'compile.batchSize'])
    expect(issues[0].hint).toBe('Did you mean batchSize?')
  })

  it('of Gan.train', async () => {
    const options = { data: points, batchSize: 4, step: 10, engine: 'reference' }
    const issues = leftOf(await pipe(smallSpec(), Gan.train(js(options)))())
    expect(pathsOf(issues)).toEqual(['train.step', 'train.steps'])
  })

  it('is told beside what is wrong with the spec', async () => {
    const issues = leftOf(
      await pipe(bare, Gan.train(js({ data: 7, batchSize: 0, steps: -1, engine: 'wasn', seed: 0.5 })))()
    )
    expect(pathsOf(issues)).toEqual([
      'loss', 'optimizers.generator', 'optimizers.discriminator',
      'train.steps', 'train.seed', 'train.data', 'compile.batchSize', 'engine'
    ]) // prettier-ignore
  })

  it('is no number in place of the record', () => {
    const [first] = issuesOf(smallSpec(Gan.withRegularizer('discriminator', Reg.r1(js(0.02)))))
    expect(first).toMatchObject({
      path: ['regularizers', 'discriminator', 'r1'],
      actual: '0.02',
      hint: 'Write { gamma: 0.02 }'
    })
  })
})

describe('a value out of its range', () => {
  const penalty = Reg.r1({ gamma: 1 })
  it.each<readonly [string, (spec: Gan.Spec) => Gan.Spec]>([
    ['regularizers.discriminator.r1.weight', Gan.withRegularizer('discriminator', Objective.scale(-1)(penalty))],
    ['regularizers.discriminator.r1.weight', Gan.withRegularizer('discriminator', Objective.scale(NaN)(penalty))],
    ['regularizers.discriminator.r1.every', Gan.withRegularizer('discriminator', Objective.every(0)(penalty))],
    ['regularizers.discriminator.r1.every', Gan.withRegularizer('discriminator', Objective.every(1.5)(penalty))],
    ['regularizers.discriminator.r1.gamma', Gan.withRegularizer('discriminator', Reg.r1({ gamma: -1 }))],
    [
      'regularizers.generator.jacobianClamp.max',
      Gan.withRegularizer('generator', Reg.jacobianClamp({ min: 3, max: 2 }))
    ],
    [
      'regularizers.generator.jacobianClamp.mode',
      Gan.withRegularizer('generator', Reg.jacobianClamp(js({ mode: 'jpv' })))
    ],
    ['average.players', Gan.withAverage({ decay: 0.5, players: [] })],
    ['average.decay', Gan.withAverage({ decay: 1 })],
    ['average.decay', Gan.withAverage(js({}))],
    ['labels.classes', Gan.withLabels({ classes: 0 })],
    ['update.discriminatorSteps', Gan.withUpdate(Update.alternating({ discriminatorSteps: 0 }))],
    ['update.first', Gan.withUpdate(Update.alternating(js({ first: 'me' })))],
    ['loss.realTarget', Gan.withLoss(Loss.nonSaturatingWith({ realTarget: 1.1 }))],
    ['projections.discriminator.limit', Gan.withProjection('discriminator', Projection.clip(-1))],
    ['optimizers.generator.learningRate', Gan.withOptimizer('generator', Opt.sgd({ learningRate: -1 }))],
    ['prior.shape', () => Gan.between({ ...players, prior: Prior.normal(js(2)) })],
    ['prior.shape', () => Gan.between({ ...players, prior: Prior.sphere([0]) })]
  ])('%s', (path, edit) => {
    expect(pathsOf(issuesOf(smallSpec(edit)))).toContain(path)
  })
  it('may be a gamma of 0, which a sweep begins with', async () => {
    const step = await compiled(smallSpec(Gan.withRegularizer('discriminator', Reg.r1({ gamma: 0 }))), {
      sampler: points
    })
    expect(step.warnings).toEqual([])
    step.dispose()
  })
  it.each([0, -1, 1.5, NaN, '4', undefined])('batch size %s', async (batchSize) => {
    const issues = leftOf(await pipe(smallSpec(), Gan.compile(js({ batchSize, engine: 'reference' })))())
    expect(pathsOf(issues)).toEqual(['compile.batchSize'])
  })
})

describe('what is no part of a spec at all', () => {
  it.each<readonly [string, (spec: Gan.Spec) => Gan.Spec]>([
    ['loss', Gan.withLoss(js(Loss.nonSaturatingWith))],
    ['loss', Gan.withLoss(js(undefined))],
    ['loss.discriminator', Gan.withLoss(js({ discriminator: 3 }))],
    ['optimizers.generator', Gan.withOptimizer('generator', js(Opt.adam))],
    ['regularizers.generator', Gan.withRegularizer('generator', js(undefined))],
    ['projections.generator', Gan.withProjection('generator', js(0.01))],
    ['update', Gan.withUpdate(js(Update.alternating))],
    ['networks.encoder', () => Gan.between(js({ ...players, encoder: 'none' }))]
  ])('%s', (path, edit) => {
    expect(pathsOf(issuesOf(smallSpec(edit)))).toContain(path)
  })
  it('is a regularizer that was not called', () => {
    const [first] = issuesOf(smallSpec(Gan.withRegularizer('discriminator', js(Reg.r1))))
    expect(first).toMatchObject({
      _tag: 'NotScalar',
      actual: 'an array',
      hint: 'A term gives a scalar; is it r1() that was meant?'
    })
  })
  it('is a spec that is none', () => {
    expect(E.isLeft(Gan.validate(js({})))).toBe(true)
    expect(E.isLeft(Gan.validate(js(undefined)))).toBe(true)
  })
})

describe('parts that do not suit each other', () => {
  const between = (parts: object): Gan.Spec => ({
    ...smallSpec(),
    ...Gan.between({ ...players, ...parts }),
    ...pickGame(smallSpec())
  })
  const pickGame = ({ loss, optimizers }: Gan.Spec) => ({ loss, optimizers })

  it('are the generator and the discriminator', () => {
    const [first, ...rest] = issuesOf(between({ generator: Net.dense(2, 3) }))
    expect(first).toMatchObject({
      _tag: 'Misfit',
      path: ['networks', 'discriminator'],
      expected: 'an input of shape [3], which the generator gives',
      actual: '[2]'
    })
    expect(rest).toEqual([])
  })
  it('are so where only running tells', () => {
    const generator = Net.serial(Net.dense(2, 2), Net.lambda('twice', (x) => mul(x, 2)), Net.lambda('sum', (x) => sum(x, { axes: [1] }))) // prettier-ignore
    expect(issuesOf(between({ generator }))).toMatchObject([{ _tag: 'Misfit', path: ['networks', 'discriminator'] }])
  })
  it('are the prior and the generator', () => {
    expect(issuesOf(between({ prior: Prior.normal([8]) }))).toMatchObject([
      { _tag: 'Misfit', path: ['prior', 'shape'], actual: '[8]', hint: 'Prior.normal([2])' }
    ])
  })
  it('are layers, told by their number', () => {
    const generator = Net.serial(...js([Net.dense(2, 3), Net.relu, Net.dense(4, 2)]))
    const issues = issuesOf(between({ generator }))
    expect(issues).toMatchObject([{ _tag: 'Misfit', path: ['networks', 'generator', 2] }])
    expect(Issue.show(issues)).toContain('networks.generator[2]')
  })
  it('are scores that are no scores', () => {
    const total = Net.lambda('total', (x: Tensor) => sum(x))
    const [first, ...rest] = issuesOf(between({ discriminator: Net.serial(Net.dense(2, 5), total) }))
    expect(first).toMatchObject({
      _tag: 'Misfit',
      path: ['networks', 'discriminator'],
      expected: 'a score a sample, [B] or [B, 1], or one a patch, [B, 1, h, w]'
    })
    expect(rest).toEqual([])
  })
  it('are a sampler and the generator', async () => {
    const sampler: Gan.Sampler = (key, n) => Random.normal(key, [n, 3])
    const issues = leftOf(await pipe(smallSpec(), Gan.compile({ batchSize: 4, engine: 'reference', sampler }))())
    expect(issues).toMatchObject([{ _tag: 'Misfit', path: ['sampler'], actual: 'float32[4, 3]' }])
  })
  it('are not a critic that packs samples', () => {
    const pack = Net.lambda('pack', (x: Tensor) => reshape(x, [x.shape[0]! / 2, 4]), { output: [4] })
    expect(issuesOf(between({ discriminator: Net.serial(pack, Net.dense(4, 1)) }))).toEqual([])
  })
  it('are not a loss that packs samples itself', () => {
    const two = (x: Tensor): Tensor => reshape(x, [x.shape[0]! / 2, 4])
    const packed = Gan.withLoss({
      discriminator: ({ D, real, fake }) => sub(mean(D(two(fake))), mean(D(two(real)))),
      generator: ({ D, fake }) => neg(mean(D(two(fake))))
    })
    expect(issuesOf(packed(between({ discriminator: Net.dense(4, 1) })))).toEqual([])
  })
})

describe('a term', () => {
  const penalized = (player: string, term: Gan.Term) => issuesOf(smallSpec(Gan.withRegularizer(player, term)))

  it('that is no scalar', () => {
    const notMean: Gan.Term = ({ D, real }) => square(D(real))
    expect(penalized('discriminator', notMean)).toMatchObject([
      {
        _tag: 'NotScalar',
        path: ['regularizers', 'discriminator', 'notMean'],
        actual: 'float32[4]',
        hint: 'Take the mean over samples'
      }
    ])
    expect(
      penalized(
        'discriminator',
        js(() => 3)
      )
    ).toMatchObject([{ _tag: 'NotScalar', actual: 'the number 3' }])
    expect(
      penalized(
        'discriminator',
        js(() => undefined)
      )
    ).toMatchObject([{ _tag: 'NotScalar', actual: 'undefined' }])
  })
  it('that throws', () => {
    const broken: Gan.Term = ({ real }) => js(real).nothing.here
    expect(penalized('discriminator', broken)).toMatchObject([
      {
        _tag: 'TermFailed',
        path: ['regularizers', 'discriminator', 'broken'],
        actual: expect.stringContaining('TypeError')
      }
    ])
    expect(penalized('discriminator', js(() => { throw js('text') }))).toMatchObject([{ _tag: 'TermFailed', actual: 'text' }]) // prettier-ignore
  })
  it('that misfits, with the place in the user’s file', () => {
    const misfit: Gan.Term = ({ D, real }) => mean(D(div(real, tensor([1, 2, 3]))))
    const [first] = penalized('discriminator', misfit)
    expect(first).toMatchObject({
      _tag: 'TermFailed',
      actual: expect.stringMatching(/ShapeMisfit in div, called at .*validate\.test\.ts/)
    })
  })
  it('that is a promise', () => {
    expect(
      penalized(
        'discriminator',
        js(async ({ D, real }: Gan.Play) => mean(D(real)))
      )
    ).toHaveLength(1)
  })

  const names = (issues: readonly Gan.Issues[number][]) => issues.map(({ _tag, path }) => `${_tag} ${path.join('.')}`)
  it.each<readonly [string, string, Gan.Term]>([
    ['is cut off by stopGradient', 'discriminator', ({ D, real }) => mean(stopGradient(D(real)))],
    ['is the other player’s', 'generator', ({ D, real }) => mean(square(D(real)))],
    [
      'is a gradient with respect to a constant',
      'generator',
      ({ D, real }) => sum(square(grad((x: Tensor) => sum(D(x)))(real)))
    ],
    ['counts', 'discriminator', ({ D, real }) => mean(convert(greater(D(real), 0), 'float32'))],
    ['is a constant', 'discriminator', ({ real }) => mean(real)]
  ])('that does nothing, since it %s', (_, player, silent) => {
    expect(names(issuesOf(smallSpec(Gan.withRegularizer(player, Objective.of('silent', silent)))))).toEqual([
      `NoGradient regularizers.${player}.silent`
    ])
  })
  it('of a built-in penalty given to the wrong player', () => {
    expect(names(issuesOf(smallSpec(Gan.withRegularizer('generator', Reg.r1()))))).toEqual([
      'NoGradient regularizers.generator.r1'
    ])
    expect(names(issuesOf(smallSpec(Gan.withRegularizer('discriminator', Reg.jacobianClamp()))))).toEqual([
      'NoGradient regularizers.discriminator.jacobianClamp'
    ])
  })
  it('whose weight fails, or is no scalar', () => {
    const scheduled = (f: (step: Tensor) => Tensor) =>
      issuesOf(smallSpec(Gan.withRegularizer('discriminator', Objective.schedule(f)(Reg.r1()))))
    expect(scheduled(() => tensor([1, 2]))).toMatchObject([
      { _tag: 'NotScalar', path: ['regularizers', 'discriminator', 'r1', 'weight'] }
    ])
    expect(scheduled(js((step: any) => step.a.b))).toMatchObject([
      { _tag: 'TermFailed', path: ['regularizers', 'discriminator', 'r1', 'weight'] }
    ])
  })
  it('that has to be waited for', () => {
    const late = js(async ({ D, real }: Gan.Play) => Promise.resolve(mean(D(real))))
    expect(penalized('discriminator', late)).toMatchObject([
      { _tag: 'NotScalar', actual: 'a promise', hint: expect.stringContaining('cannot wait') }
    ])
  })
  it('that remembers what it never recalls', () => {
    const forgetful: Gan.Term = ({ D, real, remember }) => {
      const score = mean(D(real))
      remember('score', stopGradient(score))
      return score
    }
    expect(penalized('discriminator', forgetful)).toMatchObject([
      {
        _tag: 'TermFailed',
        path: ['memories', 'discriminator', 'forgetful/score'],
        hint: expect.stringContaining('recall')
      }
    ])
  })
  it('of one’s own, as in the documentation, is welcome', () => {
    const myPenalty: Gan.Term = ({ D, real }) => mean(square(norm(grad((x: Tensor) => sum(D(x)))(real), { axes: [1] })))
    expect(issuesOf(smallSpec(Gan.withRegularizer('discriminator', myPenalty)))).toEqual([])
  })
})

describe('an optimizer or a projection that throws', () => {
  it('is told by its player', () => {
    const thrower = Opt.transformation({ name: 'thrower', init: () => [], update: () => js(undefined).x })
    const projection = { name: 'shatter', options: {}, apply: () => js(undefined).x }
    const issues = issuesOf(
      smallSpec(Gan.withOptimizer('generator', thrower), Gan.withProjection('discriminator', projection))
    )
    expect(pathsOf(issues)).toEqual(['optimizers.generator', 'projections.discriminator'])
  })
})

describe('labels', () => {
  it('that nothing reads', () => {
    expect(issuesOf(smallSpec(Gan.withLabels({ classes: 3 })))).toMatchObject([
      { _tag: 'NoGradient', path: ['labels'] }
    ])
  })
  it('that a network takes and the spec does not give', () => {
    const reads = { ...Net.dense(2, 2), takesLabels: true }
    const spec = { ...smallSpec(), networks: { ...smallSpec().networks, generator: reads } }
    expect(issuesOf(spec)).toMatchObject([{ _tag: 'Missing', path: ['labels'] }])
  })
  it('that a function of one’s own takes and the spec does not give', () => {
    const generator = Net.serial(Net.dense(2, 2), Net.lambda('shift', (x: Tensor, { labels }) => mul(x, mean(convert(labels!, 'float32'))), { preserves: true })) // prettier-ignore
    const spec = { ...smallSpec(), networks: { ...smallSpec().networks, generator } }
    expect(issuesOf(spec)).toMatchObject([
      { _tag: 'Missing', path: ['labels'], hint: 'Gan.withLabels({ classes: 10 })' }
    ])
    expect(issuesOf(Gan.withLabels({ classes: 3 })(spec))).toEqual([])
  })
})

describe('batch norm in a critic', () => {
  const discriminator = Net.serial(Net.dense(2, 3), Net.batchNorm(3), Net.dense(3, 1))
  const spec = { ...smallSpec(), networks: { ...smallSpec().networks, discriminator } }
  it('with a per-sample penalty is a warning, which does not block', async () => {
    const penalized = Gan.withRegularizer('discriminator', Reg.r1())(spec)
    expect(E.isRight(Gan.validate(penalized))).toBe(true)
    const step = await compiled(penalized, { sampler: points })
    expect(step.warnings).toMatchObject([
      { _tag: 'SampleCoupling', severity: 'warning', path: ['regularizers', 'discriminator', 'r1'] }
    ])
    expect(Issue.show(step.warnings)).toContain('1 warning on this GAN')
    step.dispose()
  })
  it('without one is nothing', async () => {
    const step = await compiled(spec, { sampler: points })
    expect(step.warnings).toEqual([])
    step.dispose()
  })
})

describe('an engine', () => {
  it('of an unknown name', async () => {
    const issues = leftOf(await pipe(smallSpec(), Gan.compile({ batchSize: 4, engine: js('refrence') }))())
    expect(issues).toMatchObject([
      { _tag: 'EngineFailed', path: ['engine'], actual: expect.stringContaining('refrence') }
    ])
  })
  it('that is none', async () => {
    const issues = leftOf(await pipe(smallSpec(), Gan.compile({ batchSize: 4, engine: js(3) }))())
    expect(pathsOf(issues)).toContain('compile.engine')
  })
})

describe('validation', () => {
  it('returns the spec itself', () => {
    const spec = smallSpec()
    expect(rightOf(Gan.validate(spec))).toBe(spec)
  })
  it('collects everything into one text', async () => {
    const silent: Gan.Term = ({ D, real }) => mean(stopGradient(D(real)))
    const broken: Gan.Term = ({ real }) => js(real).nothing.here
    const spec = pipe(
      Gan.between(players),
      Gan.withLoss(Loss.nonSaturatingWith(js({ realTraget: 0.9 }))),
      Gan.withOptimizer('generater', Opt.adam({ learningRate: 1e-3 })),
      Gan.withOptimizer('discriminator', Opt.adam(js({ learnigRate: 1e-3 }))),
      Gan.withRegularizer('discriminator', Objective.scale(-1)(Reg.r1({ gamma: 1 }))),
      Gan.withRegularizer('discriminator', Objective.every(0)(silent)),
      Gan.withRegularizer('discriminator', silent),
      Gan.withRegularizer('discriminator', broken),
      Gan.withAverage({ decay: 2 })
    )
    const issues = leftOf(await pipe(spec, Gan.compile(js({ batchSize: 0, engin: 'wasm' })))())
    const text = Issue.show(issues).replace(/at .*broken.*validate\.test\.ts.*$/m, 'at WHERE')
    expect(text).toMatchInlineSnapshot(`
      "13 problems in this GAN
        average.decay: expected a number in [0, 1) or one of 'uniform'; got 2
            hint: Change decay
        loss.realTraget: expected one of realTarget; got realTraget
            hint: Did you mean realTarget?
        optimizers.discriminator.learnigRate: expected one of learningRate, b1, b2, epsilon, epsilonRoot, lazy; got learnigRate
            hint: Did you mean learningRate?
        optimizers.discriminator.learningRate: expected a number of at least 0 or a schedule; got undefined
            hint: Change learningRate
        optimizers.generater: expected one of the players generator, discriminator; got 'generater'
            hint: Did you mean 'generator'?
        optimizers.generator: expected an optimizer for generator; got none
            hint: Gan.withOptimizer('generator', Opt.adam({ learningRate: 2e-4, b1: 0, b2: 0.9 }))
        regularizers.discriminator.r1.weight: expected a finite weight of at least 0; got -1
            hint: A player minimizes its objective: turn the sign of the term instead
        regularizers.discriminator.silent.every: expected a whole number of at least 1; got 0
            hint: Objective.every(k) counts steps
        compile.engin: expected one of batchSize, engine, sampler, givenDraws; got engin
            hint: Did you mean engine?
        compile.batchSize: expected a whole number of at least 1, or such numbers by player; got 0
            hint: Change batchSize
        regularizers.discriminator.silent: expected a term whose gradient reaches the parameters of discriminator; got one that does not depend on them in a differentiable way: it would do nothing
            hint: Check for stopGradient, for a term given to the wrong player, and for gradients taken with respect to a constant
        regularizers.discriminator.silent#2: expected a term whose gradient reaches the parameters of discriminator; got one that does not depend on them in a differentiable way: it would do nothing
            hint: Check for stopGradient, for a term given to the wrong player, and for gradients taken with respect to a constant
        regularizers.discriminator.broken: expected a function that does not throw; got TypeError: Cannot read properties of undefined (reading 'here')
            at WHERE
            hint: Mend the function"
    `)
  })
})
