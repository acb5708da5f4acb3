import type { None } from '../../../tensor/arguments.ts'
import { readOptions } from '../../../tensor/options.ts'
import type { Objective, WeightedTerm } from '../objective.ts'
import { scale } from '../objective.ts'
import type { Play } from '../play.ts'
import type { Loss } from './loss.ts'
import { aLoss, custom, isLoss } from './loss.ts'

const isCritics = (x: unknown): x is readonly string[] =>
  Array.isArray(x) && x.length > 0 && x.every((name) => typeof name === 'string') && new Set(x).size === x.length

/**
 * Makes a play in which a critic is the only one, at other parameters too. It is made from the play, not copied from it:
 * what a play has not been asked for is not computed.
 */
const against = (play: Play, critic: string): Play => {
  const { moving } = play
  return Object.create(play, {
    D: { value: play.critic(critic) },
    moving: { value: moving && { ...moving, at: (params: unknown) => against(moving.at(params), critic) } }
  }) as Play
}

/** Shows a term a critic as if it were the only one. */
const facing =
  (critic: string) =>
  (entry: WeightedTerm): WeightedTerm => ({ ...entry, term: (play) => entry.term(against(play, critic)) })

/**
 * Plays a loss with several critics: each minimizes what the discriminator of that loss does, by its own scores; all
 * other players minimize the mean of what they would minimize against each of them. The terms against a further
 * critic have its name behind theirs: `hinge.second`.
 *
 * @formula L_(D_i) = L_D of D_i, L_G = the mean over i of L_G against D_i
 * @cost the loss once for each critic
 * @when one critic forgets, or critics are to look at different scales or features
 * @see Durugkar, Gemp, Mahadevan, Generative multi-adversarial networks (2017), with the arithmetic mean
 *
 * @example
 * import { Loss } from 'saddlepoint'
 * const { objectives } = Loss.withCritics(['discriminator', 'second'])(Loss.hinge)
 * Object.keys(objectives) // => ['discriminator', 'second', 'generator']
 * objectives.generator.map(({ name, weight }) => [name, weight]) // => [['hinge', 0.5], ['hinge.second', 0.5]]
 */
export const withCritics =
  (critics: readonly string[], ...more: None) =>
  (loss: Loss): Loss => {
    const rules = {
      critics: { expected: 'names of critics, each once', accepts: isCritics },
      loss: aLoss
    }
    const { problems } = readOptions({}, {}, rules, { critics, loss }, more)
    if (!isLoss(loss)) return { ...custom('loss', {}), problems }
    if (problems.length > 0) return { ...loss, problems: [...loss.problems, ...problems] }
    const { discriminator = [], ...others } = loss.objectives
    const againstAll = (objective: Objective): Objective =>
      critics.flatMap((critic, i) =>
        scale(1 / critics.length)(objective)
          .map(facing(critic))
          .map((entry) => (i === 0 ? entry : { ...entry, name: `${entry.name}.${critic}` }))
      )
    return {
      ...loss,
      name: 'withCritics',
      options: { critics, loss },
      objectives: {
        ...Object.fromEntries(critics.map((critic) => [critic, discriminator.map(facing(critic))])),
        ...Object.fromEntries(Object.entries(others).map(([player, objective]) => [player, againstAll(objective)]))
      }
    }
  }
