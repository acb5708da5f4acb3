/**
 * Every optimizer that a spec can name is the recurrence of its paper, in double precision: written here number by number,
 * from the papers, and compared on gradients, hyperparameters and parameters that are drawn.
 */
import { it as prop } from '@fast-check/vitest'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Opt, evaluate, tensor } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { optimizers } from '../../src/gan/json/makers.ts'

/** A parameter is a list of numbers, and there are two of them. */
type Leaf = readonly number[]
type Leaves = readonly Leaf[]

interface Numbers {
  readonly rate: number
  readonly b1: number
  readonly b2: number
  readonly epsilon: number
  readonly decay: number
}

interface Case {
  readonly make: (numbers: Numbers) => Opt.Optimizer
  /** The parameters after all of these gradients. */
  readonly run: (params: Leaves, gradients: readonly Leaves[], numbers: Numbers) => Leaves
}

/** Each number by itself: what one parameter becomes under its gradients. */
const alone =
  (run: (p: number, gradients: Leaf, numbers: Numbers) => number): Case['run'] =>
  (params, gradients, numbers) =>
    params.map((leaf, i) =>
      leaf.map((p, j) =>
        run(
          p,
          gradients.map((leaves) => leaves[i]![j]!),
          numbers
        )
      )
    )

/** Adam's step at each update: m̂ / (√v̂ + epsilon). */
const adamSteps = (gradients: Leaf, { b1, b2, epsilon }: Numbers): Leaf => {
  let [m, v] = [0, 0]
  return gradients.map((g, i) => {
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g * g
    return m / (1 - b1 ** (i + 1)) / (Math.sqrt(v / (1 - b2 ** (i + 1))) + epsilon)
  })
}

const added = (p: number, steps: Leaf): number => steps.reduce((sum, step) => sum + step, p)
const length = (leaf: Leaf): number => Math.sqrt(leaf.reduce((sum, x) => sum + x * x, 0))

const cases: Readonly<Record<string, Case>> = {
  identity: {
    make: () => Opt.identity,
    run: alone((p, gradients) => added(p, gradients))
  },
  scale: {
    make: ({ rate }) => Opt.scale(-rate),
    run: alone((p, gradients, { rate }) => gradients.reduce((q, g) => q - rate * g, p))
  },
  scaleBySchedule: {
    make: ({ rate }) => Opt.scaleBySchedule(Opt.linear(rate, 0, 4)),
    run: alone((p, gradients, { rate }) => gradients.reduce((q, g, t) => q + rate * (1 - Math.min(t, 4) / 4) * g, p))
  },
  addDecayedWeights: {
    make: ({ decay }) => Opt.addDecayedWeights(decay),
    run: alone((p, gradients, { decay }) => gradients.reduce((q, g) => q + g + decay * q, p))
  },
  clipByValue: {
    make: ({ rate }) => Opt.clipByValue(rate),
    run: alone((p, gradients, { rate }) => gradients.reduce((q, g) => q + Math.max(-rate, Math.min(g, rate)), p))
  },
  clipByNorm: {
    make: ({ rate }) => Opt.clipByNorm(rate),
    run: (params, gradients, { rate }) =>
      gradients.reduce<Leaves>((leaves, g) => {
        const factor = Math.min(1, rate / length(g.flat()))
        return leaves.map((leaf, i) => leaf.map((p, j) => p + factor * g[i]![j]!))
      }, params)
  },
  chain: {
    make: ({ rate, decay }) => Opt.chain(Opt.addDecayedWeights(decay), Opt.scale(-rate)),
    run: alone((p, gradients, { rate, decay }) => gradients.reduce((q, g) => q - rate * (g + decay * q), p))
  },
  sgd: {
    make: ({ rate }) => Opt.sgd({ learningRate: rate }),
    run: alone((p, gradients, { rate }) => gradients.reduce((q, g) => q - rate * g, p))
  },
  momentum: {
    make: ({ rate, b1 }) => Opt.momentum({ learningRate: rate, momentum: b1 }),
    run: alone((p, gradients, { rate, b1 }) => {
      let m = 0
      return added(
        p,
        gradients.map((g) => -rate * (m = b1 * m + g))
      )
    })
  },
  nesterov: {
    make: ({ rate, b1 }) => Opt.nesterov({ learningRate: rate, momentum: b1 }),
    run: alone((p, gradients, { rate, b1 }) => {
      let m = 0
      return added(
        p,
        gradients.map((g) => -rate * (g + b1 * (m = b1 * m + g)))
      )
    })
  },
  adam: {
    make: ({ rate, b1, b2, epsilon }) => Opt.adam({ learningRate: rate, b1, b2, epsilon }),
    run: alone((p, gradients, numbers) =>
      added(
        p,
        adamSteps(gradients, numbers).map((u) => -numbers.rate * u)
      )
    )
  },
  adamW: {
    make: ({ rate, b1, b2, epsilon, decay }) => Opt.adamW({ learningRate: rate, b1, b2, epsilon, weightDecay: decay }),
    run: alone((p, gradients, numbers) =>
      adamSteps(gradients, numbers).reduce((q, u) => q - numbers.rate * (u + numbers.decay * q), p)
    )
  },
  rmsprop: {
    make: ({ rate, b2, epsilon }) => Opt.rmsprop({ learningRate: rate, decay: b2, epsilon }),
    run: alone((p, gradients, { rate, b2, epsilon }) => {
      let v = 0
      return added(
        p,
        gradients.map((g) => (-rate * g) / (Math.sqrt((v = b2 * v + (1 - b2) * g * g)) + epsilon))
      )
    })
  },
  optimisticAdam: {
    make: ({ rate, b1, b2, epsilon }) => Opt.optimisticAdam({ learningRate: rate, b1, b2, epsilon }),
    run: alone((p, gradients, numbers) => {
      const u = adamSteps(gradients, numbers)
      return added(
        p,
        u.map((step, i) => -2 * numbers.rate * step + numbers.rate * (u[i - 1] ?? 0))
      )
    })
  },
  adaBelief: {
    make: ({ rate, b1, b2, epsilon }) => Opt.adaBelief({ learningRate: rate, b1, b2, epsilon }),
    run: alone((p, gradients, { rate, b1, b2, epsilon }) => {
      let [m, s] = [0, 0]
      return gradients.reduce((q, g, i) => {
        m = b1 * m + (1 - b1) * g
        s = b2 * s + (1 - b2) * (g - m) ** 2 + epsilon
        return q - (rate * (m / (1 - b1 ** (i + 1)))) / (Math.sqrt(s / (1 - b2 ** (i + 1))) + epsilon)
      }, p)
    })
  },
  lion: {
    make: ({ rate, b1, b2, decay }) => Opt.lion({ learningRate: rate, b1, b2, weightDecay: decay }),
    run: alone((p, gradients, { rate, b1, b2, decay }) => {
      let m = 0
      return gradients.reduce((q, g) => {
        const step = Math.sign(b1 * m + (1 - b1) * g) + decay * q
        m = b2 * m + (1 - b2) * g
        return q - rate * step
      }, p)
    })
  },
  lamb: {
    make: ({ rate, b1, b2, epsilon, decay }) => Opt.lamb({ learningRate: rate, b1, b2, epsilon, weightDecay: decay }),
    run: (params, gradients, numbers) =>
      params.map((start, i) => {
        const r = start.map((_, j) => adamSteps(gradients.map((g) => g[i]![j]!), numbers)) // prettier-ignore
        return gradients.reduce<Leaf>((p, _, t) => {
          const u = p.map((x, j) => r[j]![t]! + numbers.decay * x)
          const trust = length(p) > 0 && length(u) > 0 ? length(p) / length(u) : 1
          return p.map((x, j) => x - numbers.rate * trust * u[j]!)
        }, start)
      })
  }
}

