import type { None } from '../../tensor/arguments.ts'
import type { Rule, Rules } from '../../tensor/options.ts'
import { anyFunction, countOrZero, optional, readOptions } from '../../tensor/options.ts'
import type { Problem } from '../../tensor/problem.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Position } from './position.ts'
import type { Profile } from './profile.ts'

/** Holds what evaluating a player's objective leaves, if its gradient is stepped. */
export interface Effects {
  /** The state of its layers (batch statistics and the like). */
  readonly layers: unknown
  /** All memories of its terms, by `term/name`. */
  readonly memories: Readonly<Record<string, Tensor>>
  /** Its objective, float32 []. */
  readonly loss: Tensor
  /** The value of each term that counted, by name, without its weight. float32 []. */
  readonly terms: Readonly<Record<string, Tensor>>
}

/** Holds each player's gradient of its own objective, everybody's parameters given, and what evaluating it leaves. */
export interface Field {
  readonly gradients: Profile
  readonly effects: Readonly<Record<string, Effects>>
}

/** Says where an objective is evaluated. */
export interface Where {
  /** Parameters in place of the position's: of all players, or of some. */
  readonly at?: Profile
  /** Which minibatch of the phase, with its latents, labels and keys; the first, 0, by default. */
  readonly minibatch?: number
}

/**
 * Holds a game as an update rule sees it during one phase, whose minibatches, latents, labels and keys are fixed. All
 * functions are pure, and differentiable in every player's parameters.
 */
export interface Game {
  /** The players whom the phase moves, those apart none of whose terms counts at this step. */
  readonly players: readonly string[]
  /** The number of the cycle, from 0: int32 []. */
  readonly cycle: Tensor
  /** Computes a player's objective, float32 []. */
  readonly loss: (player: string, position: Position, where?: Where) => Tensor
  /** Computes the gradients of `players` of their own objectives; of all whom the phase moves by default. */
  readonly field: (position: Position, where?: Where & { readonly players?: readonly string[] }) => Field
  /**
   * Gives gradients to their players' optimizers, projects the new parameters, and keeps what evaluating the field
   * left: layer states, memories, and the figures of one update.
   */
  readonly step: (position: Position, field: Field) => Position
}

/** Holds a phase of an update rule: whom it moves, what it is given, and how it moves them. */
export interface Phase {
  /** The players whom it moves. */
  readonly players: readonly string[]
  /** The players whose objectives it evaluates. */
  readonly evaluates: readonly string[]
  /** How many minibatches it is given, each with latents, labels and keys of its own. */
  readonly minibatches: number
  /**
   * Makes what it remembers from cycle to cycle, a tree of tensors, of the first parameters of its players; a phase without
   * remembers nothing.
   */
  readonly init?: (params: Profile) => unknown
  readonly run: (game: Game, position: Position, memory: unknown) => readonly [Position, unknown]
  /** What is wrong with what it was made of. */
  readonly problems?: readonly Problem[]
}

/** Lists what a phase may be told besides players and run. */
export interface PhaseOptions {
  /** The players whose objectives it evaluates; those whom it moves by default. */
  readonly evaluates?: readonly string[]
  /** How many minibatches it is given: 1 by default, 0 for a phase that evaluates nothing. */
  readonly minibatches?: number
}

const names: Rule = {
  expected: 'a list of names of players',
  accepts: (x) => Array.isArray(x) && x.every((name) => typeof name === 'string')
}

const rules: Rules = { players: names, evaluates: names, minibatches: countOrZero, run: anyFunction }

/** Finds what is wrong with a phase, which may be anything. */
export const phaseProblems = (phase: unknown): readonly Problem[] => {
  const { players, evaluates, minibatches, run, init, problems } = Object(phase) as Readonly<Record<string, unknown>>
  return Array.isArray(problems) && problems.length > 0
    ? (problems as readonly Problem[])
    : readOptions({}, { players, evaluates, minibatches, run, init }, { ...rules, init: optional(anyFunction) })
        .problems
}

/**
 * Makes a phase that remembers nothing: `run` takes the position before it to the position after it.
 *
 * @example
 * import { Update } from 'saddlepoint'
 * const { players, minibatches } = Update.phase(['generator'], (game, position) => game.step(position, game.field(position)))
 * players // => ['generator']
 * minibatches // => 1
 */
export const phase = (
  players: readonly string[],
  run: (game: Game, position: Position) => Position,
  options: PhaseOptions = {},
  ...more: None
): Phase => {
  const { all, problems } = readOptions({ evaluates: players, minibatches: 1 }, options, rules, { players, run }, more)
  return { players, ...all, run: (game, position) => [run(game, position), []], problems }
}

/** States the rules of a phase that remembers something, with its type M. */
export interface Remembering<M> extends PhaseOptions {
  readonly init: (params: Profile) => M
  readonly run: (game: Game, position: Position, memory: M) => readonly [Position, M]
}

/**
 * Makes a phase that remembers a tree of tensors from cycle to cycle. It is part of the state of training: saved,
 * resumed and checked with it.
 *
 * @example
 * import { Update, add, zeros } from 'saddlepoint'
 * const counting = Update.phaseWith(['generator'], {
 *   init: () => zeros([]),
 *   run: (game, position, count) => [game.step(position, game.field(position)), add(count, 1)]
 * })
 * counting.evaluates // => ['generator']
 */
export const phaseWith = <M>(players: readonly string[], given: Remembering<M>, ...more: None): Phase => {
  const withInit = { ...rules, init: anyFunction }
  const { all, problems } = readOptions({ evaluates: players, minibatches: 1 }, given, withInit, { players }, more)
  return { players, ...all, run: (game, position, memory) => all.run(game, position, memory as M), problems }
}
