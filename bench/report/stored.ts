import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { benchFolder } from '../measure/places.ts'

/** First losses of a job, or the digest of its result, and who computed them. */
export interface Stored {
  readonly by: string
  readonly values: readonly number[]
}

const file = join(benchFolder, 'report/losses.json')

const all = (): Readonly<Record<string, Stored>> =>
  JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, Stored>>

export const storedFor = (name: string): Stored | undefined => all()[name]

export const store = (name: string, values: Stored): void => {
  const sorted = Object.entries({ ...all(), [name]: values }).sort(([a], [b]) => (a < b ? -1 : 1))
  const line = ([key, { by, values: numbers }]: (typeof sorted)[number]): string =>
    `  ${JSON.stringify(key)}: { "by": ${JSON.stringify(by)}, "values": [${numbers.map((x) => Number(x.toPrecision(9))).join(', ')}] }`
  writeFileSync(file, `{\n${sorted.map(line).join(',\n')}\n}\n`)
}

const tolerance = 1e-4

/** What is wrong with the first values, if something is. */
export const misfit = (values: readonly number[], expected: readonly number[]): string | undefined => {
  const count = Math.min(values.length, expected.length)
  for (let i = 0; i < count; i++) {
    const [got, want] = [values[i]!, expected[i]!]
    if (!(Math.abs(got - want) <= tolerance * Math.abs(want))) return `value ${i} is ${got}, should be ${want}`
  }
  return count === 0 ? 'no values to compare' : undefined
}
