/** A spec in words: every part that it may have, where it has it. */
import { describe, expect, it } from 'vitest'
import { Gan, Loss, Net, Objective, Opt, Prior, Projection, Reg, mul } from '../../../src/index.ts'
import { smallSpec } from '../../support/smallGan.ts'

const linesOf = (...edits: readonly ((spec: Gan.Spec) => Gan.Spec)[]): readonly string[] =>
  Gan.show(smallSpec(...edits)).split('\n')

/** Lines that edits add to those of the plain spec. */
const added = (...edits: readonly ((spec: Gan.Spec) => Gan.Spec)[]): readonly string[] => {
  const plain = linesOf()
  return linesOf(...edits).filter((line) => !plain.includes(line))
}

const bare = Gan.between({ generator: Net.dense(1, 1), discriminator: Net.dense(1, 1), prior: Prior.uniform([1]) })

const custom = (options: Readonly<Record<string, unknown>>) =>
  Gan.withOptimizer('generator', { ...Opt.sgd({ learningRate: 1 }), name: 'own', options })

describe('Gan.show', () => {
  it.each<readonly [string, readonly ((spec: Gan.Spec) => Gan.Spec)[], readonly string[]]>([
    ['labels', [Gan.withLabels({ classes: 10 })], ['labels 0 .. 9']],
    [
      'averages',
      [Gan.withAverage({ decay: 0.99, players: ['generator', 'discriminator'] })],
      ['average of generator, discriminator, decay 0.99 at the end of a ramp']
    ],
    [
      'uniform averages',
      [Gan.withAverage({ decay: 'uniform', start: 100 })],
      ['uniform average of generator from cycle 100 on']
    ],
    [
      'averages with all their options',
      [Gan.withAverage({ decay: 0.99, ramp: false, start: 100, statistics: 'average' })],
      ['average of generator, decay 0.99 from cycle 100 on, batch statistics included']
    ],
    ['projections', [Gan.withProjection('discriminator', Projection.clip(0.01))], ['  then clip({ limit: 0.01 })']],
    [
      'weights and laziness',
      [Gan.withRegularizer('discriminator', Objective.scale(3)(Objective.every(16)(Reg.r1({ gamma: 2 }))))],
      ['  minimizes 3 x r1({ gamma: 2 }) every 16 steps']
    ],
    [
      'schedules of weights',
      [Gan.withRegularizer('discriminator', Objective.schedule((step) => mul(1, step))(Reg.r1({ gamma: 2 })))],
      ['  minimizes scheduled x r1({ gamma: 2 })']
    ],
    ['a function by its name', [custom({ rate: function falling() {} })], ['  by own({ rate: falling })']],
    [
      'a function without one',
      [
        custom({
          rate: (
            () => () =>
              1
          )()
        })
      ],
      ['  by own({ rate: a function })']
    ],
    ['options that are set alone', [custom({ a: undefined, b: 1, c: 'x' })], ['  by own({ b: 1, c: "x" })']],
    ['no options', [custom({ a: undefined })], ['  by own']],
    ['an optimizer of one part', [custom({ rate: 2 })], ['  by own({ rate: 2 })']],
    [
      'an optimizer of several',
      [Gan.withOptimizer('generator', Opt.chain(Opt.clipByNorm(1), Opt.sgd({ learningRate: 0.5 })))],
      ['  by clipByNorm({ maxNorm: 1 }) then sgd({ learningRate: 0.5 })']
    ]
  ])('shows %s', (_, edits, expected) => {
    expect(added(...edits)).toEqual(expected)
  })
  it('says nothing of what is not there', () => {
    const text = Gan.show(bare)
    for (const word of ['loss', 'average', 'labels', 'minimizes', ' by ', ' then ']) expect(text).not.toContain(word)
    expect(text.split('\n').slice(0, 3)).toEqual([
      'prior uniform [1]',
      'update alternating({ discriminatorSteps: 1, first: "discriminator", critic: "discriminator" })',
      'generator'
    ])
  })
  it('shows a loss by its name', () => {
    expect(added(Gan.withLoss(Loss.hinge))).toEqual(['loss hinge', '  minimizes 1 x hinge', '  minimizes 1 x hinge'])
    expect(added(Gan.withLoss({ ...Loss.nonSaturating.objectives }))).toEqual(['loss loss'])
  })
  it('indents what belongs to a player', () => {
    const lines = linesOf().slice(3)
    expect(lines.filter((line) => !line.startsWith('  '))).toEqual(['generator', 'discriminator'])
  })
})
