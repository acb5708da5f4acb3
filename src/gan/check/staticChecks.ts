import { nearestWord } from '../../tensor/problem.ts'
import { showShape, equalShapes } from '../../tensor/shape.ts'
import type { Issue } from './issue.ts'
import { issue, issueOfProblem, warning } from './issue.ts'
import type { Spec } from '../game/spec.ts'
import { objectiveOf, phasesOf } from '../game/spec.ts'

/** Problems that a spec shows as it stands, before any part of it runs. */

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

const checkNames = (spec: Spec): readonly Issue[] => {
  const players = Object.keys(spec.networks)
  const required = ['generator', 'discriminator']
  const absent = required.filter((name) => !players.includes(name))
  const unread = spec.problems.map(({ path }) => path.join('.'))
  const strangers = (where: string, names: readonly string[]): readonly Issue[] =>
    names
      .filter((name) => ![...players, ...absent].includes(name))
      .map((name) => unknownPlayer([where, name], name, players))
  const { critic } = spec.update.options
  return [
    ...absent
      .filter((name) => !unread.includes(`networks.${name}`))
      .map((name) => {
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
      }),
    ...strangers('loss', Object.keys(spec.loss?.objectives ?? {})),
    ...strangers('regularizers', Object.keys(spec.regularizers)),
    ...strangers('optimizers', Object.keys(spec.optimizers)),
    ...strangers('projections', Object.keys(spec.projections)),
    ...strangers('average', spec.average?.players ?? []),
    ...(typeof critic === 'string' ? strangers('update', [critic]) : [])
  ]
}

const checkPresence = (spec: Spec): readonly Issue[] => {
  const players = Object.keys(spec.networks)
  const unread = spec.problems.map(({ path }) => path.join('.'))
  const absent = (path: Issue['path'], expected: string, actual: string, hint: string): readonly Issue[] =>
    unread.includes(path.join('.')) ? [] : [issue('Missing', path, expected, actual, hint)]
  return [
    ...(spec.loss === undefined ? absent(['loss'], 'a loss', 'none', 'Gan.withLoss(Loss.nonSaturating)') : []),
    ...players.flatMap((player) => [
      ...(spec.loss === undefined || objectiveOf(spec, player).length > 0
        ? []
        : absent(
            ['loss', player],
            `something for ${player} to minimize`,
            'nothing',
            `Give the loss a term for ${player}, or Gan.withRegularizer('${player}', ...)`
          )),
      ...(spec.optimizers[player] === undefined
        ? absent(
            ['optimizers', player],
            `an optimizer for ${player}`,
            'none',
            `Gan.withOptimizer('${player}', Opt.adam({ learningRate: 2e-4, b1: 0, b2: 0.9 }))`
          )
        : [])
    ])
  ]
}

/** Where entry `index` of a player's objective stands in the spec. */
export const entryPath = (spec: Spec, player: string, index: number, name: string): Issue['path'] => [
  index < (spec.loss?.objectives[player]?.length ?? 0) ? 'loss' : 'regularizers',
  player,
  name
]

const checkWeights = (spec: Spec): readonly Issue[] =>
  [...new Set([...Object.keys(spec.networks), ...Object.keys(spec.regularizers)])].flatMap((player) =>
    objectiveOf(spec, player).flatMap(({ name, weight, every, problems = [] }, index) => {
      const path = entryPath(spec, player, index, name)
      return [
        ...problems.map((problem) => issueOfProblem('InvalidValue', path, problem)),
        ...(typeof weight === 'function' || (typeof weight === 'number' && weight >= 0 && weight < Infinity)
          ? []
          : [
              issue(
                'InvalidValue',
                [...path, 'weight'],
                'a finite weight of at least 0, or a function of the step',
                String(weight),
                'A player minimizes its objective: turn the sign of the term instead'
              )
            ]),
        ...(Number.isInteger(every) && every >= 1
          ? []
          : [
              issue(
                'InvalidValue',
                [...path, 'every'],
                'a whole number of at least 1',
                String(every),
                'Objective.every(k) counts steps'
              )
            ])
      ]
    })
  )

