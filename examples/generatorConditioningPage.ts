/** The page of the study of generator conditioning: figures, tables and captions, made of what was measured and nothing else. */
import { Study } from 'saddlepoint'
import type { Gan, Tensor } from 'saddlepoint'
import { Figure } from 'saddlepoint/figures'

export interface Bounds {
  readonly min: number
  readonly max: number
}

/** Holds what was measured of a run as far as it came. */
export interface StudiedRun {
  readonly arm: string
  readonly seed: number
  readonly measurements: readonly Gan.Measurement[]
  readonly ended: boolean
  /** Of the first seed: samples, and walks along the directions that are stretched most and least. */
  readonly pictures: Readonly<Record<string, Tensor>>
}

/** Holds all that was measured. */
export interface Results {
  readonly steps: number
  readonly width: number
  readonly batchSize: number
  readonly samples: number
  /** The shape of all images. */
  readonly images: readonly number[]
  readonly calibrated: Bounds | undefined
  readonly runs: readonly StudiedRun[]
}

/** The figures of a probe, by step. */
const of = (probe: string, { measurements }: StudiedRun) => measurements.filter((one) => one.probe === probe)

const lastOf = (probe: string, run: StudiedRun): Gan.Measured => of(probe, run).at(-1)?.figures ?? {}

const dataOf = (x: number | Tensor | undefined): readonly number[] => (typeof x === 'object' ? Array.from(x.data) : [])

/** Makes the table of the study: a row for each run that came to its end. */
export const tableOf = ({ runs }: Results): readonly Study.Row[] =>
  runs
    .filter(({ ended }) => ended)
    .map((run) => ({
      arm: run.arm,
      seed: run.seed,
      logCondition: Number(lastOf('conditioning', run)['logCondition']),
      classifierScore: Number(lastOf('scores', run)['classifierScore']),
      frechetDistance: Number(lastOf('scores', run)['frechetDistance']),
      leastOf360: Number(lastOf('classes of 360', run)['leastCount']),
      bindsPublished: Number(lastOf('published', run)['binding']),
      bindsCalibrated: Number(lastOf('calibrated', run)['binding'])
    }))

const columns = [
  ['logCondition', 'log condition', 2],
  ['classifierScore', 'classifier score', 2],
  ['frechetDistance', 'Fréchet distance', 1],
  ['leastOf360', 'least class of 360', 1],
  ['bindsPublished', 'binds at 1..20', 2],
  ['bindsCalibrated', 'binds as calibrated', 2]
] as const

/** What a mean is written as, with its standard error. */
const withError = ({ mean, standardError }: { mean: number; standardError: number }, digits: number): string =>
  `${mean.toFixed(digits)}${Number.isNaN(standardError) ? '' : ` ± ${standardError.toFixed(digits)}`}`

/** Means of each arm, with standard errors. */
const meansOf = (table: readonly Study.Row[]): Figure.PageTable => {
  const means = columns.map(([column, , digits]) => Study.summarize(table, column).map((one) => withError(one, digits)))
  return {
    title: 'Means over seeds, ± standard errors',
    columns: ['arm', 'runs', ...columns.map(([, name]) => name)],
    rows: Study.summarize(table, 'logCondition').map(({ arm, runs }, i) => [
      arm,
      String(runs),
      ...means.map((cells) => cells[i] ?? '')
    ])
  }
}

/** What each arm changed against the plain pair, seed by seed. */
const changesOf = (table: readonly Study.Row[]): Figure.PageTable => {
  const first = columns.slice(0, 4)
  const changes = first.map(([column, , digits]) =>
    Study.differences(table, column, 'plain').map((one) => withError(one, digits))
  )
  return {
    title: 'Less the plain runs of the same seeds',
    columns: ['arm', 'seeds', ...first.map(([, name]) => name)],
    rows: Study.differences(table, 'logCondition', 'plain').map(({ arm, pairs }, i) => [
      arm,
      String(pairs),
      ...changes.map((cells) => cells[i] ?? '')
    ])
  }
}

