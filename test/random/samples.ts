/** Figures of samples against distributions, for the tests of random draws. */

/** √n sup |F_n - F|, the Kolmogorov-Smirnov statistic of a sample against a continuous distribution function. */
export const kolmogorovSmirnov = (sample: ArrayLike<number>, distribution: (x: number) => number): number => {
  const sorted = Float64Array.from(sample).sort()
  const n = sorted.length
  let largest = 0
  sorted.forEach((x, i) => {
    const f = distribution(x)
    largest = Math.max(largest, (i + 1) / n - f, f - i / n)
  })
  return Math.sqrt(n) * largest
}

/** The statistic exceeds this with probability 2 exp(-2 c^2), about one in 1.8 million. */
export const ksLimit = 2.7

/** Σ x^k / n. */
export const moment = (sample: ArrayLike<number>, k: number): number => {
  let sum = 0
  for (let i = 0; i < sample.length; i++) sum += sample[i]! ** k
  return sum / sample.length
}

export const correlation = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  const [ma, mb] = [moment(a, 1), moment(b, 1)]
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - ma) * (b[i]! - mb)
    aa += (a[i]! - ma) ** 2
    bb += (b[i]! - mb) ** 2
  }
  return ab / Math.sqrt(aa * bb)
}

/** Σ (counted - expected)^2 / expected. */
export const chiSquared = (counts: readonly number[], expected: readonly number[]): number =>
  counts.reduce((sum, count, i) => sum + (count - expected[i]!) ** 2 / expected[i]!, 0)

/** How often each of 0 .. n - 1 occurs. */
export const histogram = (values: ArrayLike<number>, n: number): readonly number[] => {
  const counts = new Array<number>(n).fill(0)
  for (let i = 0; i < values.length; i++) counts[values[i]!]! += 1
  return counts
}
