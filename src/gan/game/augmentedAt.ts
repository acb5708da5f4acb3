import { rateAt } from '../../optim/schedule.ts'
import { fail } from '../../tensor/error.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { isTensor } from '../../tensor/tensor.ts'
import { isAdaptive } from './augmented.ts'
import type { Augmenting } from './networks.ts'
import { named } from './objective.ts'
import type { Position } from './position.ts'
import type { Spec } from './spec.ts'
import { objectiveOf } from './spec.ts'

/** Returns the probability of a player's augmentation: as its figure remembers it, where it adapts. */
const probabilityAt = (
  spec: Spec,
  player: string,
  memories: Position['memories'],
  step: Tensor
): Tensor | number | undefined => {
  const probability = spec.augmentations[player]?.probability
  if (probability === undefined || !isAdaptive(probability)) return probability && rateAt(probability, step)
  // It comes last of all, and its name tells it from others of that name.
  const figure = named(objectiveOf(spec, player)).at(-1)?.name ?? ''
  return memories[player]?.[`${figure}/probability`] ?? probability.initial
}

/**
 * Makes what each network sees of samples at a moment of a game: augmented, where its player has an augmentation. One key
 * makes one function of a player, so that row i of a minibatch of data and of one of fakes have one fate.
 */
export const augmentedAt =
  (spec: Spec, memories: Position['memories'], step: Tensor): Augmenting =>
  (player, key, x) => {
    const augmented = spec.augmentations[player]
    const probability = probabilityAt(spec, player, memories, step)
    if (augmented === undefined || probability === undefined) return x
    return isTensor(x)
      ? augmented.augmentation.apply({ key, probability, step }, x)
      : fail('InvalidArgument', {
          op: `Augment.${augmented.augmentation.name}`,
          expected: `samples, a tensor, for the ${player}`,
          actual: 'a tree of them',
          hint: `Augment them inside the network of the ${player}`
        })
  }
