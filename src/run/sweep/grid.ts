import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { Issue, Issues } from '../../gan/check/issue.ts'
import { issue, issueOfProblem, readIssues } from '../../gan/check/issue.ts'
import type { Spec } from '../../gan/game/spec.ts'
import { isSpec } from '../../gan/game/form.ts'
import { specFromJson, specToJson } from '../../gan/json/specJson.ts'
import type { PresetName } from '../../gan/presets/preset.ts'
import * as Preset from '../../gan/presets/preset.ts'
import type { None } from '../../tensor/arguments.ts'
import type { Rule } from '../../tensor/options.ts'
import { count, countOrZero, optional, readOptions, text } from '../../tensor/options.ts'
import { showValue } from '../../tensor/problem.ts'
import { isRecord } from '../../tensor/tree.ts'
import type { EngineName } from '../../transform/compileStep.ts'
import type { Job, SpecSource } from './job.ts'
import { jobProblems, nameFor, showSetting } from './job.ts'
import { withSetting } from './setting.ts'

/**
 * A spec of a grid: the name of a preset, a preset with options, a spec, one as `Gan.specToJson` writes it, or a
 * module that makes it.
 */
export type GridSpec =
  PresetName | Spec | { readonly preset: PresetName; readonly options?: Readonly<Record<string, unknown>> } | SpecSource

/** Every spec with every value of every setting and every seed. */
export interface Grid {
  /** Specs by name, or a list of presets. */
  readonly specs: Readonly<Record<string, GridSpec>> | readonly string[]
  /**
   * Values by path: `batchSize`, `steps`, `data` or `engine` of the run, `preset.width` of a preset's options, or a path in the
   * spec, `optimizers.generator.learningRate`.
   */
  readonly settings?: Readonly<Record<string, readonly unknown[]>>
  /** How many, 0 and on, or which. */
  readonly seeds: number | readonly number[]
  /** A data set by name or path. */
  readonly data: string
  readonly batchSize: number
  readonly steps: number
  readonly engine?: EngineName
  /** Steps from one checkpoint to the next. */
  readonly every?: number
}

const isSeeds = (x: unknown): boolean =>
  Array.isArray(x) && x.length > 0 && x.every(Number.isSafeInteger) && new Set(x).size === x.length
const rules = {
  specs: {
    expected: 'specs by name, or a list of presets',
    accepts: (x: unknown) => (Array.isArray(x) || isRecord(x)) && Object.keys(x).length > 0
  },
  settings: {
    expected: 'lists of values by path',
    accepts: (x: unknown) => isRecord(x) && Object.values(x).every((list) => Array.isArray(list) && list.length > 0)
  },
  seeds: { expected: 'a whole number of at least 1, or a list of different seeds', accepts: (x: unknown) => count.accepts(x) || isSeeds(x) }, // prettier-ignore
  data: text,
  batchSize: count,
  steps: countOrZero,
  engine: text,
  every: optional(count)
} satisfies Readonly<Record<string, Rule>>

type Settings = Readonly<Record<string, unknown>>

/** Every combination of one value of each list. */
const combinations = (lists: Readonly<Record<string, readonly unknown[]>>): readonly Settings[] =>
  Object.entries(lists).reduce<readonly Settings[]>(
    (found, [path, values]) => found.flatMap((one) => values.map((value) => ({ ...one, [path]: value }))),
    [{}]
  )

const ofRun = ['batchSize', 'steps', 'data', 'engine', 'every'] as const
const isOfRun = (path: string): boolean => (ofRun as readonly string[]).includes(path)
const presetPrefix = 'preset.'

const written = (spec: Spec, name: string): E.Either<Issues, Readonly<Record<string, unknown>>> =>
  pipe(
    specToJson(spec),
    E.bimap(
      (issues): Issues => {
        const [{ path, actual }] = issues
        const hint = "{ module: 'own.ts' } names the module of a spec with functions of your own"
        return [issue('InvalidValue', ['specs', name, ...path], 'a spec that can be written', actual, hint)]
      },
      (json) => JSON.parse(json) as Readonly<Record<string, unknown>>
    )
  )

const kinds = 'a preset, a spec, { preset, options }, { spec } or { module }'

/** Makes the source of a spec, with the settings of it that are its own. */
const sourceOf = (name: string, given: GridSpec, settings: Settings): E.Either<Issues, SpecSource> => {
  const entries = Object.entries(settings).filter(([path]) => !isOfRun(path))
  const ofPreset = entries.filter(([path]) => path.startsWith(presetPrefix))
  const ofSpec = entries.filter(([path]) => !path.startsWith(presetPrefix))
  const part: unknown = typeof given === 'string' ? { preset: given } : given
  if (isSpec(part))
    return pipe(
      written(part, name),
      E.chain((spec) => set(name, spec, ofPreset, ofSpec))
    )
  const { module, spec: json, preset, options = {} } = isRecord(part) ? part : {}
  if (typeof module === 'string') return E.right({ module })
  if (isRecord(json)) return set(name, json, ofPreset, ofSpec)
  if (preset !== undefined && isRecord(options)) {
    const own = Object.fromEntries(ofPreset.map(([path, value]) => [path.slice(presetPrefix.length), value]))
    const made = Preset.of(preset as PresetName, { ...options, ...own })
    const [first, ...others] = made.problems.map((problem) => issueOfProblem('InvalidValue', ['specs', name], problem))
    if (first !== undefined) return E.left([first, ...others])
    return pipe(
      written(made, name),
      E.chain((spec) => set(name, spec, [], ofSpec))
    )
  }
  return E.left([issue('InvalidValue', ['specs', name], kinds, showValue(given), 'Preset.names lists presets')])
}

