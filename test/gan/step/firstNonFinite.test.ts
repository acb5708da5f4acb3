/** Which part of a step made the first number that is not finite: each part is named. */
import { describe, expect, it } from 'vitest'
import { Gan, Objective, Opt, add, convert, div, log, mean, mul, sqrt, square, stopGradient, sub, treeMap } from '../../../src/index.ts' // prettier-ignore
import type { Tensor } from '../../../src/index.ts'
// Loaded by trainings that go wrong alone; named here so that they are loaded with the test.
import '../../../src/gan/step/firstNonFinite.ts'
import '../../../src/gan/train/recovery.ts'
import { batchAt, compiled, rightOf, smallSpec } from '../../support/smallGan.ts'

const overflow = (x: Tensor): Tensor => mul(mul(x, 1e30), 1e30)
const update = (f: (x: Tensor) => Tensor) =>
  Opt.transformation({ name: 'own', init: () => [], update: (g, s) => [treeMap(f, g), s] })
const term =
  (name: string, f: Gan.Term) =>
  (player: string): ((spec: Gan.Spec) => Gan.Spec) =>
    Gan.withRegularizer(player, Objective.of(name, f))

/** What breaks, by the player that it is given to. */
const parts: readonly (readonly [string, (player: string) => (spec: Gan.Spec) => Gan.Spec, string, string])[] = [
  [
    'a term',
    term('big', ({ D, fake }) => overflow(add(square(mean(D(fake))), 1))),
    'mul of float32[] and float32[]',
    'the term big of the PLAYER'
  ],
  [
    'a weight',
    (player) =>
      Gan.withRegularizer(
        player,
        Objective.schedule((step) => overflow(add(convert(step, 'float32'), 1)))(
          Objective.of('heavy', ({ D, fake }) => mean(D(fake)))
        )
      ),
    'mul of float32[] and float32[]',
    'the loss of the PLAYER'
  ],
  [
    'a gradient',
    term('root', ({ D, fake }) => sqrt(mul(square(mean(D(fake))), 0))),
    'div of float32[] and float32[]',
    'the gradient of the PLAYER'
  ],
  [
    'an update',
    (player) =>
      Gan.withOptimizer(
        player,
        update((g) => log(sub(square(g), add(square(g), 1))))
      ),
    'log of float32[3]',
    'the update of the PLAYER'
  ],
  [
    'a memory',
    term('keeper', ({ D, fake, recall, remember }) => {
      remember('n', overflow(add(recall('n', 1), 1)))
      return mean(D(fake))
    }),
    'mul of float32[] and float32[]',
    'what terms of the PLAYER remember'
  ]
]

describe('the part of a step where a number that is not finite is made', () => {
  const cases = parts.flatMap(([what, edit, by, where]) =>
    ['generator', 'discriminator'].map((player) => ({ what, edit, by, where, player }))
  )
  it.each(cases)('is $what of the $player', async ({ edit, by, where, player }) => {
    // An average goes on from what broke, and is not to blame.
    const step = await compiled(smallSpec(edit(player), Gan.withAverage({ decay: 0.5, players: [player] })))
    const { firstNonFinite } = rightOf(await step.replay(await step.init(0), [batchAt(0)])())
    expect(firstNonFinite).toBe(`first made by ${by}, in ${where.replace('PLAYER', player)}`)
    step.dispose()
  })
  it('is an average', async () => {
    // a - p overflows where a and p are huge and of opposite sign.
    const spec = smallSpec(Gan.withAverage({ decay: 0.5, players: ['discriminator'] }))
    const step = await compiled(spec)
    const state = await step.init(0)
    const huge = treeMap((x) => ({ ...x, data: x.data.map(() => 3.4e38) }), state.averages['discriminator'])
    const opposite = { name: 'opposite', options: {}, apply: <P>(p: P): P => treeMap((x) => sub(mul(x, 0), 3.4e38), p) }
    step.dispose()
    const projected = await compiled(Gan.withProjection('discriminator', opposite)(spec))
    const { firstNonFinite } = rightOf(
      await projected.replay({ ...state, averages: { discriminator: huge } }, [batchAt(0)])()
    )
    expect(firstNonFinite).toMatch(
      /^first made by sub of float32\[.*\] and float32\[.*\], in the average of the discriminator$/
    )
    projected.dispose()
  })
  it('is none where all is finite', async () => {
    const step = await compiled(smallSpec())
    const { firstNonFinite, state } = rightOf(await step.replay(await step.init(0), [batchAt(0)])())
    expect(firstNonFinite).toBe(undefined)
    expect([...state.step.data]).toEqual([1])
    step.dispose()
  })
  it('is what was given, the state before the minibatch', async () => {
    const step = await compiled(smallSpec())
    const state = await step.init(0)
    const broken = (x: Tensor, value: number): Tensor => ({ ...x, data: x.data.map(() => value) })
    const bad = { ...state, players: treeMap((x) => (x.dtype === 'float32' ? broken(x, -Infinity) : x), state.players) }
    const found = async (s: Gan.State, x: Tensor) => rightOf(await step.replay(s, [x])()).firstNonFinite
    expect(await found(state, broken(batchAt(0), NaN))).toBe('NaN is in the minibatch')
    expect(await found(bad, batchAt(0))).toBe('-Infinity is in the state before')
    expect(await found(bad, broken(batchAt(0), NaN))).toBe('-Infinity is in the state before')
    step.dispose()
  })
  it('is the earlier of two', async () => {
    const late: Gan.Term = ({ D, fake }) => add(overflow(add(stopGradient(square(mean(D(fake)))), 1)), mean(D(fake)))
    const early: Gan.Term = ({ D, fake }) => div(add(square(mean(D(fake))), 1), mul(stopGradient(mean(D(fake))), 0))
    const step = await compiled(
      smallSpec(
        Gan.withRegularizer('discriminator', Objective.of('early', early)),
        Gan.withRegularizer('discriminator', Objective.of('late', late))
      )
    )
    const { firstNonFinite } = rightOf(await step.replay(await step.init(0), [batchAt(0)])())
    expect(firstNonFinite).toBe('first made by div of float32[] and float32[], in the term early of the discriminator')
    step.dispose()
  })
})
