import type { Command } from 'commander'
import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import { generate } from '../../gan/step/generate.ts'
import { writeAtomically } from '../../io/files.ts'
import { pictureOf } from '../../run/picture.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { EngineName } from '../../transform/compileStep.ts'
import type { Cli, Failure, Work } from '../cli.ts'
import { attempt, cannot, ofFile, say, wholeNumber } from '../cli.ts'
import type { OpenRun } from '../runFolder.ts'
import { openRun } from '../runFolder.ts'

interface Words {
  readonly count: string
  readonly seed: string
  readonly truncation?: string
  readonly out: string
  readonly engine: string
  readonly json?: boolean
}

/** Draws samples of an open run. */
export const samplesOf = (
  { spec, state }: OpenRun,
  options: { readonly count: number; readonly seed: number; readonly engine: EngineName; readonly truncation?: number }
): Work<Tensor> => {
  const { seed, ...others } = options
  return attempt(async () => {
    const draw = generate(others)(spec)
    const samples = await draw(state, seed)
    draw.dispose()
    return samples
  })
}

/** Writes samples as a table of numbers, a row each. */
const csvOf = ({ shape: [n = 0, ...shape], data }: Tensor): string => {
  const width = shape.reduce((a, b) => a * b, 1)
  return Array.from(
    { length: n },
    (_, i) =>
      `${Array.from(data.subarray(i * width, (i + 1) * width), (x) => String(Number(x.toPrecision(9)))).join(',')}\n`
  ).join('')
}

const contentOf = (samples: Tensor, file: string): Work<Uint8Array | string> => {
  if (file.endsWith('.csv')) return TE.right(csvOf(samples))
  return pipe(
    pictureOf(samples, { title: 'Samples', real: undefined, modes: undefined }),
    TE.mapLeft(ofFile),
    TE.chain((picture) =>
      picture === undefined
        ? TE.left(
            cannot(`samples of shape [${samples.shape.slice(1).join(', ')}] have no picture: give --out samples.csv`)
          )
        : TE.right(picture)
    )
  )
}

const sampled = (folder: string, words: Words, cli: Cli): Work =>
  pipe(
    TE.Do,
    TE.bind('count', () => TE.fromEither(wholeNumber('--count', words.count, 1))),
    TE.bind('seed', () => TE.fromEither(wholeNumber('--seed', words.seed, 0))),
    TE.bind('truncation', () => TE.fromEither(positive(words.truncation))),
    TE.bind('run', () => openRun(folder)),
    TE.bind('samples', ({ run, count, seed, truncation }) =>
      samplesOf(run, {
        count,
        seed,
        engine: words.engine as EngineName,
        ...(truncation === undefined ? {} : { truncation })
      })
    ),
    TE.bind('content', ({ samples }) => contentOf(samples, words.out)),
    TE.chainFirst(({ content }) => TE.mapLeft(ofFile)(writeAtomically(words.out, content))),
    TE.map(({ count, samples }) =>
      say(cli, words.json, { file: words.out, shape: samples.shape }, `${words.out}: ${String(count)} samples`)
    )
  )

const positive = (word: string | undefined): E.Either<Failure, number | undefined> =>
  word === undefined || Number(word) > 0
    ? E.right(word === undefined ? undefined : Number(word))
    : E.left({ message: `error: --truncation '${word}': give a positive number.`, status: 2 })

export const sample = (program: Command, cli: Cli): void => {
  program
    .command('sample')
    .summary('draw samples of a run')
    .description('Draws samples of a run at its latest checkpoint, as a picture or as numbers.')
    .argument('<run>', 'the folder of a run')
    .option('--count <n>', 'how many', '64')
    .option('--seed <n>', 'the same seed, the same samples', '0')
    .option('--truncation <x>', 'draws normal latents from [-x, x] alone')
    .option('--out <file>', 'a .png, or a .csv of one row a sample', 'samples.png')
    .option('--engine <name>', 'as of train', 'auto')
    .option('--json', 'writes JSON')
    .action((folder: string, words: Words) => cli.finish(sampled(folder, words, cli)))
}
