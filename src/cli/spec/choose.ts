/** Finds what a command line names: a spec, the data for it, and how long to train. */
import { existsSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Dataset } from '../../data/dataset.ts'
import { datasetOf } from '../../data/datasetOf.ts'
import type { Spec } from '../../gan/game/spec.ts'
import { specFromJson } from '../../gan/json/specJson.ts'
import type { PresetName } from '../../gan/presets/preset.ts'
import { names, of } from '../../gan/presets/preset.ts'
import { readText } from '../../io/files.ts'
import type { Origin } from '../../run/description.ts'
import { nearestWord } from '../../tensor/nearestWord.ts'
import type { Failure, Work } from '../cli.ts'
import { attempt, cannot, misused, ofFile, ofIssues } from '../cli.ts'
import type { OpenOptions } from '../../data/formats/format.ts'
import { dataFor, openNamed } from './openNamed.ts'
import type { ModuleSpec } from './moduleSpec.ts'
import { moduleSpec } from './moduleSpec.ts'
import { recipeFor, recipeNames } from './recipes.ts'
import type { Settings } from './settings.ts'
import { withSettings } from './settings.ts'

/** Says what is to be trained. */
export interface Choice {
  /** What the spec is called: of a file, its name without folder and ending. */
  readonly name: string
  readonly spec: Spec
  readonly data: Dataset
  readonly batchSize: number
  readonly steps: number
  readonly origin?: Origin
}

/** Holds what the command line says of it. */
export interface Asked {
  readonly spec: string
  readonly data: string | undefined
  /** How the data are to be opened. */
  readonly opening: OpenOptions
  readonly steps: number | undefined
  readonly batchSize: number | undefined
  readonly settings: Settings
}

/** Steps and samples where nobody says: a minute or two on two cores. */
const usual = (shape: readonly number[]): { readonly steps: number; readonly batchSize: number } =>
  shape.length === 3 ? { steps: 3000, batchSize: 64 } : { steps: 20_000, batchSize: 128 }

const fitting = ({ shape }: Dataset, { steps, batchSize }: Asked): Pick<Choice, 'steps' | 'batchSize'> => ({
  steps: steps ?? usual(shape).steps,
  batchSize: batchSize ?? usual(shape).batchSize
})

const baseName = (file: string): string =>
  file
    .replace(/\.[^.]*$/, '')
    .split('/')
    .at(-1) ?? file

const outputOf = ({ networks }: Spec): readonly number[] | undefined => networks['generator']?.output

const presetOptions = ['shape', 'width', 'latents', 'classes']
const imagesOnly: readonly string[] = ['dcgan', 'sagan']

const isShape = (x: unknown): x is readonly number[] => Array.isArray(x) && x.every((n) => typeof n === 'number')

/** A preset is made for the data: of their shape, with as many classes. */
const preset = (asked: Asked): Work<Choice> => {
  const name = asked.spec as PresetName
  const { shape } = asked.settings
  const options = Object.fromEntries(Object.entries(asked.settings).filter(([path]) => presetOptions.includes(path)))
  const others = Object.fromEntries(Object.entries(asked.settings).filter(([path]) => !presetOptions.includes(path)))
  const wanted = isShape(shape)
    ? shape
    : imagesOnly.includes(name) && asked.data === undefined
      ? [1, 28, 28]
      : undefined
  return pipe(
    dataFor(asked.data, wanted ?? (asked.data === undefined ? [2] : undefined), asked.opening),
    TE.bindTo('data'),
    TE.bind('spec', ({ data }) => {
      const isConditional = of(name, { shape: data.shape }).labels !== undefined
      const classes = isConditional && data.classes !== undefined ? { classes: data.classes.length } : {}
      return TE.fromEither(withSettings(of(name, { shape: data.shape, ...classes, ...options }), others))
    }),
    TE.map(({ data, spec }) => ({ name, spec, data, ...fitting(data, asked) }))
  )
}

/** A recipe is named by data that are drawn: a spec that was tried on them. */
const recipe = (asked: Asked): Work<Choice> =>
  pipe(
    dataFor(asked.data ?? asked.spec, undefined, asked.opening),
    TE.chain((data) => {
      const made = recipeFor(data, asked.steps)
      return made === undefined
        ? TE.left(
            cannot(
              `--data ${data.name}: there is no recipe for samples of shape [${data.shape.join(', ')}]; give a preset`
            )
          )
        : pipe(
            TE.fromEither(withSettings(made.spec, asked.settings)),
            TE.map((spec) => ({ name: asked.spec, data, ...made, spec, batchSize: asked.batchSize ?? made.batchSize }))
          )
    })
  )

const fromJson = (asked: Asked): Work<Choice> =>
  pipe(
    readText(asked.spec),
    TE.mapLeft(ofFile),
    TE.chainEitherK((text) =>
      pipe(
        specFromJson(text),
        E.mapLeft((issues) => cannot(`${asked.spec}: ${ofIssues(issues).message}`))
      )
    ),
    TE.chainEitherK((spec) => withSettings(spec, asked.settings)),
    TE.bindTo('spec'),
    TE.bind('data', ({ spec }) => dataFor(asked.data, outputOf(spec), asked.opening)),
    TE.map(({ spec, data }) => ({ name: baseName(asked.spec), spec, data, ...fitting(data, asked) }))
  )

/** A module may export its data: a data set, a tensor, a toy, or what is to be opened. */
const ownData = (data: unknown): Work<Dataset> | undefined => {
  if (data === undefined) return undefined
  if (typeof data === 'string') return openNamed(data, undefined)
  const isDataset = typeof data === 'object' && data !== null && 'batches' in data
  return isDataset ? TE.right(data as Dataset) : attempt(() => datasetOf(data as never))
}

const count = (x: unknown): number | undefined => (Number.isSafeInteger(x) && Number(x) > 0 ? Number(x) : undefined)

const fromModule = (asked: Asked): Work<Choice> => {
  const choice = ({ spec, origin, taken, exports }: ModuleSpec): Work<Choice> => {
    const { data, steps, batchSize } = exports
    const own = asked.data === undefined ? ownData(data) : undefined
    return pipe(
      TE.fromEither(taken ? E.right(spec) : withSettings(spec, asked.settings)),
      TE.bindTo('edited'),
      TE.bind('data', ({ edited }) => own ?? dataFor(asked.data, outputOf(edited), asked.opening)),
      TE.map(({ edited, data: opened }) => ({
        name: baseName(asked.spec),
        spec: edited,
        data: opened,
        origin,
        steps: asked.steps ?? count(steps) ?? usual(opened.shape).steps,
        batchSize: asked.batchSize ?? count(batchSize) ?? usual(opened.shape).batchSize
      }))
    )
  }
  return pipe(moduleSpec(resolve(asked.spec), asked.settings), TE.chain(choice))
}

const unknown = (word: string): Failure => {
  const all = [...names, ...recipeNames]
  const meant = nearestWord(word, all)
  return misused(
    `'${word}' is neither a preset, nor a file that is there. ${meant === undefined ? `Presets: ${all.join(', ')}.` : `Did you mean ${meant}?`}`
  )
}

const modules = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs']

/** Finds what is asked for. */
export const choose = (asked: Asked): Work<Choice> => {
  const { spec } = asked
  if ((names as readonly string[]).includes(spec)) return preset(asked)
  if (recipeNames.includes(spec)) return recipe(asked)
  if (!existsSync(spec)) return TE.left(unknown(spec))
  if (modules.includes(extname(spec))) return fromModule(asked)
  return fromJson(asked)
}
