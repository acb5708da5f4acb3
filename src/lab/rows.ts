import { requireNumbers } from '../tensor/arguments.ts'
import { isNode } from '../program/node.ts'
import { fail } from '../tensor/error.ts'
import { showShape } from '../tensor/shape.ts'
import { requireFinite } from './finite.ts'
import type { Tensor } from '../tensor/tensor.ts'

/** Holds samples or features on the host, one a row, in double precision. */
export interface Rows {
  readonly count: number
  readonly width: number
  readonly data: Float64Array
}

/**
 * Reads a tensor [n, d] of finite numbers, or [n, ...], each sample flattened. Throws InvalidArgument or ShapeMisfit where
 * it is none, or has fewer than `least` rows.
 */
export const rowsOf = (op: string, name: string, x: Tensor, least = 2): Rows => {
  if (isNode(x))
    return fail('TracedRead', {
      op,
      expected: `numbers as ${name}`,
      actual: 'a traced value',
      hint: 'Call it outside of traced functions, with what they return'
    })
  requireNumbers(op, x, `a tensor [n, d] as ${name}`)
  const count = x.shape[0] ?? 0
  if (x.shape.length < 2 || count < least)
    return fail('ShapeMisfit', {
      op,
      expected: `${name} [n, d] of at least ${String(least)} row${least === 1 ? '' : 's'}`,
      actual: showShape(x.shape)
    })
  const data = Float64Array.from(requireFinite(op, name, x).data)
  return { count, width: data.length / count, data }
}

/** Reads two sets of rows of one width. */
export const pairOfRows = (op: string, real: Tensor, fake: Tensor, least = 2): readonly [Rows, Rows] => {
  const [a, b] = [rowsOf(op, 'real', real, least), rowsOf(op, 'fake', fake, least)]
  if (a.width !== b.width)
    fail('ShapeMisfit', {
      op,
      expected: 'real and fake features of one width',
      actual: `${showShape(real.shape)} and ${showShape(fake.shape)}`
    })
  return [a, b]
}

/** Computes the mean of rows: d numbers. */
export const meanOf = ({ count, width, data }: Rows): Float64Array => {
  const mean = new Float64Array(width)
  for (let i = 0; i < data.length; i++) mean[i % width]! += data[i]! / count
  return mean
}
