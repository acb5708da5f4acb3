import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Issues } from '../gan/check/issue.ts'
import { readIssues } from '../gan/check/issue.ts'
import type { Measurement } from '../gan/train/probe.ts'
import type { FileIssue } from '../io/fileIssue.ts'
import { readBytes } from '../io/files.ts'
import { showCount, showNumber } from '../io/numbers.ts'
import type { Report, ReportChart, ReportFrame } from '../io/report.ts'
import { writeReport } from '../io/report.ts'
import type { None } from '../tensor/arguments.ts'
import type { Rule } from '../tensor/options.ts'
import { readOptions, text } from '../tensor/options.ts'
import { files } from './folder.ts'
import { issueOfRun } from './issueOfRun.ts'
import type { Entry, Journal, Look, Means } from './journal.ts'
import { isEnding, isLook, isMeans, isMeasured, measurementOf, readJournal } from './journal.ts'

/** Holds what is told of a run: its folder and what it wrote. */
interface Told extends Journal {
  readonly folder: string
  /** A name that tells it from the others on the page. */
  readonly name: string
}

/** So many pictures of a run are shown, evenly over its steps: a page of all of a long run would be too large to send. */
const mostFrames = 24

const lastOf = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? path

const evenly = <A>(all: readonly A[], most: number): readonly A[] =>
  all.length <= most
    ? all
    : Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))]!)

const shown = (x: number | null | undefined): string =>
  typeof x !== 'number' ? '–' : Number.isInteger(x) ? showCount(x) : showNumber(x, 4)

/** Lists the names of figures in the order in which they came. */
const namesIn = (records: readonly Readonly<Record<string, unknown>>[]): readonly string[] => [
  ...new Set(records.flatMap((record) => Object.keys(record)))
]

type Values = ReadonlyMap<number, Readonly<Record<string, number | null>>>

/** Draws the figures of some names over the steps of all runs, a line a name and run. */
const chartOf = (
  title: string,
  names: readonly string[],
  runs: readonly { readonly name: string; readonly values: Values }[],
  logarithmic = false
): ReportChart => {
  const x = [...new Set(runs.flatMap(({ values }) => [...values.keys()]))].sort((a, b) => a - b)
  return {
    title,
    x,
    logarithmic,
    series: runs.flatMap(({ name: run, values }) =>
      names.map((name) => ({
        name: runs.length === 1 ? name : names.length === 1 ? run : `${run}: ${name}`,
        values: x.map((step) => values.get(step)?.[name] ?? null)
      }))
    )
  }
}

const valuesOf = <A extends Entry>(
  { entries }: Journal,
  is: (entry: Entry) => entry is A,
  of: (entry: A) => Readonly<Record<string, number | null>>
): Values => new Map(entries.filter(is).map((entry) => [entry.step, of(entry)]))

/** So many numbers of a vector that a probe measured are a line each: one a latent, say. */
const mostLines = 16

/** Names what a probe measured at a step: numbers, and those of short vectors. */
const measuredIn = ({ probe, figures }: Measurement): Readonly<Record<string, Readonly<Record<string, number>>>> =>
  Object.fromEntries(
    Object.entries(figures).flatMap(([name, x]) => {
      const title = `${probe}: ${name}`
      if (typeof x === 'number') return [[title, { [title]: x }]]
      if (x.shape.length !== 1 || x.data.length > mostLines) return []
      return [[title, Object.fromEntries(Array.from(x.data, (value, i) => [`${title} ${String(i)}`, value]))]]
    })
  )

/** Draws what probes measured, a chart a figure. */
const measuredCharts = (runs: readonly Told[]): readonly ReportChart[] => {
  const found = runs.map(({ name, entries }) => ({ name, measured: entries.filter(isMeasured).map(measurementOf) }))
  const all = found.flatMap(({ measured }) => measured.map(measuredIn))
  return namesIn(all).map((title) =>
    chartOf(
      title,
      namesIn(all.map((one) => one[title] ?? {})),
      found.map(({ name, measured }) => ({
        name,
        values: new Map(
          measured.flatMap((measurement) => {
            const values = measuredIn(measurement)[title]
            return values === undefined ? [] : [[measurement.step, values]]
          })
        )
      }))
    )
  )
}

