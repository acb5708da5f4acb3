import { CheckStatus } from '@stryker-mutator/api/check'
import { PluginKind, commonTokens, declareClassPlugin, tokens } from '@stryker-mutator/api/plugin'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

/** Where a mutant stands and what it puts there: tells it from every other one. */
export const markOf = ({ fileName, mutatorName, location: { start, end }, replacement }) =>
  [relative('.', fileName), start.line, start.column, end.line, end.column, mutatorName, replacement].join(' ')

/** What a mutant is called wherever its line has moved: file, kind, replacement, and how many such stand before it. */
const namesOf = (mutants) => {
  const seen = new Map()
  return mutants.map(({ fileName, mutatorName, replacement }) => {
    const kind = [relative('.', fileName), mutatorName, replacement].join(' ')
    seen.set(kind, (seen.get(kind) ?? 0) + 1)
    return `${kind} ${seen.get(kind)}`
  })
}

/**
 * Draws `count` of the mutants: those whose names, hashed with the seed, come first. So a larger sample holds each
 * smaller one, and what is edited elsewhere in the folder leaves the sample as it was.
 */
export const sampleOf = (mutants, count, seed) => {
  const hash = (name) => createHash('sha256').update(`${seed} ${name}`).digest('hex')
  const ranks = namesOf(mutants).map(hash)
  return mutants
    .map((mutant, i) => ({ mutant, rank: ranks[i] }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ mutant }) => mutant)
}

/** Lets the sampled mutants pass, those that `sampleFile` lists. Stryker counts the others as invalid, outside the score. */
class Sample {
  static inject = tokens(commonTokens.options)
  marks

  constructor({ sampleFile }) {
    this.sampleFile = sampleFile
  }

  async init() {
    this.marks = new Set(JSON.parse(readFileSync(this.sampleFile, 'utf8')))
  }

  group(mutants) {
    return Promise.resolve([mutants.map(({ id }) => id)])
  }

  check(mutants) {
    const verdict = (mutant) =>
      this.marks.has(markOf(mutant))
        ? { status: CheckStatus.Passed }
        : { status: CheckStatus.CompileError, reason: 'not in the sample' }
    return Promise.resolve(Object.fromEntries(mutants.map((mutant) => [mutant.id, verdict(mutant)])))
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Checker, 'sample', Sample)]

export const strykerValidationSchema = { properties: { sampleFile: { type: 'string' }, vitest: { type: 'object' } } }
