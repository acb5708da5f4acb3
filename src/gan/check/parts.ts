import type { Spec } from '../game/spec.ts'
import { isMinimized, objectiveOf, termPath } from '../game/spec.ts'
import type { Issue } from './issue.ts'
import { issue, issueOfProblem } from './issue.ts'
import { isFrozen } from '../game/frozen.ts'

/** Checks that there is a loss, and for each player something to minimize and an optimizer. */
export const checkPresence = (spec: Spec): readonly Issue[] => {
  const players = Object.keys(spec.networks).filter((player) => !isFrozen(spec, player))
  const unread = spec.problems.map(({ path }) => path.join('.'))
  const absent = (path: Issue['path'], expected: string, actual: string, hint: string): readonly Issue[] =>
    unread.includes(path.join('.')) ? [] : [issue('Missing', path, expected, actual, hint)]
  return [
    ...(spec.loss === undefined ? absent(['loss'], 'a loss', 'none', 'Gan.withLoss(Loss.nonSaturating)') : []),
    ...players.flatMap((player) => [
      ...(spec.loss === undefined || objectiveOf(spec, player).some(isMinimized)
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

/** Checks weight, laziness and options of every term. */
export const checkWeights = (spec: Spec): readonly Issue[] =>
  [...new Set([...Object.keys(spec.networks), ...Object.keys(spec.regularizers)])].flatMap((player) =>
    objectiveOf(spec, player).flatMap(({ name, weight, every, problems = [] }, index) => {
      const path = termPath(spec, player, index, name)
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

/** Lists what the parts of a spec found wrong with themselves. */
export const checkParts = ({
  loss,
  update,
  prior,
  optimizers,
  networks,
  projections,
  augmentations,
  problems
}: Spec): readonly Issue[] => [
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
  ...Object.entries(augmentations).flatMap(([player, of]) =>
    of.problems.map((problem) => issueOfProblem('InvalidValue', ['augmentations', player], problem))
  ),
  ...Object.entries(networks).flatMap(([player, net]) =>
    net.problems.map((problem) => issueOfProblem('Misfit', ['networks', player], problem))
  )
]
