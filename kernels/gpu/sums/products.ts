/** An axis of sums, or of the terms of each: how far apart neighbours lie in either factor. */
export interface StridedAxis {
  readonly extent: number
  readonly strides: readonly [number, number]
}

/** An array of which elements are multiplied, and where the first of them lies. */
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

/** The same axes without those of extent 1, and with neighbours joined that both factors walk as one. */
export const joined = (axes: readonly StridedAxis[]): readonly StridedAxis[] =>
  axes.reduce<readonly StridedAxis[]>((outer, { extent, strides }) => {
    if (extent === 1) return outer
    const before = outer.at(-1)
    const joins = before?.strides.every((stride, f) => stride === strides[f]! * extent)
    return joins === true
      ? [...outer.slice(0, -1), { extent: before!.extent * extent, strides }]
      : [...outer, { extent, strides }]
  }, [])

export const countOf = (axes: readonly StridedAxis[]): number => axes.reduce((count, { extent }) => count * extent, 1)

/** Elements up to the farthest position that a kernel may be at in either factor, on its way behind an inner axis included. */
export const reachOf = ({ factors, places, terms }: Products): number => {
  const [first, ...inner] = joined(terms)
  return Math.max(
    ...factors.map(({ start }, f) => {
      const last = [...places, ...(first ? [first] : [])].reduce((sum, { extent, strides }) => sum + (extent - 1) * Math.max(strides[f]!, 0), start) // prettier-ignore
      return inner.reduce((sum, { extent, strides }) => sum + extent * Math.max(strides[f]!, 0), last) + 1
    })
  )
}
