/**
 * How many products of hidden layers a cycle of each rule takes, counted by hand: nothing is computed twice, and nothing
 * that is not needed. Both players have two hidden layers, so each has one product of hidden layers, of which a pass takes
 *
 * - forward: 1,
 * - its gradient: 1 for the layer below, 1 for the weights,
 * - a derivative of any of these: twice as many.
 */
import { expect, it } from 'vitest'
import { optimize } from '../../../../src/compiler/rewrite/optimize.ts'
import { schedule } from '../../../../src/compiler/scheduleProgram.ts'
import { cycle } from '../../../../src/gan/step/cycle.ts'
import type { State } from '../../../../src/gan/step/state.ts'
import { initialState } from '../../../../src/gan/step/state.ts'
import type { Program as Programs } from '../../../../src/program/program.ts'
import type { ScanParams } from '../../../../src/program/scan.ts'
import { Gan, Loss, Net, Opt, Prior, Program, Random, Update, pipe, zeros } from '../../../../src/index.ts'

const [batch, hidden] = [16, 24]
const network = (from: number, to: number) =>
  Net.serial(Net.dense(from, hidden), Net.relu, Net.dense(hidden, hidden), Net.relu, Net.dense(hidden, to))

/** Counts products of hidden layers; those in a loop once for each of its iterations. */
const productsIn = (program: Programs): number => {
  const { kernels } = schedule(optimize(program))
  const counts = kernels.map((kernel): number => {
    if (kernel.kind === 'contraction') return kernel.m * kernel.n * kernel.k === batch * hidden * hidden ? 1 : 0
    if (kernel.kind !== 'routine' || kernel.primitive !== 'scan') return 0
    const { body, length } = kernel.params as ScanParams
    return length * productsIn(body)
  })
  return counts.reduce((sum, n) => sum + n, 0)
}

const programOf = (rule: Update.Update): Programs => {
  const spec = pipe(
    Gan.between({ generator: network(8, 2), discriminator: network(2, 1), prior: Prior.normal([8]) }),
    Gan.withLoss(Loss.nonSaturating),
    Gan.withOptimizer('generator', Opt.adam({ learningRate: 1e-3 })),
    Gan.withOptimizer('discriminator', Opt.adam({ learningRate: 1e-3 })),
    Gan.withUpdate(rule)
  )
  const step = (state: State) =>
    cycle(spec, state, { batchSize: batch, batch: () => ({ real: zeros([batch, 2]) }), draws: () => ({}) })
  return Program.of(step, initialState(spec, {}, Random.key(0)))
}

const total = (parts: Readonly<Record<string, number>>): number => Object.values(parts).reduce((sum, n) => sum + n, 0)

/** All gradients at one place: each player's forward pass, and what its own objective sends back. */
const field = {
  'G forward': 1,
  'D of data and fakes forward': 2,
  'D of data and fakes back, to weights': 4,
  'D of fakes back, for G': 1,
  'G back, to weights': 2
}

it.each<readonly [string, Update.Update, Readonly<Record<string, number>>]>([
  ['simultaneous', Update.simultaneous, field],
  ['alternating', Update.alternating(), { ...field, 'G forward': 2, 'D of data and fakes forward': 3 }],
  ['extragradient', Update.extragradient(), { one: total(field), two: total(field) }],
  [
    'consensus',
    Update.consensus({ gamma: 0.1 }),
    {
      ...field,
      'D of data, its derivative': 6,
      'D of fakes, that along its weights': 6,
      'D of fakes, that along what G moves: forward, and to weights': 2,
      'G, its derivative': 6
    }
  ],
  [
    'symplectic',
    Update.symplectic(),
    {
      ...field,
      'along G: G forward': 2,
      'along G: D forward, back and to weights': 5,
      'along D: D forward': 2,
      'along D: D back': 3,
      'along D: G back, to weights': 2
    }
  ],
  [
    'unrolled by 5',
    Update.unrolled({ steps: 5 }),
    {
      'G forward': 1,
      'five gradients of D, of data and fakes': 30,
      'D after them: forward, back, to weights': 3,
      'derivatives of four of them': 4 * 12,
      'derivative of the first, whose weights are given: for fakes, back to them': 4,
      'G back, to weights': 2
    }
  ]
])('%s takes the products that it has to', (_, rule, parts) => {
  expect(productsIn(programOf(rule))).toBe(total(parts))
})

it.each<readonly [string, (steps: number) => Update.Update]>([
  ['unrolled', (steps) => Update.unrolled({ steps })],
  ['bestResponse', (steps) => Update.bestResponse({ steps })]
])('%s has as many kernels for any number of steps', (_, rule) => {
  const counts = [3, 30, 300].map((steps) => schedule(optimize(programOf(rule(steps)))).kernels.length)
  expect(new Set(counts).size).toBe(1)
})
