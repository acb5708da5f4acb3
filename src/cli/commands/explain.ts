import type { Command } from 'commander'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import { show } from '../../gan/game/show.ts'
import { compile } from '../../gan/step/compile.ts'
import type { EngineName } from '../../transform/compileStep.ts'
import type { Cli, Work } from '../cli.ts'
import { maybeNumber, ofIssues, warn } from '../cli.ts'
import { choose } from '../spec/choose.ts'
import { openOptionsIn } from '../spec/openNamed.ts'
import { readSettings } from '../spec/settings.ts'
import type { TrainWords } from './train.ts'
import { withTrainOptions } from './train.ts'

const explained = (spec: string, words: TrainWords, cli: Cli): Work =>
  pipe(
    TE.Do,
    TE.bind('settings', () => TE.fromEither(readSettings(words.set))),
    TE.bind('opening', () => TE.fromEither(openOptionsIn(words))),
    TE.bind('steps', () => TE.fromEither(maybeNumber('--steps', words.steps, 1))),
    TE.bind('batchSize', () => TE.fromEither(maybeNumber('--batch-size', words.batchSize, 1))),
    TE.bind('choice', (asked) => choose({ spec, data: words.data, ...asked })),
    TE.bind('step', ({ choice }) =>
      pipe(
        choice.spec,
        compile({
          batchSize: choice.batchSize,
          engine: (words.engine ?? 'auto') as EngineName,
          ...(choice.data.sample === undefined ? {} : { sampler: choice.data.sample })
        }),
        TE.mapLeft(ofIssues)
      )
    ),
    TE.map(({ choice, step }) => {
      warn(cli, step.warnings)
      cli.out.write(`${show(choice.spec)}\n\n${step.explain()}\n`)
      step.dispose()
    })
  )

export const explain = (program: Command, cli: Cli): void => {
  withTrainOptions(
    program
      .command('explain')
      .summary('say what a spec is, what is wrong with it, and what a step costs')
      .description('Checks a spec, shows it, and says what its step compiles to: kernels, operations, bytes.')
      .argument('<spec>', 'as of train')
  ).action((spec: string, words: TrainWords) => cli.finish(explained(spec, words, cli)))
}
