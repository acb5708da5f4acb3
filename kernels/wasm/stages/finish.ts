import type { Scalar } from '../../../src/nest/expression.ts'
import { axis, int, load, plus, times } from '../../../src/nest/expression.ts'
import { substituteIn } from '../../../src/nest/substitute.ts'
import type { Epilogue, Read } from '../../../src/compiler/schedule.ts'
import { fail } from '../../../src/tensor/error.ts'
import type { Shape } from '../../../src/tensor/shape.ts'
import { range, sizeOf } from '../../../src/tensor/shape.ts'
import type { Site, Stage } from './stage.ts'
import { emitNest } from './loops.ts'

/** A result as it lies in memory: the strides of its axes, and the axes from the slowest to the fastest. */
interface DenseLayout {
  readonly domain: Shape
  readonly axes: readonly number[]
}

/** The axes of a dense layout in the order of their strides. */
const lyingOf = (domain: Shape, strides: readonly number[]): DenseLayout => {
  const axes = range(domain.length)
    .filter((a) => domain[a]! > 1)
    .sort((a, b) => strides[b]! - strides[a]!)
  let size = 1
  for (const a of axes.toReversed()) {
    if (strides[a] !== size)
      fail('NotSupported', {
        op: 'epilogue',
        expected: 'a result without gaps',
        actual: `strides ${strides.join(', ')}`
      })
    size *= domain[a]!
  }
  return { domain: axes.map((a) => domain[a]!), axes }
}

/** The element of an operand at a point of the result, in one dimension. */
const elementAt = (start: number, strides: readonly number[], { axes }: DenseLayout): Scalar =>
  axes.reduce<Scalar>((sum, a, i) => plus(sum, times(axis(i), int(strides[a]!))), int(start))

/**
 * An epilogue by itself, over finished elements that lie in memory, where it cannot be part of the kernel. `strides` are
 * those of the result and its outputs.
 */
export const emitFinish = (
  site: Site,
  name: string,
  { outputs, operands }: Epilogue,
  finished: number,
  reads: readonly Read[],
  writes: readonly number[],
  domain: Shape,
  strides: readonly number[]
): readonly Stage[] => {
  const lying = lyingOf(domain, strides)
  const here = range(lying.axes.length).map(axis)
  const rewrite = substituteIn({
    axis: (e) => e,
    load: ({ operand, dtype }) => {
      if (operand === 0) return load(0, here, dtype)
      const { start, strides: own } = operands[operand - 1]!
      return load(operand, [elementAt(start, own, lying)], dtype)
    }
  })
  return emitNest(
    site,
    name,
    { domain: lying.domain, outputs: outputs.map(({ dtype, body }) => ({ dtype, body: rewrite(body) })) },
    [
      { shape: lying.domain, dtype: 'float32', address: finished },
      ...reads.slice(2).map(({ buffer, shape }) => ({
        shape: [sizeOf(shape)],
        dtype: site.schedule.buffers[buffer]!.dtype,
        address: site.addresses[buffer]!
      }))
    ],
    writes.map((buffer) => site.addresses[buffer]!)
  )
}
