import type { Scalar } from '../../../src/nest/expression.ts'
import { axis, int, load, plus, times } from '../../../src/nest/expression.ts'
import { substituteIn } from '../../../src/nest/substitute.ts'
import type { Epilogue, Read } from '../../../src/compiler/schedule.ts'
import { fail } from '../../../src/tensor/error.ts'
import type { Shape } from '../../../src/tensor/shape.ts'
import { range, sizeOf } from '../../../src/tensor/shape.ts'
import type { Site, Stage } from './stage.ts'
import { emitNest } from './loops.ts'

/** A result without gaps in memory: its axes from the slowest to the fastest, and their extents in that order. */
interface DenseLayout {
  readonly domain: Shape
  readonly axes: readonly number[]
}

/** Returns the axes longer than 1 in the order of their strides. Throws NotSupported where there are gaps. */
const denseLayout = (domain: Shape, strides: readonly number[]): DenseLayout => {
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

/** Returns the number of an operand's element at a point of the result. */
const elementAt = (start: number, strides: readonly number[], { axes }: DenseLayout): Scalar =>
  axes.reduce<Scalar>((sum, a, i) => plus(sum, times(axis(i), int(strides[a]!))), int(start))

/**
 * Emits an epilogue as a loop nest of its own, where it cannot be part of the kernel: it reads the kernel's sums from byte
 * address `finished`. `strides`: of the sums and of all outputs, in elements.
 */
export const emitSeparateEpilogue = (
  site: Site,
  name: string,
  { outputs, operands }: Epilogue,
  finished: number,
  reads: readonly Read[],
  writes: readonly number[],
  domain: Shape,
  strides: readonly number[]
): readonly Stage[] => {
  const layout = denseLayout(domain, strides)
  const here = range(layout.axes.length).map(axis)
  const rewrite = substituteIn({
    axis: (e) => e,
    load: ({ operand, dtype }) => {
      if (operand === 0) return load(0, here, dtype)
      const { start, strides: own } = operands[operand - 1]!
      return load(operand, [elementAt(start, own, layout)], dtype)
    }
  })
  return emitNest(
    site,
    name,
    { domain: layout.domain, outputs: outputs.map(({ dtype, body }) => ({ dtype, body: rewrite(body) })) },
    [
      { shape: layout.domain, dtype: 'float32', address: finished },
      ...reads.slice(2).map(({ buffer, shape }) => ({
        shape: [sizeOf(shape)],
        dtype: site.schedule.buffers[buffer]!.dtype,
        address: site.addresses[buffer]!
      }))
    ],
    writes.map((buffer) => site.addresses[buffer]!)
  )
}
