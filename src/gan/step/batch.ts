import * as E from '#fp-ts/Either'
import type { Shape } from '../../tensor/shape.ts'
import { equalShapes } from '../../tensor/shape.ts'
import type { Aval, Tensor } from '../../tensor/tensor.ts'
import { isTensor, showAval } from '../../tensor/tensor.ts'
import type { Issue } from '../check/issue.ts'
import { issue } from '../check/issue.ts'
import type { Labels } from '../game/labels.ts'
import { labelsAval } from '../game/labels.ts'
import { hintFor, holds, showGiven } from './given.ts'

/** Holds a minibatch of data, with labels where the GAN is conditional. */
export interface Batch {
  /** Float32 [B, ...features]. */
  readonly real: Tensor
  /** Int32 [B], each 0 .. classes - 1. */
  readonly labels?: Tensor
  /** Float32 [B, ...], where samples come with conditions. */
  readonly condition?: Tensor
}

/** Gives the random values beside one minibatch of a phase: `latent`, `fakeLabels`, and each term's draws by `term/name`. */
export type Draws = Readonly<Record<string, Tensor>>

/** Says what a step expects of a minibatch. */
export interface BatchForm {
  /** Shape of `real`, batch axis included. */
  readonly shape: Shape
  /** What the GAN is conditional on. */
  readonly labels: Labels | undefined
  /** Batch sizes of all minibatches of a cycle, in order, where they differ. */
  readonly turns?: readonly number[]
}

/** Says what a step expects of its minibatches, which have these shapes in this order. */
export const formsOf = (shapes: readonly Shape[], labels: Labels | undefined): readonly BatchForm[] => {
  const turns = shapes.map(([size = 0]) => size)
  const differ = new Set(turns).size > 1
  return shapes.map((shape) => ({ shape, labels, ...(differ ? { turns } : {}) }))
}

/** Says what to do about labels that do not fit. */
const labelsHint = (labels: unknown, aval: Aval, classes: number): string => {
  const isOneHot = isTensor(labels) && equalShapes(labels.shape, [...aval.shape, classes])
  return isOneHot
    ? 'argmax(labels) turns one-hot labels into numbers of classes'
    : (hintFor(labels, aval) ?? "Give { real, labels } with labels as tensor([...], [B], 'int32')")
}

/** Checks that labels are int32 [n] from 0 .. classes - 1. */
export const checkLabels = (labels: unknown, n: number, classes: number): E.Either<Issue, Tensor> => {
  const path = ['batch', 'labels']
  const aval: Aval = { shape: [n], dtype: 'int32' }
  if (!holds(labels, aval))
    return E.left(
      issue('BadBatch', path, `labels ${showAval(aval)}`, showGiven(labels), labelsHint(labels, aval, classes))
    )
  const stranger = labels.data.find((label) => label < 0 || label >= classes)
  return stranger === undefined
    ? E.right(labels)
    : E.left(
        issue(
          'BadBatch',
          path,
          `labels 0 .. ${String(classes - 1)}`,
          String(stranger),
          stranger === classes ? 'Labels begin at 0' : 'Gan.withLabels says how many classes there are'
        )
      )
}

/** Tests whether images have their channels last. */
const areChannelsLast = ({ shape }: Tensor, features: Shape): boolean =>
  shape.length === 4 &&
  equalShapes(
    [3, 1, 2].map((axis) => shape[axis] ?? 0),
    features
  )

