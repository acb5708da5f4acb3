/**
 * What decompositions of matrices are made of: loops over two runs of neighbouring doubles. Their order of additions is
 * that of a vector unit with two lanes, so that an engine which has one comes to the same bits.
 */

/** Computes the inner product of x[i...] and y[j...], n terms, in four partial sums. */
export const dot = (x: Float64Array, i: number, y: Float64Array, j: number, n: number): number => {
  let [a, b, c, d] = [0, 0, 0, 0]
  const whole = n - (n % 4)
  for (let k = 0; k < whole; k += 4) {
    a += x[i + k]! * y[j + k]!
    b += x[i + k + 1]! * y[j + k + 1]!
    c += x[i + k + 2]! * y[j + k + 2]!
    d += x[i + k + 3]! * y[j + k + 3]!
  }
  let sum = a + c + (b + d)
  for (let k = whole; k < n; k++) sum += x[i + k]! * y[j + k]!
  return sum
}

/** Adds c x[i...] to y[j...], n terms. */
export const addScaled = (c: number, x: Float64Array, i: number, y: Float64Array, j: number, n: number): void => {
  for (let k = 0; k < n; k++) y[j + k]! += c * x[i + k]!
}

/** Multiplies x[i...] by c, n terms. */
export const scale = (c: number, x: Float64Array, i: number, n: number): void => {
  for (let k = 0; k < n; k++) x[i + k]! *= c
}

/** Turns the plane of rows i and j of x by an angle of cosine c and sine s: (c x_i - s x_j, s x_i + c x_j). */
export const rotate = (c: number, s: number, x: Float64Array, i: number, j: number, n: number): void => {
  for (let k = 0; k < n; k++) {
    const [a, b] = [x[i + k]!, x[j + k]!]
    x[i + k] = c * a - s * b
    x[j + k] = s * a + c * b
  }
}
