import * as E from '#fp-ts/Either'
import { showValue } from '../../tensor/problem.ts'
import { equalShapes, showShape } from '../../tensor/shape.ts'
import type { Aval, Tensor } from '../../tensor/tensor.ts'
import { blank, isTensor, showAval } from '../../tensor/tensor.ts'
import { shapesOf } from '../../transform/shapes.ts'
import type { Held } from '../game/networks.ts'
import { augmentedAt } from '../game/augmentedAt.ts'
import { labelsAval } from '../game/labels.ts'
import { playNetworks } from '../game/networks.ts'
import { createPlay } from '../game/play.ts'
import type { Spec } from '../game/spec.ts'
import type { Issue } from './issue.ts'
import { issue } from './issue.ts'
import type { Example, Failure } from './trace.ts'
import { attempt, observe } from './trace.ts'

/** Gives the shapes of a key and of a step's number. */
export const blankKey: Tensor = blank({ shape: [2], dtype: 'int32' })
export const blankStep: Tensor = blank({ shape: [], dtype: 'int32' })

export const blankLabels = (spec: Spec, batchSize: number): Tensor | undefined =>
  spec.labels === undefined ? undefined : blank(labelsAval(spec.labels, batchSize))

/** Traces the initialization of every network on its own, so that all that fail are told. */
export const examineInitials = (spec: Spec): E.Either<readonly Issue[], Readonly<Record<string, Held>>> => {
  const tried = Object.entries(spec.networks).map(([name, { init }]) => ({
    name,
    made: attempt('NetworkFailed', ['networks', name], () => shapesOf('Gan.validate', init, blankKey))
  }))
  const failed = tried.flatMap(({ made }) => (E.isLeft(made) ? [made.left.issue] : []))
  return failed.length > 0
    ? E.left(failed)
    : E.right(
        Object.fromEntries(
          tried.flatMap(({ name, made }) =>
            E.isRight(made) ? [[name, { params: made.right.params, layers: made.right.state }]] : []
          )
        )
      )
}

/** Gives the shapes of a minibatch of latents and of what the generator makes of it. */
export interface Made {
  readonly latent: Aval
  readonly fake: Aval
}

const avalOf = ({ shape, dtype }: Aval): Aval => ({ shape, dtype })

const examineLatents = (spec: Spec, batchSize: number): E.Either<Issue, Aval> => {
  let latent: unknown
  const sampled = attempt('TermFailed', ['prior'], () => {
    observe(blankKey, (key) => {
      latent = spec.prior.sample(key, batchSize)
    })
  })
  if (E.isLeft(sampled)) return E.left(sampled.left.issue)
  const wanted = [batchSize, ...spec.prior.shape]
  return isTensor(latent) && equalShapes(latent.shape, wanted)
    ? E.right(avalOf(latent))
    : E.left(
        issue(
          'Misfit',
          ['prior', 'sample'],
          `latents ${showShape(wanted)}`,
          isTensor(latent) ? showAval(latent) : showValue(latent),
          'sample(key, n) gives [n, ...shape]'
        )
      )
}

/** Traces the prior and the generator: shapes of a minibatch of latents and of fakes, or why there are none. */
export const examineGenerator = (
  spec: Spec,
  players: Readonly<Record<string, Held>>,
  batchSize: number
): E.Either<Issue, Made> => {
  const latent = examineLatents(spec, batchSize)
  if (E.isLeft(latent)) return latent
  const path = ['networks', 'generator']
  let fake: unknown
  const apply = (labels: Tensor | undefined): E.Either<Failure, void> =>
    attempt('NetworkFailed', path, () => {
      observe({ players, key: blankKey, latent: blank(latent.right), labels }, (of) => {
        fake = playNetworks(spec.networks, of.players, of.key).networks['generator']?.(of.latent, of.labels)
      })
    })
  const applied = apply(blankLabels(spec, batchSize))
  if (E.isRight(applied))
    return isTensor(fake)
      ? E.right({ latent: latent.right, fake: avalOf(fake) })
      : E.left(issue('NetworkFailed', path, 'a tensor', showValue(fake), 'A network gives a tensor'))
  const wantsLabels = spec.labels === undefined && E.isRight(apply(blank({ shape: [batchSize], dtype: 'int32' })))
  return E.left(
    wantsLabels
      ? issue(
          'Missing',
          ['labels'],
          'labels, without which the generator fails',
          'none',
          'Gan.withLabels({ classes: 10 })'
        )
      : applied.left.issue
  )
}

/** Traces the discriminator on what the generator makes: nothing else is known to be shown to it. */
export const examineCritic = (spec: Spec, example: Example): Failure | undefined => {
  const tried = attempt('Misfit', ['networks', 'discriminator'], () => {
    observe(example, ({ players, key, step, real, labels }) => {
      const { networks } = playNetworks(spec.networks, players, key, undefined, augmentedAt(spec, {}, step))
      createPlay({ networks, real: () => real, latent: key, key, step, outputs: spec.loss?.outputs })('scores', 0).D(
        real,
        labels
      )
    })
  })
  return E.isLeft(tried) ? tried.left : undefined
}
