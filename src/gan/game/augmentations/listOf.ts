import type { Rule } from '../../../tensor/options.ts'

/** Accepts a list of some words, none twice. */
export const listOf = (...words: readonly string[]): Rule => ({
  expected: `a list of ${words.map((word) => `'${word}'`).join(', ')}, none twice`,
  accepts: (x) =>
    Array.isArray(x) && x.every((word, i) => words.includes(word as string) && (x as unknown[]).indexOf(word) === i)
})
