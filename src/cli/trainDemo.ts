import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import { show as drawSpec } from '../gan/game/show.ts'
import { generate } from '../gan/step/generate.ts'
import type { Figures } from '../gan/train/figures.ts'
import { show as drawIssues } from '../gan/check/issue.ts'
import type { State } from '../gan/step/state.ts'
import { train } from '../gan/train/train.ts'
import { showFileIssue } from '../io/fileIssue.ts'
import { makeDirectory, writeAtomically } from '../io/files.ts'
import type { ReportFrame } from '../io/report.ts'
import { writeReport } from '../io/report.ts'
import { key } from '../random/key.ts'
import { showFault } from '../engines/engine.ts'
import type { EngineName } from '../engines/select.ts'
import { selectEngine } from '../engines/select.ts'
import type { Curves } from './curves.ts'
import { chartOf, record } from './curves.ts'
import type { Dataset } from './dataset.ts'
import { openDataset } from './dataset.ts'
import type { DemoOptions } from './options.ts'
import { pictureOf } from './pictures.ts'
import { reportProgress } from './progress.ts'
import type { Recipe } from './recipes.ts'
import { recipeFor } from './recipes.ts'
import type { Quality } from './summary.ts'
import { qualityOf } from './summary.ts'

/** Counts the samples that are measured on a mixture: as many as the published tables take. */
const measured = 2500
const frameCount = 20
const gridCount = 64

/** Holds what a finished demo tells. */
export interface DemoResult extends Quality {
  readonly data: string
  readonly engine: string
  readonly seed: number
  readonly steps: number
  readonly stopped: string
  readonly seconds: number
  readonly stepsPerSecond: number
  readonly spec: string
}

const resultTable = (result: DemoResult): readonly (readonly [string, number | string])[] =>
  Object.entries(result).flatMap(([name, value]: [string, number | string | null]) =>
    name === 'spec' || value === null ? [] : [[name, value] as const]
  )

