/** Counts the letters that have to be changed, added, left out or exchanged with their neighbour to turn a into b. */
const distance = (a: string, b: string): number => {
  let before: readonly number[] = []
  let above: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isExchange = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(Math.min(above[j]! + 1, row[j - 1]! + 1, changed, isExchange ? before[j - 2]! + 1 : Infinity))
    }
    ;[before, above] = [above, row]
  }
  return above[b.length]!
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