const chartsOf = (runs: readonly Told[]): readonly ReportChart[] => {
  const trained = runs.map((run) => ({
    name: run.name,
    values: valuesOf<Means>(run, isMeans, ({ figures }) => figures)
  }))
  const looked = runs.map((run) => ({ name: run.name, values: valuesOf<Look>(run, isLook, ({ scores }) => scores) }))
  const figures = namesIn(trained.flatMap(({ values }) => [...values.values()]))
  const scores = namesIn(looked.flatMap(({ values }) => [...values.values()]))
  const losses = figures.filter((name) => name.endsWith(' loss'))
  const norms = figures.filter((name) => name.endsWith(' gradient norm'))
  const means = trained.flatMap(({ values }) => [...values.values()])
  // A term that is all of a player's loss would be drawn twice.
  const isWhole = (name: string): boolean =>
    losses.some((loss) => {
      const player = loss.slice(0, -'loss'.length)
      return name.startsWith(player) && means.every((record) => record[name] === record[loss])
    })
  const terms = figures.filter((name) => !losses.includes(name) && !norms.includes(name) && !isWhole(name))
  const each = (names: readonly string[], of: typeof trained): readonly ReportChart[] =>
    names.map((name) => chartOf(name, [name], of))
  return [
    ...each(scores, looked),
    ...measuredCharts(runs),
    ...(runs.length > 1
      ? [
          ...each(losses, trained),
          ...each(terms, trained),
          ...norms.map((name) => chartOf(name, [name], trained, true))
        ]
      : [
          chartOf('Losses', losses, trained),
          chartOf('Terms', terms, trained),
          chartOf('Gradient norms', norms, trained, true)
        ])
  ].filter(({ series }) => series.length > 0)
}

const endOf = ({
  entries,
  heading
}: Told): { readonly step: number; readonly how: string; readonly engine: string } => {
  const last = entries.at(-1)
  const step = last?.step ?? 0
  if (last === undefined || !isEnding(last)) {
    const steps = heading.run['steps'] ?? step
    return { step, how: `not finished, ${shown(Number(steps))} are asked for`, engine: '–' }
  }
  return { step, how: last.why === undefined ? last.ended : `${last.ended}: ${last.why}`, engine: last.engine ?? '–' }
}

const scoresOf = ({ entries }: Told): Readonly<Record<string, number | null>> => entries.findLast(isLook)?.scores ?? {}

const resultRows = (run: Told): readonly (readonly [string, string])[] => {
  const { step, how, engine } = endOf(run)
  const figures = run.entries.findLast(isMeans)?.figures ?? {}
  return [
    ['steps', showCount(step)],
    ['ended', how],
    ...Object.entries(scoresOf(run)).map(([name, value]) => [name, shown(value)] as const),
    ...Object.entries(figures)
      .filter(([name]) => name.endsWith(' loss'))
      .map(([name, value]) => [name, shown(value)] as const),
    ['engine', engine]
  ]
}

/** Reads the pictures of some looks; one that is missing leaves its frame out. */
const framesOf = (folder: string, looks: readonly Look[]): TE.TaskEither<FileIssue, readonly ReportFrame[]> =>
  pipe(
    looks,
    TE.traverseArray(({ step, samples }) =>
      pipe(
        // A path in a journal is not to lead out of its folder.
        samples === undefined || !/^samples\/[\w.-]+$/.test(samples)
          ? TE.right(undefined)
          : pipe(
              readBytes(`${folder}/${samples}`, { limit: 2 ** 26 }),
              TE.orElse(() => TE.right<FileIssue, Uint8Array | undefined>(undefined))
            ),
        TE.map((image) => (image === undefined ? [] : [{ step, image }]))
      )
    ),
    TE.map((frames) => frames.flat())
  )

