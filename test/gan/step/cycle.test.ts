/** A cycle called as a function, on specs and states that lack something. */
import { describe, expect, it } from 'vitest'
import { Gan, Loss, Opt, Update } from '../../../src/index.ts'
import { cycle } from '../../../src/gan/step/cycle.ts'
import { batchAt, compiled, smallSpec } from '../../support/smallGan.ts'

const options = { batchSize: 4, batch: () => ({ real: batchAt(0) }) }

describe('the cursor', () => {
  it.each([
    ['those that a cycle reads', Loss.nonSaturating, Update.alternating({ discriminatorSteps: 3 }), 3],
    ['one where all move at once', Loss.nonSaturating, Update.simultaneous, 1],
    ['also those that the generator sees', Loss.relativistic, Update.alternating({ discriminatorSteps: 2 }), 3]
  ])('counts minibatches: %s', async (_, loss, update, read) => {
    const spec = smallSpec(Gan.withLoss(loss), Gan.withUpdate(update))
    const step = await compiled(spec)
    const state = await step.init(0)
    const once = cycle(spec, state, options)[0]
    const twice = cycle(spec, once, options)[0]
    expect([once, twice].map(({ cursor }) => cursor.data[0])).toEqual([read, 2 * read])
    expect([once, twice].map((of) => of.step.data[0])).toEqual([1, 2])
    expect(cycle(spec, state, { ...options, batchesPerStep: 7 })[0].cursor.data[0]).toBe(7)
    step.dispose()
  })
})

describe('a cycle', () => {
  const refusal = (expected: string) => ({ _tag: 'InvalidArgument', op: 'Gan', expected, actual: 'none' })
  const thrownBy = (f: () => unknown): unknown => {
    try {
      return f()
    } catch (cause) {
      return cause
    }
  }
  it('says which player lacks an optimizer, or a state', async () => {
    const spec = smallSpec()
    const step = await compiled(spec)
    const state = await step.init(0)
    for (const player of ['generator', 'discriminator']) {
      const others = <A>(of: Readonly<Record<string, A>>) =>
        Object.fromEntries(Object.entries(of).filter(([name]) => name !== player))
      const bare = { ...spec, optimizers: others(spec.optimizers) }
      expect(thrownBy(() => cycle(bare, state, options))).toMatchObject(
        refusal(`an optimizer for the player ${player}`)
      )
      const less = { ...state, players: others(state.players) }
      expect(thrownBy(() => cycle(spec, less, options))).toMatchObject(refusal(`a state for the player ${player}`))
    }
    step.dispose()
  })
  it('moves nobody who has nothing to minimize, and leaves no figures of it', async () => {
    const spec = smallSpec(Gan.withOptimizer('generator', Opt.sgd({ learningRate: 1 })))
    const step = await compiled(spec)
    const state = await step.init(0)
    const [next, metrics] = cycle(spec, state, { ...options, active: () => false })
    expect(metrics).toEqual({})
    expect(next.players).toEqual(state.players)
    expect([next.step.data[0], next.cursor.data[0]]).toEqual([1, 0])
    step.dispose()
  })
})
