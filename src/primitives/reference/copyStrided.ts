import type { Data } from '../../tensor/dtype.ts'
import type { Shape } from '../../tensor/shape.ts'
import type { Evaluation, Params, View } from '../../program/primitive.ts'
import type { Strided } from '../../tensor/strided.ts'
import { rowMajor } from '../../tensor/strided.ts'
import type { Aval } from '../../tensor/tensor.ts'
import { walk } from './walk.ts'

/** Copies an array of `shape` from one layout to another. */
export const copyStrided = (shape: Shape, source: Strided, target: Strided): ((from: Data, to: Data) => void) => {
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

/** Evaluates a view: the elements of the operand that it names, in its order. */
export const copyView = <P extends Params>(view: View<P>, operand: Aval, result: Aval, params: P): Evaluation => {
  const copy = copyStrided(result.shape, view(operand, rowMajor(operand.shape), result, params), rowMajor(result.shape))
  return ([x], y) => copy(x!, y)
}
