import * as E from '#fp-ts/Either'
import { showValue } from '../../tensor/problem.ts'
import type { Shape } from '../../tensor/shape.ts'
import { showShape, equalShapes, sizeOf } from '../../tensor/shape.ts'
import type { Aval, Tensor } from '../../tensor/tensor.ts'
import { isTensor, showAval } from '../../tensor/tensor.ts'
import type { Issue } from '../check/issue.ts'
import { issue } from '../check/issue.ts'

/** Holds a minibatch of data, with labels where the GAN is conditional. */
export interface Batch {
  /** Float32 [B, ...features]. */
  readonly real: Tensor
  /** Int32 [B], each 0 .. classes - 1. */
  readonly labels?: Tensor
}

/** Gives the random values beside one minibatch of a phase: `latent`, `fakeLabels`, and each term's draws by `term/name`. */
export type Draws = Readonly<Record<string, Tensor>>

/** Says what a step expects of a minibatch. */
export interface BatchForm {
  /** Shape of `real`, batch axis included. */
  readonly shape: Shape
  /** How many classes labels tell apart, in a conditional GAN. */
  readonly classes: number | undefined
}

/** Tests whether x is a tensor of that shape and dtype, with as many numbers. */
const holds = (x: unknown, dtype: string, shape: Shape): x is Tensor =>
  isTensor(x) && x.dtype === dtype && equalShapes(x.shape, shape) && x.data.length === sizeOf(shape)

const showGiven = (x: unknown): string =>
  !isTensor(x)
    ? showValue(x)
    : `${showAval(x)}${x.data.length === sizeOf(x.shape) ? '' : ` of ${String(x.data.length)} numbers`}`

/** Checks that labels are int32 [n] from 0 .. classes - 1. */
export const checkLabels = (labels: unknown, n: number, classes: number): E.Either<Issue, Tensor> => {
  const path = ['batch', 'labels']
  const hint = "Give { real, labels } with labels as tensor([...], [B], 'int32')"
  if (!holds(labels, 'int32', [n]))
    return E.left(issue('BadBatch', path, `labels int32[${String(n)}]`, showGiven(labels), hint))
  const stranger = labels.data.find((label) => label < 0 || label >= classes)
  return stranger === undefined
    ? E.right(labels)
    : E.left(
        issue(
          'BadBatch',
          path,
          `labels 0 .. ${String(classes - 1)}`,
          String(stranger),
          'Gan.withLabels says how many classes there are'
        )
      )
}

/** Checks a minibatch as it is given against what the step takes. */
export const checkBatch = (given: unknown, { shape, classes }: BatchForm): E.Either<Issue, Batch> => {
  const isBatch = typeof given === 'object' && given !== null && 'real' in given
  const { real, labels } = isBatch ? (given as { real: unknown; labels?: unknown }) : { real: given, labels: undefined }
  if (!holds(real, 'float32', shape)) {
    const rows = isTensor(real) ? real.shape[0] : undefined
    const isShort = isTensor(real) && equalShapes(real.shape.slice(1), shape.slice(1)) && rows !== shape[0]
    return E.left(
      issue(
        'BadBatch',
        ['batch'],
        `a minibatch float32${showShape(shape)}`,
        showGiven(real),
        isShort
          ? 'Batches have the batch size that the step was compiled for: leave out an incomplete last one'
          : 'Batches have the features that the generator makes'
      )
    )
  }
  if (classes === undefined) return E.right({ real })
  const checked = checkLabels(labels, shape[0] ?? 0, classes)
  return E.isLeft(checked) ? checked : E.right({ real, labels: checked.right })
}

/** Checks the draws of each evaluation as they are given against those that the terms make. */
export const checkDraws = (
  given: readonly Draws[],
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
    const own = given[phase] ?? {}
    for (const [name, aval] of Object.entries(wanted))
      if (!holds(own[name], aval.dtype, aval.shape)) return bad([phase, name], showAval(aval), showGiven(own[name]))
    const stranger = Object.keys(own).find((name) => !(name in wanted))
    if (stranger !== undefined)
      return bad([phase, stranger], `one of ${Object.keys(wanted).join(', ')}`, `'${stranger}'`)
  }
  return E.right(given)
}

/** Copies a minibatch: whoever handed it out may use its memory again. */
export const copyBatch = ({ real, labels }: Batch): Batch => {
  const copy = (x: Tensor): Tensor => ({ shape: x.shape, dtype: x.dtype, data: x.data.slice() })
  return labels === undefined ? { real: copy(real) } : { real: copy(real), labels: copy(labels) }
}
