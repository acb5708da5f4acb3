/** Counts the letters that have to be changed, added or left out to turn one word into the other. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 0; i < a.length; i++)
    row = row.reduce<number[]>(
      (next, above, j) =>
        j === 0 ? [i + 1] : [...next, Math.min(above + 1, next[j - 1]! + 1, row[j - 1]! + (a[i] === b[j - 1] ? 0 : 1))],
      []
    )
  return row[b.length]!
}

/**
 * Tests whether `short` is a part of `long`, or begins like it and has its letters in their order: `lr` of
 * `learningrate`.
 */
const abbreviates = (short: string, long: string): boolean => {
  let matched = 0
  for (const letter of long) if (letter === short[matched]) matched++
  return long.includes(short) || (matched === short.length && short[0] === long[0])
}

/**
 * Finds the known word that was most likely meant: one of nearly the same letters, or its abbreviation, or what it
 * abbreviates.
 */
export const nearestWord = (word: string, known: readonly string[]): string | undefined =>
  known
    .map((candidate) => ({ candidate, a: word.toLowerCase(), b: candidate.toLowerCase() }))
    .map(({ candidate, a, b }) => ({ candidate, a, b, far: distance(a, b) }))
    .filter(({ a, b, far }) => far <= Math.max(1, b.length / 3) || abbreviates(a, b) || abbreviates(b, a))
    .sort((a, b) => a.far - b.far)[0]?.candidate