/** Says what to do about a minibatch that does not fit. */
const realHint = (real: unknown, aval: Aval, turns?: readonly number[]): string => {
  const [rows, ...features] = aval.shape
  if (isTensor(real) && equalShapes(real.shape.slice(1), features) && real.shape[0] !== rows)
    return turns !== undefined
      ? `Batches have the sizes of their phases by turns: batches(data, { batchSize: [${turns.join(', ')}] })`
      : 'Batches have the batch size that the step was compiled for: leave out an incomplete last one'
  // Only reshaped, they would be other pictures.
  if (isTensor(real) && areChannelsLast(real, features))
    return 'Images are [channels, height, width]: transpose(x, [0, 3, 1, 2]) brings the channels forward'
  const found = hintFor(real, aval)
  if (found !== undefined) return found
  const named =
    typeof real === 'object' && real !== null && !isTensor(real)
      ? Object.entries(real).find(([, value]) => isTensor(value))
      : undefined
  return named === undefined
    ? 'Batches have the features that the generator makes'
    : `Give { real: ... } in place of ${Array.isArray(real) ? 'a list' : `{ ${named[0]}: ... }`}, with labels as labels`
}

/** Checks that conditions are float32 [n, ...]. */
const checkConditions = (condition: unknown, aval: Aval): E.Either<Issue, Tensor> =>
  holds(condition, aval)
    ? E.right(condition)
    : E.left(
        issue(
          'BadBatch',
          ['batch', 'condition'],
          `conditions ${showAval(aval)}`,
          showGiven(condition),
          hintFor(condition, aval) ?? 'Give { real, condition }, row by row'
        )
      )

/** Checks the labels or conditions of n samples. */
export const checkConditioning = (given: unknown, n: number, labels: Labels): E.Either<Issue, Tensor> =>
  labels.classes === undefined ? checkConditions(given, labelsAval(labels, n)) : checkLabels(given, n, labels.classes)

/** Reads a minibatch, in which conditions stand where labels do. */
export const asBatch = (given: Tensor | Batch): Batch => {
  if (!('real' in given)) return { real: given }
  const { real, labels = given.condition } = given
  return labels === undefined ? { real } : { real, labels }
}

/** Checks a minibatch as it is given against what the step takes. */
export const checkBatch = (given: unknown, { shape, labels: form, turns }: BatchForm): E.Either<Issue, Batch> => {
  const isBatch = typeof given === 'object' && given !== null && 'real' in given
  const { real, labels } = isBatch ? asBatch(given as Batch) : { real: given, labels: undefined }
  const aval: Aval = { shape, dtype: 'float32' }
  if (!holds(real, aval))
    return E.left(
      issue('BadBatch', ['batch'], `a minibatch ${showAval(aval)}`, showGiven(real), realHint(real, aval, turns))
    )
  if (form === undefined) return E.right({ real })
  const checked = checkConditioning(labels, shape[0] ?? 0, form)
  return E.isLeft(checked) ? checked : E.right({ real, labels: checked.right })
}

/** Checks the draws of each evaluation as they are given against those that the terms make. */
export const checkDraws = (
  given: readonly unknown[],
  expected: readonly Readonly<Record<string, Aval>>[]
): E.Either<Issue, readonly Draws[]> => {
  const bad = (path: Issue['path'], wanted: string, actual: string): E.Either<Issue, never> =>
    E.left(
      issue(
        'BadBatch',
        ['draws', ...path],
        wanted,
        actual,
        'A step compiled with givenDraws is given every random value, phase by phase'
      )
    )
  if (given.length !== expected.length)
    return bad([], `draws of ${String(expected.length)} phases`, String(given.length))
  for (const [phase, wanted] of expected.entries()) {
    const own = (given[phase] ?? {}) as Draws
    for (const [name, aval] of Object.entries(wanted))
      if (!holds(own[name], aval)) return bad([phase, name], showAval(aval), showGiven(own[name]))
    const stranger = Object.keys(own).find((name) => !(name in wanted))
    if (stranger !== undefined)
      return bad([phase, stranger], `one of ${Object.keys(wanted).join(', ')}`, `'${stranger}'`)
  }
  return E.right(given as readonly Draws[])
}

/** Copies a minibatch: whoever handed it out may use its memory again. */
export const copyBatch = ({ real, labels }: Batch): Batch => {
  const copy = (x: Tensor): Tensor => ({ shape: x.shape, dtype: x.dtype, data: x.data.slice() })
  return labels === undefined ? { real: copy(real) } : { real: copy(real), labels: copy(labels) }
}