/** Sets values in a written spec, and reads it, so that what is wrong is told before anything runs. */
const set = (
  name: string,
  spec: Readonly<Record<string, unknown>>,
  ofPreset: readonly (readonly [string, unknown])[],
  ofSpec: readonly (readonly [string, unknown])[]
): E.Either<Issues, SpecSource> => {
  const [stray] = ofPreset
  if (stray !== undefined)
    return E.left([
      issue('InvalidValue', ['settings', stray[0]], 'specs that are presets', name, 'Name a path in the spec')
    ])
  return pipe(
    ofSpec.reduce<E.Either<Issues, Readonly<Record<string, unknown>>>>(
      (so, [path, value]) =>
        pipe(
          so,
          E.chain((x) => withSetting(x, path, value) as E.Either<Issues, Readonly<Record<string, unknown>>>)
        ),
      E.right(spec)
    ),
    E.chainFirst((changed) =>
      pipe(
        specFromJson(JSON.stringify(changed)),
        E.mapLeft(([first, ...others]): Issues => [under(name, first), ...others.map((one) => under(name, one))])
      )
    ),
    E.map((changed) => ({ spec: changed }))
  )
}

const under = (name: string, one: Issue): Issue => ({ ...one, path: ['specs', name, ...one.path] })

const namedSpecs = (specs: Grid['specs']): readonly (readonly [string, GridSpec])[] =>
  Array.isArray(specs)
    ? specs.map((name: string) => [name, name as PresetName] as const)
    : Object.entries(specs as Readonly<Record<string, GridSpec>>)

/** Writes the value of a setting to stand in the name of an arm. */
const showEntry = ([path, value]: readonly [string, unknown], short: ReadonlySet<string>): string => {
  const last = path.split('.').at(-1) ?? path
  return `${short.has(last) ? last : path}=${showSetting(value)}`
}

/** Finds the last names of paths that no two paths share. */
const lastNames = (paths: readonly string[]): ReadonlySet<string> => {
  const lasts = paths.map((path) => path.split('.').at(-1) ?? path)
  return new Set(lasts.filter((last) => lasts.indexOf(last) === lasts.lastIndexOf(last)))
}

/**
 * Lists the runs of a grid: every spec with every value of every setting and every seed, seeds in the outer loop, so that a
 * sweep that is stopped early has all arms of some seeds. Left: all that is wrong with the grid, before anything runs.
 *
 * @example
 * import { E } from 'saddlepoint'
 * import { Sweep } from 'saddlepoint/run'
 * const runs = Sweep.runsOf({
 *   specs: ['r1', 'wgan-gp'],
 *   settings: { 'optimizers.generator.learningRate': [1e-3, 1e-4] },
 *   seeds: 3,
 *   data: 'ring',
 *   batchSize: 64,
 *   steps: 1000
 * })
 * E.isRight(runs) && runs.right.length // => 12
 * E.isRight(runs) && runs.right[1].name // => 'r1_learningRate=0.0001_seed=0'
 */
export const runsOf = (grid: Grid, ...more: None): E.Either<Issues, readonly Job[]> =>
  pipe(
    readIssues<Grid>('sweep', () => readOptions<Grid>({ settings: {}, engine: 'auto' }, grid, rules, {}, more)),
    E.chain((all) => {
      const { specs, settings = {}, seeds, data, batchSize, steps, engine = 'auto', every } = all
      const common = { data, batchSize, steps, engine, ...(every !== undefined && { every }) }
      const short = lastNames(Object.keys(settings))
      const issues: Issue[] = []
      const arms = namedSpecs(specs).flatMap(([specName, given]) =>
        combinations(settings).flatMap((values) => {
          const source = sourceOf(specName, given, values)
          if (E.isLeft(source)) {
            issues.push(...source.left)
            return []
          }
          const arm = [specName, ...Object.entries(values).map((one) => showEntry(one, short))].join(' ')
          const own = Object.fromEntries(Object.entries(values).filter(([path]) => isOfRun(path)))
          const made = { ...common, ...own, arm, specName, source: source.right, settings: values }
          const misfits = jobProblems({ ...made, name: 'run', seed: 0 })
          issues.push(...misfits.map((problem) => issueOfProblem('InvalidValue', ['settings'], problem)))
          return [made]
        })
      )
      const [first, ...others] = issues
      if (first !== undefined) return E.left<Issues>([first, ...others])
      const taken = new Set<string>()
      const listed = typeof seeds === 'number' ? Array.from({ length: seeds }, (_, seed) => seed) : seeds
      return E.right(
        listed.flatMap((seed) =>
          arms.map((arm): Job => {
            const name = nameFor(`${arm.arm.replaceAll(' ', '_')}_seed=${String(seed)}`, taken)
            taken.add(name)
            return { ...arm, name, seed }
          })
        )
      )
    })
  )
