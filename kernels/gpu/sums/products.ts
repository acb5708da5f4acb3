/** An axis along which sums, or the terms of one sum, lie: how far apart neighbours are in each of the two factors. */
export interface StridedAxis {
  readonly extent: number
  readonly strides: readonly [number, number]
}

/** An array whose elements are multiplied, and the offset of the first of them. */
export interface Factor {
  readonly buffer: number
  readonly start: number
}

/**
 * Sums of products: contractions, convolutions, and their gradients.
 *
 *     sums[places] = sum over terms of one[start + places, terms at its strides] * other[...]
 *
 * The sums lie side by side, the last axis innermost.
 */
export interface Products {
  readonly factors: readonly [Factor, Factor]
  readonly places: readonly StridedAxis[]
  readonly terms: readonly StridedAxis[]
}

/** Drops axes of extent 1 and joins neighbours that both factors walk as one. */
export const joined = (axes: readonly StridedAxis[]): readonly StridedAxis[] =>
  axes.reduce<readonly StridedAxis[]>((outer, { extent, strides }) => {
    if (extent === 1) return outer
    const before = outer.at(-1)
    const joins = before?.strides.every((stride, f) => stride === strides[f]! * extent)
    return joins === true
      ? [...outer.slice(0, -1), { extent: before!.extent * extent, strides }]
      : [...outer, { extent, strides }]
  }, [])

/** Counts the points of the axes. */
export const countOf = (axes: readonly StridedAxis[]): number => axes.reduce((count, { extent }) => count * extent, 1)

/**
 * Returns how many elements lie up to the farthest place that a kernel's pointers reach, past the end of inner axes
 * included.
 */
export const reachOf = ({ factors, places, terms }: Products): number => {
  const [first, ...inner] = joined(terms)
  return Math.max(
    ...factors.map(({ start }, f) => {
      const last = [...places, ...(first ? [first] : [])].reduce((sum, { extent, strides }) => sum + (extent - 1) * Math.max(strides[f]!, 0), start) // prettier-ignore
      return inner.reduce((sum, { extent, strides }) => sum + extent * Math.max(strides[f]!, 0), last) + 1
    })
  )
}