const runRecipe = async (
  options: DemoOptions,
  data: Dataset,
  recipe: Recipe,
  signal: { readonly aborted: boolean }
): Promise<E.Either<string, DemoResult>> => {
  const engine = options.engine as EngineName
  const { steps } = recipe
  const sample = generate({ count: data.kind === 'images' ? gridCount : measured, engine })(recipe.spec)
  const modes = data.kind === 'toy' ? data.toy.modes : undefined
  const real = data.kind === 'toy' ? data.toy.sample(key(options.seed + 1), 500) : undefined
  const frames: ReportFrame[] = []
  const coverage: { step: number; quality: Quality }[] = []
  const curves: Curves = { steps: [], figures: {} }
  const progress = reportProgress({ total: steps })
  let quality: Quality = qualityOf({ shape: [0, 2], dtype: 'float32', data: new Float32Array(0) }, undefined)

  const look = async (state: State, step: number): Promise<void> => {
    const samples = await sample(state, options.seed)
    quality = qualityOf(samples, modes)
    coverage.push({ step, quality })
    const drawn = await pictureOf(samples, data, real, step)()
    if (E.isRight(drawn)) frames.push({ step, image: drawn.right })
    else process.stderr.write(`${showFileIssue(drawn.left)}\n`)
  }
  const shown = (figures: Figures): Readonly<Record<string, number | string>> => ({
    ...Object.fromEntries(
      Object.entries(figures).map(([player, { loss }]) => [player.slice(0, 1).toUpperCase(), loss])
    ),
    ...(quality.modes === null ? {} : { modes: quality.modes })
  })
  const trained = await train({
    data: data.kind === 'toy' ? data.source : data.source(recipe.batchSize, options.seed),
    batchSize: recipe.batchSize,
    steps,
    seed: options.seed,
    engine,
    signal,
    stateEvery: Math.max(1, Math.ceil(steps / frameCount)),
    onState: look,
    onStep: (step, figures) => {
      record(curves, step, figures)
      progress.update(step, shown(figures))
    }
  })(recipe.spec)()
  progress.stop()
  // A training that failed is drawn as far as it came.
  const reached = E.isLeft(trained) ? trained.left.reached : trained.right
  const issues = E.isLeft(trained) ? trained.left.issues : trained.right.warnings
  if (reached === undefined) return E.left(drawIssues(issues))
  if (issues.length > 0) process.stderr.write(`${drawIssues(issues)}\n`)
  const { state, stepsDone, seconds } = reached
  const stopped = E.isLeft(trained) ? 'failed' : trained.right.stopped
  const usedEngine = E.isLeft(trained) ? engine : trained.right.step.engine
  if (frames.at(-1)?.step !== Number(state.step.data[0])) await look(state, Number(state.step.data[0]))
  if (E.isRight(trained)) trained.right.step.dispose()
  sample.dispose()

  const result: DemoResult = {
    data: data.name,
    engine: usedEngine,
    seed: options.seed,
    steps: stepsDone,
    stopped,
    ...quality,
    seconds: Number(seconds.toFixed(2)),
    stepsPerSecond: Number((stepsDone / Math.max(seconds, 1e-9)).toFixed(1)),
    spec: drawSpec(recipe.spec)
  }
  const title = `saddlepoint: ${data.name}`
  const written = await pipe(
    makeDirectory(options.out),
    TE.chain(() => writeAtomically(`${options.out}/samples.png`, frames.at(-1)?.image ?? new Uint8Array())),
    TE.chain(() => writeAtomically(`${options.out}/metrics.json`, `${JSON.stringify(result, null, 2)}\n`)),
    TE.chain(() =>
      writeReport(`${options.out}/report.html`, {
        title,
        summary: `${String(stepsDone)} steps in ${seconds.toFixed(1)} s on ${usedEngine}, seed ${String(options.seed)}${stopped === 'done' ? '' : `, ${stopped}`}`,
        metrics: { title: 'Result', rows: resultTable(result) },
        charts: [
          chartOf('Losses', curves, (name) => name.endsWith(' loss')),
          chartOf('Terms', curves, (name) => !name.endsWith(' loss') && !name.endsWith(' gradient norm')),
          chartOf('Gradient norms', curves, (name) => name.endsWith(' gradient norm'), true),
          ...(modes === undefined
            ? []
            : [
                {
                  title: 'Quality of samples',
                  x: coverage.map(({ step: at }) => at),
                  series: [
                    { name: 'high quality', values: coverage.map(({ quality: q }) => q.highQuality) },
                    {
                      name: 'modes found',
                      values: coverage.map(({ quality: q }) => (q.modes ?? 0) / (modes.centres.shape[0] ?? 1))
                    }
                  ]
                }
              ])
        ],
        frames,
        tables: [],
        texts: [{ title: 'Spec', body: result.spec }]
      })
    )
  )()
  return E.isLeft(written) ? E.left(showFileIssue(written.left)) : E.right(result)
}

/** Says why images cannot be trained on: they are drawn gray or in colour, and the DCGAN pair halves them twice. */
const imageProblem = (data: Dataset, net: DemoOptions['net']): string | undefined => {
  if (data.kind !== 'images') return undefined
  const { channels, height, width } = data
  if (channels !== 1 && channels !== 3)
    return `the demo takes images of 1 or 3 channels; these have ${String(channels)}`
  return net === 'dcgan' && (height % 4 !== 0 || width % 4 !== 0)
    ? `the DCGAN pair takes images whose sides divide by 4; these are ${String(height)} x ${String(width)}: use --net mlp`
    : undefined
}

/** Trains by the recipe for the data and writes what came out; a message says why it could not. */
export const trainDemo = (
  options: DemoOptions,
  signal: { readonly aborted: boolean }
): TE.TaskEither<string, DemoResult> =>
  pipe(
    selectEngine(options.engine as EngineName),
    TE.mapLeft(showFault),
    TE.bindTo('engine'),
    TE.bind('data', () => openDataset(options.data)),
    TE.chain(({ engine: { name }, data }) => () => {
      const problem = imageProblem(data, options.net)
      return problem === undefined
        ? runRecipe({ ...options, engine: name }, data, recipeFor(data, options.net, options.steps, name), signal)
        : Promise.resolve(E.left(problem))
    })
  )
