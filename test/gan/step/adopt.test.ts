/** What is taken over from a state of another spec, and what begins anew. */
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { Gan, Net, Objective, Opt, Update, add, mean, mul, treeLeaves } from '../../../src/index.ts'
import { bits, leftOf, points, rightOf, smallSpec, trained } from '../../support/smallGan.ts'

/** Plain JavaScript knows no types. */
const js = (x: unknown): any => x
const adam = (player: string) => Gan.withOptimizer(player, Opt.adam({ learningRate: 0.01 }))
const average = (decay = 0.9) => Gan.withAverage({ decay })
const remembering: Gan.Term = ({ D, real, recall, remember }) => {
  remember('size', add(recall('size', 1), 1))
  return mul(mean(D(real)), 0)
}
const term = Gan.withRegularizer('discriminator', Objective.of('remembering', remembering))
const networks = (edit: object) => (spec: Gan.Spec): Gan.Spec => ({ ...spec, networks: { ...spec.networks, ...edit } }) // prettier-ignore

describe('a state that another spec adopts', () => {
  type Edit = (spec: Gan.Spec) => Gan.Spec
  const rich: readonly Edit[] = [adam('generator'), adam('discriminator'), average(), term]
  it.each<readonly [string, readonly Edit[], readonly Edit[], readonly string[], readonly string[]]>([
    ['of the same spec', rich, rich, [], []],
    ['of another schedule', [adam('generator')], [Gan.withOptimizer('generator', Opt.adam({ learningRate: Opt.linear(0.1, 0, 9) }))], ['players.generator.optimizer[1]'], []], // prettier-ignore
    ['without an optimizer’s moments', [], [adam('generator')], ['players.generator.optimizer[0]'], []],
    ['of an optimizer with moments', [adam('generator')], [], [], ['players.generator.optimizer[0]']],
    ['without an average', [], [average()], ['averages.generator'], []],
    ['with an average', [average()], [], [], ['averages.generator']],
    ['of another decay', [average(0.5)], [average(0.99)], [], []],
    ['without a term that remembers', [], [term], ['memories.discriminator.remembering/size'], []],
    ['with a term that remembers', [term], [], [], ['memories.discriminator']],
    ['of another update rule', [], [Gan.withUpdate(Update.optimistic)], ['update'], []],
    ['of another critic', rich, [...rich, networks({ discriminator: Net.dense(2, 1) })], ['players.discriminator.params.bias', 'players.discriminator.params.weights', 'players.discriminator.optimizer[0]'], ['players.discriminator']] // prettier-ignore
  ])('%s: the rest begins anew', async (_, before, after, anew, unused) => {
    const { state: given } = await trained(smallSpec(...before), { steps: 3 })
    const spec = smallSpec(...after)
    const adopted = rightOf(await Gan.adopt(spec, given, { seed: 5 })())
    expect(adopted.anew).toEqual(anew)
    const isExpected = (path: string) => unused.some((start) => path.startsWith(start))
    expect(adopted.unused.filter((path) => !isExpected(path))).toEqual([])
    expect(adopted.unused.length > 0).toBe(unused.length > 0)
    const { state } = adopted
    expect([...state.step.data, ...state.cursor.data, ...state.key.data]).toEqual([...given.step.data, ...given.cursor.data, ...given.key.data]) // prettier-ignore
    expect(bits(state.players['generator']!.params)).toEqual(bits(given.players['generator']!.params))
    // It is a state of the spec: training goes on from it.
    const { state: last } = await trained(spec, { steps: 2, state })
    expect([...last.step.data]).toEqual([5])
    if (anew.length === 0 && unused.length === 0) expect(bits(state)).toEqual(bits(given))
  })
  it('begins an average at the parameters that were taken over, not at fresh ones', async () => {
    const { state: given } = await trained(smallSpec(), { steps: 3 })
    const { state } = rightOf(await Gan.adopt(smallSpec(average()), given)())
    expect(bits(state.averages['generator'])).toEqual(bits(given.players['generator']!.params))
  })
  it('takes by the seed what is new, and shares no memory', async () => {
    const { state: given } = await trained(smallSpec(), { steps: 1 })
    const spec = smallSpec(networks({ discriminator: Net.serial(Net.dense(2, 5), Net.tanh, Net.dense(5, 1)) }))
    const of = async (seed: number) => rightOf(await Gan.adopt(spec, given, { seed })()).state
    const [one, again, other] = [await of(1), await of(1), await of(2)]
    expect(bits(one)).toEqual(bits(again))
    expect(bits(one)).not.toEqual(bits(other))
    const arrays = [...treeLeaves(one), ...treeLeaves(given)].map(({ data }) => data.buffer)
    expect(new Set(arrays).size).toBe(arrays.length)
  })
  it('goes on to the same bits where all of it fits', async () => {
    const spec = smallSpec(...rich)
    const whole = await trained(spec, { steps: 6 })
    const { state: given } = await trained(spec, { steps: 3 })
    const { state } = rightOf(await Gan.adopt(spec, given)())
    expect(bits((await trained(spec, { steps: 3, state })).state)).toEqual(bits(whole.state))
  })
  it('is refused without a step, and the spec with its problems', async () => {
    for (const none of [undefined, null, 3, {}, { players: {} }, new Map()]) {
      const issues = leftOf(await Gan.adopt(smallSpec(), none)())
      expect(issues[0]).toMatchObject({ _tag: 'BadState' })
    }
    const { state } = await trained(smallSpec(), { steps: 1, data: points })
    expect(E.isLeft(await Gan.adopt(js(undefined), state)())).toBe(true)
    expect(leftOf(await Gan.adopt(smallSpec(), state, { seed: 0.5 })())[0].path).toEqual(['adopt', 'seed'])
  })
})
