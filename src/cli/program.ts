import { Command, CommanderError } from 'commander'
import * as E from '#fp-ts/Either'
import type { Cli, Streams } from './cli.ts'
import { wordsOf } from './cli.ts'
import { data } from './commands/data.ts'
import { demo } from './commands/demo.ts'
import { evaluate } from './commands/evaluate.ts'
import { explain } from './commands/explain.ts'
import { exportGenerator } from './commands/export.ts'
import { interpolate } from './commands/interpolate.ts'
import { presets } from './commands/presets.ts'
import { report } from './commands/report.ts'
import { sample } from './commands/sample.ts'
import { spectrum } from './commands/spectrum.ts'
import { sweep } from './commands/sweep.ts'
import { train } from './commands/train.ts'
import { worker } from './commands/worker.ts'

const commands = [
  train,
  sample,
  evaluate,
  spectrum,
  interpolate,
  exportGenerator,
  report,
  presets,
  explain,
  data,
  demo,
  sweep,
  worker
]

/** Runs a command line and returns the exit status: 0, 1 where it could not be done, 2 where it was not said right, 130. */
export const saddlepoint = async (args: readonly string[], streams: Streams): Promise<number> => {
  let status = 0
  const cli: Cli = {
    ...streams,
    finish: async (work) => {
      const done = await work()
      if (E.isRight(done)) return
      status = done.left.status
      streams.err.write(`${done.left.message}\n`)
    }
  }
  const program = new Command('saddlepoint')
    .description('composable functional autodiff for GANs: train them, and look at what they learn')
    .showHelpAfterError('(saddlepoint --help lists the commands, saddlepoint COMMAND --help its options)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.out.write(text),
      writeErr: (text) => streams.err.write(text)
    })
  for (const command of commands) command(program, cli)
  try {
    if (args.length === 0) streams.out.write(program.helpInformation())
    else await program.parseAsync(args, { from: 'user' })
    return status
  } catch (cause) {
    // Commander ends by throwing, for --help as well, when it has said all.
    if (cause instanceof CommanderError) return cause.exitCode === 0 ? 0 : 2
    streams.err.write(`${wordsOf(cause)}\n`)
    return 1
  }
}