/** What the parts of a spec found wrong with themselves. */
const checkParts = ({ loss, update, prior, optimizers, networks, projections, problems }: Spec): readonly Issue[] => [
  ...problems.map((problem) => issueOfProblem('InvalidValue', [], problem)),
  ...(loss?.problems ?? []).map((problem) => issueOfProblem('InvalidValue', ['loss'], problem)),
  ...(update.problems ?? []).map((problem) => issueOfProblem('InvalidValue', ['update'], problem)),
  ...((prior as Spec['prior'] | undefined)?.problems ?? []).map((p) => issueOfProblem('InvalidValue', ['prior'], p)),
  ...Object.entries(optimizers).flatMap(([player, of]) =>
    of.problems.map((problem) => issueOfProblem('InvalidValue', ['optimizers', player], problem))
  ),
  ...Object.entries(projections).flatMap(([player, of]) =>
    (of.problems ?? []).map((problem) => issueOfProblem('InvalidValue', ['projections', player], problem))
  ),
  ...Object.entries(networks).flatMap(([player, net]) =>
    net.problems.map((problem) => issueOfProblem('Misfit', ['networks', player], problem))
  )
]

/** The players that an update rule of one's own moves are those that there are, and each of them moves. */
const checkPhases = (spec: Spec): readonly Issue[] => {
  if ((spec.update.problems ?? []).length > 0 || spec.update.options['critic'] !== undefined) return []
  const players = Object.keys(spec.networks)
  const moving = [...new Set(phasesOf(spec).flat())]
  return [
    ...moving
      .filter((player) => !players.includes(player))
      .map((player) => unknownPlayer(['update', player], player, players)),
    ...players
      .filter((player) => !moving.includes(player))
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

/** Latents against the generator, as far as it tells before it runs. */
const checkLatents = ({ networks: { generator }, prior }: Spec): readonly Issue[] => {
  const latents = generator?.input
  return latents === undefined || equalShapes(latents, prior.shape)
    ? []
    : [
        issue(
          'Misfit',
          ['prior', 'shape'],
          `latents of shape ${showShape(latents)}, which the generator takes`,
          showShape(prior.shape),
          `Prior.${prior.name}(${showShape(latents)})`
        )
      ]
}

/** What the generator gives against what the discriminator takes, as far as they tell before they run. */
export const checkSamples = ({ networks }: Spec): readonly Issue[] => {
  const made = networks['generator']?.output
  const seen = networks['discriminator']?.input
  return made === undefined || seen === undefined || Object.keys(networks).length > 2 || equalShapes(made, seen)
    ? []
    : [
        issue(
          'Misfit',
          ['networks', 'discriminator'],
          `an input of shape ${showShape(made)}, which the generator gives`,
          showShape(seen),
          'Make the last layer of the generator and the first of the discriminator agree'
        )
      ]
}

const checkLabels = ({ networks, labels }: Spec): readonly Issue[] =>
  labels !== undefined
    ? []
    : Object.entries(networks)
        .filter(([, { takesLabels }]) => takesLabels)
        .map(([player]) =>
          issue(
            'Missing',
            ['labels'],
            `labels, which the network of ${player} takes`,
            'none',
            'Gan.withLabels({ classes: 10 }), and batches of { real, labels }'
          )
        )
        .slice(0, 1)

/** Batch norm couples the samples of a minibatch, so a critic's per-sample gradient is not one: a warning. */
export const checkCoupling = (spec: Spec): readonly Issue[] =>
  spec.networks['discriminator']?.couplesSamples === true
    ? objectiveOf(spec, 'discriminator').flatMap(({ name, perSample }, index) =>
        perSample === true
          ? [
              warning(
                issue(
                  'SampleCoupling',
                  entryPath(spec, 'discriminator', index, name),
                  'a critic whose score of a sample depends on that sample alone',
                  'one whose samples see one another (batch norm, say), under a per-sample gradient penalty',
                  'Use Net.layerNorm in the critic, or none'
                )
              )
            ]
          : []
      )
    : []

/** What is wrong before anything runs: `parts` keeps the networks from running, too; `rest` does not. */
export const staticIssues = (spec: Spec): { readonly parts: readonly Issue[]; readonly rest: readonly Issue[] } => {
  const isPart = ({ path: [first, second] }: Issue): boolean =>
    first === 'networks' || first === 'prior' || first === 'labels' || (first === 'update' && second === undefined)
  const all = [
    ...checkParts(spec),
    ...checkNames(spec),
    ...checkPresence(spec),
    ...checkWeights(spec),
    ...checkLabels(spec)
  ]
  const parts = all.filter(isPart)
  const sound = parts.length === 0
  return {
    parts: [...parts, ...(sound ? checkLatents(spec) : [])],
    rest: [...all.filter((one) => !isPart(one)), ...(sound ? checkPhases(spec) : [])]
  }
}
