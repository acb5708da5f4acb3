/**
 * The most terms that are added one after the other: a float32 sum loses about a digit every few hundred. Longer sums
 * add sums of runs.
 */
export const longestRun = 512

/** Finds the divisor of `extent` nearest to `wanted` within a factor of two, if there is one. */
export const divisorNear = (extent: number, wanted: number): number | undefined => {
  for (let d = 0; d <= wanted; d++) {
    if (extent % (wanted + d) === 0 && d < wanted) return wanted + d
    if (2 * d <= wanted && wanted > d && extent % (wanted - d) === 0) return wanted - d
  }
  return undefined
}
