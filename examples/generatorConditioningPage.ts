/** The page of the study of generator conditioning: figures, tables and captions, made of what was measured and nothing else. */
import { Study } from 'saddlepoint'
import type { Tensor } from 'saddlepoint'
import { Figure } from 'saddlepoint/figures'

/** Holds what was measured at a step of a run. */
export interface Look {
  readonly step: number
  /** The mean log condition number of M = J'J over the latents; that of each of them. */
  readonly logCondition: number
  readonly logConditions: readonly number[]
  /** Descending, of each latent. */
  readonly singularValues: readonly (readonly number[])[]
  readonly classifierScore: number
  readonly frechetDistance: number
  /** The part of the latents at which a clamp at the published bounds, or at the calibrated ones, has a gradient. */
  readonly bindsPublished: number
  readonly bindsCalibrated: number
  /** The mean stretch of a random direction. */
  readonly stretch: number
}

/** Holds the table of a run as far as it came. */
export interface Run {
  readonly arm: string
  readonly seed: number
  readonly looks: readonly Look[]
  /** What it came to: the classes of 360 samples, and how long it took, where it was not interrupted. */
  readonly end?: { readonly counts: readonly number[]; readonly seconds: number | null }
  readonly pictures: Readonly<Record<string, Tensor>>
}

/** Holds all that was measured. */
export interface Results {
  readonly setup: {
    readonly arms: readonly string[]
    readonly seeds: readonly number[]
    readonly steps: number
    readonly width: number
    readonly batchSize: number
    readonly samples: number
    readonly rows: number
    readonly side: number
  }
  readonly runs: readonly Run[]
  readonly calibrated?: { readonly min: number; readonly max: number }
  readonly heldAccuracy?: number
}

/** Makes the table of the study: a row for each run that came to its end. */
export const tableOf = ({ runs }: Results): readonly Study.Row[] =>
  runs.flatMap(({ arm, seed, looks, end }) => {
    const last = looks.at(-1)
    if (end === undefined || last === undefined) return []
    const { logCondition, classifierScore, frechetDistance, bindsPublished, bindsCalibrated } = last
    const leastOf360 = Math.min(...end.counts)
    return [{ arm, seed, logCondition, classifierScore, frechetDistance, leastOf360, bindsPublished, bindsCalibrated }]
  })

const columns = [
  ['logCondition', 'log condition', 2],
  ['classifierScore', 'classifier score', 2],
  ['frechetDistance', 'Fréchet distance', 1],
  ['leastOf360', 'least class of 360', 1],
  ['bindsPublished', 'binds at 1..20', 2],
  ['bindsCalibrated', 'binds as calibrated', 2]
] as const

const outcomes = columns.slice(1, 4)

/** What a mean is written as, with its standard error; of nothing, nothing. */
const withError = (
  found: { readonly mean: number; readonly standardError: number } | undefined,
  digits: number
): string =>
  found === undefined
    ? ''
    : `${found.mean.toFixed(digits)}${Number.isNaN(found.standardError) ? '' : ` ± ${found.standardError.toFixed(digits)}`}`

type Cells = readonly (readonly string[])[]

/** Means of each arm, with standard errors. */
const meansOf = (table: readonly Study.Row[]): Cells => [
  ['arm', 'runs', ...columns.map(([, name]) => name)],
  ...Study.summarize(table, 'logCondition').map(({ arm, runs }, i) => [
    arm,
    String(runs),
    ...columns.map(([column, , digits]) => withError(Study.summarize(table, column)[i], digits))
  ])
]

/** What each arm changed against the plain pair, seed by seed. */
const changesOf = (table: readonly Study.Row[]): Cells => {
  if (!table.some(({ arm }) => arm === 'plain')) return []
  const first = columns.slice(0, 4)
  const changes = first.map(([column, , digits]) =>
    Study.differences(table, column, 'plain').map((one) => withError(one, digits))
  )
  return [
    ['arm less plain', 'seeds', ...first.map(([, name]) => name)],
    ...Study.differences(table, 'logCondition', 'plain').map(({ arm, pairs }, i) => [
      arm,
      String(pairs),
      ...changes.map((cells) => cells[i] ?? '')
    ])
  ]
}

/** How the condition of a run goes with what its samples are worth. */
const correlationsOf = (table: readonly Study.Row[]): Cells => {
  const varies = (column: string): boolean => new Set(Study.column(table, column)).size > 1
  if (table.length < 3 || !varies('logCondition')) return []
  return [
    ['log condition with', 'rank correlation', '95 % of the bootstrap', 'runs'],
    ...outcomes
      .filter(([column]) => varies(column))
      .map(([column, name]) => {
        const { correlation, interval, rows } = Study.correlation(table, 'logCondition', column)
        return [name, correlation.toFixed(2), `${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}`, String(rows)]
      })
  ]
}

