/** One of each update rule, for what has to hold under all of them. */
import { Update } from '../../src/index.ts'

export const updateRules: readonly Update.Update[] = [
  Update.simultaneous,
  Update.alternating({ discriminatorSteps: 2 }),
  Update.alternating({ discriminatorSteps: (cycle) => 1 + (cycle % 3), first: 'generator' }),
  Update.extragradient(),
  Update.extragradient({ minibatches: 'same' }),
  Update.optimistic,
  Update.consensus({ gamma: 0.1 }),
  Update.symplectic({ lambda: 0.5, align: true }),
  Update.unrolled({ steps: 2 }),
  Update.lookahead(Update.alternating(), { period: 4 }),
  Update.lookahead(Update.optimistic, { period: 4 }),
  Update.lookahead(Update.alternating({ discriminatorSteps: (cycle) => (cycle < 2 ? 2 : 1) }), { period: 4 }),
  Update.bestResponse({ steps: 3, tolerance: 1e-3 }),
  Update.competitive({ learningRate: 0.1, steps: 2 }),
  Update.competitive({ learningRate: 0.1, solver: 'neumann', steps: 2 }),
  Update.accumulated(Update.extragradient(), { minibatches: 2 }),
  Update.Monoid.concat(Update.extragradient(), Update.alternating())
]

/** A rule as one reads it: name and options. */
export const showRule = ({ name, options }: Update.Update): string => `${name} ${JSON.stringify(options)}`

/** Every rule of the namespace that is a rule, or makes one. */
export const ruleNames: readonly string[] = Object.keys(Update).filter(
  (name) => !['Monoid', 'of', 'phase', 'phaseWith'].includes(name)
)
