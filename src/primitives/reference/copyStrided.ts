import type { Data } from '../../tensor/dtype.ts'
import type { Shape } from '../../tensor/shape.ts'
import type { Strides } from './walk.ts'
import { walk } from './walk.ts'

/** Copies an array of `shape` from one layout to another. */
export const copyStrided = (shape: Shape, source: Strides, target: Strides): ((from: Data, to: Data) => void) => {
  const { run, reads, writes } = walk(shape, source, target)
  const whole = run.from === 1 && run.to === 1 && run.extent >= 32
  const one = run.from === 0 && run.to === 1
  return (from, to) => {
    for (let r = 0; r < reads.length; r++) {
      let read = reads[r]!
      let write = writes[r]!
      if (whole) to.set(from.subarray(read, read + run.extent), write)
      else if (one) to.fill(from[read]!, write, write + run.extent)
      else
        for (let i = 0; i < run.extent; i++) {
          to[write] = from[read]!
          read += run.from
          write += run.to
        }
    }
  }
}