const precise = (leaf: Leaf): Tensor => tensor(Float64Array.from(leaf))

/** The parameters after the updates of the library. */
const ran = (optimizer: Opt.Optimizer, params: Leaves, gradients: readonly Leaves[]): Leaves => {
  const step = (start: readonly Tensor[], all: readonly (readonly Tensor[])[]): readonly Tensor[] => {
    let [current, state] = [start, optimizer.init(start)]
    for (const g of all) {
      const [updates, after] = optimizer.update(g, state, current)
      ;[current, state] = [Opt.applyUpdates(current, updates), after]
    }
    return current
  }
  const given = [params.map(precise), gradients.map((leaves) => leaves.map(precise))] as const
  return evaluate(step, { precision: 'float64' })(...given).map(({ data }) => [...data])
}

const size = fc.double({ min: 1e-3, max: 1, noNaN: true })
/** As gradients are: of either sign, of any size, 0 now and then. */
const number = fc.oneof({ weight: 6, arbitrary: fc.double({ min: -10, max: 10, noNaN: true }) }, fc.constant(0))
const leaves = fc.tuple(fc.tuple(number, number, number), fc.tuple(number))
const given = fc.record({
  params: leaves,
  gradients: fc.array(leaves, { minLength: 1, maxLength: 6 }),
  numbers: fc.record({
    rate: size,
    b1: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
    b2: fc.double({ min: 0.05, max: 0.9999, noNaN: true }),
    epsilon: fc.constantFrom(1e-8, 1e-3),
    decay: fc.double({ min: 0, max: 0.5, noNaN: true })
  })
})

describe('the recurrence of', () => {
  for (const [name, { make, run }] of Object.entries(cases))
    prop.prop([given], { numRuns: 25 })(name, ({ params, gradients, numbers }) => {
      const wanted = run(params, gradients, numbers).flat()
      const found = ran(make(numbers), params, gradients).flat()
      found.forEach((x, i) => expect(Math.abs(x - wanted[i]!)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(wanted[i]!))))
    })

  it('each optimizer that a spec can name is here', () =>
    expect(Object.keys(cases).sort()).toEqual(Object.keys(optimizers).sort()))
})
