import type { Command } from 'commander'
import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import type { Dataset } from '../../data/dataset.ts'
import { showFileIssue } from '../../io/fileIssue.ts'
import { densityCoverage } from '../../lab/densityCoverage.ts'
import { kernelDistance } from '../../lab/kernelDistance.ts'
import { modeCoverage } from '../../lab/modes.ts'
import { precisionRecall } from '../../lab/precisionRecall.ts'
import { classifierScore } from '../../lab/classifierScore.ts'
import { frechetDistance } from '../../lab/frechetDistance.ts'
import { trainClassifier } from '../../lab/trainClassifier.ts'
import * as Net from '../../nn/net.ts'
import { reshape } from '../../ops/shaping.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { EngineName } from '../../transform/compileStep.ts'
import type { Cli, Failure, Work } from '../cli.ts'
import { aligned, attempt, cannot, figure, say, wholeNumber } from '../cli.ts'
import { dataOf, openRun } from '../runFolder.ts'
import { samplesOf } from './sample.ts'

interface Words {
  readonly samples: string
  readonly seed: string
  readonly data?: string
  readonly classifier?: boolean
  readonly engine: string
  readonly json?: boolean
}

type Scores = Readonly<Record<string, number>>

interface Real {
  readonly real: Tensor
  readonly labels?: Tensor
}

/** Takes so many real samples, at most all that there are. */
const realOf = (data: Dataset, count: number, seed: number): Work<Real> =>
  pipe(
    attempt(() => data.batches({ batchSize: Math.min(count, data.rows ?? count), seed: seed + 1 }).at(0)()),
    TE.chainEitherK(
      E.bimap(
        (issue): Failure => cannot(showFileIssue(issue)),
        ({ real, labels }) => (labels === undefined ? { real } : { real, labels })
      )
    )
  )

const flat = (x: Tensor): Tensor => reshape(x, [x.shape[0] ?? 0, x.shape.slice(1).reduce((a, b) => a * b, 1)])

/** Compares samples with data by their own numbers. */
const compared = (samples: Tensor, real: Tensor): Scores => {
  const [x, y] = [flat(real), flat(samples)]
  return { ...precisionRecall(x, y), ...densityCoverage(x, y), 'kernel distance': kernelDistance(x, y) }
}

/** Compares images with labelled data by a small classifier that is trained on these. */
const classified = async (
  samples: Tensor,
  { real, labels }: Real,
  data: Dataset,
  engine: EngineName
): Promise<Scores> => {
  const [channels = 1, height = 0, width = 0] = data.shape
  if (labels === undefined || data.classes === undefined || data.shape.length !== 3) return {}
  const size = 32 * Math.ceil(Math.ceil(height / 2) / 2) * Math.ceil(Math.ceil(width / 2) / 2)
  const down = { kernel: 3, stride: 2, padding: 1 }
  const net = Net.serial(
    ...[Net.convolution(channels, 16, down), Net.relu, Net.convolution(16, 32, down), Net.relu],
    ...[Net.flatten, Net.dense(size, 64), Net.relu, Net.dense(64, data.classes.length)]
  )
  const classifier = await trainClassifier({ data: { images: real, labels }, net, engine, seed: 0 })
  const [probabilities, of, ofReal] = [
    await classifier.probabilities(samples),
    await classifier.features(samples),
    await classifier.features(real)
  ]
  classifier.dispose()
  return {
    'classifier accuracy': classifier.heldAccuracy,
    'classifier score': classifierScore(probabilities).mean,
    'Fréchet distance': frechetDistance(ofReal, of)
  }
}

const scoresOf = (data: Dataset, samples: Tensor, given: Real, words: Words): Work<Scores> =>
  attempt(async () => {
    const modes = data.modes === undefined ? undefined : modeCoverage(samples, data.modes)
    return {
      ...(modes === undefined
        ? {}
        : { modes: modes.captured, 'high quality': modes.highQuality, 'reverse KL': modes.reverseKl }),
      ...compared(samples, given.real),
      ...(words.classifier === false ? {} : await classified(samples, given, data, words.engine as EngineName))
    }
  })

const evaluated = (folder: string, words: Words, cli: Cli): Work =>
  pipe(
    TE.Do,
    TE.bind('count', () => TE.fromEither(wholeNumber('--samples', words.samples, 16))),
    TE.bind('seed', () => TE.fromEither(wholeNumber('--seed', words.seed, 0))),
    TE.bind('run', () => openRun(folder)),
    TE.bind('data', ({ run }) => dataOf(run, words.data)),
    TE.bind('samples', ({ run, count, seed }) => samplesOf(run, { count, seed, engine: words.engine as EngineName })),
    TE.bind('real', ({ data, count, seed }) => realOf(data, count, seed)),
    TE.bind('scores', ({ data, samples, real }) => scoresOf(data, samples, real, words)),
    TE.map(({ run, count, scores }) => {
      const step = run.state.step.data[0] ?? 0
      const rows = Object.entries(scores).map(([name, value]) => [name, figure(value)] as const)
      say(
        cli,
        words.json,
        { step, samples: count, scores },
        aligned([['step', String(step)], ['samples', String(count)], ...rows])
      )
    })
  )

export const evaluate = (program: Command, cli: Cli): void => {
  program
    .command('evaluate')
    .summary('measure the samples of a run')
    .description(
      'Compares samples of a run with its data: modes where they are known, precision and recall, and for labelled images the scores of a small classifier.'
    )
    .argument('<run>', 'the folder of a run')
    .option('--samples <n>', 'how many samples, and as many of the data', '1000')
    .option('--seed <n>', 'seed of both', '0')
    .option('--data <what>', 'other data than those of the run')
    .option('--no-classifier', 'trains no classifier')
    .option('--engine <name>', 'as of train', 'auto')
    .option('--json', 'writes JSON')
    .action((folder: string, words: Words) => cli.finish(evaluated(folder, words, cli)))
}
