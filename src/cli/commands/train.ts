import type { Command } from 'commander'
import { join } from 'node:path'
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import { select, showFault } from '../../engines/engines.ts'
import type { Figures } from '../../gan/train/figures.ts'
import { writeEvents } from '../../run/events.ts'
import type { RunResult } from '../../run/train.ts'
import { train as trainRun } from '../../run/train.ts'
import type { EngineName } from '../../transform/compileStep.ts'
import type { Cli, Failure, Work } from '../cli.ts'
import { cannot, figure, maybeNumber, ofFile, ofIssues, say, warn, wholeNumber } from '../cli.ts'
import type { Interruption } from '../interruptible.ts'
import { interruptible } from '../interruptible.ts'
import { reportProgress } from '../progress.ts'
import type { Choice } from '../spec/choose.ts'
import { choose } from '../spec/choose.ts'
import { openOptionsIn } from '../spec/openNamed.ts'
import { readSettings } from '../spec/settings.ts'
import { isRun, removeRun } from '../runFolder.ts'

/** Holds the options as they stand on the command line. */
export interface TrainWords {
  readonly data?: string
  readonly size?: string
  readonly channels?: string
  readonly steps?: string
  readonly batchSize?: string
  readonly seed: string
  readonly every?: string
  readonly engine?: string
  readonly out?: string
  readonly resume?: boolean
  readonly anew?: boolean
  readonly changedData?: boolean
  readonly set: readonly string[]
  readonly json?: boolean
  readonly tensorboard?: boolean
}

interface Numbers {
  readonly steps: number | undefined
  readonly batchSize: number | undefined
  readonly seed: number
  readonly every: number | undefined
}

const numbersIn = (words: TrainWords): E.Either<Failure, Numbers> =>
  pipe(
    E.Do,
    E.bind('steps', () => maybeNumber('--steps', words.steps, 1)),
    E.bind('batchSize', () => maybeNumber('--batch-size', words.batchSize, 1)),
    E.bind('seed', () => wholeNumber('--seed', words.seed, 0)),
    E.bind('every', () => maybeNumber('--every', words.every, 1))
  )

/** Shows the figures of a step as a progress line has room for: losses by the initials of players, and scores. */
const shownFigures = (figures: Figures): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(figures).map(([player, { loss }]) => [player.slice(0, 1).toUpperCase(), loss]))

/** Refuses a folder that holds a run already, unless it is to go on or to begin anew. */
const folderFor = (folder: string, { resume, anew }: TrainWords): Work =>
  pipe(
    isRun(folder),
    TE.chain((found) => {
      if (!found || resume === true) return TE.right(undefined)
      return anew === true
        ? removeRun(folder)
        : TE.left(
            cannot(
              `${folder} holds a run already: --resume goes on with it, --anew begins it anew, --out takes another folder.`
            )
          )
    })
  )

const shownResult = ({ step, stopped, scores, stepsDone, seconds }: RunResult): string => {
  const rate =
    stepsDone > 0 ? ` at ${figure(Number((stepsDone / Math.max(seconds, 1e-9)).toPrecision(3)))} a second` : ''
  const quality = Object.entries(scores).map(([name, value]) => `${name} ${figure(value)}`)
  return `${String(step)} steps${rate}${stopped === 'done' ? '' : `, ${stopped}`}${quality.length === 0 ? '' : `; ${quality.join(', ')}`}`
}

/** Trains what was chosen, in a folder. */
const trained = (
  { spec, data, batchSize, steps, origin }: Choice,
  folder: string,
  { seed, every }: Numbers,
  words: TrainWords,
  cli: Cli,
  signal: Interruption
): Work<RunResult> => {
  const json = words.json === true
  let scores: Readonly<Record<string, number | null>> = {}
  let progress: ReturnType<typeof reportProgress> | undefined
  const tell = (record: object): void => {
    if (json) cli.out.write(`${JSON.stringify(record)}\n`)
  }
  const run = trainRun(folder, {
    spec,
    data,
    batchSize,
    steps,
    seed,
    engine: (words.engine ?? 'auto') as EngineName,
    ...(every === undefined ? {} : { every }),
    ...(origin === undefined ? {} : { origin }),
    ...(words.changedData === undefined ? {} : { changedData: words.changedData }),
    signal,
    onStart: (step) => {
      tell({ event: 'start', folder, step, steps })
      if (!json) progress = reportProgress({ total: steps, first: step, stream: cli.err })
    },
    onStep: (step, figures) => progress?.update(step, { ...shownFigures(figures), ...shownScores(scores) }),
    onLook: (step, found) => {
      scores = found
      tell({ event: 'look', step, scores })
    }
  })
  return pipe(async () => {
    const result = await run()
    progress?.stop()
    return result
  }, TE.mapLeft(ofIssues))
}

