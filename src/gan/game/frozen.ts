import type { Endomorphism } from '#fp-ts/Endomorphism'
import { stopGradient } from '../../ops/conversion.ts'
import type { None } from '../../tensor/arguments.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Path } from '../../tensor/tree.ts'
import { flattenWithPaths, unflatten } from '../../tensor/tree.ts'
import { edit, flawed } from './edit.ts'
import type { Spec } from './spec.ts'

const isPath = (x: unknown): x is Path =>
  Array.isArray(x) &&
  typeof x[0] === 'string' &&
  x.every((step) => typeof step === 'string' || (Number.isInteger(step) && step >= 0))

/**
 * Freezes parameters: whatever moves their player leaves them as they are, for transfer learning, say. A player's name
 * freezes all of its parameters, and it then needs neither an optimizer nor anything to minimize; a path, the part of
 * them that it leads to. Layer states (batch statistics) of a player that moves go on.
 *
 * @see Mo, Cho, Shin, Freeze the discriminator (2020): the first layers of a pretrained critic, held
 *
 * @example
 * import { Gan, Net, Prior, pipe } from 'saddlepoint'
 * const critic = Net.serial(Net.dense(2, 8), Net.relu, Net.dense(8, 1))
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(4, 2), discriminator: critic, prior: Prior.normal([4]) }),
 *   Gan.frozen(['discriminator', 0]),
 *   Gan.frozen(['discriminator', 2, 'bias'])
 * )
 * spec.frozen // => [['discriminator', 0], ['discriminator', 2, 'bias']]
 */
export const frozen = (at: string | Path, ...more: None): Endomorphism<Spec> =>
  edit('frozen', more, (spec) => {
    const path: unknown = typeof at === 'string' ? [at] : at
    return isPath(path)
      ? { ...spec, frozen: [...spec.frozen, path] }
      : flawed(spec, ['frozen'], 'a player, or a path to parameters of one', at, "Gan.frozen(['discriminator', 0])")
  })

/** Tests whether none of a player's parameters ever move. */
export const isFrozen = (spec: Spec, player: string): boolean =>
  spec.frozen.some((path) => path.length === 1 && path[0] === player)

const leadsTo = (path: Path, parameter: Path): boolean => path.every((step, i) => step === parameter[i])

/** Replaces the frozen ones among a player's parameters. */
const replaced = <P>(spec: Spec, player: string, params: P, f: (parameter: Tensor, i: number) => unknown): P => {
  const own = spec.frozen.filter(([name]) => name === player).map((path) => path.slice(1))
  if (own.length === 0) return params
  const { leaves, paths, structure } = flattenWithPaths(params, 'Gan.frozen')
  const holds = (parameter: Path): boolean => own.some((path) => leadsTo(path, parameter))
  return unflatten(
    structure,
    leaves.map((leaf, i) => (holds(paths[i] ?? []) ? f(leaf as Tensor, i) : leaf))
  ) as P
}

/** Makes the frozen ones among a player's parameters constants of its objective. */
export const heldConstant = <P>(spec: Spec, player: string, params: P): P =>
  replaced(spec, player, params, (parameter) => stopGradient(parameter))

/** Puts the frozen ones back that an update has changed. */
export const putBack = <P>(spec: Spec, player: string, before: P, after: P): P => {
  const own = flattenWithPaths(before, 'Gan.frozen').leaves
  return replaced(spec, player, after, (_, i) => own[i])
}

/** Finds what leads to none of a player's parameters. */
export const strayPaths = (spec: Spec, player: string, params: unknown): readonly Path[] => {
  const { paths } = flattenWithPaths(params, 'Gan.frozen')
  return spec.frozen.filter(([name, ...path]) => name === player && !paths.some((one) => leadsTo(path, one)))
}