/** Names a picture of the page, and says what is to be seen in it. */
export interface Captioned {
  readonly name: string
  readonly svg: string
  readonly caption: string
}

/** The geometric mean of each singular value over the latents: the smallest of single precision stands for 0. */
const typical = (spectra: readonly (readonly number[])[]): readonly number[] =>
  (spectra[0] ?? []).map((_, i) =>
    Math.exp(spectra.reduce((sum, values) => sum + Math.log(Math.max(values[i] ?? 0, 1e-38)), 0) / spectra.length)
  )

/** Draws what was measured: pure functions of the tables. */
export const figuresOf = (results: Results): readonly Captioned[] => {
  const { setup, runs } = results
  const table = tableOf(results)
  const ended = runs.filter(({ end }) => end !== undefined)
  // Colours by the order of the arms, whatever runs there are.
  const inOrder = setup.arms.flatMap((arm) => runs.filter((run) => run.arm === arm))
  const overTime = (title: string, yLabel: string, of: (look: Look) => number): string =>
    Figure.lines(
      inOrder.map(({ arm, seed, looks }) => ({
        name: `${arm}, seed ${String(seed)}`,
        group: arm,
        x: looks.map(({ step }) => step),
        y: looks.map(of)
      })),
      { title, yLabel }
    )
  const against = (y: string, yLabel: string): string =>
    Figure.runs(table, { x: 'logCondition', y, title: `${yLabel} against condition`, xLabel: 'mean log condition number at the end', yLabel }) // prettier-ignore
  const first = runs.find(({ looks }) => looks.length > 1)
  const arms = setup.arms.filter((arm) => ended.some((run) => run.arm === arm))
  const oneOf = (arm: string): Run | undefined => ended.find((run) => run.arm === arm)
  const rowsOf = (picture: string, name: (arm: string) => string) =>
    arms.flatMap((arm) => {
      const images = oneOf(arm)?.pictures[picture]
      return images === undefined ? [] : [{ name: name(arm), images }]
    })
  return [
    {
      name: 'condition',
      svg: overTime('Condition over time', "mean log condition number of J'J", ({ logCondition }) => logCondition),
      caption:
        'The mean log condition number of the generator’s metric tensor at 8 fixed latents, a line a run. The published figure 1 shows that it grows early and that runs differ.'
    },
    ...(first === undefined
      ? []
      : [
          {
            name: 'latents',
            svg: Figure.lines(
              (first.looks[0]?.logConditions ?? []).map((_, i) => ({
                name: `latent ${String(i + 1)}`,
                x: first.looks.map(({ step }) => step),
                y: first.looks.map(({ logConditions }) => logConditions[i] ?? null)
              })),
              { title: 'Condition at each latent', yLabel: "log condition number of J'J" }
            ),
            caption: `The same at each of the 8 latents of one run (${first.arm}, seed ${String(first.seed)}): latents differ less than time does.`
          }
        ]),
    {
      name: 'score',
      svg: overTime('Classifier score over time', 'classifier score', ({ classifierScore }) => classifierScore),
      caption: `The classifier score of ${String(setup.samples)} samples, from 1 to the number of classes, by a classifier of this study’s own: more is better.`
    },
    {
      name: 'distance',
      svg: overTime('Fréchet distance over time', 'Fréchet distance', ({ frechetDistance }) => frechetDistance),
      caption:
        'The Fréchet distance between 128 features of that classifier of samples and of all data: less is better. It is of the classifier’s own scale, not of Inception’s.'
    },
    {
      name: 'binding',
      svg: overTime('Where a clamp at 1 and 20 binds', 'part of latents', ({ bindsPublished }) => bindsPublished),
      caption:
        'The part of latents at which a random direction is stretched by less than 1 or more than 20, so that the published clamp has a gradient. Where it is 0, that clamp does nothing.'
    },
    {
      name: 'calibrated',
      svg: overTime('Where the calibrated clamp binds', 'part of latents', ({ bindsCalibrated }) => bindsCalibrated),
      caption:
        results.calibrated === undefined
          ? 'The part of latents at which the calibrated clamp would have a gradient.'
          : `The same for the bounds that calibration proposes, ${results.calibrated.min.toFixed(2)} and ${results.calibrated.max.toFixed(2)}.`
    },
    ...(table.length === 0
      ? []
      : [
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
            svg: Figure.classes(
              arms.map((arm) => {
                const own = ended.filter((run) => run.arm === arm).map(({ end }) => end?.counts ?? [])
                const mean = (k: number): number => own.reduce((sum, counts) => sum + (counts[k] ?? 0), 0) / own.length
                return { name: arm, counts: (own[0] ?? []).map((_, k) => Number(mean(k).toFixed(2))) }
              }),
              { title: 'Classes of 360 samples', width: 800 }
            ),
            caption: 'How often each class was sampled, the mean over seeds; the line is where all come equally often.'
          },
          {
            name: 'spectra',
            svg: Figure.spectra(
              setup.arms.flatMap((arm) =>
                ended
                  .filter((run) => run.arm === arm)
                  .map(({ seed, looks }) => ({
                    name: `${arm}, seed ${String(seed)}`,
                    group: arm,
                    values: typical(looks.at(-1)?.singularValues ?? [])
                  }))
              ),
              { title: 'Spectra at the end' }
            ),
            caption:
              'Singular values of J at the end, geometric means over the 8 latents, a line a run: where the condition number comes from.'
          }
        ]),
    ...(rowsOf('samples', (arm) => arm).length === 0
      ? []
      : [
          {
            name: 'samples',
            svg: Figure.images(
              rowsOf('samples', (arm) => arm),
              { title: 'Samples', width: 800 }
            ),
            caption: 'Samples at the end of the first seed, of the same latents in each row.'
          },
          {
            name: 'walks',
            svg: Figure.images(
              arms.flatMap((arm) =>
                ['most', 'least'].flatMap((which) =>
                  rowsOf(which, (name) => `${name}: ${which}`).filter(({ name }) => name === `${arm}: ${which}`)
                )
              ),
              { title: 'Walks along singular directions', width: 800 }
            ),
            caption:
              'From one latent, 2 to either side along the directions that its generator stretches most and least: a badly conditioned generator hardly changes along the least.'
          }
        ])
  ]
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

