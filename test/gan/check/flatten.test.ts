/** Images before dense layers, and dense layers before images: the hints say what lies between them. */
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import { Gan, Loss, Net, Opt, Prior } from '../../../src/index.ts'

/** Plain JavaScript knows no types. */
const js = (x: unknown): any => x
const issuesOf = (generator: unknown, discriminator: unknown): readonly Gan.Issue[] => {
  const checked = pipe(
    Gan.between(js({ generator, discriminator, prior: Prior.normal([2]) })),
    Gan.withLoss(Loss.hinge),
    Gan.withOptimizer('generator', Opt.sgd({ learningRate: 1 })),
    Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 1 })),
    Gan.validate
  )
  return E.isLeft(checked) ? checked.left : []
}
const hintsOf = (generator: unknown, discriminator: unknown): readonly string[] =>
  issuesOf(generator, discriminator).map(({ hint }) => hint)

const points = Net.dense(2, 16)
const images = Net.serial(points, Net.reshape([1, 4, 4]))
const critic = Net.dense(16, 1)
const convolution = Net.convolution(1, 1, { kernel: 4 })
const unknown = (net: Net.Layer): unknown => Net.serial(...js([net, Net.lambda('own', (x) => x)]))

describe('images before a dense layer', () => {
  it.each([
    ['as declared', images],
    ['as traced', unknown(images)]
  ])('want Net.flatten, %s', (_, generator) => {
    const [issue, ...rest] = issuesOf(generator, critic)
    expect(issue).toMatchObject({ _tag: 'Misfit', path: ['networks', 'discriminator'] })
    expect(issue!.hint).toContain('Net.flatten')
    expect(rest).toEqual([])
    expect(issuesOf(generator, Net.serial(Net.flatten, critic))).toEqual([])
  })
  it('want it inside a network, too', () => {
    const head = Net.serial(...js([convolution, critic]))
    expect(hintsOf(images, head)).toEqual(['Put Net.flatten before it'])
  })
})

describe('points before a convolution', () => {
  it.each([
    ['as traced', unknown(points)],
    ['as declared', points]
  ])('want Net.reshape, %s', (_, generator) => {
    const [hint, ...rest] = hintsOf(generator, convolution)
    expect(hint).toContain('Net.reshape([')
    expect(rest).toEqual([])
  })
})

describe('networks of other sizes', () => {
  it('have to agree', () => {
    expect(hintsOf(Net.dense(2, 3), critic)).toEqual([
      'Make the last layer of the generator and the first of the discriminator agree'
    ])
  })
})

describe('a convolution to one number', () => {
  it('needs no flattening before a loss', () => expect(issuesOf(images, convolution)).toEqual([]))
})
