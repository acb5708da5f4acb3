/** One run of a sweep, as data: what a worker is told, by whomever, and so what it checks. */
import type { Rule, Rules } from '../../tensor/options.ts'
import { count, countOrZero, optional, readOptions, text } from '../../tensor/options.ts'
import type { Problem } from '../../tensor/problem.ts'
import { isRecord } from '../../tensor/tree.ts'
import type { EngineName } from '../../transform/compileStep.ts'

/**
 * Says where a spec comes from: written as `Gan.specToJson` writes it, or made by a module that lies in the worker's own
 * folder, whose default export is a spec, or a function of the settings that gives one.
 */
export type SpecSource = { readonly spec: Readonly<Record<string, unknown>> } | { readonly module: string }

export interface Job {
  /** The name of the run, and of its folder. */
  readonly name: string
  /** What it has in common with the runs of other seeds. */
  readonly arm: string
  /** The name of its spec in the grid. */
  readonly specName: string
  readonly source: SpecSource
  /** What differs from arm to arm, by path. */
  readonly settings: Readonly<Record<string, unknown>>
  /** A set that is drawn, by name, or the path of one. */
  readonly data: string
  readonly batchSize: number
  readonly steps: number
  readonly seed: number
  readonly engine: EngineName
  readonly every?: number
}

const longestName = 160

/** Letters, digits and a few signs: no path, no hidden file, on no system. */
const isName = (x: unknown): boolean =>
  typeof x === 'string' && x.length <= longestName && /^[A-Za-z0-9][A-Za-z0-9=_+.,-]*$/.test(x) && !x.endsWith('.')

const aName: Rule = { expected: 'a name of letters, digits and = _ + . , -', accepts: isName }
const aSource: Rule = {
  expected: '{ spec } or { module }',
  accepts: (x) => isRecord(x) && Object.keys(x).length === 1 && (isRecord(x['spec']) || typeof x['module'] === 'string')
}

const rules: Rules = {
  name: aName,
  arm: text,
  specName: text,
  source: aSource,
  settings: { expected: 'settings by path', accepts: isRecord },
  data: text,
  batchSize: count,
  steps: countOrZero,
  seed: { expected: 'a whole number', accepts: Number.isSafeInteger },
  engine: text,
  every: optional(count)
}

/** Lists what is wrong with what came as a job. */
export const jobProblems = (x: unknown): readonly Problem[] => readOptions<object>({}, x as object, rules).problems

/** Makes a name of any text that is none of other texts: signs that a name must not have become `-`. */
export const nameFor = (words: string, taken: ReadonlySet<string>): string => {
  const plain = words
    .replaceAll(/[^A-Za-z0-9=_+.,-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, longestName - 8)
    .replace(/\.+$/, '')
  const first = plain === '' ? 'run' : plain
  for (let n = 1; ; n++) {
    const name = n === 1 ? first : `${first}-${String(n)}`
    if (!taken.has(name)) return name
  }
}

/** Shows the value of a setting: text as it is, anything else as JSON. */
export const showSetting = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
