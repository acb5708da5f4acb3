/** A float32 sum in one run loses a digit for each few hundred terms: longer ones are summed in runs, and those sums. */
export const longestRun = 512

/** The divisor of `extent` nearest to `wanted` within a factor of two, if there is one: then nothing is left over. */
export const divisorNear = (extent: number, wanted: number): number | undefined => {
  for (let d = 0; d <= wanted; d++) {
    if (extent % (wanted + d) === 0 && d < wanted) return wanted + d
    if (2 * d <= wanted && wanted > d && extent % (wanted - d) === 0) return wanted - d
  }
  return undefined
}
