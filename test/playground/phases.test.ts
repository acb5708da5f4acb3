import { describe, expect, it } from 'vitest'
import { E, Gan, Loss, Net, Opt, Prior, Toy, Update, pipe } from 'saddlepoint'
import { phasesFor } from '../../docs/playground/worker/phases.ts'

const options = { batchSize: 8, engine: 'reference', sampler: Toy.ring().sample } as const

const specWith = (update: Update.Update): Gan.Spec =>
  pipe(
    Gan.between({ generator: Net.dense(2, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([2]) }),
    Gan.withLoss(Loss.nonSaturating),
    Gan.withOptimizer('generator', Opt.adam({ learningRate: 1e-2 })),
    Gan.withOptimizer('discriminator', Opt.adam({ learningRate: 1e-2 })),
    Gan.withUpdate(update)
  )

const orThrow = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

const rules: readonly Update.Update[] = [
  Update.alternating(),
  Update.alternating({ discriminatorSteps: 3, first: 'generator' }),
  Update.alternating({ discriminatorSteps: (cycle) => (cycle < 1 ? 1 : 2) }),
  Update.lookahead(Update.alternating(), { period: 1 }),
  Update.chain(Update.alternating(), Update.extragradient())
]

describe('a cycle of the playground, phase by phase', () => {
  it.each(rules.map((rule) => [rule.name, JSON.stringify(rule.options), rule] as const))(
    'comes to what the cycle comes to, and moves one phase’s players at a time: %s %s',
    async (_name, _options, rule) => {
      const spec = specWith(rule)
      const phases = phasesFor(spec, options)
      const step = orThrow(await Gan.compile(options)(spec)())
      // From the second cycle, so that moments and memories are not at their beginning.
      const [start] = await step(await step.init(3))
      const [whole] = await step(start)
      const moved = phases.at(1)
      let before = start
      for (const [i, players] of moved.entries()) {
        const after = orThrow(await phases.after(start, i + 1))
        for (const name of Object.keys(spec.networks))
          if (!players.includes(name)) expect(after.players[name]).toEqual(before.players[name])
        expect(after.players).not.toEqual(before.players)
        before = after
      }
      expect(before.players).toEqual(whole.players)
      phases.dispose()
      step.dispose()
    }
  )
})
