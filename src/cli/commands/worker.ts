import type { Command } from 'commander'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import { work } from '../../run/sweep/worker.ts'
import type { Cli } from '../cli.ts'
import { maybeNumber, ofIssues } from '../cli.ts'
import { interruptible } from '../interruptible.ts'

interface WorkerWords {
  readonly redis: string
  readonly out: string
  readonly runners?: string
  readonly modules?: string
  readonly data?: string
  readonly untilDone?: boolean
}

export const worker = (program: Command, cli: Cli): void => {
  program
    .command('worker')
    .summary('do runs of a sweep, on any machine that sees its folder')
    .description(
      'Takes runs of a sweep from its queue until ctrl-C; then its runs keep where they are, and other workers go on with them.'
    )
    .requiredOption('--redis <address>', 'redis:// or rediss://user:password@host:port')
    .requiredOption('--out <folder>', 'the folder of the sweep, as this machine sees it')
    .option('--runners <n>', 'processes at once (default: as many as the machine has cores)')
    .option('--modules <folder>', 'where modules of specs lie (default: this folder)')
    .option('--data <folder>', 'where data lie that are no set by name (default: this folder)')
    .option('--until-done', 'leaves when every run has ended')
    .action(({ redis, out, runners: given, modules, data, untilDone = false }: WorkerWords) =>
      cli.finish(() =>
        interruptible(cli, (signal) =>
          pipe(
            TE.fromEither(maybeNumber('--runners', given, 1)),
            TE.chain((runners) =>
              TE.mapLeft(ofIssues)(
                work(out, redis, {
                  signal,
                  untilDone,
                  ...(runners !== undefined && { runners }),
                  ...(modules !== undefined && { modules }),
                  ...(data !== undefined && { data }),
                  onReady: () => void cli.err.write(`taking runs of ${out}\n`),
                  onResult: ({ job, status }) => void cli.out.write(`${job.name}: ${status}\n`)
                })
              )
            )
          )()
        )
      )
    )
}
