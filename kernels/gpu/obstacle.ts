import { drawShape, sizeOf } from '../../src/tensor/shape.ts'
import type { Scalar } from '../nest/expression.ts'
import type { Nest } from '../nest/nest.ts'
import type { KernelOperand } from './kernel.ts'
import type { Range } from './ranges.ts'
import { exactIntegers, isExact, rangesOf } from './ranges.ts'

/** Why a nest is no kernel of gpu.js: arrays too large to index exactly, integers too large for floats, no such literal. */
export interface Obstacle {
  readonly reason: 'size' | 'number'
  readonly expected: string
  readonly actual: string
}

const partsOf = (e: Scalar): readonly Scalar[] => {
  switch (e.kind) {
    case 'literal':
    case 'axis':
      return []
    case 'load':
      return e.index
    case 'unary':
    case 'convert':
      return [e.x]
    case 'binary':
    case 'compare':
      return [e.x, e.y]
    case 'select':
      return [e.when, e.x, e.y]
  }
}

const everyPart = (body: Scalar): ReadonlySet<Scalar> => {
  const found = new Set<Scalar>([body])
  for (const e of found) for (const part of partsOf(e)) found.add(part)
  return found
}

const nameOf = (e: Scalar): string => (e.kind === 'unary' || e.kind === 'binary' ? e.name : e.kind)

/** The obstacle to printing `nest`, if there is one. Sizes of 0 are none of ours: gpu.js has no empty arrays. */
export const obstacleTo = (nest: Nest, operands: readonly KernelOperand[]): Obstacle | undefined => {
  const large = [nest.domain, ...operands.filter((x) => x.value === undefined).map((x) => x.shape)].find(
    (shape) => sizeOf(shape) > exactIntegers || sizeOf(shape) === 0
  )
  if (large !== undefined)
    return { reason: 'size', expected: `arrays of 1 to ${String(exactIntegers)} elements`, actual: drawShape(large) }
  const { extents, combine } = nest.reduction ?? { extents: [], combine: 'max' }
  const rangeOf = rangesOf([...nest.domain, ...extents], operands)
  const inexact = (what: string, { low, high }: Range): Obstacle => ({
    reason: 'number',
    expected: `integers of at most ${String(exactIntegers)} in magnitude`,
    actual: `${what} that may be anything from ${String(low)} to ${String(high)}`
  })
  for (const e of everyPart(nest.body)) {
    if (e.kind === 'literal' && !Number.isFinite(Math.fround(e.value)))
      return { reason: 'number', expected: 'finite numbers', actual: String(e.value) }
    if (e.dtype === 'float32') continue
    const truncates = e.kind === 'convert' && e.dtype === 'int32' && e.x.dtype === 'float32'
    if (truncates || !isExact(rangeOf(e))) return inexact(nameOf(e), rangeOf(e))
  }
  if (nest.dtype === 'float32' || combine === 'max') return undefined
  const { low, high } = rangeOf(nest.body)
  const total = { low: low * sizeOf(extents), high: high * sizeOf(extents) }
  return isExact(total) ? undefined : inexact('a sum', total)
}
