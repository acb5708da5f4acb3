import type { Command } from 'commander'
import { join } from 'node:path'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import { report as writeReport } from '../../run/report.ts'
import type { Cli } from '../cli.ts'
import { ofIssues } from '../cli.ts'

export const report = (program: Command, cli: Cli): void => {
  program
    .command('report')
    .summary('draw the report of runs')
    .description(
      'Draws one page of a run, or of several to compare them, from what lies in their folders; also while they train.'
    )
    .argument('<runs...>', 'folders of runs')
    .option('--out <file>', 'the page (default: report.html, of one run in its folder)')
    .action((runs: readonly string[], { out }: { readonly out?: string }) => {
      const file = out ?? (runs.length === 1 ? join(runs[0] ?? '.', 'report.html') : 'report.html')
      return cli.finish(
        pipe(
          writeReport(runs, file),
          TE.bimap(ofIssues, () => void cli.out.write(`${file}\n`))
        )
      )
    })
}
