import * as E from '#fp-ts/Either'
import * as RA from '#fp-ts/ReadonlyArray'
import { drawShape, equalShapes } from '../tensor/shape.ts'
import type { Issue, Issues } from './issue.ts'
import { issue, warning } from './issue.ts'
import type { Plan } from './plan.ts'
import { examine } from './plan.ts'
import type { Spec } from './spec.ts'
import { objectiveOf } from './spec.ts'

/** The known word that is nearest to `word`, if one is near. */
const nearest = (word: string, known: readonly string[]): string | undefined => {
  const distance = (a: string, b: string): number => {
    let row = Array.from({ length: b.length + 1 }, (_, j) => j)
    for (let i = 1; i <= a.length; i++)
      row = row.reduce<number[]>(
        (next, above, j) => [...next, j === 0 ? i : Math.min(next[j - 1]! + 1, above + 1, row[j - 1]! + Number(a[i - 1] !== b[j - 1]))],
        []
      )
    return row[b.length]!
  }
  const [best] = known.map((k) => ({ k, d: distance(word.toLowerCase(), k.toLowerCase()) })).sort((a, b) => a.d - b.d)
  return best !== undefined && best.d <= 3 ? best.k : undefined
}

const unknownName = (path: Issue['path'], name: string, known: readonly string[]): Issue => {
  const meant = nearest(name, known)
  return issue(
    'Misspelt',
    path,
    `one of ${known.join(', ')}`,
    `'${name}'`,
    meant === undefined ? 'Check the spelling' : `Did you mean '${meant}'?`
  )
}

const checkNames = (spec: Spec): readonly Issue[] => {
  const players = Object.keys(spec.networks)
  const required = ['generator', 'discriminator'].filter((name) => !players.includes(name))
  const named = (where: string, names: readonly string[]): readonly Issue[] =>
    names.filter((name) => !players.includes(name)).map((name) => unknownName([where, name], name, players))
  return [
    ...required.map((name) =>
      issue('Missing', ['networks', name], `a network for the ${name}`, 'none', `Gan.between({ ${name}: Net.serial(...), ... })`)
    ),
    ...spec.misspelt.map(({ where, key, known }) => unknownName([where, key], key, known)),
    ...named('loss', Object.keys(spec.loss?.objectives ?? {})),
    ...named('regularizers', Object.keys(spec.regularizers)),
    ...named('optimizers', Object.keys(spec.optimizers)),
    ...named('projections', Object.keys(spec.projections)),
    ...named('average', spec.average?.players ?? [])
  ]
}

const checkPresence = (spec: Spec): readonly Issue[] => {
  const players = Object.keys(spec.networks)
  if (spec.loss === undefined) return [issue('Missing', ['loss'], 'a loss', 'none', 'Gan.withLoss(Loss.nonSaturating)')]
  return players.flatMap((player) => [
    ...(objectiveOf(spec, player).length === 0
      ? [issue('Missing', ['loss', player], `something for ${player} to minimize`, 'nothing', `Give the loss an objective for ${player}`)]
      : []),
    ...(spec.optimizers[player] === undefined
      ? [
          issue(
            'Missing',
            ['optimizers', player],
            `an optimizer for ${player}`,
            'none',
            `Gan.withOptimizer('${player}', Opt.adam({ learningRate: 2e-4, b1: 0, b2: 0.9 }))`
          )
        ]
      : [])
  ])
}

const checkNumbers = (spec: Spec): readonly Issue[] => {
  const entries = Object.keys(spec.networks).flatMap((player) => objectiveOf(spec, player).map((entry) => ({ player, entry })))
  const { average, labels, update } = spec
  const steps = update.options['discriminatorSteps']
  return [
    ...entries.flatMap(({ player, entry: { name, weight, every } }) => [
      ...(typeof weight === 'number' && !(weight >= 0 && weight < Infinity)
        ? [
            issue('InvalidValue', [player, name, 'weight'], 'a finite weight >= 0', String(weight), 'A player minimizes its objective: turn the sign of the term instead')
          ]
        : []),
      ...(Number.isInteger(every) && every >= 1
        ? []
        : [issue('InvalidValue', [player, name, 'every'], 'a positive integer', String(every), 'every(k) counts steps')])
    ]),
    ...(average === undefined || (average.decay >= 0 && average.decay < 1)
      ? []
      : [issue('InvalidValue', ['average', 'decay'], 'a decay in [0, 1)', String(average.decay), 'Gan.withAverage({ decay: 0.999 })')]),
    ...(labels === undefined || (Number.isInteger(labels.classes) && labels.classes >= 1)
      ? []
      : [issue('InvalidValue', ['labels', 'classes'], 'a positive integer', String(labels.classes), 'Gan.withLabels({ classes: 10 })')]),
    ...(steps === undefined || (Number.isInteger(steps) && (steps as number) >= 1)
      ? []
      : [
          issue('InvalidValue', ['update', 'discriminatorSteps'], 'a positive integer', String(steps), 'Update.alternating({ discriminatorSteps: 1 })')
        ]),
    ...spec.prior.shape.flatMap((extent) =>
      Number.isInteger(extent) && extent >= 1
        ? []
        : [issue('InvalidValue', ['prior', 'shape'], 'positive integers', drawShape(spec.prior.shape), 'Prior.normal([8])')]
    ),
    ...Object.entries(spec.optimizers).flatMap(([player, { problems }]) =>
      problems.map(({ path, expected, actual, hint }) => issue('InvalidValue', ['optimizers', player, ...path], expected, actual, hint))
    ),
    ...Object.entries(spec.networks).flatMap(([player, { problems }]) =>
      problems.map(({ path, expected, actual, hint }) => issue('Misfit', ['networks', player, ...path], expected, actual, hint))
    )
  ]
}

