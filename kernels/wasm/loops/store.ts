import type { Code, Local } from '../encoder/index.ts'
import type { DType } from '../../../src/tensor/dtype.ts'
import type { Emitter, Vector } from './frame.ts'
import { blockAxis } from './frame.ts'
import { writeBytes, writeWords } from './lanes.ts'
import type { Linear } from './linear.ts'
import { accessAt } from './values.ts'
import { elementBytes } from '../../../src/tensor/dtype.ts'

/** Returns the number of a point's element in an output. Partial results lie block after block. */
export const outputOffset = ({ walk }: Emitter): Linear => {
  const axes = walk.reduction?.across === true ? walk.outer : [...walk.outer, walk.lane]
  const terms = new Map(axes.filter(({ id }) => id >= 0).map(({ id, stride }) => [id, stride]))
  if (walk.reduction?.staged === true) terms.set(blockAxis.id, walk.size)
  return { constant: 0, terms }
}

/** Makes code that writes the lanes of a vector to an output. */
export const storeCode = (e: Emitter, address: number, dtype: DType, x: Local<'v128'>, at: Vector): Code => {
  const access = accessAt(e, outputOffset(e), address, elementBytes[dtype], at)
  return dtype === 'bool' ? writeBytes(access, x, at.lanes) : writeWords(access, x, at.lanes)
}
