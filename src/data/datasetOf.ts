import * as TE from '#fp-ts/TaskEither'
import type { Batch } from '../gan/step/batch.ts'
import type { None } from '../tensor/arguments.ts'
import { requireNumbers } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Rule } from '../tensor/options.ts'
import { optional, readOptions, text } from '../tensor/options.ts'
import { refuse, showValue } from '../tensor/problem.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { isTensor, showAval } from '../tensor/tensor.ts'
import { isRecord } from '../tensor/tree.ts'
import { takeRows } from './batches.ts'
import { numbered } from './classNames.ts'
import type { Dataset } from './dataset.ts'
import { drawnDataset, storedDataset } from './dataset.ts'
import type { Shapes } from './shapes.ts'
import type { Toy } from './toy.ts'

export interface DatasetOptions {
  /** How reports call it; 'tensors' by default, or the name that it has. */
  readonly name?: string
  /** The names of the classes, by label; their numbers by default. */
  readonly classes?: readonly string[]
}

const names: Rule = {
  expected: 'a list of names',
  accepts: (x) => Array.isArray(x) && x.length > 0 && x.every((name) => typeof name === 'string')
}
const rules = { name: optional(text), classes: optional(names) }

const op = 'datasetOf'

const isDrawn = (of: object): of is Toy | Shapes => 'sample' in of && typeof of.sample === 'function'

/** Checks labels int32 [n], each 0 or more, below the number of classes where these are said. */
const requireLabels = (labels: Tensor, n: number, classes: readonly string[] | undefined): Tensor => {
  requireNumbers(op, labels, 'labels')
  if (labels.dtype !== 'int32' || labels.shape.length !== 1 || labels.shape[0] !== n)
    fail('ShapeMisfit', { op, expected: `labels int32[${String(n)}]`, actual: showAval(labels) })
  // Names take memory, a class each.
  const most = Math.min(classes?.length ?? Infinity, 1_000_000)
  const stranger = labels.data.find((label) => label < 0 || label >= most)
  if (stranger !== undefined)
    fail('InvalidArgument', { op, expected: `labels from 0 to ${String(most - 1)}`, actual: String(stranger) })
  return labels
}

const ofTensors = ({ real, labels, condition }: Batch, { name = 'tensors', classes }: DatasetOptions): Dataset => {
  requireNumbers(op, real, 'samples')
  const [rows = 0, ...shape] = real.shape
  if (real.dtype !== 'float32' || shape.length === 0 || rows === 0)
    fail('ShapeMisfit', { op, expected: 'samples float32 [N, ...features] of one row or more', actual: showAval(real) })
  if (condition !== undefined && (requireNumbers(op, condition, 'conditions').shape[0] ?? 0) !== rows)
    fail('ShapeMisfit', { op, expected: `conditions of ${String(rows)} rows`, actual: showAval(condition) })
  const checked = labels === undefined ? undefined : requireLabels(labels, rows, classes)
  const about = { name, shape, rows, ...(checked && { classes: classes ?? numbered(checked.data) }) }
  return storedDataset(about, (chosen) =>
    TE.right({
      real: takeRows(real, chosen),
      ...(checked && { labels: takeRows(checked, chosen) }),
      ...(condition && { condition: takeRows(condition, chosen) })
    })
  )
}

const ofDrawn = (of: Toy | Shapes, { name = of.name }: DatasetOptions): Dataset =>
  'dimension' in of
    ? { ...drawnDataset({ name, shape: [of.dimension] }, of.sample), ...(of.modes && { modes: of.modes }) }
    : drawnDataset({ name, shape: of.shape, classes: of.classes }, of.sample)

/**
 * Makes a data set of samples in memory, float32 [N, ...features], with labels int32 [N] or conditions [N, ...] where
 * there are any; or of a toy, whose samples are drawn inside the step. Images are [N, channels, height, width] in [-1, 1].
 *
 * @throws ShapeMisfit where rows differ in number; InvalidArgument for labels that are no classes
 *
 * @example
 * import { Toy, datasetOf, tensor } from 'saddlepoint'
 * const ring = datasetOf(Toy.ring())
 * ring.shape // => [2]
 * const two = datasetOf({ real: tensor([[0], [1], [2]]), labels: tensor([0, 1, 1], [3], 'int32') }, { classes: ['low', 'high'] })
 * two.rows // => 3
 * for await (const { real, labels } of two.batches({ batchSize: 2, seed: 7 }).from()) {
 *   real.shape // => [2, 1]
 *   break
 * }
 */
export const datasetOf = (of: Tensor | Batch | Toy | Shapes, options: DatasetOptions = {}, ...more: None): Dataset => {
  const { all, problems } = readOptions<DatasetOptions>({}, options, rules, {}, more)
  refuse(op, problems)
  const given: unknown = of
  if (isRecord(given) && isDrawn(given)) return ofDrawn(given, all)
  if (isTensor(given)) return ofTensors({ real: given }, all)
  if (isRecord(given) && isTensor(given['real'])) return ofTensors(given as unknown as Batch, all)
  return fail('InvalidArgument', {
    op,
    expected: 'a tensor of samples, { real, labels }, or a toy',
    actual: showValue(of),
    hint: 'openDataset(path) opens files'
  })
}
