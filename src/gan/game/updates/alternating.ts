import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { None } from '../../../tensor/arguments.ts'
import { either, anyFunction, oneOf, readOptions } from '../../../tensor/options.ts'
import type { Problem } from '../../../tensor/problem.ts'
import { showValue } from '../../../tensor/problem.ts'
import type { Phase } from '../phase.ts'
import { aPlayer, fewSteps, somePlayers } from './options.ts'
import type { Update } from './rule.ts'
import { of } from './rule.ts'
import { together } from './simultaneous.ts'

export interface AlternatingOptions {
  /**
   * Updates of the critic in a cycle, a whole number from 1 to 1,000; 1 by default. Or a function that gives it for each
   * cycle, counted from 0, and for equal cycles the same: each number that occurs has an executable of its own.
   */
  readonly discriminatorSteps?: number | ((cycle: number) => number)
  /** Who begins a cycle; the discriminator by default. */
  readonly first?: 'discriminator' | 'generator'
  /** Name of the player that moves apart from all others, or of several that do so together; 'discriminator' by default. */
  readonly critic?: string | readonly string[]
}

/** Asks a function for the number of the critic's steps in a cycle, twice: a training could not be resumed if they differed. */
const stepsIn = (stepsOf: (cycle: number) => unknown, cycle: number): E.Either<readonly Problem[], number> => {
  const wrong = (given: unknown, expected = fewSteps.expected): readonly Problem[] => [
    {
      path: ['discriminatorSteps'],
      expected: `${expected} of cycle ${String(cycle)}`,
      actual: showValue(given),
      hint: '(cycle) => (cycle < 25 ? 100 : 5), say'
    }
  ]
  return pipe(
    E.tryCatch(
      () => [stepsOf(cycle), stepsOf(cycle)],
      (cause) => wrong(cause).map((problem): Problem => ({ ...problem, cause }))
    ),
    E.chain(([once, again]) =>
      !fewSteps.accepts(once)
        ? E.left(wrong(once))
        : once === again
          ? E.right(once as number)
          : E.left(wrong([once, again], 'the same number whenever it is asked for, that'))
    )
  )
}

/**
 * Moves the discriminator and all other players in turn: `discriminatorSteps` updates of the one, each with a
 * minibatch and latents of its own, then one of the others together. Several critics move at once, on the same
 * minibatch. The updates of the critic are one loop, so compiling takes as long for a hundred as for two.
 *
 * Where `discriminatorSteps` is a function of the cycle, each cycle is to the bit one of that number of steps, takes
 * as many minibatches, and has figures [n] of as many: `(cycle) => (cycle < 25 ? 100 : 5)` brings the critic near its
 * optimum first.
 *
 * @formula w_D <- w_D - h v_D(w), so many times; then w_G <- w_G - h v_G(w)
 * @cost 1 gradient a step, of the player that moves
 * @when in doubt: the usual rule, with one critic step for most losses and five for Wasserstein's
 * @see Goodfellow et al., Generative adversarial nets (2014), algorithm 1
 * @see Arjovsky, Chintala, Bottou, Wasserstein GAN (2017), whose code does 100 steps in each of the first 25 cycles
 *
 * @example
 * import { E, Update } from 'saddlepoint'
 * const phases = Update.alternating({ discriminatorSteps: 5 }).phases(['discriminator', 'generator'])
 * phases.length // => 6
 * const several = Update.alternating({ critic: ['discriminator', 'second'] })
 * several.phases(['discriminator', 'generator', 'second']).map(({ players }) => players)
 * // => [['discriminator', 'second'], ['generator']]
 * const varying = Update.alternating({ discriminatorSteps: (cycle) => (cycle < 25 ? 100 : 5) })
 * const of25 = varying.at?.(25)
 * of25 && E.isRight(of25) && of25.right.rule.options.discriminatorSteps // => 5
 */
export const alternating = (given: AlternatingOptions = {}, ...more: None): Update => {
  const defaults = { discriminatorSteps: 1, first: 'discriminator', critic: 'discriminator' } as const
  const rules = {
    discriminatorSteps: either(fewSteps, anyFunction),
    first: oneOf('discriminator', 'generator'),
    critic: either(aPlayer, somePlayers)
  }
  const { all, problems } = readOptions(defaults, given, rules, {}, more)
  const { discriminatorSteps, first, critic } = all
  const ofSteps = (n: number): Update =>
    of(
      'alternating',
      (players) => {
        const named = typeof critic === 'string' ? [critic] : critic
        const others = together(players.filter((player) => !named.includes(player)))
        const critics = new Array<Phase>(n).fill(together(named))
        return first === 'generator' ? [others, ...critics] : [...critics, others]
      },
      { discriminatorSteps: n, first, critic },
      problems
    )
  if (problems.length > 0) return { ...ofSteps(1), options: all }
  if (typeof discriminatorSteps === 'number') return ofSteps(discriminatorSteps)
  const at = (cycle: number) =>
    pipe(
      stepsIn(discriminatorSteps, cycle),
      E.map((n) => ({ key: String(n), rule: ofSteps(n) }))
    )
  return {
    ...ofSteps(1),
    options: all,
    phases: (players) =>
      pipe(
        at(0),
        E.match(
          () => [],
          ({ rule }) => rule.phases(players)
        )
      ),
    at
  }
}