/** How the condition of a run goes with what its samples are worth. */
const correlationsOf = (table: readonly Study.Row[]): Figure.PageTable => {
  const varies = (column: string): boolean => new Set(Study.column(table, column)).size > 1
  const outcomes = table.length < 3 || !varies('logCondition') ? [] : columns.slice(1, 4)
  return {
    title: 'Over all runs: the log condition with',
    columns: ['', 'rank correlation', '95 % of the bootstrap', 'runs'],
    rows: outcomes
      .filter(([column]) => varies(column))
      .map(([column, name]) => {
        const { correlation, interval, rows } = Study.correlation(table, 'logCondition', column)
        return [name, correlation.toFixed(2), `${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}`, String(rows)]
      })
  }
}

/** Takes the rows of a matrix. */
const rowsOf = (x: number | Tensor | undefined): readonly (readonly number[])[] => {
  if (typeof x !== 'object') return []
  const [n = 0] = x.shape
  const wide = x.data.length / n
  return Array.from({ length: n }, (_, i) => Array.from(x.data.subarray(i * wide, (i + 1) * wide)))
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length

/** The geometric mean of each singular value over the latents: the smallest of single precision stands for 0. */
const typical = (spectra: readonly (readonly number[])[]): readonly number[] =>
  (spectra[0] ?? []).map((_, i) => Math.exp(meanOf(spectra.map((values) => Math.log(Math.max(values[i] ?? 0, 1e-38))))))

/** Draws a figure of a probe over the steps of all runs. */
const overTime = (results: Results, probe: string, figure: string, title: string, yLabel: string): string =>
  Figure.lines(
    results.runs.map((run) => ({
      name: `${run.arm}, seed ${String(run.seed)}`,
      group: run.arm,
      x: of(probe, run).map(({ step }) => step),
      y: of(probe, run).map(({ figures }) => Number(figures[figure]))
    })),
    { title, yLabel }
  )

/** Draws the condition at each latent of one run. */
const byLatent = (run: StudiedRun): string => {
  const found = of('conditioning', run)
  return Figure.lines(
    dataOf(found[0]?.figures['logConditions']).map((_, i) => ({
      name: `latent ${String(i + 1)}`,
      x: found.map(({ step }) => step),
      y: found.map(({ figures }) => dataOf(figures['logConditions'])[i] ?? null)
    })),
    { title: 'Condition at each latent', yLabel: "log condition number of J'J" }
  )
}

/** Draws what has been measured over the steps, of whatever runs there are. */
const figuresOverTime = (results: Results): readonly Figure.Captioned[] => {
  const { samples, calibrated, runs } = results
  const bounds = calibrated === undefined ? '' : `, ${calibrated.min.toFixed(2)} and ${calibrated.max.toFixed(2)}`
  return [
    {
      name: 'condition',
      svg: overTime(results, 'conditioning', 'logCondition', 'Condition over time', "mean log condition number of J'J"),
      caption:
        'The mean log condition number of the generator’s metric tensor at 8 fixed latents, a line a run. The published figure 1 shows that it grows early and that runs differ.'
    },
    ...runs.slice(0, 1).map((run) => ({
      name: 'latents',
      svg: byLatent(run),
      caption: `The same at each of the 8 latents of one run (${run.arm}, seed ${String(run.seed)}).`
    })),
    {
      name: 'score',
      svg: overTime(results, 'scores', 'classifierScore', 'Classifier score over time', 'classifier score'),
      caption: `The classifier score of ${String(samples)} samples, from 1 to the number of classes, by a classifier of this study’s own: more is better.`
    },
    {
      name: 'distance',
      svg: overTime(results, 'scores', 'frechetDistance', 'Fréchet distance over time', 'Fréchet distance'),
      caption:
        'The Fréchet distance between 128 features of that classifier of samples and of all data: less is better. It is of the classifier’s own scale, not of Inception’s.'
    },
    {
      name: 'binding',
      svg: overTime(results, 'published', 'binding', 'Where a clamp at 1 and 20 binds', 'part of latents'),
      caption:
        'The part of latents at which a random direction is stretched by less than 1 or more than 20, so that the published clamp has a gradient. Where it is 0, that clamp does nothing.'
    },
    {
      name: 'calibrated',
      svg: overTime(results, 'calibrated', 'binding', 'Where the calibrated clamp binds', 'part of latents'),
      caption: `The same for the bounds that calibration proposes${bounds}.`
    }
  ]
}

/** Draws what runs came to at their ends. */
const figuresAtEnd = (results: Results): readonly Figure.Captioned[] => {
  const table = tableOf(results)
  const ended = results.runs.filter((run) => run.ended)
  const arms = [...new Set(ended.map(({ arm }) => arm))]
  const against = (y: string, yLabel: string): string =>
    Figure.runs(table, {
      x: 'logCondition',
      y,
      title: `${yLabel} against condition`,
      xLabel: 'mean log condition number at the end',
      yLabel
    })
  const classes = arms.map((name) => {
    const own = ended.filter(({ arm }) => arm === name).map((run) => dataOf(lastOf('classes of 360', run)['counts']))
    return { name, counts: (own[0] ?? []).map((_, k) => meanOf(own.map((counts) => counts[k] ?? 0))) }
  })
  const spectra = ended.map((run) => ({
    name: `${run.arm}, seed ${String(run.seed)}`,
    group: run.arm,
    values: typical(rowsOf(lastOf('conditioning', run)['singularValues']))
  }))
  return [
    {
      name: 'score-against-condition',
      svg: against('classifierScore', 'Classifier score'),
      caption: 'A point a run, at its end, with its seed: does a worse condition go with a lower score?'
    },
    {
      name: 'distance-against-condition',
      svg: against('frechetDistance', 'Fréchet distance'),
      caption: 'The same for the Fréchet distance.'
    },
    {
      name: 'least-against-condition',
      svg: against('leastOf360', 'Samples of the least class'),
      caption:
        'How many of 360 samples are of the class that was sampled least, as in figure 4 of the paper. Of ten equal classes the least comes some 26 times.'
    },
    {
      name: 'classes',
      svg: Figure.classes(classes, { title: 'Classes of 360 samples', width: 800 }),
      caption: 'How often each class was sampled, the mean over seeds; the line is where all come equally often.'
    },
    {
      name: 'spectra',
      svg: Figure.spectra(spectra, { title: 'Spectra at the end' }),
      caption:
        'Singular values of J at the end, geometric means over the 8 latents, a line a run: where the condition number comes from.'
    },
    ...picturesOf(ended)
  ]
}

/** Shows what the runs of the first seed make. */
const picturesOf = (ended: readonly StudiedRun[]): readonly Figure.Captioned[] => {
  const row = (name: string, images: Tensor | undefined) => (images === undefined ? [] : [{ name, images }])
  const samples = ended.flatMap(({ arm, pictures }) => row(arm, pictures['samples']))
  const walks = ended.flatMap(({ arm, pictures }) =>
    ['most', 'least'].flatMap((which) => row(`${arm}: ${which}`, pictures[which]))
  )
  if (samples.length === 0) return []
  return [
    {
      name: 'samples',
      svg: Figure.images(samples, { title: 'Samples', width: 800 }),
      caption: 'Samples at the end of the first seed, of the same latents in each row.'
    },
    {
      name: 'walks',
      svg: Figure.images(walks, { title: 'Walks along singular directions', width: 800 }),
      caption:
        'From one latent, 2 to either side along the directions that its generator stretches most and least: a badly conditioned generator hardly changes along the least.'
    }
  ]
}

/** Makes the page: what has been measured so far, and what came out where runs are at their ends. */
export const pageOf = (
  results: Results
): Required<Pick<Figure.PageOptions, 'title' | 'paragraphs' | 'tables' | 'figures'>> => {
  const { runs, images, width, steps, batchSize } = results
  const table = tableOf(results)
  const [rows = 0, , side = 0] = images
  const hasPlain = table.some(({ arm }) => arm === 'plain')
  return {
    title: 'Is generator conditioning related to GAN performance?',
    paragraphs: [
      `The study of Odena et al. (2018) in small: ${String(table.length)} of ${String(runs.length)} runs that were begun have come to their end. ` +
        `A DCGAN pair of width ${String(width)} on ${String(rows)} images of ${String(side)} x ${String(side)} pixels, ` +
        `${String(steps)} steps of batches of ${String(batchSize)}.`,
      'Arms intervene, correlations only look: where an arm lowers the condition and scores stay, conditioning is not what made them.'
    ],
    tables: table.length === 0 ? [] : [meansOf(table), ...(hasPlain ? [changesOf(table)] : []), correlationsOf(table)],
    figures: [...figuresOverTime(results), ...(table.length === 0 ? [] : figuresAtEnd(results))]
  }
}
