import * as E from '#fp-ts/Either'
import { countOrZero } from '../../tensor/options.ts'
import { showValue } from '../../tensor/problem.ts'
import { nearestWord } from '../../tensor/nearestWord.ts'
import type { Phase } from '../game/phase.ts'
import type { Spec } from '../game/spec.ts'
import { phasesOf } from '../game/spec.ts'
import type { Issue } from './issue.ts'
import { issue, warning } from './issue.ts'
import { attempt } from './trace.ts'

/** Lists the players that every GAN has. */
const required = ['generator', 'discriminator']

const unknownPlayer = (path: Issue['path'], name: string, known: readonly string[]): Issue => {
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
    ...strangers('average', spec.average?.players ?? [])
  ]
}

/** Returns the phases of the update rule, or what is wrong with them: a rule may be anybody's. */
const soundPhases = (spec: Spec): E.Either<Issue, readonly Phase[]> => {
  const wrong = (actual: string): E.Either<Issue, never> =>
    E.left(
      issue('InvalidValue', ['update'], 'a rule of at least one phase', actual, 'Update.phase(players, run) makes one')
    )
  const found = attempt('TermFailed', ['update'], () => phasesOf(spec) as unknown)
  if (E.isLeft(found)) return E.left(found.left.issue)
  const isPhase = (x: unknown): x is Phase => {
    const { players, evaluates, minibatches, init, run } = Object(x) as Readonly<Record<string, unknown>>
    return (
      [players, evaluates].every((names) => Array.isArray(names) && names.every((name) => typeof name === 'string')) &&
      countOrZero.accepts(minibatches) &&
      [init, run].every((f) => typeof f === 'function')
    )
  }
  const phases = found.right
  if (!Array.isArray(phases) || phases.length === 0) return wrong(Array.isArray(phases) ? 'none' : showValue(phases))
  const stranger = phases.findIndex((x) => !isPhase(x))
  return stranger < 0
    ? E.right(phases as readonly Phase[])
    : wrong(`${showValue(phases[stranger])} as phase ${String(stranger)}`)
}

/** Checks that the players whom the phases of the update move are there, and warns of those whom none moves. */
export const checkPhases = (spec: Spec): readonly Issue[] => {
  if ((spec.update.problems ?? []).length > 0) return []
  const phases = soundPhases(spec)
  if (E.isLeft(phases)) return [phases.left]
  const known = Object.keys(spec.networks)
  const moving = new Set(phases.right.flatMap(({ players }) => players))
  const named = new Set([...moving, ...phases.right.flatMap(({ evaluates }) => evaluates)])
  return [
    ...[...named]
      .filter((player) => !known.includes(player))
      .map((player) => unknownPlayer(['update', player], player, known)),
    ...known
      .filter((player) => !moving.has(player))
      .map((player) =>
        warning(
          issue(
            'NoGradient',
            ['update', player],
            `phases that move ${player}`,
            'none that does',
            'It stays as it began'
          )
        )
      )
  ]
}