const tableHtml = ([head, ...rows]: Cells): string => {
  if (head === undefined) return ''
  const line = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`
  return `<div class="wide"><table><thead>${line(head, 'th')}</thead><tbody>${rows.map((row) => line(row, 'td')).join('')}</tbody></table></div>`
}

const tableText = ([head, ...rows]: Cells): string =>
  head === undefined ? '' : [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const style = `
:root { color-scheme: light dark }
body { margin: 0 auto; padding: 32px 20px 64px; max-width: 1360px; font: 16px/1.5 system-ui, sans-serif;
  color: light-dark(#1f2328, #e6edf3); background: light-dark(#ffffff, #161b22) }
h1 { font-size: 28px; margin: 0 0 8px } h2 { font-size: 20px; margin: 32px 0 8px } p { max-width: 74ch }
table { border-collapse: collapse; font-size: 14px; margin: 12px 0; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: 5px 16px 5px 0; border-bottom: 1px solid light-dark(#d8dee4, #30363d); white-space: nowrap }
.wide { overflow-x: auto }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 560px), 1fr)); gap: 28px }
figure { margin: 0; min-width: 0 } figcaption { font-size: 14px; opacity: 0.8; max-width: 74ch; margin-top: 6px }
`

/** Writes the page, which needs nothing else, and what it says in text. */
export const page = (results: Results): { readonly html: string; readonly told: string } => {
  const { setup, runs, calibrated, heldAccuracy } = results
  const table = tableOf(results)
  const all = setup.arms.length * setup.seeds.length
  const tables = table.length === 0 ? [] : [meansOf(table), changesOf(table), correlationsOf(table)]
  const about =
    `${String(table.length)} of ${String(all)} runs have come to their end` +
    `${runs.length > table.length ? `; ${String(runs.length - table.length)} more are under way` : ''}. ` +
    `A DCGAN pair of width ${String(setup.width)} on ${String(setup.rows)} images of ${String(setup.side)} x ${String(setup.side)} pixels, ` +
    `${String(setup.steps)} steps of batches of ${String(setup.batchSize)}, seeds ${setup.seeds.join(', ')}.` +
    (heldAccuracy === undefined
      ? ''
      : ` The classifier tells ${(100 * heldAccuracy).toFixed(1)} % of the samples held back.`) + // prettier-ignore
    (calibrated === undefined
      ? ''
      : ` Calibrated bounds: ${calibrated.min.toFixed(2)} and ${calibrated.max.toFixed(2)}.`)
  const figures = figuresOf(results).map(
    ({ name, svg, caption }) => `<figure id="${name}">${svg}<figcaption>${escape(caption)}</figcaption></figure>`
  )
  const html = [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>Generator conditioning and GAN performance</title><style>${style}</style></head><body>`,
    '<h1>Is generator conditioning related to GAN performance?</h1>',
    `<p>The study of Odena et al. (2018) in small. ${escape(about)}</p>`,
    ...(table.length === 0
      ? []
      : [
          '<h2>What came out</h2>',
          '<p>Means over seeds with standard errors; differences from the plain pair are paired by seed; correlations are over all runs, with bootstrap intervals. Arms intervene, correlations only look: where an arm lowers the condition and scores stay, conditioning is not what made them.</p>',
          ...tables.map(tableHtml)
        ]),
    '<h2>Figures</h2>',
    `<div class="figures">${figures.join('\n')}</div>`,
    '</body></html>',
    ''
  ].join('\n')
  return { html, told: [about, ...tables.map(tableText)].join('\n\n') }
}
