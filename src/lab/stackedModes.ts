import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireList } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { probabilitiesOf } from './classifierScore.ts'
import { klToUniform } from './modes.ts'

/** Says how many of the modes of stacked images samples reach, and how evenly. */
export interface StackedModes {
  /** Modes that came at least once. */
  readonly captured: number
  /** All of them: the product of the channels' numbers of classes. */
  readonly modes: number
  /** KL(p || uniform) in nats, p the histogram of the samples over the modes. */
  readonly reverseKl: number
}

/** The place of the largest of each row. */
const classesOf = ({ count, width, data }: ReturnType<typeof probabilitiesOf>): readonly number[] =>
  Array.from({ length: count }, (_, row) => {
    const own = data.subarray(row * width, (row + 1) * width)
    return own.indexOf(Math.max(...own))
  })

/** More modes than this are no histogram that samples could fill. */
const mostModes = 1e7

/**
 * Counts the modes of images that are stacks of independent images, a channel each (stacked digits: 10³ modes of three
 * digits), from the class probabilities of each channel, [n, classes]. Published tables take 26,000 samples; n samples of a
 * uniform distribution miss modes (1 - 1/modes)^n of the time.
 *
 * @see Metz et al., Unrolled generative adversarial networks (2017), section 3.3.1; Lin et al., PacGAN (2018), section 4.2
 * @throws InvalidArgument or ShapeMisfit where rows are no distributions, or channels differ in their number
 *
 * @example
 * import { Lab, tensor } from 'saddlepoint'
 * const [first, second] = [tensor([[1, 0], [1, 0], [0, 1]]), tensor([[1, 0], [1, 0], [1, 0]])]
 * const found = Lab.stackedModes([first, second])
 * found.captured // => 2
 * found.modes // => 4
 */
export const stackedModes = (channels: readonly Tensor[], ...more: None): StackedModes => {
  const op = 'stackedModes'
  refuseMore(op, more)
  const rows = requireList(op, channels, 'a list of class probabilities [n, classes], one a channel').map((one) =>
    probabilitiesOf(op, one, 1)
  )
  const counts = rows.map(({ count }) => count)
  const modes = rows.reduce((product, { width }) => product * width, 1)
  if (rows.length === 0 || counts.some((n) => n !== counts[0]) || modes > mostModes)
    fail('ShapeMisfit', {
      op,
      expected:
        'class probabilities [n, classes] of at least one channel, of equally many samples, and at most 10 million modes',
      actual: `${String(rows.length)} channels of ${counts.join(', ')} samples, ${String(modes)} modes`
    })
  const places = rows.reduce<readonly number[]>(
    (so, one) => classesOf(one).map((own, i) => (so[i] ?? 0) * one.width + own),
    []
  )
  const histogram = new Array<number>(modes).fill(0)
  for (const place of places) histogram[place]! += 1
  return { captured: histogram.filter((n) => n > 0).length, modes, reverseKl: klToUniform(histogram) }
}