const ofOne = (run: Told): TE.TaskEither<FileIssue, Report> =>
  pipe(
    framesOf(run.folder, evenly(run.entries.filter(isLook), mostFrames)),
    TE.map((frames) => ({
      title: `A GAN on ${String(run.heading.run['data'] ?? 'data')}`,
      summary: Object.entries(run.heading.run)
        .map(([name, value]) => `${name} ${typeof value === 'number' ? showCount(value) : value}`)
        .join(', '),
      metrics: { title: 'Result', rows: resultRows(run) },
      charts: chartsOf([run]),
      frames,
      tables: [],
      texts: [{ title: 'Spec', body: run.heading.spec }]
    }))
  )

const ofSeveral = (runs: readonly Told[]): TE.TaskEither<FileIssue, Report> =>
  pipe(
    runs,
    TE.traverseArray((run) => framesOf(run.folder, run.entries.filter(isLook).slice(-1))),
    TE.map((pictures) => {
      const scores = namesIn(runs.map(scoresOf))
      const settings = namesIn(runs.map(({ heading }) => heading.run)).filter((name) => name !== 'steps')
      return {
        title: `${String(runs.length)} runs`,
        summary: runs.map(({ name }) => name).join(', '),
        comparison: {
          title: 'Results',
          columns: ['run', 'steps', ...scores, ...settings, 'ended'],
          rows: runs.map((run) => {
            const { step, how } = endOf(run)
            const own = scoresOf(run)
            return [
              run.name,
              showCount(step),
              ...scores.map((name) => shown(own[name])),
              ...settings.map((name) => String(run.heading.run[name] ?? '–')),
              how
            ]
          })
        },
        gallery: runs.flatMap(({ name }, i) => (pictures[i] ?? []).map((frame) => ({ ...frame, caption: name }))),
        charts: chartsOf(runs),
        frames: [],
        tables: [],
        texts: runs.map(({ name, heading }) => ({ title: `Spec of ${name}`, body: heading.spec }))
      }
    })
  )

/** Names runs by the last parts of their folders, by whole paths where these are equal. */
const named = (folders: readonly string[]): readonly string[] => {
  const short = folders.map(lastOf)
  return new Set(short).size === short.length ? short : folders
}

/** Makes the report of runs from what lies in their folders. */
export const reportOf = (folders: readonly string[]): TE.TaskEither<FileIssue, Report> =>
  pipe(
    folders,
    TE.traverseArray((folder) => readJournal(`${folder}/${files.metrics}`)),
    TE.map((journals) => journals.map((journal, i) => ({ ...journal, folder: folders[i]!, name: named(folders)[i]! }))),
    TE.chain((runs) => (runs.length === 1 ? ofOne(runs[0]!) : ofSeveral(runs)))
  )

const someFolders: Rule = {
  expected: 'a list of the folders of runs, one or more',
  accepts: (x) => Array.isArray(x) && x.length > 0 && x.every((folder) => typeof folder === 'string')
}

/**
 * Writes the report of runs to an HTML file that needs nothing else: of one its curves, samples over the steps and spec, of
 * several a table of results, curves over one another and samples side by side. It is made from `metrics.jsonl` and the
 * pictures of each folder alone, also of a run that is under way. For Node.
 *
 * @example
 * import { E } from 'saddlepoint'
 * import { Run } from 'saddlepoint/run'
 * const written = await Run.report(['/dev/null/run'], 'report.html')()
 * E.isLeft(written) && written.left[0].path // => ['/dev/null/run/metrics.jsonl']
 */
export const report = (folders: readonly string[], file: string, ...more: None): TE.TaskEither<Issues, void> =>
  pipe(
    TE.fromEither(
      readIssues('report', () => readOptions({}, { folders, file }, { folders: someFolders, file: text }, {}, more))
    ),
    TE.chain(() =>
      pipe(
        reportOf(folders),
        TE.chain((page) => writeReport(file, page)),
        TE.mapLeft(issueOfRun)
      )
    )
  )
