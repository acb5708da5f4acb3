import type { Affine } from '../../nest/affine.ts'
import { offsetOf } from '../../nest/affine.ts'
import type { Scalar } from '../../nest/expression.ts'
import { expressionsIn, isLoad } from '../../nest/substitute.ts'
import { range } from '../../tensor/shape.ts'
import type { Group } from './group.ts'
import type { Body, Inliner } from './inline.ts'
import type { Strided } from '../../tensor/strided.ts'

type Load = Scalar & { readonly kind: 'load' }

/** The axes of an epilogue's domain, each as the axes of the group's domain (without those of extent 1) that it is. */
const partsOf = ({ members, factors }: Group): readonly (readonly number[])[] => {
  const { shape } = members[0]!
  let next = 0
  const places = shape.map((extent) => (extent === 1 ? -1 : next++))
  const parts = factors === undefined ? range(shape.length).map((n) => [n]) : factors.matrices.parts
  return parts.map((part) => part.map((n) => places[n]!).filter((n) => n >= 0))
}

/** An offset in the axes of the group's domain as strides along those of the epilogue's. */
const stridesOf = ({ constant, coefficients }: Affine, group: Group): Strided | undefined => {
  const strides: number[] = []
  for (const part of partsOf(group)) {
    const own = part.map((n) => coefficients.get(n) ?? 0)
    if (own.some((stride, i) => i > 0 && own[i - 1] !== stride * group.domain[part[i]!]!)) return undefined
    strides.push(own.at(-1) ?? 0)
  }
  return constant < 0 || strides.some((stride) => stride < 0) ? undefined : { start: constant, strides }
}

/** Finds the strides along the axes of an epilogue's domain at which it reads what a body loads; undefined if there are none. */
export const stridedLoad = (group: Group, e: Load, inliner: Inliner): Strided | undefined => {
  const offset = offsetOf(e.index, inliner.nodeOf(e.operand).shape, inliner.affineOf)
  return offset === undefined ? undefined : stridesOf(offset, group)
}

/** Whether the body works with integers, beyond where it loads from. */
const hasIntegers = (body: Scalar): boolean => expressionsIn([body], isLoad).some(({ dtype }) => dtype === 'int32')

/**
 * Tells whether a body can follow a contraction or convolution: it is made of float32 loads that lie at strides of the result's
 * axes, `others` being those that are no members of the group.
 */
export const fitsEpilogue = (group: Group, { body }: Body, others: readonly Load[], inliner: Inliner): boolean =>
  body.dtype === 'float32' &&
  others.every((e) => e.dtype === 'float32' && stridedLoad(group, e, inliner) !== undefined) &&
  !hasIntegers(body)
