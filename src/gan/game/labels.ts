import { less, where } from '../../ops/comparison.ts'
import { reshape } from '../../ops/shaping.ts'
import { full } from '../../ops/creation.ts'
import { categorical, randint } from '../../random/integers.ts'
import type { Key } from '../../random/key.ts'
import { uniform } from '../../random/uniform.ts'
import type { Shape } from '../../tensor/shape.ts'
import type { Aval, Tensor } from '../../tensor/tensor.ts'

/**
 * Says where fakes have their labels from: drawn uniformly, drawn with these weights, one a class, or taken from the
 * minibatch of data, row by row.
 */
export type FakeLabels = 'uniform' | 'data' | readonly number[]

/** Describes what a GAN is conditional on. */
export interface Labels {
  /** Labels are 0 .. classes - 1, int32 [B]; undefined where samples come with conditions instead. */
  readonly classes: number | undefined
  /** Shape of the condition of one sample, float32; [] for labels. */
  readonly shape: Shape
  readonly fakes: FakeLabels
  /** Probability with which a sample, real or fake, has no label in training: the label `classes`, or a condition of 0. */
  readonly dropout: number
}

/** Returns the shape of the labels or conditions of n samples. */
export const labelsAval = ({ classes, shape }: Labels, n: number): Aval => ({
  shape: [n, ...shape],
  dtype: classes === undefined ? 'float32' : 'int32'
})

/** Counts the classes that a network is to tell apart: one more, if a label may be none. */
export const classesIn = ({ classes, dropout }: Labels): number | undefined =>
  classes === undefined || dropout === 0 ? classes : classes + 1

/** Samples labels for n fakes; undefined where they are the data's. */
export const sampleLabels = ({ classes, fakes }: Labels, key: Key, n: number): Tensor | undefined => {
  if (classes === undefined || fakes === 'data') return undefined
  return fakes === 'uniform'
    ? randint(key, [n], 0, classes)
    : categorical(key, { shape: [classes], dtype: 'float32', data: Float32Array.from(fakes) }, [n])
}

/** Drops labels or conditions at random, each on its own. */
export const dropLabels = ({ classes, dropout }: Labels, key: Key, y: Tensor): Tensor => {
  if (dropout === 0) return y
  const [n = 0] = y.shape
  const isDropped = reshape(
    less(uniform(key, [n]), dropout),
    y.shape.map((_, axis) => (axis === 0 ? n : 1))
  )
  return where(isDropped, full([], classes ?? 0, y.dtype), y)
}