const shownScores = (scores: Readonly<Record<string, number | null>>): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(scores)
      .filter((entry): entry is [string, number] => entry[1] !== null)
      .slice(0, 2)
  )

/** Trains by the words of a command line. */
export const trainBy = (spec: string, words: TrainWords, cli: Cli): Work => {
  const work = (stop: Interruption): Work =>
    pipe(
      TE.Do,
      TE.bind('numbers', () => TE.fromEither(numbersIn(words))),
      TE.bind('settings', () => TE.fromEither(readSettings(words.set))),
      TE.bind('opening', () => TE.fromEither(openOptionsIn(words))),
      TE.chainFirst(() =>
        pipe(
          select((words.engine ?? 'auto') as EngineName),
          TE.mapLeft((fault) => cannot(showFault(fault)))
        )
      ),
      TE.bind('choice', ({ numbers, settings, opening }) =>
        choose({ spec, data: words.data, settings, opening, ...numbers })
      ),
      TE.bind('folder', ({ choice }) => TE.right(words.out ?? join('runs', choice.name))),
      TE.chainFirst(({ folder }) => folderFor(folder, words)),
      TE.bind('result', ({ choice, folder, numbers }) => trained(choice, folder, numbers, words, cli, stop)),
      TE.chainFirst(({ folder }) =>
        words.tensorboard === true ? pipe(writeEvents(folder), TE.mapLeft(ofFile)) : TE.right(undefined)
      ),
      TE.chain(({ folder, result }) => {
        warn(cli, result.warnings)
        const { state: _, warnings: _warnings, ...record } = result
        say(
          cli,
          words.json,
          { event: 'end', ...record },
          `${shownResult(result)}\n${join(folder, 'report.html')}, samples.png, metrics.json`
        )
        return result.stopped === 'aborted'
          ? TE.left({
              status: stop.status,
              message: `${folder} is at step ${String(result.step)}: the same command with --resume goes on.`
            })
          : TE.right(undefined)
      })
    )
  return () => interruptible(cli, (stop) => work(stop)())
}

const collected = (word: string, before: readonly string[]): readonly string[] => [...before, word]

/** Adds the options that trainings have. */
export const withTrainOptions = (command: Command): Command =>
  command
    .option(
      '--data <what>',
      'a folder or file of data, or shapes, ring, grid, swissroll, dirac; by default what suits the spec'
    )
    .option('--size <n>', 'pixels along each side of images')
    .option('--channels <n>', '1 for gray images, 3 for colour')
    .option('--steps <n>', 'training steps in all')
    .option('--batch-size <n>', 'samples in a minibatch')
    .option('--seed <n>', 'seed of initialization and of all draws', '0')
    .option('--every <n>', 'steps from one checkpoint and look at samples to the next')
    .option('--engine <name>', 'auto, wasm, reference, or gpu:webgpu and the like')
    .option(
      '--set <path=value>',
      'changes the spec: width=64, optimizers.generator.learningRate=1e-4 (may be repeated)',
      collected as never,
      []
    )
    .option(
      '--tensorboard',
      'writes an event file of TensorBoard into the folder of the run, when it ends or is stopped'
    )
    .option('--json', 'writes records for programs, a line each, and no progress')

export const train = (program: Command, cli: Cli): void => {
  withTrainOptions(
    program
      .command('train')
      .summary('train a GAN in a folder')
      .description(
        'Trains a GAN in a folder: checkpoints, metrics.jsonl, samples and a report.html. Ctrl-C stops it, --resume goes on.'
      )
      .argument(
        '<spec>',
        'a preset (saddlepoint presets), ring or other data that are drawn, a .json file, a .ts or .js module'
      )
  )
    .option('--out <folder>', 'the folder of the run (default: runs/ and the name of the spec)')
    .option('--resume', 'goes on with the run in the folder, or begins where there is none')
    .option('--changed-data', 'goes on although files of the data have changed since the run was begun')
    .option('--anew', 'removes the run that the folder holds, and begins again')
    .action((spec: string, words: TrainWords) => cli.finish(trainBy(spec, words, cli)))
}
