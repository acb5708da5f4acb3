/** Code that specToCode writes makes the spec again: every preset, and every built-in with options of its own. */
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as library from '../../../src/index.ts'
import {
  Augment,
  Gan,
  Issue,
  Loss,
  Net,
  Objective,
  Opt,
  Preset,
  Prior,
  Reg,
  Update,
  tensor
} from '../../../src/index.ts'
import type { Spec } from '../../../src/gan/game/spec.ts'

const right = <A>(result: E.Either<Issue.Issues, A>): A =>
  E.isRight(result) ? result.right : expect.fail(Issue.show(result.left))

/** Runs a module that imports from this library alone, and exports `spec`. */
const run = (code: string): Spec => {
  const names = /^import \{ (.*) \} from 'saddlepoint'$/m.exec(code)?.[1]?.split(', ') ?? []
  const body = code.replace(/^import .*$/m, '').replace('export const spec =', 'return')
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the code is what is tested
  const make = new Function(...names, body) as (...values: readonly unknown[]) => Spec
  return make(...names.map((name) => (library as Readonly<Record<string, unknown>>)[name]))
}

const expectSame = (spec: Spec): void => {
  const code = right(Gan.specToCode(spec))
  expect(right(Gan.specToJson(run(code))), code).toBe(right(Gan.specToJson(spec)))
}

describe('the code of a spec makes it again', () => {
  it.each([...Preset.names])('%s', (name) => {
    expectSame(Preset.of(name))
    expectSame(Preset.of(name, { shape: [3, 32, 32], width: 8 }))
  })

  const plain = Gan.between({
    generator: Net.serial(Net.dense(4, 8), Net.relu, Net.dense(8, 2)),
    discriminator: Net.serial(Net.spectral(Net.dense(2, 8)), Net.leakyRelu(0.1), Net.dense(8, 1)),
    prior: Prior.uniform([4])
  })
  const edits: Readonly<Record<string, (spec: Spec) => Spec>> = {
    'weights, schedules and lazy terms': (spec) =>
      pipe(
        spec,
        Gan.withRegularizer('discriminator', pipe(Reg.r1({ gamma: 3 }), Objective.scale(2), Objective.every(4))),
        Gan.withRegularizer('discriminator', pipe(Reg.r2({ gamma: 1 }), Objective.schedule(Opt.linear(1, 0, 10)))),
        Gan.withRegularizer(
          'generator',
          Reg.logCondition({ subset: 3 }).map((term) => ({ ...term, isMetric: true }))
        )
      ),
    'numbers that JSON has none for': (spec) => Gan.withOptimizer('generator', Opt.clipByValue(Infinity))(spec),
    'a chain of optimizers, by schedules': (spec) =>
      Gan.withOptimizer(
        'generator',
        Opt.chain(
          Opt.clipByNorm(1),
          Opt.adam({ learningRate: Opt.product(Opt.cosine(1e-3, 0, 100), Opt.warmUp(10, 1)) })
        )
      )(spec),
    'rules within rules': (spec) => Gan.withUpdate(Update.lookahead(Update.extragradient(), { period: 4 }))(spec),
    'a rule with options': (spec) => Gan.withUpdate(Update.alternating({ discriminatorSteps: 3 }))(spec),
    'labels with weights, an average, a frozen path': (spec) =>
      pipe(
        spec,
        Gan.withLabels({ classes: 3, fakes: [1, 1, 2], dropout: 0.1 }),
        Gan.withAverage({ decay: 0.99, players: ['generator', 'discriminator'] }),
        Gan.frozen(['discriminator', 0]),
        Gan.frozen('generator')
      ),
    conditions: Gan.withConditions({ shape: [2] }),
    'an augmentation that adapts': Gan.withAugmentation(
      'discriminator',
      Augment.serial(
        Augment.diffAugment({ policy: ['colour'] }),
        Augment.instanceNoise({ deviation: Opt.linear(0.1, 0, 50) })
      ),
      { probability: Augment.adaptive({ target: 0.5 }) }
    ),
    'a loss around a loss': Gan.withLoss(Loss.withCritics(['discriminator', 'second'])(Loss.hinge)),
    'a tensor in a layer': (spec) => ({
      ...spec,
      networks: { ...spec.networks, discriminator: Net.withReference(tensor([[1, 2]]), Net.serial(Net.dense(2, 1))) }
    }),
    'quotes \' and " in a name': Gan.frozen(['generator', 'it\'s "so"'])
  }
  it.each(Object.entries(edits))('%s', (_, edit) => {
    expectSame(edit(plain))
  })
})

it('leaves out what is so by default, and names constants', () => {
  const code = right(Gan.specToCode(Preset.gan()))
  expect(code).toContain('Gan.withLoss(Loss.nonSaturating)')
  expect(code).not.toContain('withUpdate')
  expect(code).not.toContain('epsilon')
  expect(code.split('\n').every((line) => line.length <= 100)).toBe(true)
})

it("refuses a function of one's own, as specToJson does", () => {
  const own = Gan.between({
    generator: Net.lambda('mine', (x) => x),
    discriminator: Net.dense(2, 1),
    prior: Prior.normal([2])
  })
  expect(Gan.specToCode(own)).toEqual(Gan.specToJson(own))
})