/** Feature shapes against one another, as far as the networks tell them before they run. */
const checkFit = ({ networks, prior }: Spec): readonly Issue[] => {
  const { generator, discriminator } = networks
  if (generator === undefined || discriminator === undefined) return []
  const latents = generator.input
  const made = generator.output
  const seen = discriminator.input
  return [
    ...(latents === undefined || equalShapes(latents, prior.shape)
      ? []
      : [
          issue(
            'Misfit',
            ['prior', 'shape'],
            `latents of shape ${drawShape(latents)}, which the generator takes`,
            drawShape(prior.shape),
            `Prior.normal(${drawShape(latents)})`
          )
        ]),
    ...(made === undefined || seen === undefined || Object.keys(networks).length > 2 || equalShapes(made, seen)
      ? []
      : [
          issue(
            'Misfit',
            ['networks', 'discriminator'],
            `an input of shape ${drawShape(made)}, which the generator gives`,
            drawShape(seen),
            'Make the last layer of the generator and the first of the discriminator agree'
          )
        ])
  ]
}

/** Batch norm couples the samples of a minibatch, so a critic's per-sample gradient is not one: a warning. */
const checkCoupling = (spec: Spec): readonly Issue[] =>
  spec.networks['discriminator']?.couplesSamples === true
    ? objectiveOf(spec, 'discriminator')
        .filter(({ perSample }) => perSample === true)
        .map(({ name }) =>
          warning(
            issue(
              'SampleCoupling',
              ['discriminator', name],
              'a critic whose score of a sample depends on that sample alone',
              'one with batch norm, under a per-sample gradient penalty',
              'Use Net.layerNorm in the critic, or none'
            )
          )
        )
    : []

const fixed = (spec: Spec): readonly Issue[] => [...checkNames(spec), ...checkPresence(spec), ...checkNumbers(spec), ...checkFit(spec)]

/** A spec that will compile: with its plan, and with warnings. */
export interface Examined {
  readonly plan: Plan
  readonly warnings: readonly Issue[]
}

/** All problems of a spec, first those that show as it stands, then, if there are none, those that tracing its parts shows. */
export const examineSpec = (spec: Spec, batchSize: number): E.Either<Issues, Examined> => {
  const sizeIssue =
    Number.isInteger(batchSize) && batchSize >= 1
      ? []
      : [issue('InvalidValue', ['batchSize'], 'a positive integer', String(batchSize), 'Gan.compile({ batchSize: 128 })')]
  const early = [...fixed(spec), ...sizeIssue]
  const result = early.length > 0 ? E.left(early) : examine(spec, batchSize)
  if (E.isRight(result)) return E.right({ plan: result.right, warnings: checkCoupling(spec) })
  const all = [...result.left, ...checkCoupling(spec)]
  return RA.isNonEmpty(all) ? E.left(all) : E.left([issue('InvalidValue', [], 'a valid spec', 'an unknown problem', 'Report this')])
}

/**
 * All problems of a spec at once, or the spec. Synchronous; networks are initialized and every term is traced (on a
 * minibatch of 4), nothing is trained.
 *
 * @example
 * import { Gan, Net, Prior, E } from 'saddlepoint'
 * const spec = Gan.between({ generator: Net.dense(8, 3), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) })
 * const checked = Gan.validate(spec)
 * E.isLeft(checked) && checked.left.map(({ path }) => path.join('.'))
 * // => ['loss', 'networks.discriminator']
 */
export const validate = (spec: Spec): E.Either<Issues, Spec> => {
  const examined = examineSpec(spec, 4)
  return E.isLeft(examined) ? examined : E.right(spec)
}
