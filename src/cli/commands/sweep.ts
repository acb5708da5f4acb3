import type { Command } from 'commander'
import { dirname, resolve } from 'node:path'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import { armsOf } from '../../run/sweep/arms.ts'
import { runOver } from '../../run/sweep/overMachines.ts'
import type { Result } from '../../run/sweep/results.ts'
import { results, run } from '../../run/sweep/sweep.ts'
import { rowOf } from '../../run/sweep/table.ts'
import type { Cli, Work } from '../cli.ts'
import { cannot, figure, maybeNumber, ofIssues } from '../cli.ts'
import type { Interruption } from '../interruptible.ts'
import { interruptible } from '../interruptible.ts'
import { isFolder, readGrid, sweepFolder } from '../spec/readGrid.ts'

interface SweepWords {
  readonly out?: string
  readonly runners?: string
  readonly redis?: string
  readonly dashboard?: string | boolean
  readonly host?: string
  readonly status?: boolean
  readonly json?: boolean
}

const columns = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ').trimEnd()).join('\n') // prettier-ignore
}

const figuresOf = (found: Result['figures']): string =>
  Object.entries(found)
    .map(([name, value]) => `${name} ${figure(value)}`)
    .join(', ')

/** Shows how every run stands, and below what the arms came to. */
const shownTable = (found: readonly Result[]): string => {
  const runs = found.map(({ job, status, step, figures, why }) => [
    job.name,
    status,
    `${String(step)}/${String(job.steps)}`,
    why?.split('\n')[0] ?? figuresOf(figures)
  ])
  const arms = armsOf(found).map(({ arm, runs: all, done, figures }) => [
    arm,
    `${String(done)}/${String(all)}`,
    Object.entries(figures)
      .map(
        ([name, { mean, standardError }]) =>
          `${name} ${figure(mean)}${Number.isNaN(standardError) ? '' : ` ± ${figure(standardError)}`}`
      ) // prettier-ignore
      .join(', ')
  ])
  return `${columns([['run', 'status', 'step', ''], ...runs])}\n\n${columns([['arm', 'done', 'means ± standard errors'], ...arms])}`
}

/** Says what became of a sweep: what failed is a failure, and so is being stopped. */
const concluded = (folder: string, found: readonly Result[], words: SweepWords, cli: Cli, stop: Interruption): Work => {
  const count = (status: Result['status']): number => found.filter((one) => one.status === status).length
  const [done, failed] = [count('done'), count('failed')]
  if (words.json !== true) {
    cli.out.write(`${shownTable(found)}\n`)
    cli.out.write(`${folder}/report.html, results.csv, results.jsonl\n`)
  }
  if (stop.aborted)
    return TE.left({ status: stop.status, message: `${String(done)} of ${String(found.length)} runs are done: the same command goes on.` }) // prettier-ignore
  return failed > 0
    ? TE.left(cannot(`${String(failed)} of ${String(found.length)} runs failed: the same command tries them again.`))
    : TE.right(undefined)
}

const swept = (file: string, words: SweepWords, cli: Cli, stop: Interruption): Work => {
  const folder = words.out ?? (isFolder(file) ? file : sweepFolder(file))
  const shown = (result: Result): string =>
    words.json === true
      ? JSON.stringify(rowOf(result))
      : `${result.job.name}: ${result.status}${result.why === undefined ? '' : `, ${result.why}`}`
  const onResult = (result: Result): void => void cli.out.write(`${shown(result)}\n`)
  if (words.status === true || isFolder(file))
    return pipe(
      results(folder),
      TE.bimap(ofIssues, (found) => {
        const lines =
          words.json === true ? found.map((one) => JSON.stringify(rowOf(one))).join('\n') : shownTable(found)
        cli.out.write(`${lines}\n`)
      })
    )
  return pipe(
    TE.Do,
    TE.bind('runners', () => TE.fromEither(maybeNumber('--runners', words.runners, 1))),
    TE.bind('port', () =>
      TE.fromEither(maybeNumber('--dashboard', typeof words.dashboard === 'string' ? words.dashboard : undefined, 0))
    ),
    TE.bind('grid', () => readGrid(file)),
    TE.bind('found', ({ grid, runners, port }) => {
      const common = { signal: stop, onResult }
      const board =
        words.dashboard === undefined
          ? {}
          : {
              dashboard: { ...(port !== undefined && { port }), ...(words.host !== undefined && { host: words.host }) },
              onDashboard: (address: string) => void cli.err.write(`the queue: ${address}\n`)
            }
      const work =
        words.redis === undefined
          ? run(folder, grid, { ...common, modules: dirname(resolve(file)), ...(runners !== undefined && { runners }) })
          : runOver(folder, grid, words.redis, { ...common, ...board })
      return TE.mapLeft(ofIssues)(work)
    }),
    TE.chain(({ found }) => concluded(folder, found, words, cli, stop))
  )
}

export const sweep = (program: Command, cli: Cli): void => {
  program
    .command('sweep')
    .summary('do many runs: specs x settings x seeds')
    .description(
      'Does every run of a grid, in processes of this machine or by workers on several, and merges what they come to: results.csv, results.jsonl, report.html. What was stopped goes on, what failed is tried again. docs/scale.md tells more.'
    )
    .argument(
      '<grid>',
      'a .json file or module of { specs, settings, seeds, data, batchSize, steps }, or the folder of a sweep'
    )
    .option('--out <folder>', 'the folder of the sweep (default: sweeps/ and the name of the grid)')
    .option('--status', 'shows how the runs stand, and does none')
    .option('--runners <n>', 'processes at once (default: as many as the machine has cores)')
    .option(
      '--redis <address>',
      'has them done by workers (saddlepoint worker): redis:// or rediss://user:password@host:port'
    )
    .option('--dashboard [port]', "shows the queue's own web page, on this machine alone")
    .option('--host <address>', 'another address for that page')
    .option('--json', 'writes a record for each run that ends')
    .action((file: string, words: SweepWords) =>
      cli.finish(() => interruptible(cli, (stop) => swept(file, words, cli, stop)()))
    )
}
