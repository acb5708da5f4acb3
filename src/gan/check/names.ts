import { nearestWord } from '../../tensor/nearestWord.ts'
import type { Spec } from '../game/spec.ts'
import type { Issue } from './issue.ts'
import { issue } from './issue.ts'

/** Lists the players that every GAN has. */
const required = ['generator', 'discriminator']

/** Tells of a name that no player has. */
export const unknownPlayer = (path: Issue['path'], name: string, known: readonly string[]): Issue => {
  const meant = nearestWord(name, known)
  return issue(
    'Misspelt',
    path,
    `one of the players ${known.join(', ')}`,
    `'${name}'`,
    meant === undefined ? 'Players are named in Gan.between' : `Did you mean '${meant}'?`
  )
}

const missingNetwork = (name: string, players: readonly string[]): Issue => {
  const meant = nearestWord(
    name,
    players.filter((player) => !required.includes(player))
  )
  return issue(
    'Missing',
    ['networks', name],
    `a network for the ${name}`,
    meant === undefined ? 'none' : `'${meant}'`,
    meant === undefined ? `Gan.between({ ${name}: Net.serial(...), ... })` : `Write ${name} instead of ${meant}`
  )
}

/** Checks that the required players are there, and that every part of the spec names players that are. */
export const checkNames = (spec: Spec): readonly Issue[] => {
  const players = Object.keys(spec.networks)
  const absent = required.filter((name) => !players.includes(name))
  const unread = spec.problems.map(({ path }) => path.join('.'))
  const strangers = (where: string, names: readonly string[]): readonly Issue[] =>
    names
      .filter((name) => ![...players, ...absent].includes(name))
      .map((name) => unknownPlayer([where, name], name, players))
  return [
    ...absent.filter((name) => !unread.includes(`networks.${name}`)).map((name) => missingNetwork(name, players)),
    ...strangers('loss', Object.keys(spec.loss?.objectives ?? {})),
    ...strangers('regularizers', Object.keys(spec.regularizers)),
    ...strangers('optimizers', Object.keys(spec.optimizers)),
    ...strangers('projections', Object.keys(spec.projections)),
    ...strangers('augmentations', Object.keys(spec.augmentations)),
    ...strangers('average', spec.average?.players ?? []),
    ...strangers('frozen', [...new Set(spec.frozen.map(([player]) => String(player)))])
  ]
}
